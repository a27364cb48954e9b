import type { EndpointSlice } from "../../endpoints/model.ts";

type Ports = EndpointSlice["ports"];

const offsetBasis = 0x6c62272e07bb014262b821756295c58dn;
const prime = 0x1000000000000000000013bn;

/** 128-bit FNV-1a of a text's UTF-8 bytes. */
function fnv128(text: string): bigint {
  let hash = offsetBasis;
  for (const byte of new TextEncoder().encode(text))
    hash = BigInt.asUintN(128, (hash ^ BigInt(byte)) * prime);
  return hash;
}

/** A port as Kubernetes prints it for hashing (`dump.ForHash` of a v1.EndpointPort). */
function hashedText({ name, port, protocol, appProtocol }: Ports[number]): string {
  const application = appProtocol === undefined ? "<nil>" : appProtocol;
  return `(v1.EndpointPort){Name:(string)${name ?? ""} Port:(int32)${port ?? 0} Protocol:(v1.Protocol)${protocol} AppProtocol:(*string)${application}}`;
}

/**
 * The ports of a subset in the endpoints controller's order: by a hash of each (`RepackSubsets`; FNV since 1.35, MD5
 * before).
 */
export function inControllersOrder(ports: Ports): Ports {
  if (ports.length < 2) return ports;
  return ports
    .map((port) => ({ port, hash: fnv128(hashedText(port)) }))
    .sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0))
    .map(({ port }) => port);
}
