import type { Match } from "./match.ts";
import type { HookName, Rule, TableName } from "./ruleset.ts";
import type { Target } from "./target.ts";

/**
 * Where the kernel takes a match or target: the tables and hooks it is registered for, and the protocol that
 * must be said with it (net/netfilter/xt_*.c, `.table`, `.hooks`, `.proto` and the check functions).
 */
interface Place {
  readonly tables?: readonly TableName[];
  readonly hooks?: readonly HookName[];
  readonly protocols?: readonly string[];
}

const everywhere: Place = {};
const natHooks: Readonly<Record<"destination" | "source", readonly HookName[]>> = {
  destination: ["PREROUTING", "OUTPUT"],
  source: ["POSTROUTING", "INPUT"],
};

function placeOfTarget(target: Target): Place {
  switch (target.kind) {
    case "dnat":
    case "redirect":
      return { tables: ["nat"], hooks: natHooks.destination };
    case "snat":
      return { tables: ["nat"], hooks: natHooks.source };
    case "masquerade":
      return { tables: ["nat"], hooks: ["POSTROUTING"] };
    case "netmap":
      return { tables: ["nat"] };
    case "reject":
      return {
        tables: ["filter"],
        hooks: ["INPUT", "FORWARD", "OUTPUT"],
        ...(target.with === "tcp-reset" ? { protocols: ["tcp"] } : {}),
      };
    case "tproxy":
      return { tables: ["mangle"], hooks: ["PREROUTING"], protocols: ["tcp", "udp"] };
    case "tcpmss":
      return {
        protocols: ["tcp"],
        ...(target.size === "pmtu" ? { hooks: ["FORWARD", "OUTPUT", "POSTROUTING"] } : {}),
      };
    case "ct":
      return { tables: ["raw"] };
    default:
      return everywhere;
  }
}

function placeOfMatch(match: Match): Place {
  switch (match.kind) {
    case "tcp":
    case "udp":
    case "sctp":
      return { protocols: [match.kind] };
    case "icmp":
      return { protocols: [match.version === 4 ? "icmp" : "ipv6-icmp"] };
    case "rpfilter":
      return { tables: ["raw", "mangle"], hooks: ["PREROUTING"] };
    case "owner":
      return { hooks: ["OUTPUT", "POSTROUTING"] };
    case "mac":
      return { hooks: ["PREROUTING", "INPUT", "FORWARD"] };
    case "socket":
      return { hooks: ["PREROUTING", "INPUT"] };
    case "policy":
      return {
        hooks:
          match.direction === "in"
            ? ["PREROUTING", "INPUT", "FORWARD"]
            : ["POSTROUTING", "OUTPUT", "FORWARD"],
      };
    case "addrtype":
      return match.limitInterface === "in"
        ? { hooks: ["PREROUTING", "INPUT", "FORWARD"] }
        : match.limitInterface === "out"
          ? { hooks: ["POSTROUTING", "OUTPUT", "FORWARD"] }
          : everywhere;
    default:
      return everywhere;
  }
}

/**
 * Why the kernel would refuse a rule at its place; undefined when it takes it.
 * @param hooks the hooks from which packets reach the rule's chain
 * @param backend the nft interface says ports in its own words and then lets `! -p` pass, and asks less of TCPMSS
 */
export function misplacement(
  rule: Rule,
  table: TableName,
  hooks: ReadonlySet<HookName>,
  backend: "nft" | "legacy" = "nft",
): string | undefined {
  const parts: (readonly [string, Place])[] = rule.matches.map((match) => [
    `the ${match.kind} match`,
    placeOfMatch(match),
  ]);
  const native = backend === "nft" ? rule.matches.findIndex(isNative) : -1;
  if (rule.target !== undefined) parts.push([`the ${rule.target.kind} target`, placeOfTarget(rule.target)]);
  for (const [index, [name, place]] of parts.entries()) {
    if (place.tables !== undefined && !place.tables.includes(table))
      return `${name} works in table ${place.tables.join(" or ")} only`;
    const wrongHook =
      place.hooks === undefined ? undefined : [...hooks].find((hook) => !place.hooks!.includes(hook));
    if (wrongHook !== undefined) return `${name} does not work in ${wrongHook}`;
    const { protocol } = rule;
    if (
      place.protocols !== undefined &&
      (protocol === undefined ||
        (protocol.inverted && index !== native) ||
        !place.protocols.includes(protocol.name))
    )
      return `${name} needs -p ${place.protocols.join(" or ")}`;
  }
  return backend === "legacy" ? missingSyn(rule) : undefined;
}

/** Whether the nft interface has its own words for a match of ports. */
function isNative(match: Match): boolean {
  if (match.kind !== "tcp" && match.kind !== "udp") return false;
  return (
    match.option === undefined && (match.sourcePort ?? match.destinationPort ?? match.flags) !== undefined
  );
}

/** TCPMSS changes packets with SYN only, and the rule must say so. */
function missingSyn(rule: Rule): string | undefined {
  if (rule.target?.kind !== "tcpmss") return undefined;
  const synOnly = rule.matches.some(
    (match) =>
      match.kind === "tcp" &&
      match.flags !== undefined &&
      !match.flags.inverted &&
      (match.flags.set & 2) !== 0,
  );
  return synOnly
    ? undefined
    : "the tcpmss target works on TCP SYN packets only: --tcp-flags or --syn is missing";
}
