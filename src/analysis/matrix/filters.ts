import type { Service } from "../../cluster/model.ts";
import type { AddressKind, MatrixAddress, MatrixSource, SourceKind } from "./model.ts";

const sourceKinds: Readonly<Record<string, SourceKind>> = {
  pod: "pod",
  pods: "pod",
  node: "node",
  nodes: "node",
  outside: "outside",
  external: "outside",
};

const addressKinds: Readonly<Record<string, AddressKind>> = {
  clusterip: "cluster IP",
  nodeport: "node port",
  externalip: "external IP",
  loadbalancer: "load balancer",
};

/** Which sources `--from` means; undefined for a text that is none. */
export function sourceFilter(
  text: string,
  nodes: readonly string[],
): ((source: MatrixSource) => boolean) | undefined {
  const kind = sourceKinds[text.toLowerCase()];
  if (kind !== undefined) return (source) => source.kind === kind;
  const node = /^node\/(.+)$/.exec(text)?.[1];
  return node !== undefined && nodes.includes(node) ? (source) => source.node === node : undefined;
}

/** Which addresses `--to` means; undefined for a text that is none. */
export function addressFilter(
  text: string,
  services: readonly Service[],
): ((address: MatrixAddress) => boolean) | undefined {
  const kind = addressKinds[text.toLowerCase().replace(/[ -]/g, "")];
  if (kind !== undefined) return (address) => address.kind === kind;
  const namespace = /^(?:ns|namespace)\/(.+)$/.exec(text)?.[1];
  if (namespace !== undefined) {
    const known = services.some((service) => service.namespace === namespace);
    return known ? (address) => address.service.namespace === namespace : undefined;
  }
  const name = /^(?:(?:svc|service|services)\/)?(.+)$/.exec(text)?.[1] ?? text;
  const isMeant = (service: Service): boolean =>
    service.name === name || `${service.namespace}/${service.name}` === name;
  return services.some(isMeant) ? (address) => isMeant(address.service) : undefined;
}
