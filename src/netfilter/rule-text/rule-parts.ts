import type { IpFamily } from "../../net/ip.ts";
import type { Match } from "../match.ts";
import type { AddressMatch, Counters, InterfaceMatch, ProtocolMatch } from "../ruleset.ts";
import type { JumpTarget, Target } from "../target.ts";

/** What the parser must know of the text around a rule. */
export interface RuleSurroundings {
  /** The family of the tables, as far as known; a rule with an address of the other one changes it. */
  family: IpFamily;
  /**
   * True for text that a tool will feed to `iptables-restore`: what that refuses is refused here. False for what
   * a kernel already has: what is not understood is kept as text.
   */
  readonly strict: boolean;
  /** Of restore input: the kernel interface it goes to. */
  readonly backend?: "nft" | "legacy";
  /** The target of a jump to that chain, if the rule's table has it. */
  jumpTo(name: string): JumpTarget | undefined;
}

/** The parts of a rule, each undefined when the text does not say it. */
export interface RuleParts {
  source: AddressMatch | undefined;
  destination: AddressMatch | undefined;
  /** Further addresses of a list, for each of which the rule is repeated. */
  moreSources: readonly (AddressMatch | undefined)[];
  moreDestinations: readonly (AddressMatch | undefined)[];
  inInterface: InterfaceMatch | undefined;
  outInterface: InterfaceMatch | undefined;
  protocol: ProtocolMatch | undefined;
  fragment: { readonly inverted: boolean } | undefined;
  matches: readonly Match[];
  target: Target | undefined;
  counters: Counters | undefined;
  /** Modules and targets of this rule that were kept as text. */
  unknown: readonly string[];
}

const noMatches: readonly Match[] = [];
const noAddresses: readonly AddressMatch[] = [];
const nothingUnknown: readonly string[] = [];
const zeroCounters: Counters = { packets: 0n, bytes: 0n };

/** The parts of a rule that says nothing. */
export function emptyParts(): RuleParts {
  return {
    source: undefined,
    destination: undefined,
    moreSources: noAddresses,
    moreDestinations: noAddresses,
    inInterface: undefined,
    outInterface: undefined,
    protocol: undefined,
    fragment: undefined,
    matches: noMatches,
    target: undefined,
    counters: undefined,
    unknown: nothingUnknown,
  };
}

/** Counters of two decimal texts; rules that were never hit share one value. */
export function countersOf(packets: string, bytes: string): Counters {
  if (packets === "0" && bytes === "0") return zeroCounters;
  return { packets: BigInt(packets), bytes: BigInt(bytes) };
}
