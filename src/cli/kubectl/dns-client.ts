import { nearestName } from "../../analysis/lint/nearest-name.ts";
import { findResourceKind } from "../../api-objects/resource-kinds.ts";
import type { Pod } from "../../cluster/model.ts";
import { usageError } from "../../diagnostics/diagnostic.ts";
import { type DnsClient, dnsClientOf } from "../../dns/resolv-conf.ts";
import type { LoadedInput } from "../input/load-input.ts";

/**
 * Who asks: the pod that `--from` names (`pod/NAME`, `pod/NAMESPACE/NAME`, `NAME`), any pod of a workload
 * (`deploy/NAME`), or without `--from` a pod with default settings in the namespace of `-n`.
 * @throws InputError when there is no such pod
 */
export function findDnsClient(input: LoadedInput, from: string | undefined): DnsClient {
  const namespace = input.options.namespace ?? input.options.defaultNamespace ?? "default";
  if (from === undefined) return { namespace, hostNetwork: false };
  const words = from.split("/");
  const kind = words.length === 1 ? findResourceKind("pod") : findResourceKind(words[0]!);
  const [place, name] = words.length > 2 ? [words[1]!, words[2]!] : [undefined, words.at(-1)!];
  const { pods } = input.cluster;
  const candidates = pods.filter((pod) =>
    kind?.kind === "Pod" ? pod.name === name : pod.owner?.kind === kind?.kind && pod.owner?.name === name,
  );
  const found =
    candidates.find((pod) => pod.namespace === (place ?? namespace)) ??
    (place === undefined && sameNamespace(candidates) ? candidates[0] : undefined);
  if (found !== undefined) return dnsClientOf(found);
  if (candidates.length > 0) {
    const places = [...new Set(candidates.map((pod) => pod.namespace))].join(", ");
    throw usageError(
      "pod-elsewhere",
      `there is no ${from} in namespace ${place ?? namespace}`,
      `it is in ${places}`,
    );
  }
  const names = kind?.kind === "Pod" ? pods.map((pod) => pod.name) : pods.map((pod) => pod.owner?.name ?? "");
  const near = nearestName(name, names);
  throw usageError(
    "unknown-pod",
    `there is no ${words.length === 1 ? "pod " : ""}"${from}"`,
    near === undefined ? "k8snet get pods -A shows all pods" : `did you mean "${near}"?`,
  );
}

function sameNamespace(pods: readonly Pod[]): boolean {
  return new Set(pods.map((pod) => pod.namespace)).size === 1;
}
