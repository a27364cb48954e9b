import type { IpFamily } from "../../net/ip.ts";
import type { ListView } from "../../netfilter/list-view.ts";
import { listMatch } from "../../netfilter/matches/registry.ts";
import type { Chain, Rule, Table } from "../../netfilter/ruleset.ts";
import { listTarget, targetName } from "../../netfilter/targets/registry.ts";
import { listAddress } from "../../netfilter/values/addresses.ts";
import { type Colors, noColors } from "../colors.ts";
import { paintOfTarget } from "./paint-rules.ts";

export interface PrintBriefOptions {
  readonly family: IpFamily;
  /** Only these chains, in the table's order; all when not said. */
  readonly chains?: readonly string[];
  readonly colors?: Colors;
}

/** The columns of one rule before they are aligned. */
interface BriefRow {
  readonly target: string;
  readonly source: string;
  readonly rest: string;
}

/**
 * Chains in the short form of articles: number, target, source if the rule has one, comment, match. Columns are
 * as wide as their chain needs. Several chains each get a line with their name.
 */
export function* printBrief(table: Table, options: PrintBriefOptions): Generator<string, void> {
  const chains = table.chains.filter((chain) => options.chains?.includes(chain.name) ?? true);
  const colors = options.colors ?? noColors;
  for (const [index, chain] of chains.entries()) {
    const title = chains.length > 1 ? `${index > 0 ? "\n" : ""}${colors.strong(chain.name)}\n` : "";
    yield title + chainText(chain, options.family, colors);
  }
}

function chainText(chain: Chain, family: IpFamily, colors: Colors): string {
  const rows = chain.rules.map((rule) => rowOf(rule, family));
  const numberWidth = `${rows.length}`.length;
  const targetWidth = Math.max(0, ...widths(rows, (row) => row.target));
  const sourceWidth = Math.max(0, ...widths(rows, (row) => row.source));
  return rows
    .map((row, index) => {
      const number = `${index + 1}`.padEnd(numberWidth);
      const target = row.target.padEnd(targetWidth);
      const source = sourceWidth === 0 ? "" : `  ${row.source.padEnd(sourceWidth)}`;
      return `${`${colors.dim(number)}  ${paintOfTarget(row.target, colors)(target)}${source}  ${row.rest}`.trimEnd()}\n`;
    })
    .join("");
}

function* widths(rows: readonly BriefRow[], column: (row: BriefRow) => string): Generator<number> {
  // A chain may have more rules than a call takes arguments: lengths that were seen are not given twice.
  const seen = new Set<number>();
  for (const row of rows) {
    const { length } = column(row);
    if (seen.has(length)) continue;
    seen.add(length);
    yield length;
  }
}

function rowOf(rule: Rule, family: IpFamily): BriefRow {
  const { target, source, matches } = rule;
  const view: ListView = {
    family,
    numeric: true,
    protocol: rule.protocol?.name,
    portName: (port) => `${port}`,
  };
  const comments = matches.filter((match) => match.kind === "comment");
  const others = matches.filter((match) => match.kind !== "comment");
  const text = [...comments, ...others].map((match) => listMatch(match, view)).join("");
  return {
    target: target === undefined ? "" : targetName(target),
    source: source === undefined ? "" : `${source.inverted ? "!" : ""}${listAddress(source)}`,
    rest: `${text}${target === undefined ? "" : listTarget(target, view)}`.trim(),
  };
}
