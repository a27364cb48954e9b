import type { Rule } from "../../netfilter/ruleset.ts";
import type { MarkTarget, Target, UnknownTarget } from "../../netfilter/target.ts";
import { targetAsText } from "../../netfilter/targets/registry.ts";
import { type Branch, withAssumption, withStep } from "../branch.ts";
import type { Connection } from "../conntrack.ts";
import { applyDnat, applyMasquerade, applyRedirect, applySnat } from "./nat.ts";
import type { TableContext, Verdict } from "./table-context.ts";

/** What a target that is no jump does: go on with the next rule, or a verdict. */
export interface TargetEffect {
  readonly branch: Branch;
  /** Undefined: the packet goes on with the next rule. */
  readonly verdict?: Verdict | "return";
}

const accept: Verdict = { kind: "accept" };

/** The ways on from a target; more than one where chance decides or the target is not understood. */
export function applyTarget(
  rule: Rule,
  target: Exclude<Target, { kind: "jump" }>,
  branch: Branch,
  context: TableContext,
  chain: string,
): TargetEffect[] {
  switch (target.kind) {
    case "verdict":
      return verdictEffect(rule, target.verdict, branch, context, chain);
    case "reject":
      return [{ branch, verdict: { kind: "reject", rule, chain, with: target.with } }];
    case "mark":
      return [{ branch: withMark(branch, context, target) }];
    case "dnat":
      return natEffect(applyDnat(target, branch, context), rule, branch, context, chain);
    case "snat":
      return natEffect(applySnat(target, branch, context), rule, branch, context, chain);
    case "redirect":
      return natEffect(applyRedirect(target, branch, context), rule, branch, context, chain);
    case "masquerade":
      return natEffect([applyMasquerade(target, branch, context)], rule, branch, context, chain);
    default:
      return unknownEffect(rule, targetAsText(target), branch, context, chain);
  }
}

function verdictEffect(
  rule: Rule,
  verdict: "ACCEPT" | "DROP" | "RETURN" | "QUEUE",
  branch: Branch,
  context: TableContext,
  chain: string,
): TargetEffect[] {
  if (verdict === "ACCEPT") return [{ branch, verdict: accept }];
  if (verdict === "RETURN") return [{ branch, verdict: "return" }];
  if (verdict === "DROP") return [{ branch, verdict: { kind: "drop", rule, chain, reason: "DROP" } }];
  const text = "the program that takes packets from the queue accepts it";
  return bothWays(branch, `${context.host.name} queue`, text, rule, chain, accept);
}

/** One branch where it holds, with `verdict`; one where it doesn't, which drops the packet. */
function bothWays(
  branch: Branch,
  key: string,
  text: string,
  rule: Rule,
  chain: string,
  verdict: Verdict | undefined,
): TargetEffect[] {
  const known = branch.assumptions.get(key);
  const effects: TargetEffect[] = [];
  if (known?.holds !== false) {
    const holding = withAssumption(branch, { key, text, holds: true });
    effects.push(verdict === undefined ? { branch: holding } : { branch: holding, verdict });
  }
  if (known?.holds !== true) {
    effects.push({
      branch: withAssumption(branch, { key, text, holds: false }),
      verdict: { kind: "drop", rule, chain, reason: `nothing says that ${text}` },
    });
  }
  return effects;
}

function withMark(branch: Branch, context: TableContext, target: MarkTarget): Branch {
  const mark = ((branch.mark & ~target.mask) ^ target.value) >>> 0;
  if (mark === branch.mark) return branch;
  return withStep(
    { ...branch, mark },
    {
      kind: "mark",
      node: context.host.name,
      from: branch.mark,
      to: mark,
      direction: branch.packet.direction,
    },
  );
}

function natEffect(
  branches: readonly Branch[] | undefined,
  rule: Rule,
  branch: Branch,
  context: TableContext,
  chain: string,
): TargetEffect[] {
  if (branches !== undefined) return branches.map((at) => ({ branch: at, verdict: accept }));
  return bothWays(branch, `${context.host.name} nat range`, "NAT leaves the address", rule, chain, accept);
}

/** Targets that change nothing a later rule or a route looks at. */
const withoutEffect = new Set([
  "AUDIT",
  "CHECKSUM",
  "CLASSIFY",
  "DSCP",
  "ECN",
  "HL",
  "IDLETIMER",
  "LED",
  "LOG",
  "NFLOG",
  "RATEEST",
  "SET",
  "TCPMSS",
  "TCPOPTSTRIP",
  "TEE",
  "TOS",
  "TRACE",
  "TTL",
  "ULOG",
]);

function unknownEffect(
  rule: Rule,
  target: UnknownTarget,
  branch: Branch,
  context: TableContext,
  chain: string,
): TargetEffect[] {
  if (withoutEffect.has(target.name)) return [{ branch }];
  if (target.name === "NOTRACK" || (target.name === "CT" && target.text.includes("--notrack"))) {
    return [{ branch: { ...branch, tracking: { state: "UNTRACKED", isReply: false } } }];
  }
  if (target.name === "CT") return [{ branch }];
  if (target.name === "CONNMARK") {
    const marked = withConnectionMark(target.text, branch);
    if (marked !== undefined) return [{ branch: marked }];
  }
  const text = `-j ${target.name} ${target.text}`.trim();
  return bothWays(branch, `${context.host.name} ${text}`, `${text} lets it go on`, rule, chain, undefined);
}

/** `CONNMARK --set-xmark|--save-mark|--restore-mark` (Linux `connmark_tg_shift`); undefined for other options. */
function withConnectionMark(text: string, branch: Branch): Branch | undefined {
  const connection = branch.tracking?.connection;
  if (connection === undefined) return branch;
  const mask = (name: string): number => {
    const found = new RegExp(`--${name}\\s+(0x[0-9a-f]+|\\d+)`, "i").exec(text);
    return found === null ? 0xffffffff : Number(found[1]);
  };
  const withMarkOf = (mark: number): Branch => {
    const changed: Connection = { ...connection, mark: mark >>> 0 };
    return { ...branch, tracking: { ...branch.tracking!, connection: changed } };
  };
  const set = /--set-x?mark\s+(0x[0-9a-f]+|\d+)(?:\/(0x[0-9a-f]+|\d+))?/i.exec(text);
  if (set !== null) {
    const bits = set[2] === undefined ? 0xffffffff : Number(set[2]);
    return withMarkOf((connection.mark & ~bits) ^ Number(set[1]));
  }
  if (text.includes("--save-mark")) {
    return withMarkOf((connection.mark & ~mask("ctmask")) ^ (branch.mark & mask("nfmask")));
  }
  if (!text.includes("--restore-mark")) return undefined;
  const restored = (branch.mark & ~mask("nfmask")) ^ (connection.mark & mask("ctmask"));
  return { ...branch, mark: restored >>> 0 };
}
