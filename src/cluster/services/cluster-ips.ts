import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { type Cidr, cidrSize, familyOf } from "../../net/ip.ts";
import { allocate } from "../allocate.ts";
import { objectKey } from "../model.ts";
import { AddressOffsets } from "../ranges/address-offsets.ts";
import type { ServiceDraft } from "./build-service.ts";
import { RangePlaces, rangeFull } from "./range-places.ts";

/** How many addresses of a Service range can be given out: not the network, for IPv4 not the broadcast address. */
export function usableAddresses(cidr: Cidr): number {
  const size = Number(cidrSize(cidr));
  return Math.max(0, Math.min(size - (cidr.family === 4 ? 2 : 1), 2 ** 31));
}

/** Whether the Service has addresses of its own. */
export function hasClusterIps(service: ServiceDraft): boolean {
  return service.type !== "ExternalName" && service.clusterIps[0] !== "None";
}

/**
 * Gives every Service one address of each of its families that it does not state.
 * @param reserved addresses kept clear beside the stated ones
 */
export function allocateClusterIps(
  services: readonly ServiceDraft[],
  cidrs: readonly Cidr[],
  reserved: readonly string[],
): Diagnostic[] {
  const taken = [...services.flatMap((service) => service.clusterIps), ...reserved];
  const open = services.filter(hasClusterIps);
  return cidrs.flatMap((cidr) => allocateIn(cidr, open, taken));
}

function allocateIn(cidr: Cidr, services: readonly ServiceDraft[], taken: readonly string[]): Diagnostic[] {
  const lacks = (service: ServiceDraft): boolean =>
    service.ipFamilies.includes(cidr.family) &&
    !service.clusterIps.some((ip) => familyOf(ip) === cidr.family);
  const wanting = services.filter(lacks);
  if (wanting.length === 0) return [];
  const places = new RangePlaces(usableAddresses(cidr), 16, 256);
  const offsets = new AddressOffsets(cidr);
  const reserved: number[] = [];
  for (const ip of taken) {
    const offset = ip === "None" ? undefined : offsets.offset(ip);
    if (offset !== undefined && offset >= 1 && offset <= places.size) reserved.push(places.place(offset - 1));
  }
  const keyOf = (index: number): string => objectKey(wanting[index]!);
  const homes = Uint32Array.from(wanting, (service) => places.home(objectKey(service)));
  const diagnostics: Diagnostic[] = [];
  const given = allocate({ homes, keyOf }, places.size, reserved);
  for (let index = 0; index < given.length; index++) {
    const service = wanting[index]!;
    const place = given[index]!;
    if (place === -1) {
      diagnostics.push(rangeFull(service, "failed to allocate a serviceIP: range is full"));
      continue;
    }
    const address = offsets.address(places.offset(place) + 1);
    const behind = service.ipFamilies.indexOf(cidr.family) > 0;
    service.clusterIps = behind ? [...service.clusterIps, address] : [address, ...service.clusterIps];
    service.clusterIpSimulated = true;
  }
  return diagnostics;
}
