import { type Branch, withAssumption } from "../branch.ts";
import { isDestinationRewritten, isSourceRewritten } from "../conntrack.ts";
import type { Host } from "../network.ts";
import type { Packet } from "../packet.ts";
import { isLocalAddress } from "../routing.ts";
import { applyMasquerade, type NatPlace, withDestination } from "../rules/nat.ts";
import type { Judged } from "../rules/table-context.ts";

/** A connection that is there already, however it came about: no rules but those of NAT are asked, and none refuses. */
export interface Opening {
  /** What the client calls. */
  readonly address: string;
  readonly port: number;
  /** The address is no host's. */
  readonly isNobodys: boolean;
  /** Where it is sent on; absent where no node rewrites it. */
  readonly to?: { readonly address: string; readonly port: number };
  /** No rule of today rewrites it: the node that the packet comes to first, or the one called, once did. */
  readonly regardless: boolean;
}

const accept = { kind: "accept" } as const;

/**
 * What the nat table makes of a packet whose connection is stated to be there: of the ways that the rules take, those
 * that lead where it is stated to lead; where there is none, that destination in place of theirs.
 */
export function openedAs(
  opening: Opening,
  part: "destination-nat" | "source-nat",
  place: NatPlace,
  judged: readonly Judged[],
): Judged[] {
  const passed = judged.map((at) => ({ ...at, verdict: accept }));
  const { to } = opening;
  if (to === undefined) return passed;
  if (part === "source-nat") return opening.regardless ? maybeMasqueraded(passed, place) : passed;
  const leadsThere = ({ branch: { packet } }: Judged): boolean =>
    packet.destination === to.address && packet.destinationPort === to.port;
  const natural = passed.filter(leadsThere);
  if (natural.length > 0) return natural;
  const rewritten = passed.filter(({ branch }) => isDestinationRewritten(branch.tracking!.connection!));
  const called = passed.filter(({ branch }) => isCalled(branch.packet, opening, place.host));
  const instead = opening.regardless ? called : rewritten;
  if (instead.length === 0) return passed;
  return instead.map((at) => ({ ...at, branch: withDestination(at.branch, to) }));
}

/** Whether a node is where the packet's destination is rewritten: it is its own, or nobody's. */
function isCalled(packet: Packet, opening: Opening, host: Host): boolean {
  if (packet.destination !== opening.address || packet.destinationPort !== opening.port) return false;
  return opening.isNobodys || isLocalAddress(host, packet.destination);
}

/** No rule is left that says whether the flow was masqueraded when it began. */
function maybeMasqueraded(judged: readonly Judged[], place: NatPlace): Judged[] {
  return judged.flatMap((at) => {
    const { branch } = at;
    const connection = branch.tracking!.connection!;
    if (!isDestinationRewritten(connection) || isSourceRewritten(connection)) return [at];
    const text = "the flow was masqueraded when it began";
    const suppose = (holds: boolean): Branch => withAssumption(branch, { key: text, text, holds });
    const masquerade = { kind: "masquerade", random: false, randomFully: true } as const;
    return [
      { ...at, branch: applyMasquerade(masquerade, suppose(true), place) },
      { ...at, branch: suppose(false) },
    ];
  });
}
