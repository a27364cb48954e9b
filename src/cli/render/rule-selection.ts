import { type InputError, usageError } from "../../diagnostics/diagnostic.ts";
import { suggest } from "../../manifests/schema/suggest.ts";
import type { Chain, Rule, Ruleset, Table, TableName } from "../../netfilter/ruleset.ts";

/** What of a table is shown: its chains in order, each with all rules or with the numbers of some. */
export interface TableSelection {
  readonly table: Table;
  readonly chains: readonly ChainSelection[];
  /** The whole table, so that a printer may stream it. */
  readonly whole: boolean;
}

export interface ChainSelection {
  readonly chain: Chain;
  /** Rule numbers from 1; undefined for all. */
  readonly numbers?: readonly number[];
}

/** What `render` was asked to show. */
export interface SelectionRequest {
  readonly tables: readonly TableName[];
  readonly chains: readonly string[];
  /** `namespace/name`: only the rules of this Service. */
  readonly service?: string;
}

/**
 * The tables, chains and rules to show. A chain asked for may be in some of the tables only.
 * @throws InputError when a chain is in none of them
 */
export function selectRules(ruleset: Ruleset, request: SelectionRequest): readonly TableSelection[] {
  const tables = request.tables.flatMap((name) => ruleset.tables.filter((table) => table.name === name));
  if (tables.length === 0) throw noSuchTable(ruleset, request);
  refuseUnknownChains(tables, request);
  const selections = tables.map((table): TableSelection => {
    const wanted = chainsOf(table, request.chains);
    const chains: readonly ChainSelection[] =
      request.service === undefined ? wanted.map((chain) => ({ chain })) : ofService(wanted, request.service);
    return { table, chains, whole: request.service === undefined && request.chains.length === 0 };
  });
  const narrowed = request.service !== undefined || request.chains.length > 0;
  return narrowed ? selections.filter((selection) => selection.chains.length > 0) : selections;
}

/** A dump may hold some tables only. */
function noSuchTable(ruleset: Ruleset, request: SelectionRequest): InputError {
  const known = ruleset.tables.map((table) => table.name);
  return usageError(
    "no-such-table",
    `the rules have no table ${request.tables.join(", ")}`,
    known.length === 0
      ? "they have no table at all"
      : `they have ${known.map((name) => `-t ${name}`).join(", ")}`,
  );
}

/** The chains of a table: all, or those asked for in the order asked. */
function chainsOf(table: Table, names: readonly string[]): readonly Chain[] {
  if (names.length === 0) return table.chains;
  return names.flatMap((name) => table.chains.filter((chain) => chain.name === name));
}

/** The order in which a packet comes to kube-proxy's chains; endpoints keep the order of their addresses' rules. */
const wayOfPacket = [
  "KUBE-SERVICES",
  "KUBE-NODEPORTS",
  "KUBE-FW-",
  "KUBE-EXT-",
  "KUBE-XLB-",
  "KUBE-SVC-",
  "KUBE-SVL-",
  "KUBE-SEP-",
];

function placeOnWay(chain: Chain): number {
  const place = wayOfPacket.findIndex((prefix) => chain.name.startsWith(prefix));
  return place === -1 ? wayOfPacket.length : place;
}

function ofService(chains: readonly Chain[], service: string): ChainSelection[] {
  const ordered = [...chains].sort((a, b) => placeOnWay(a) - placeOnWay(b));
  return ordered.flatMap((chain) => {
    const numbers = chain.rules.flatMap((rule: Rule, index) =>
      rule.origin?.service === service ? [index + 1] : [],
    );
    return numbers.length === 0 ? [] : [{ chain, numbers }];
  });
}

function refuseUnknownChains(tables: readonly Table[], request: SelectionRequest): void {
  if (request.chains.length === 0) return;
  const known = new Set(tables.flatMap((table) => table.chains.map((chain) => chain.name)));
  const unknown = request.chains.find((name) => !known.has(name));
  if (unknown === undefined) return;
  const where = request.tables.length === 1 ? `table ${request.tables[0]}` : "these tables";
  const meant = unknown.toUpperCase();
  const near = [...known].filter((name) => name.startsWith(meant.slice(0, 12))).slice(0, 5);
  if (near.length === 0) near.push(...[suggest(meant, [...known])].filter((name) => name !== undefined));
  throw usageError(
    "unknown-chain",
    `there is no chain "${unknown}" in ${where}`,
    near.length > 0
      ? `did you mean ${near.join(", ")}?`
      : "-t all looks in every table; -o tree shows how chains hang together",
  );
}
