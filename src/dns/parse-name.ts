/** What a name of the cluster's zone asks for: the parts of the Kubernetes DNS specification. */
export interface NameRequest {
  readonly kind: "svc" | "pod";
  readonly namespace?: string;
  /** A Service's name; for pods the address with dashes. */
  readonly service?: string;
  /** Host name of one endpoint. */
  readonly endpoint?: string;
  readonly port?: string;
  readonly protocol?: string;
}

function withoutUnderscore(label: string): string {
  return label.startsWith("_") ? label.slice(1) : label;
}

/**
 * Takes a name apart: `svc.ns.svc`, `endpoint.svc.ns.svc`, `_port._protocol.svc.ns.svc`, `1-2-3-4.ns.pod`.
 * @param name lower case, relative to the zone, without a final dot
 * @returns `"empty"` for the zone itself and for `svc` and `pod` alone; undefined for what no name can be
 */
export function parseName(name: string): NameRequest | "empty" | undefined {
  if (name === "" || name === "svc" || name === "pod") return "empty";
  const labels = name.split(".");
  const kind = labels.pop();
  if (kind !== "svc" && kind !== "pod") return undefined;
  const namespace = labels.pop();
  if (namespace === undefined) return { kind };
  const service = labels.pop();
  if (service === undefined) return { kind, namespace };
  switch (labels.length) {
    case 0:
      return { kind, namespace, service };
    case 1:
      return { kind, namespace, service, endpoint: labels[0]! };
    case 2:
      return {
        kind,
        namespace,
        service,
        port: withoutUnderscore(labels[0]!),
        protocol: withoutUnderscore(labels[1]!),
      };
    default:
      return undefined;
  }
}
