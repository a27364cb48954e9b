import { ipFromBigInt, ipToBigInt, isIp } from "../../net/ip.ts";
import type { DnatTarget, MasqueradeTarget, RedirectTarget, SnatTarget } from "../../netfilter/target.ts";
import { type Branch, withChance, withStep } from "../branch.ts";
import type { Connection } from "../conntrack.ts";
import { fraction } from "../fraction.ts";
import type { RewriteStep } from "../model.ts";
import { formatSocket, hasPorts, type Packet, unknownPort } from "../packet.ts";
import { firstAddress, sourceAddress } from "../routing.ts";
import type { TableContext } from "./table-context.ts";

/** What NAT chooses from: addresses and ports, both ends included. */
interface NatRange {
  readonly addresses?: { readonly first: string; readonly last: string };
  readonly ports?: { readonly first: number; readonly last: number };
}

/** Where NAT happens: the node, and the ways that the packet takes out of it. */
export type NatPlace = Pick<TableContext, "host" | "outInterface" | "nextHop">;

/** More choices than this are not followed one by one. */
const followedChoices = 4096n;

/** `--to-destination` and `--to-source`: `A[-B][:P[-Q]]`, `[v6]:P`, `:P`; undefined when it is none of these. */
export function readNatRange(text: string): NatRange | undefined {
  const m = /^(?:\[([^\]]+)\]|([0-9.-]+)|([0-9a-fA-F:.]+(?:-[0-9a-fA-F:.]+)?))?(?::(\d+)(?:-(\d+))?)?$/.exec(
    text,
  );
  const colonOnly = /^:(\d+)(?:-(\d+))?$/.exec(text);
  const addressText = colonOnly ? undefined : (m?.[1] ?? m?.[2] ?? m?.[3]);
  const firstPort = colonOnly ? colonOnly[1] : m?.[4];
  const lastPort = colonOnly ? (colonOnly[2] ?? firstPort) : (m?.[5] ?? firstPort);
  if (m === null && colonOnly === null) return undefined;
  const [first, last] = addressText?.split("-") ?? [];
  if (first !== undefined && (!isIp(first) || !isIp(last ?? first))) return undefined;
  return {
    ...(first === undefined ? {} : { addresses: { first, last: last ?? first } }),
    ...(firstPort === undefined ? {} : { ports: { first: Number(firstPort), last: Number(lastPort) } }),
  };
}

/** Every address and port that a range offers; each is as likely as the others. */
function choices(range: NatRange, address: string, port: number): { address: string; port: number }[] {
  const from = range.addresses === undefined ? undefined : ipToBigInt(range.addresses.first);
  const count = range.addresses === undefined ? 1n : ipToBigInt(range.addresses.last) - from! + 1n;
  const family = range.addresses?.first.includes(":") ? 6 : 4;
  const found: { address: string; port: number }[] = [];
  const keepsPort = range.ports === undefined || (port >= range.ports.first && port <= range.ports.last);
  const firstPort = keepsPort ? port : range.ports.first;
  const lastPort = keepsPort ? port : range.ports.last;
  for (let at = 0n; at < count && at < followedChoices; at++) {
    const chosen = from === undefined ? address : ipFromBigInt(from + at, family);
    for (let next = firstPort; next <= lastPort && BigInt(found.length) < followedChoices; next++) {
      found.push({ address: chosen, port: next });
    }
  }
  return found;
}

function withRewrittenDestination(
  branch: Branch,
  context: TableContext,
  how: RewriteStep["how"],
  to: { readonly address: string; readonly port: number },
): Branch {
  const step: RewriteStep = {
    kind: "rewrite",
    node: context.host.name,
    what: "destination",
    how,
    from: formatSocket(branch.packet.destination, branch.packet.destinationPort),
    to: formatSocket(to.address, to.port),
    direction: branch.packet.direction,
  };
  return withStep(withDestination(branch, to), step);
}

/** The branch as DNAT to an address and port leaves it, without a step that says so. */
export function withDestination(
  branch: Branch,
  to: { readonly address: string; readonly port: number },
): Branch {
  const packet: Packet = { ...branch.packet, destination: to.address, destinationPort: to.port };
  const connection = decided(branch, { destinationDecided: true }, (reply) => ({
    ...reply,
    source: to.address,
    sourcePort: to.port,
  }));
  return { ...branch, packet, tracking: { ...branch.tracking!, connection } };
}

function withRewrittenSource(
  branch: Branch,
  context: NatPlace,
  how: RewriteStep["how"],
  to: { readonly address: string; readonly port: number },
): Branch {
  const packet: Packet = { ...branch.packet, source: to.address, sourcePort: to.port };
  const connection = decided(branch, { sourceDecided: true }, (reply) => ({
    ...reply,
    destination: to.address,
    destinationPort: to.port,
  }));
  const step: RewriteStep = {
    kind: "rewrite",
    node: context.host.name,
    what: "source",
    how,
    from: formatSocket(branch.packet.source, branch.packet.sourcePort),
    to: formatSocket(to.address, to.port),
    direction: branch.packet.direction,
  };
  const rewritten = { ...branch, packet, tracking: { ...branch.tracking!, connection } };
  return withStep({ ...rewritten, serial: branch.serial + 1 }, step);
}

function decided(
  branch: Branch,
  what: Partial<Connection>,
  reply: (old: Connection["reply"]) => Connection["reply"],
): Connection {
  const connection = branch.tracking!.connection!;
  return { ...connection, ...what, reply: reply(connection.reply) };
}

/** The branches DNAT leads to; undefined when its range is not understood. */
export function applyDnat(target: DnatTarget, branch: Branch, context: TableContext): Branch[] | undefined {
  const range = readNatRange(target.to);
  if (range === undefined) return undefined;
  const found = choices(range, branch.packet.destination, branch.packet.destinationPort);
  const chance = fraction(1n, BigInt(found.length));
  return found.map((to) => withRewrittenDestination(withChance(branch, chance), context, "DNAT", to));
}

/** The branches SNAT leads to; undefined when its range is not understood. */
export function applySnat(target: SnatTarget, branch: Branch, context: TableContext): Branch[] | undefined {
  const range = readNatRange(target.to);
  if (range === undefined) return undefined;
  const port = sourcePortAfter(branch, target.random || target.randomFully, range.ports !== undefined);
  const found = choices({ ...range, ports: undefined } as NatRange, branch.packet.source, port);
  const chance = fraction(1n, BigInt(found.length));
  return found.map((to) => withRewrittenSource(withChance(branch, chance), context, "SNAT", to));
}

/**
 * MASQUERADE: the source becomes the address of the interface the packet leaves by. The loopback has none to offer, so
 * there it is the node's first one (Linux `inet_select_addr`).
 */
export function applyMasquerade(target: MasqueradeTarget, branch: Branch, context: NatPlace): Branch {
  const { host } = context;
  const device = host.interfaces.find((candidate) => candidate.name === context.outInterface);
  const nextHop = context.nextHop ?? branch.packet.destination;
  const address =
    device === undefined ? firstAddress(host, branch.packet.family) : sourceAddress(host, device, nextHop);
  const port = sourcePortAfter(branch, target.random || target.randomFully, target.toPorts !== undefined);
  return withRewrittenSource(branch, context, "MASQUERADE", {
    address: address ?? branch.packet.source,
    port,
  });
}

/** REDIRECT: to the interface's first address, or to the loopback for the node's own packets. */
export function applyRedirect(target: RedirectTarget, branch: Branch, context: TableContext): Branch[] {
  const { packet } = branch;
  const device = context.host.interfaces.find((candidate) => candidate.name === context.inInterface);
  const isFamily = (at: { address: string }): boolean => at.address.includes(":") === (packet.family === 6);
  const address =
    context.inInterface === ""
      ? packet.family === 4
        ? "127.0.0.1"
        : "::1"
      : (device?.addresses.find(isFamily)?.address ?? packet.destination);
  const range = target.toPorts === undefined ? {} : readNatRange(`:${target.toPorts}`);
  const found = choices({ ...range }, address, packet.destinationPort).map((to) => ({ ...to, address }));
  const chance = fraction(1n, BigInt(found.length));
  return found.map((to) => withRewrittenDestination(withChance(branch, chance), context, "REDIRECT", to));
}

/** NAT keeps the source port unless it is told to pick one. */
function sourcePortAfter(branch: Branch, random: boolean, fromRange: boolean): number {
  const { protocol, sourcePort } = branch.packet;
  if (!hasPorts(protocol)) return sourcePort;
  return random || fromRange ? unknownPort(branch.serial) : sourcePort;
}
