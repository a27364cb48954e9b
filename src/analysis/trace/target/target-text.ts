import { type InputError, usageError } from "../../../diagnostics/diagnostic.ts";
import { hostPort, isIp, isIpv6 } from "../../../net/ip.ts";

export type ProtocolName = "tcp" | "udp" | "sctp";

/** TARGET taken apart: its host part, and port and protocol where they are said. */
export interface TargetParts {
  readonly host: string;
  readonly port?: string;
  readonly protocol?: ProtocolName;
  readonly isUrl: boolean;
}

/** Ports of URL schemes (IANA's registry of services, and the documentation of those that are not in it). */
const schemePorts: Readonly<Record<string, number>> = {
  amqp: 5672,
  amqps: 5671,
  ftp: 21,
  grpc: 80,
  http: 80,
  https: 443,
  ldap: 389,
  ldaps: 636,
  mongodb: 27017,
  mysql: 3306,
  nats: 4222,
  postgres: 5432,
  postgresql: 5432,
  redis: 6379,
  rediss: 6379,
  ssh: 22,
  ws: 80,
  wss: 443,
};

const url = /^([a-z][a-z0-9+.-]*):\/\/(?:[^@/?#]*@)?([^/?#]*)/i;

/** `http://name:80/path`, `[v6]:80`, `10.0.0.1:80/udp`, `svc/name:http`, `name.ns`: taken apart, right or wrong. */
export function splitTarget(text: string): TargetParts {
  const found = url.exec(text.trim());
  if (found !== null) {
    const scheme = found[1]!.toLowerCase();
    const inner = splitTarget(found[2]!);
    const standard = schemePorts[scheme];
    const port = inner.port ?? (standard === undefined ? undefined : String(standard));
    const protocol = isProtocol(scheme) ? { protocol: scheme } : {};
    return { host: inner.host, isUrl: true, ...(port === undefined ? {} : { port }), ...protocol };
  }
  const suffix = /\/(tcp|udp|sctp)$/i.exec(text);
  const protocol = suffix === null ? {} : { protocol: suffix[1]!.toLowerCase() as ProtocolName };
  const rest = (suffix === null ? text : text.slice(0, suffix.index)).trim();
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(rest);
  if (bracketed !== null) {
    const port = bracketed[2] === undefined ? {} : { port: bracketed[2] };
    return { host: bracketed[1]!, isUrl: false, ...port, ...protocol };
  }
  const colon = rest.lastIndexOf(":");
  if (colon === -1 || isIp(rest)) return { host: rest, isUrl: false, ...protocol };
  return { host: rest.slice(0, colon), port: rest.slice(colon + 1), isUrl: false, ...protocol };
}

function isProtocol(text: string): text is ProtocolName {
  return text === "tcp" || text === "udp" || text === "sctp";
}

const forms = "ADDRESS:PORT, svc/NAME:PORT, pod/NAME:PORT, node/NAME:PORT, a URL or a DNS name";

function malformed(message: string, hint: string = forms): InputError {
  return usageError("malformed-target", message, hint);
}

/**
 * TARGET taken apart.
 * @throws InputError for a text that can be none, whatever the cluster has
 */
export function readTarget(text: string): TargetParts {
  const parts = splitTarget(text);
  const place = url.exec(text.trim())?.[2] ?? text.trim();
  const problem = placeProblem(place) ?? hostProblem(parts, text) ?? portProblem(parts, text);
  if (problem !== undefined) throw problem;
  return parts;
}

/** What is wrong with the characters of `HOST:PORT/PROTOCOL`. */
function placeProblem(place: string): InputError | undefined {
  if (/\s/.test(place)) return malformed(`"${place}" has a space in it`);
  if (place.includes(","))
    return malformed(`"${place}" is more than one target`, "trace takes one at a time");
  const opens = place.startsWith("[");
  if (opens !== place.includes("]") || place.lastIndexOf("[") > 0) {
    const inside = place.replace(/^\[/, "").replace(/\].*$/, "");
    const address = isIp(inside) ? `[${inside}]` : "[fd00::1]";
    return malformed(`"${place}" has a bracket without its other half`, `${address}:80, the address in both`);
  }
  if (opens && !/^\[[^\]]*\](?::.*)?$/.test(place)) {
    return malformed(`"${place}" has something else than a port behind its bracket`, "[fd00::1]:80");
  }
  if (opens && !isIpv6(place.slice(1, place.indexOf("]")))) {
    return malformed(`what "${place}" has in its brackets is no IPv6 address`, "[fd00::1]:80");
  }
  if (place.includes(":::")) return malformed(`"${place}" has three colons in a row`, "[fd00::1]:80");
  return undefined;
}

/** What is wrong with the host: none, a kind without a name, or digits that are no address. */
function hostProblem({ host, isUrl }: TargetParts, text: string): InputError | undefined {
  if (host === "" && /^:\d+$/.test(text.trim())) {
    return malformed(
      `"${text}" is a port without a host`,
      `svc/NAME${text.trim()}, or ADDRESS${text.trim()}`,
    );
  }
  if (host === "") return malformed(`"${text}" names no host`);
  const kind = /^([a-z]+)\/$/.exec(host)?.[1];
  if (kind !== undefined) return malformed(`"${text}" has no name behind ${kind}/`, `${kind}/NAME:PORT`);
  if (/^\/+$/.test(host)) return malformed(`"${text}" names no host`);
  if (/^\d+$/.test(host)) return malformed(`"${text}" is a number and no host`, `svc/NAME:${host}`);
  if (/^\d+(?:\.\d+)+$/.test(host) && !isIp(host)) {
    return malformed(`${host} is no IPv4 address`, "four numbers from 0 to 255 without leading zeros");
  }
  const bare = host.includes(":") && !isIp(host);
  if (bare && /^[0-9a-f:.]+$/i.test(host) && (host.match(/:/g) ?? []).length > 1) {
    return malformed(`${host} is no IPv6 address`, "[fd00::1]:80");
  }
  if (bare)
    return malformed(`"${text}" has more than one colon`, "HOST:PORT, and IPv6 addresses in brackets");
  return isUrl && host.includes("/") ? malformed(`"${text}" names no host`) : undefined;
}

/** What is wrong with the port: nothing behind the colon, out of range, or another protocol. */
function portProblem({ host, port, isUrl }: TargetParts, text: string): InputError | undefined {
  const scheme = url.exec(text.trim())?.[1]?.toLowerCase();
  if (port === undefined) {
    if (!isUrl || scheme === undefined || isProtocol(scheme)) return undefined;
    return malformed(
      `nobody says which port ${scheme}:// is`,
      `${scheme}://${hostPort(host, 80)}, with the port`,
    );
  }
  const written = isIp(host) ? hostPort(host, 80) : `${host}:80`;
  if (port === "") return malformed(`"${text}" has no port behind its colon`, written);
  const [before = "", ...behind] = port.split("/");
  if (behind.length > 0 && before !== "") {
    const example = `${isIp(host) ? hostPort(host, 80) : `${host}:${before}`}/udp`;
    const [first = ""] = behind;
    if (isProtocol(first)) return malformed(`"${port}" names more than one protocol`, example);
    return malformed(`"${behind.join("/")}" is none of tcp, udp and sctp`, example);
  }
  if (/^[+-]?\d+$/.test(port) && portNumber(port) === undefined) {
    return malformed(`${port} is no port: they go from 1 to 65535`, written);
  }
  if (isIp(host) && portNumber(port) === undefined) {
    return malformed(`"${port}" is no port number, which an address needs`, written);
  }
  return undefined;
}

/** The number of a port, 1 to 65535; undefined for a name or anything else. */
export function portNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535 ? Number(text) : undefined;
}
