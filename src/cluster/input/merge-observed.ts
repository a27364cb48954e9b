import type { LoadedObject, ServiceObject } from "../../manifests/objects.ts";

/** An object was read from a cluster rather than written: the API server gave it a uid. */
export function isObservedObject(loaded: LoadedObject): boolean {
  return loaded.role !== "other" && loaded.object.metadata.uid !== undefined;
}

type Spec = ServiceObject["spec"];

/** The written spec with what the cluster allocated for it. */
function withAllocated(written: Spec, observed: Spec): Spec {
  const headless = written.clusterIP === "None" || written.type === "ExternalName";
  const states = written.clusterIP || written.clusterIPs?.length;
  const exposed = written.type === "NodePort" || written.type === "LoadBalancer";
  const nodePortOf = (port: NonNullable<Spec["ports"]>[number]): number | undefined =>
    observed.ports?.find(
      (other) => other.port === port.port && (other.protocol ?? "TCP") === (port.protocol ?? "TCP"),
    )?.nodePort;
  const ports = written.ports?.map((port) => {
    const nodePort = port.nodePort || nodePortOf(port);
    return exposed && nodePort ? { ...port, nodePort } : port;
  });
  return {
    ...written,
    ...(headless || states ? {} : pick(observed, ["clusterIP", "clusterIPs"])),
    ...(ports === undefined ? {} : { ports }),
    ...(written.type === "LoadBalancer" &&
    written.externalTrafficPolicy === "Local" &&
    !written.healthCheckNodePort
      ? pick(observed, ["healthCheckNodePort"])
      : {}),
  };
}

function pick<T, K extends keyof T>(from: T, keys: readonly K[]): Partial<Pick<T, K>> {
  const answer: Partial<Pick<T, K>> = {};
  for (const key of keys) if (from[key] !== undefined) answer[key] = from[key];
  return answer;
}

/**
 * One object of two: as written in a manifest, and as a cluster that has it was seen. A Service is as written, with
 * the addresses and node ports the cluster gave it; a Pod or Node is as seen; what a workload or an endpoint
 * object says is as written. Undefined when the two are not such a pair.
 */
export function mergeObserved(a: LoadedObject, b: LoadedObject): LoadedObject | undefined {
  if (isObservedObject(a) === isObservedObject(b)) return undefined;
  const [written, observed] = isObservedObject(a) ? [b, a] : [a, b];
  if (written.role === "service" && observed.role === "service") {
    const { status } = observed.object;
    const { uid, creationTimestamp } = observed.object.metadata;
    const metadata = {
      ...written.object.metadata,
      ...pick({ uid, creationTimestamp }, ["uid", "creationTimestamp"]),
    };
    const spec = withAllocated(written.object.spec, observed.object.spec);
    return {
      ...written,
      object: { ...written.object, metadata, spec, ...(status === undefined ? {} : { status }) },
    };
  }
  return written.role === "pod" || written.role === "node" ? observed : written;
}
