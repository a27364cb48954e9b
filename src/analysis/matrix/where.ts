import { groupBy } from "../group-by.ts";
import type { Cell } from "./model.ts";

/** How places are put into words. */
export interface Places {
  /** Some nodes in few words; names that are too many for a cell become a note of their own. */
  nodes(names: readonly string[]): string;
}

/** A list of names no longer than this is written where it is needed. */
const longestList = 48;
const mostNames = 3;

/**
 * Names of nodes in short: all of them, all but a few, or how many; which ones is then said below the table.
 * @param all every node there is
 * @param notes takes what is to be said below
 */
export function shortPlaces(all: readonly string[], notes: string[]): Places {
  const numbers = new Map<string, number>();
  const inOrder = orderOf(all);
  const isShort = (names: readonly string[]): boolean =>
    names.length <= mostNames && names.join(", ").length <= longestList;
  return {
    nodes(unordered) {
      const names = inOrder(unordered);
      if (isShort(names)) return names.join(", ");
      const known = new Set(names);
      const others = all.filter((name) => !known.has(name));
      const areNodes = names.length + others.length === all.length;
      if (areNodes && others.length === 0) return "every node";
      if (areNodes && isShort(others)) return `every node but ${others.join(", ")}`;
      const list = names.join(", ");
      const number = numbers.get(list) ?? numbers.size + 1;
      const count = areNodes ? `${names.length} of ${all.length} nodes` : `${names.length} places`;
      // The shorter of both lists says as much.
      const isMost = areNodes && others.length < names.length;
      const said = isMost ? `every node but ${others.join(", ")}` : list;
      if (!numbers.has(list)) notes.push(`[${number}] ${said}`);
      numbers.set(list, number);
      return `${count} [${number}]`;
    },
  };
}

/** Names of nodes in full. */
export function widePlaces(all: readonly string[]): Places {
  const inOrder = orderOf(all);
  return { nodes: (names) => inOrder(names).join(", ") };
}

/** Sorts names as a list has them. */
function orderOf(all: readonly string[]): (names: readonly string[]) => string[] {
  const places = new Map(all.map((name, index) => [name, index]));
  return (names) => [...names].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
}

/** What may decide the answer, and how to say it: the client's node, the node or address called, both. */
interface Dimension {
  readonly keyOf: (cell: Cell) => string;
  readonly say: (cells: readonly Cell[], places: Places) => string;
}

const dimensions: readonly Dimension[] = [
  {
    keyOf: (cell) => cell.source.node ?? "",
    say: (cells, { nodes }) => `on ${nodes(unique(cells.map((cell) => cell.source.node)))}`,
  },
  {
    keyOf: calledOf,
    say: (cells, { nodes }) => `${preposition(cells)} ${nodes(unique(cells.map(calledOf)))}`,
  },
  {
    keyOf: (cell) => (isOwn(cell) ? "own" : "other"),
    say: (cells) => (isOwn(cells[0]!) ? "to its own node" : "to other nodes"),
  },
  {
    keyOf: (cell) => (isOwn(cell) ? "own" : calledOf(cell)),
    say: (cells, { nodes }) => {
      const called = unique(cells.filter((cell) => !isOwn(cell)).map(calledOf));
      if (!cells.some(isOwn)) return `from other nodes to ${nodes(called)}`;
      return called.length === 0 ? "to its own node" : `to its own node, and to ${nodes(called)}`;
    },
  },
  {
    keyOf: (cell) => `${isOwn(cell)} ${calledOf(cell)}`,
    say: (cells, { nodes }) => {
      const own = unique(cells.filter(isOwn).map(calledOf));
      const others = unique(cells.filter((cell) => !isOwn(cell)).map(calledOf));
      return [
        ...(own.length === 0 ? [] : [`to itself on ${nodes(own)}`]),
        ...(others.length === 0 ? [] : [`from other nodes to ${nodes(others)}`]),
      ].join(", ");
    },
  },
  {
    keyOf: (cell) => `${cell.source.node} ${calledOf(cell)}`,
    say: sayPairs,
  },
];

/** Who calls whom: callers of the same nodes together. */
function sayPairs(cells: readonly Cell[], { nodes }: Places): string {
  const bySource = groupBy(cells, (cell) => cell.source.node ?? "");
  const targets = [...bySource].map(([source, own]) => ({ source, called: unique(own.map(calledOf)) }));
  return [...groupBy(targets, ({ called }) => called.join(", ")).values()]
    .map((group) => `${nodes(group.map(({ source }) => source))} to ${nodes(group[0]!.called)}`)
    .join("; ");
}

function preposition(cells: readonly Cell[]): string {
  return cells[0]?.entry === undefined ? "to" : "by";
}

function isOwn({ source, address }: Cell): boolean {
  return source.node === address.node;
}

function calledOf(cell: Cell): string {
  return cell.entry ?? cell.address.node ?? cell.address.address;
}

function unique(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))];
}

/**
 * How to say where each of several answers holds; undefined where nothing known decides.
 * @param answerOf the answer of a cell as text
 */
export function whereOf(
  cells: readonly Cell[],
  answerOf: (cell: Cell) => string,
): Dimension["say"] | undefined {
  const decides = ({ keyOf }: Dimension): boolean =>
    [...groupBy(cells, keyOf).values()].every((group) => new Set(group.map(answerOf)).size === 1);
  return dimensions.find(decides)?.say;
}
