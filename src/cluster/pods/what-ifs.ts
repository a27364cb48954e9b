import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Workload } from "../model.ts";
import type { ClusterOptions } from "../options.ts";
import type { PodDraft } from "./pod-parts.ts";

/** kubectl's names and short names of kinds with pods. */
const kinds: Readonly<Record<string, string>> = {
  deploy: "Deployment",
  deployment: "Deployment",
  deployments: "Deployment",
  sts: "StatefulSet",
  statefulset: "StatefulSet",
  statefulsets: "StatefulSet",
  ds: "DaemonSet",
  daemonset: "DaemonSet",
  daemonsets: "DaemonSet",
  rs: "ReplicaSet",
  replicaset: "ReplicaSet",
  replicasets: "ReplicaSet",
  rc: "ReplicationController",
  replicationcontroller: "ReplicationController",
  job: "Job",
  jobs: "Job",
  cj: "CronJob",
  cronjob: "CronJob",
  cronjobs: "CronJob",
};

function problem(code: string, message: string, hint?: string): Diagnostic {
  return { code, severity: "error", message, ...(hint === undefined ? {} : { hint }) };
}

/** `deploy/X` or `deploy/NAMESPACE/X`, as flags name a workload. */
function parseReference(text: string): { kind: string; namespace?: string; name: string } | undefined {
  const parts = text.split("/");
  const word = parts[0]?.toLowerCase().replace(/\..*$/, "") ?? "";
  const name = parts.at(-1);
  if (parts.length < 2 || parts.length > 3 || !name || word === "") return undefined;
  const namespace = parts.length === 3 ? parts[1] : undefined;
  return { kind: kinds[word] ?? word, name, ...(namespace ? { namespace } : {}) };
}

/** Finds the workload a flag names: in the namespace it states, in `-n`'s, or in the only one that has it. */
export function findWorkload(
  text: string,
  workloads: readonly Workload[],
  options: ClusterOptions,
): Workload | Diagnostic {
  const reference = parseReference(text);
  if (reference === undefined) {
    return problem(
      "no-such-workload",
      `"${text}" names no workload`,
      "Write it as deploy/NAME or deploy/NAMESPACE/NAME.",
    );
  }
  const found = workloads.filter(
    ({ kind, name, namespace }) =>
      kind.toLowerCase() === reference.kind.toLowerCase() &&
      name === reference.name &&
      (reference.namespace === undefined || namespace === reference.namespace),
  );
  const first = found[0];
  if (first === undefined) {
    const near = workloads
      .filter(({ name }) => name === reference.name)
      .map((w) => `${w.kind.toLowerCase()}/${w.name}`);
    const known =
      near.length > 0 ? near : workloads.slice(0, 5).map((w) => `${w.kind.toLowerCase()}/${w.name}`);
    const hint =
      known.length > 0 ? `The manifests have ${known.join(", ")}.` : "The manifests have no workload.";
    return problem("no-such-workload", `no ${reference.kind} "${reference.name}" is in the manifests`, hint);
  }
  if (found.length === 1) return first;
  const here = found.find(({ namespace }) => namespace === options.namespace);
  if (here !== undefined) return here;
  const names = found.map(({ namespace }) => namespace).sort();
  return problem(
    "ambiguous-workload",
    `"${text}" stands in the namespaces ${names.join(", ")}`,
    `Say which with -n, or as ${text.split("/")[0]}/${names[0]}/${reference.name}.`,
  );
}

/** Values of a what-if flag by workload. */
export function byWorkload(
  values: Readonly<Record<string, number>> | undefined,
  workloads: readonly Workload[],
  options: ClusterOptions,
  diagnostics: Diagnostic[],
): Map<Workload, number> {
  const answer = new Map<Workload, number>();
  for (const [text, value] of Object.entries(values ?? {})) {
    const found = findWorkload(text, workloads, options);
    if ("code" in found) diagnostics.push(found);
    else answer.set(found, value);
  }
  return answer;
}

/** Replicas by workload; a DaemonSet has none to scale. */
export function scaleOf(
  workloads: readonly Workload[],
  options: ClusterOptions,
  diagnostics: Diagnostic[],
): Map<Workload, number> {
  const scale = byWorkload(options.scale, workloads, options, diagnostics);
  for (const workload of scale.keys()) {
    if (workload.kind !== "DaemonSet") continue;
    diagnostics.push(
      problem(
        "no-replicas",
        `DaemonSet ${workload.namespace}/${workload.name} can't be scaled: it has a pod on every node`,
      ),
    );
  }
  return scale;
}

/** The last pods become unready, the first ones terminating, as the flags say. */
export function applyReadiness(
  podsOf: (workload: Workload) => readonly PodDraft[],
  workloads: readonly Workload[],
  options: ClusterOptions,
  diagnostics: Diagnostic[],
): void {
  const of = byWorkload(options.readyOf, workloads, options, []);
  const tooMany = (flag: string, workload: Workload, count: number, has: number): void => {
    const name = `${workload.kind} ${workload.namespace}/${workload.name}`;
    diagnostics.push(
      problem(
        "too-many-pods",
        `${flag} speaks of ${count} pods, and ${name} has ${has}`,
        "--scale changes how many there are.",
      ),
    );
  };
  for (const [workload, ready] of byWorkload(options.ready, workloads, options, diagnostics)) {
    const drafts = podsOf(workload);
    const total = of.get(workload) ?? Math.max(ready, drafts.length);
    if (total !== drafts.length || ready > total)
      tooMany("--ready", workload, Math.max(total, ready), drafts.length);
    drafts.forEach((draft, index) => {
      draft.ready = index < ready && draft.nodeName !== undefined;
    });
  }
  for (const [workload, count] of byWorkload(options.terminating, workloads, options, diagnostics)) {
    const drafts = podsOf(workload);
    if (count > drafts.length) tooMany("--terminating", workload, count, drafts.length);
    for (const draft of drafts.slice(0, count)) draft.terminating = true;
  }
}
