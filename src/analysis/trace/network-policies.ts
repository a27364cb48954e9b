import { matchesSelector } from "../../cluster/labels.ts";
import type { ClusterModel, Pod } from "../../cluster/model.ts";
import type { LabelSelector } from "../../manifests/objects.ts";
import type { ReachContext } from "./why-not.ts";

/** The parts of a NetworkPolicy that say whom it is about. */
interface PolicySubject {
  readonly name: string;
  readonly namespace: string;
  readonly selector: LabelSelector;
  readonly ingress: boolean;
  readonly egress: boolean;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function policiesOf(cluster: ClusterModel): PolicySubject[] {
  return cluster.others.flatMap((loaded) => {
    if (loaded.role !== "other" || loaded.kind !== "NetworkPolicy" || !isMapping(loaded.object["spec"]))
      return [];
    const { spec } = loaded.object as { spec: Readonly<Record<string, unknown>> };
    const types = Array.isArray(spec["policyTypes"]) ? spec["policyTypes"] : undefined;
    return [
      {
        name: loaded.name,
        namespace: loaded.namespace ?? "default",
        selector: (isMapping(spec["podSelector"]) ? spec["podSelector"] : {}) as LabelSelector,
        ingress: types === undefined || types.includes("Ingress"),
        egress: types === undefined ? spec["egress"] !== undefined : types.includes("Egress"),
      },
    ];
  });
}

function selects(policy: PolicySubject, pod: Pod): boolean {
  return (
    policy.namespace === pod.namespace && !pod.hostNetwork && matchesSelector(policy.selector, pod.labels)
  );
}

/**
 * Sentences that name the NetworkPolicies which select the source (for what it sends) or a server (for what it gets).
 * They are a network plugin's work, not kube-proxy's, and are not evaluated.
 */
export function unevaluatedPolicies(context: ReachContext): string[] {
  const { cluster, source, ends } = context;
  const policies = policiesOf(cluster);
  if (policies.length === 0) return [];
  const servers = new Set(ends.flatMap((end) => (end.serverName === undefined ? [] : [end.serverName])));
  const notes = new Set<string>();
  for (const policy of policies) {
    const name = `NetworkPolicy ${policy.namespace}/${policy.name}`;
    if (policy.egress && source.pod !== undefined && selects(policy, source.pod)) {
      notes.add(`${name} selects ${source.label} (egress): not evaluated`);
    }
    if (!policy.ingress) continue;
    const selected = cluster.pods.filter(
      (pod) => servers.has(`pod/${pod.namespace}/${pod.name}`) && selects(policy, pod),
    );
    if (selected.length === 0) continue;
    const [first] = selected;
    const who =
      selected.length === 1 ? `pod/${first!.namespace}/${first!.name}` : `${selected.length} of the servers`;
    notes.add(`${name} selects ${who} (ingress): not evaluated`);
  }
  return [...notes];
}
