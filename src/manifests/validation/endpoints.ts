import { familyOf } from "../../net/ip.ts";
import type { EndpointAddress, EndpointSliceObject, EndpointsObject } from "../objects.ts";
import { checkCanonicalIp, checkIp, checkNotSpecial } from "./addresses.ts";
import type { FieldErrors } from "./field-errors.ts";
import { Path } from "./field-path.ts";
import { checkMetadata, subdomainName } from "./metadata.ts";
import { isDns1123Label, isDns1123Subdomain, isLabelValue, isPortNumber, isQualifiedName } from "./names.ts";

const protocols = ["SCTP", "TCP", "UDP"];
const addressTypes = ["FQDN", "IPv4", "IPv6"];
const maxEndpoints = 1000;
const maxAddresses = 100;
const maxPorts = 20_000;
const maxHints = 8;

type SliceEndpoint = NonNullable<EndpointSliceObject["endpoints"]>[number];
type SlicePort = NonNullable<EndpointSliceObject["ports"]>[number];

/** What the API server checks of an EndpointSlice: discovery's ValidateEndpointSlice. */
export function checkEndpointSlice(errors: FieldErrors, slice: EndpointSliceObject): void {
  checkMetadata(errors, slice.metadata, subdomainName);
  const type: string = slice.addressType ?? "";
  if (type === "") errors.required(new Path("addressType"));
  else if (!addressTypes.includes(type)) errors.notSupported(new Path("addressType"), type, addressTypes);
  checkSliceEndpoints(errors, slice.endpoints ?? [], type);
  checkSlicePorts(errors, slice.ports ?? []);
}

function checkSliceEndpoints(errors: FieldErrors, endpoints: readonly SliceEndpoint[], type: string): void {
  const all = new Path("endpoints");
  if (endpoints.length > maxEndpoints) {
    errors.tooMany(all, endpoints.length, maxEndpoints);
    return;
  }
  for (const [i, endpoint] of endpoints.entries()) {
    const path = all.index(i);
    checkSliceAddresses(errors, path.child("addresses"), endpoint.addresses ?? [], type);
    if (endpoint.nodeName !== undefined) {
      errors.invalidEach(path.child("nodeName"), endpoint.nodeName, isDns1123Subdomain(endpoint.nodeName));
    }
    if (endpoint.hostname !== undefined) {
      errors.invalidEach(path.child("hostname"), endpoint.hostname, isDns1123Label(endpoint.hostname));
    }
    checkHints(errors, path.child("hints"), endpoint.hints);
  }
}

function checkSliceAddresses(
  errors: FieldErrors,
  path: Path,
  addresses: readonly string[],
  type: string,
): void {
  if (addresses.length === 0) errors.required(path, "must contain at least 1 address");
  else if (addresses.length > maxAddresses) errors.tooMany(path, addresses.length, maxAddresses);
  for (const [i, address] of addresses.entries()) {
    const place = path.index(i);
    if (type === "FQDN") checkFullyQualifiedName(errors, place, address);
    else if (
      type === "IPv6"
        ? checkCanonicalIp(errors, place, address)
        : type === "IPv4" && checkIp(errors, place, address)
    ) {
      if (`IPv${familyOf(address)}` !== type) {
        errors.invalid(path, address, `must be an ${type} address`, { shown: place.steps() });
      }
      checkNotSpecial(errors, place, address);
    }
  }
}

/** apimachinery's IsFullyQualifiedDomainName: a part that is no label is named alone. */
function checkFullyQualifiedName(errors: FieldErrors, path: Path, address: string): void {
  if (address === "") {
    errors.required(path);
    return;
  }
  const name = address.replace(/\.$/, "");
  const problems = isDns1123Subdomain(name);
  if (problems.length > 0) {
    errors.invalid(path, name, problems.join(","));
    return;
  }
  const labels = name.split(".");
  if (labels.length < 2) {
    errors.invalid(path, name, "should be a domain with at least two segments separated by dots");
    return;
  }
  const bad = labels.find((label) => isDns1123Label(label).length > 0);
  if (bad !== undefined) errors.invalid(path, bad, isDns1123Label(bad).join(","));
}

function checkHints(errors: FieldErrors, path: Path, hints: SliceEndpoint["hints"]): void {
  for (const [field, named] of [
    ["forZones", hints?.forZones ?? []],
    ["forNodes", hints?.forNodes ?? []],
  ] as const) {
    if (named.length > maxHints) {
      errors.tooMany(path.child(field), named.length, maxHints);
      return;
    }
    const seen = new Set<string>();
    for (const [i, { name = "" }] of named.entries()) {
      const place = path.child(field).index(i).child("name");
      if (seen.has(name)) errors.duplicate(place, name);
      seen.add(name);
      errors.invalidEach(place, name, field === "forZones" ? isLabelValue(name) : isDns1123Subdomain(name));
    }
  }
}

function checkSlicePorts(errors: FieldErrors, ports: readonly SlicePort[]): void {
  const all = new Path("ports");
  if (ports.length > maxPorts) {
    errors.tooMany(all, ports.length, maxPorts);
    return;
  }
  const names = new Map<string, Path>();
  for (const [i, port] of ports.entries()) {
    const path = all.index(i);
    const name = port.name ?? "";
    if (name !== "") errors.invalidEach(path.child("name"), name, isDns1123Label(name));
    const first = names.get(name);
    if (first !== undefined) errors.duplicate(path.child("name"), name, first);
    else names.set(name, path.child("name"));
    const protocol: string = port.protocol ?? "TCP";
    if (!protocols.includes(protocol)) errors.notSupported(path.child("protocol"), protocol, protocols);
    if (port.appProtocol !== undefined) {
      errors.invalidEach(path.child("appProtocol"), port.appProtocol, isQualifiedName(port.appProtocol));
    }
  }
}

/** What the API server checks of Endpoints: core's ValidateEndpoints. */
export function checkEndpoints(errors: FieldErrors, object: EndpointsObject): void {
  checkMetadata(errors, object.metadata, subdomainName);
  for (const [i, subset] of (object.subsets ?? []).entries()) {
    const path = new Path("subsets").index(i);
    const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
    if (addresses.length === 0 && notReadyAddresses.length === 0) {
      errors.required(path, "must specify `addresses` or `notReadyAddresses`");
    }
    for (const [field, listed] of Object.entries({ addresses, notReadyAddresses })) {
      for (const [j, address] of listed.entries()) checkAddress(errors, path.child(field).index(j), address);
    }
    for (const [j, port] of ports.entries()) {
      const place = path.child("ports").index(j);
      const name = port.name ?? "";
      if (name !== "") errors.invalidEach(place.child("name"), name, isDns1123Label(name));
      else if (ports.length > 1) errors.required(place.child("name"));
      const number = port.port ?? 0;
      errors.invalidEach(place.child("port"), number, isPortNumber(number));
      const protocol: string = port.protocol || "TCP";
      if (!protocols.includes(protocol)) errors.notSupported(place.child("protocol"), protocol, protocols);
      const { appProtocol } = port as { readonly appProtocol?: string };
      if (appProtocol !== undefined)
        errors.invalidEach(place.child("appProtocol"), appProtocol, isQualifiedName(appProtocol));
    }
  }
}

function checkAddress(errors: FieldErrors, path: Path, address: EndpointAddress): void {
  const ip = address.ip ?? "";
  const before = errors.errors.length;
  if (checkIp(errors, path.child("ip"), ip)) checkNotSpecial(errors, path.child("ip"), ip);
  else if (errors.errors[before]?.text.includes("must be a valid IP address,") === true)
    errors.invalid(path.child("ip"), ip, "must be a valid IP address");
  if (address.hostname !== undefined && address.hostname !== "") {
    errors.invalidEach(path.child("hostname"), address.hostname, isDns1123Label(address.hostname));
  }
  if (address.nodeName !== undefined) {
    errors.invalidEach(path.child("nodeName"), address.nodeName, isDns1123Subdomain(address.nodeName));
  }
}
