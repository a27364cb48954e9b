import type { Service, ServicePort } from "../../cluster/model.ts";
import { canonicalIp, isIp } from "../../net/ip.ts";
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
  const socket = socketOf(text);
  if (socket !== undefined) {
    const { address, port } = socket;
    return (each) => each.address === address && (port === undefined || each.number === port);
  }
  const [, name = text, port] = /^(?:(?:svc|services?)\/)?([^:]+)(?::([^:]+))?$/.exec(text) ?? [];
  const isMeant = (service: Service): boolean =>
    service.name === name || `${service.namespace}/${service.name}` === name;
  const isPort = (each: ServicePort): boolean =>
    port === undefined || String(each.port) === port || each.name === port;
  return services.some((service) => isMeant(service) && service.ports.some(isPort))
    ? (address) => isMeant(address.service) && isPort(address.port)
    : undefined;
}

/** An address, with a port or without; undefined for other texts. */
export function socketOf(text: string): { readonly address: string; readonly port?: number } | undefined {
  const plain = text.replace(/^\[(.*)\]$/, "$1");
  if (isIp(plain)) return { address: canonicalIp(plain) };
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  const address = host?.replace(/^\[(.*)\]$/, "$1");
  return address !== undefined && isIp(address)
    ? { address: canonicalIp(address), port: Number(port) }
    : undefined;
}
