import type { RestoreDialect } from "../../kube-proxy/restore-dialect.ts";
import type { Match, StatisticRandomMatch } from "../../netfilter/match.ts";
import { saveMatch } from "../../netfilter/matches/registry.ts";
import type { AddressMatch, Chain, Rule, Ruleset, Table, TableName } from "../../netfilter/ruleset.ts";
import type { Target } from "../../netfilter/target.ts";
import { saveTarget } from "../../netfilter/targets/registry.ts";

export interface PrintRestoreOptions {
  /** Only these tables (`-t`). */
  readonly tables?: readonly TableName[];
}

/** Length at which a chunk is handed on. */
const chunkLength = 1 << 16;

/**
 * What kube-proxy feeds to `iptables-restore --noflush`: its own chains of the filter and nat tables, worded as
 * its release words them. Jumps from the built-in chains are not in it; kube-proxy sets them up beforehand.
 */
export function* printRestore(
  ruleset: Ruleset,
  dialect: RestoreDialect,
  options: PrintRestoreOptions = {},
): Generator<string, void> {
  for (const table of ruleset.tables) {
    if (options.tables !== undefined && !options.tables.includes(table.name)) continue;
    const chains = fedChains(table, dialect);
    if (chains.length === 0) continue;
    yield `*${table.name}\n${chains.map((chain) => `:${chain.name} - [0:0]\n`).join("")}`;
    let text = "";
    for (const chain of chains) {
      for (const rule of chain.rules) text += `${restoreRule(chain.name, rule, dialect)}\n`;
      if (text.length > chunkLength) {
        yield text;
        text = "";
      }
    }
    yield `${text}COMMIT\n`;
  }
}

/** The chains of a table that are fed, those that every node has first. */
function fedChains(table: Table, dialect: RestoreDialect): readonly Chain[] {
  const leading = dialect.leadingChains[table.name] ?? [];
  const fed = table.chains.filter(
    ({ name, policy, rules }) =>
      policy === undefined &&
      !dialect.unfedChains.includes(name) &&
      !(dialect.fedWithRulesOnly.includes(name) && rules.length === 0),
  );
  const first = leading.flatMap((name) => fed.find((chain) => chain.name === name) ?? []);
  return [...first, ...fed.filter((chain) => !leading.includes(chain.name))];
}

/** A rule as kube-proxy writes it: matches before addresses, options in its own order. */
export function restoreRule(chain: string, rule: Rule, dialect: RestoreDialect): string {
  const source = sourceText(rule, dialect);
  const destination =
    rule.destination === undefined ? "" : addressText("-d", rule.destination, rule, dialect);
  // Addresses stand inside the protocol's match, else behind the comment and address type that lead the rule.
  let rest = `${destination}${source}`;
  let text = `-A ${chain}`;
  if (isForwardedSource(rule)) {
    text += rest;
    rest = "";
  }
  for (const match of rule.matches) {
    if (match.kind === "tcp" || match.kind === "udp" || match.kind === "sctp") {
      const port = match.destinationPort === undefined ? "" : ` --dport ${match.destinationPort.first}`;
      text += ` -m ${match.kind} -p ${match.kind}`;
      text += rest === "" ? port : `${destination}${port}${source}`;
      rest = "";
    } else {
      if (!leads(match, rule)) {
        text += rest;
        rest = "";
      }
      text += matchText(match, dialect);
    }
  }
  return text + rest + (rule.target === undefined ? "" : targetText(rule.target, dialect));
}

function leads(match: Match, rule: Rule): boolean {
  if (match.kind === "comment" || match.kind === "addrtype") return true;
  return rule.protocol !== undefined;
}

/** The rule of old releases that accepts established traffic of pods names its source before everything else. */
function isForwardedSource({ source, destination, matches }: Rule): boolean {
  if (source === undefined || source.inverted || destination !== undefined) return false;
  return matches.some((match) => match.kind === "conntrack");
}

function sourceText(rule: Rule, dialect: RestoreDialect): string {
  let text = "";
  if (rule.source !== undefined) text += addressText("-s", rule.source, rule, dialect);
  else if (rule.written?.source !== undefined) text += ` -s ${rule.written.source}`;
  if (rule.inInterface !== undefined) {
    text += `${rule.inInterface.inverted ? " !" : ""} -i ${rule.inInterface.name}`;
  }
  return text;
}

function addressText(option: "-s" | "-d", match: AddressMatch, rule: Rule, dialect: RestoreDialect): string {
  const { address, mask, inverted } = match;
  const written = option === "-s" ? rule.written?.source : rule.written?.destination;
  const isHost = mask === (address.includes(":") ? 128 : 32);
  const text = written ?? (isHost && !dialect.hostPrefixWritten ? address : `${address}/${mask}`);
  return `${inverted ? " !" : ""} ${option} ${text}`;
}

function matchText(match: Match, dialect: RestoreDialect): string {
  switch (match.kind) {
    case "comment":
      return ` -m comment --comment ${match.text.includes(" ") ? `"${match.text}"` : match.text}`;
    case "statistic-random":
      return ` -m statistic --mode random --probability ${probabilityText(match, dialect)}`;
    case "recent":
      return match.mode === "set"
        ? ` -m recent --name ${match.name} --set`
        : ` -m recent --name ${match.name} --rcheck --seconds ${match.seconds} --reap`;
    case "mark":
      return ` -m mark${match.inverted ? " !" : ""} --mark ${hex(match.value)}/${hex(match.mask)}`;
    case "nfacct":
      return ` -m nfacct --nfacct-name ${match.name}`;
    default:
      return saveMatch(match);
  }
}

/** `0x00004000`, as Go's `%#08x` prints a mark. */
function hex(mark: number): string {
  return `0x${mark.toString(16).padStart(8, "0")}`;
}

/** The decimals of 1/n that became the kernel's 31 bits. */
function probabilityText(match: StatisticRandomMatch, { probabilityDigits }: RestoreDialect): string {
  const stored = match.threshold / 2 ** 31;
  // Five decimals survive in 31 bits; ten do not, but n is known from them.
  const probability = probabilityDigits === 5 ? stored : 1 / Math.round(1 / stored);
  return probability.toFixed(probabilityDigits);
}

function targetText(target: Target, { markOption }: RestoreDialect): string {
  switch (target.kind) {
    case "reject":
      return " -j REJECT";
    case "dnat":
      return ` -j DNAT --to-destination ${target.to}`;
    case "mark": {
      const mark = hex(target.value);
      if (target.mask === 0) return ` -j MARK --xor-mark ${mark}`;
      return ` -j MARK ${markOption} ${markOption === "--or-mark" ? mark : `${mark}/${hex(target.mask)}`}`;
    }
    default:
      return saveTarget(target);
  }
}
