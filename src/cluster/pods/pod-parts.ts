import type { Container, PodSpec } from "../../manifests/objects.ts";
import type { NamedContainerPort, Pod } from "../model.ts";
import { stableHash } from "../stable-hash.ts";

/** A pod while it is being placed and given addresses. */
export type PodDraft = { -readonly [K in keyof Pod]: Pod[K] };

/** What a simulated pod's place and addresses are made of. */
export interface PodIdentity {
  /** Of `namespace/name/replica` (for a DaemonSet `namespace/name/node`), name being the workload's. */
  readonly hash: number;
  /** That text and the workload's kind: decides between pods of one hash. */
  readonly key: string;
}

/** The identity of a pod of something. */
export function podIdentity(
  kind: string,
  namespace: string,
  name: string,
  instance: string | number,
): PodIdentity {
  const text = `${namespace}/${name}/${instance}`;
  return { hash: stableHash(text), key: `${text}/${kind}` };
}

/**
 * The container ports of a pod: containers, then sidecars (init containers that restart), the order in which
 * a named target port is looked up. A pod on the host network has every container port on the host.
 */
export function portsOf(spec: PodSpec): readonly NamedContainerPort[] {
  const ports: NamedContainerPort[] = [];
  for (const container of spec.containers ?? []) addPorts(container, spec, ports);
  for (const container of spec.initContainers ?? []) {
    if (container.restartPolicy === "Always") addPorts(container, spec, ports);
  }
  return ports;
}

function addPorts(container: Container, spec: PodSpec, ports: NamedContainerPort[]): void {
  for (const port of container.ports ?? []) {
    const hostPort = port.hostPort || (spec.hostNetwork ? port.containerPort : 0);
    ports.push({
      name: port.name ?? "",
      port: port.containerPort,
      protocol: port.protocol ?? "TCP",
      ...(hostPort ? { hostPort } : {}),
    });
  }
}
