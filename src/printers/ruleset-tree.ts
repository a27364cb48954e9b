import type { IpFamily } from "../net/ip.ts";
import type { ListView } from "../netfilter/list-view.ts";
import type { Match } from "../netfilter/match.ts";
import { listMatch } from "../netfilter/matches/registry.ts";
import { type AddressMatch, type Chain, findChain, type Rule, type Table } from "../netfilter/ruleset.ts";
import { listTarget, targetName } from "../netfilter/targets/registry.ts";
import { type Colors, noColors } from "./colors.ts";
import { escapeControls } from "./escape-controls.ts";

export interface RulesetTreeOptions {
  readonly family: IpFamily;
  /** Chains to begin with; by default KUBE-SERVICES where the table has it with rules, else the built-in chains. */
  readonly roots?: readonly string[];
  readonly colors?: Colors;
}

/**
 * A table as a tree: below each rule that jumps, the rules of the chain it jumps to, once; a `statistic` match as
 * the part of all packets that takes the rule. In chunks, one a root.
 */
export function* printRulesetTree(table: Table, options: RulesetTreeOptions): Generator<string, void> {
  const walk = new TreeWalk(table, options.family, options.colors ?? noColors);
  for (const root of rootsOf(table, options.roots)) yield walk.root(root);
}

function rootsOf(table: Table, wanted: readonly string[] | undefined): readonly Chain[] {
  if (wanted !== undefined) return table.chains.filter((chain) => wanted.includes(chain.name));
  const services = findChain(table, "KUBE-SERVICES");
  if (services !== undefined && services.rules.length > 0 && table.name === "nat") return [services];
  return table.chains.filter((chain) => chain.policy !== undefined && chain.rules.length > 0);
}

class TreeWalk {
  private readonly shown = new Set<string>();
  private readonly table: Table;
  private readonly family: IpFamily;
  private readonly colors: Colors;

  constructor(table: Table, family: IpFamily, colors: Colors) {
    this.table = table;
    this.family = family;
    this.colors = colors;
  }

  root(chain: Chain): string {
    const policy = chain.policy === undefined ? "" : ` ${this.colors.dim(`(policy ${chain.policy})`)}`;
    const lines = [`${this.colors.strong(chain.name)}${policy}`];
    this.shown.add(chain.name);
    this.rules(chain, "", 1, lines);
    return `${lines.join("\n")}\n`;
  }

  /** Adds the lines of a chain's rules; `reaching` is the part of all packets that comes to the chain. */
  private rules(chain: Chain, indent: string, reaching: number, lines: string[]): void {
    const rules = chain.rules;
    let left = reaching;
    rules.forEach((rule, index) => {
      const last = index === rules.length - 1;
      const chance = chanceOf(rule);
      const part = chance === undefined ? left : left * chance;
      const isChoice = chance !== undefined || (left < reaching && isPlainJump(rule));
      lines.push(`${indent}${last ? "└─ " : "├─ "}${this.ruleText(rule, isChoice ? part : undefined)}`);
      if (chance !== undefined) left -= part;
      this.below(rule, `${indent}${last ? "   " : "│  "}`, part, lines);
    });
  }

  private below(rule: Rule, indent: string, reaching: number, lines: string[]): void {
    if (rule.target?.kind !== "jump") return;
    const next = findChain(this.table, rule.target.chain);
    if (next === undefined || this.shown.has(next.name) || isMechanical(next)) return;
    this.shown.add(next.name);
    this.rules(next, indent, reaching, lines);
  }

  private ruleText(rule: Rule, part: number | undefined): string {
    const { colors } = this;
    const view = listView(this.family, rule);
    const words = [
      ...(part === undefined ? [] : [colors.strong(shareText(part))]),
      ...conditionsOf(rule, view),
      this.targetText(rule, view),
    ];
    const comment = rule.matches.find((match) => match.kind === "comment");
    const note = comment?.kind === "comment" ? `  ${colors.dim(escapeControls(comment.text))}` : "";
    return `${words.join(" ")}${note}`;
  }

  private targetText(rule: Rule, view: ListView): string {
    const { target } = rule;
    if (target === undefined) return "→ (counts only)";
    if (target.kind === "jump") {
      const known =
        this.shown.has(target.chain) && !isMechanicalName(target.chain) ? this.colors.dim(" (above)") : "";
      return `→ ${this.colors.service(target.chain)}${known}`;
    }
    const paint = target.kind === "dnat" ? this.colors.endpoint : this.colors.verdict;
    return `→ ${paint(`${targetName(target)}${listTarget(target, view)}`.trim())}`;
  }
}

/** Chains that only mark: their name says all, on every line. */
function isMechanical(chain: Chain): boolean {
  return chain.rules.every((rule) => rule.target?.kind === "mark");
}

function isMechanicalName(name: string): boolean {
  return name === "KUBE-MARK-MASQ" || name === "KUBE-MARK-DROP";
}

function chanceOf(rule: Rule): number | undefined {
  const match = rule.matches.find((candidate) => candidate.kind === "statistic-random");
  return match?.kind === "statistic-random" && !match.inverted ? match.threshold / 2 ** 31 : undefined;
}

function isPlainJump(rule: Rule): boolean {
  const unconditional =
    rule.source === undefined && rule.destination === undefined && rule.protocol === undefined;
  return (
    unconditional && rule.target?.kind === "jump" && rule.matches.every((match) => match.kind === "comment")
  );
}

/** `1/3 (33.3%)`; only the percentage where the part is no 1/k to seven digits. */
function shareText(part: number): string {
  const percent = `${(100 * part).toFixed(1)}%`;
  const k = Math.round(1 / part);
  return Math.abs(part * k - 1) < 1e-7 ? `1/${k} (${percent})` : percent;
}

function listView(family: IpFamily, rule: Rule): ListView {
  return { family, numeric: true, protocol: rule.protocol?.name, portName: (port) => String(port) };
}

/** What a packet must be, in words: `not from 10.244.0.0/16 tcp to 10.96.5.81:3000`. */
function conditionsOf(rule: Rule, view: ListView): string[] {
  const words: string[] = [];
  if (rule.inInterface !== undefined)
    words.push(`${not(rule.inInterface.inverted)}in ${rule.inInterface.name}`);
  if (rule.outInterface !== undefined)
    words.push(`${not(rule.outInterface.inverted)}out ${rule.outInterface.name}`);
  if (rule.source !== undefined) words.push(`${not(rule.source.inverted)}from ${addressText(rule.source)}`);
  if (rule.protocol !== undefined) words.push(`${not(rule.protocol.inverted)}${rule.protocol.name}`);
  const port = destinationPort(rule.matches);
  if (rule.destination !== undefined) {
    const address = addressText(rule.destination);
    words.push(
      `${not(rule.destination.inverted)}to ${port === "" || !address.includes(":") ? address : `[${address}]`}${port}`,
    );
  } else if (port !== "") words.push(`to ${port}`);
  for (const match of rule.matches) {
    if (!isSaidAlready(match)) words.push(escapeControls(listMatch(match, view).trim()));
  }
  return words;
}

function not(inverted: boolean): string {
  return inverted ? "not " : "";
}

function isSaidAlready(match: Match): boolean {
  if (match.kind === "tcp" || match.kind === "udp" || match.kind === "sctp") {
    return match.sourcePort === undefined && match.destinationPort?.inverted !== true;
  }
  return match.kind === "comment" || match.kind === "statistic-random";
}

function destinationPort(matches: readonly Match[]): string {
  for (const match of matches) {
    if (match.kind !== "tcp" && match.kind !== "udp" && match.kind !== "sctp") continue;
    const range = match.destinationPort;
    if (range === undefined || range.inverted || !isSaidAlready(match)) continue;
    return range.first === range.last ? `:${range.first}` : `:${range.first}-${range.last}`;
  }
  return "";
}

function addressText(address: AddressMatch): string {
  const host = address.mask === 32 || address.mask === 128;
  return host ? address.address : `${address.address}/${address.mask}`;
}
