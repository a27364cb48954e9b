import type { EndpointAddress, EndpointsObject } from "../manifests/objects.ts";
import { canonicalIp, isIp } from "../net/ip.ts";

type Subset = NonNullable<EndpointsObject["subsets"]>[number];
type SubsetPort = NonNullable<Subset["ports"]>[number];

/** Addresses that have the same ports, each with whether it is ready. */
export interface PackedSubset {
  readonly ports: readonly SubsetPort[];
  readonly addresses: readonly ReadyAddress[];
}

export interface ReadyAddress {
  readonly address: EndpointAddress;
  readonly ready: boolean;
}

/** The addresses of one port by their identity: an address that is ready here and not ready there is not ready. */
type Addresses = Map<string, ReadyAddress>;

/**
 * Subsets as the mirroring controller reads them (pkg/api/v1/endpoints, RepackSubsets): an address and a port
 * meet once, not ready wins, and ports that have the same addresses stand together.
 */
export function repackSubsets(subsets: readonly Subset[]): PackedSubset[] {
  const firsts = new Map<string, EndpointAddress>();
  const byPort = new Map<string, { readonly port: SubsetPort | undefined; readonly addresses: Addresses }>();
  for (const subset of subsets) {
    const ports = subset.ports ?? [];
    for (const port of ports.length === 0 ? [undefined] : ports) {
      const key =
        port === undefined ? "" : JSON.stringify([port.name ?? "", port.port, port.protocol ?? "TCP"]);
      const ofPort = byPort.get(key) ?? { port, addresses: new Map() };
      byPort.set(key, ofPort);
      for (const address of subset.addresses ?? []) addAddress(ofPort.addresses, firsts, address, true);
      for (const address of subset.notReadyAddresses ?? [])
        addAddress(ofPort.addresses, firsts, address, false);
    }
  }
  const groups = new Map<string, { readonly ports: SubsetPort[]; readonly addresses: ReadyAddress[] }>();
  for (const { port, addresses } of byPort.values()) {
    const sorted = [...addresses].sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify(sorted.map(([identity, { ready }]) => [identity, ready]));
    const group = groups.get(key) ?? { ports: [], addresses: sorted.map(([, entry]) => entry) };
    groups.set(key, group);
    if (port !== undefined) group.ports.push(port);
  }
  return [...groups.values()];
}

function addAddress(
  addresses: Addresses,
  firsts: Map<string, EndpointAddress>,
  address: EndpointAddress,
  ready: boolean,
): void {
  const ip = isIp(address.ip) ? canonicalIp(address.ip) : address.ip;
  const identity = JSON.stringify([ip, address.targetRef?.uid ?? ""]);
  const first = firsts.get(identity) ?? address;
  firsts.set(identity, first);
  const before = addresses.get(identity);
  addresses.set(identity, { address: first, ready: ready && before?.ready !== false });
}
