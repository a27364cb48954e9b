import type { Container, PodSpec } from "../../manifests/objects.ts";
import type { NamedContainerPort, Pod } from "../model.ts";
import { emptyHash, extendHash, finishHash } from "../stable-hash.ts";

/** A pod while it is being placed and given addresses. */
export type PodDraft = { -readonly [K in keyof Pod]: Pod[K] };

/** Who makes pods: what their places, addresses and names are made of, beside each one's own number. */
export class PodMaker {
  readonly #name: string;
  readonly #kind: string;
  /** The hash of `namespace/name/`. */
  readonly #state: number;

  constructor(kind: string, namespace: string, name: string) {
    this.#name = `${namespace}/${name}/`;
    this.#kind = `/${kind}`;
    this.#state = extendHash(emptyHash, this.#name);
  }

  /** The state of the hash of `namespace/name/replica` (for a DaemonSet `namespace/name/node`). */
  hashState(instance: string | number): number {
    return extendHash(this.#state, String(instance));
  }

  /** The hash of a pod's key, that state given. */
  keyHash(state: number): number {
    return finishHash(extendHash(state, this.#kind));
  }

  /** That text and the maker's kind: decides between pods of one hash. */
  key(instance: string | number): string {
    return `${this.#name}${instance}${this.#kind}`;
  }
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
  // A list that grows keeps room for seventeen.
  return ports.slice();
}

function addPorts(container: Container, spec: PodSpec, ports: NamedContainerPort[]): void {
  for (const port of container.ports ?? []) {
    const hostPort = port.hostPort || (spec.hostNetwork ? port.containerPort : 0);
    ports.push({
      name: port.name ?? "",
      port: port.containerPort,
      protocol: port.protocol ?? "TCP",
      hostPort: hostPort || undefined,
    });
  }
}
