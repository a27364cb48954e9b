import { isOne } from "../../tracer/fraction.ts";
import { groupBy } from "../group-by.ts";
import type { Cell, Matrix, MatrixRow, SourceKind } from "./model.ts";

/** One answer and where it holds; `where` is absent when it holds everywhere. */
export interface Statement {
  readonly text: string;
  readonly where?: string;
  /** For colour: everything arrives, something does not, nothing does, or it is not known. */
  readonly state: "good" | "mixed" | "bad" | "unknown";
}

export interface ViewRow {
  readonly service: string;
  readonly port: string;
  readonly kind: string;
  readonly address: string;
  readonly columns: readonly (readonly Statement[])[];
}

/** A matrix as a table for people: a column for each kind of source, nodes named only where they differ. */
export interface MatrixView {
  readonly columns: readonly string[];
  readonly rows: readonly ViewRow[];
  /** What the table takes for granted. */
  readonly notes: readonly string[];
}

const headings: Record<SourceKind, string> = {
  pod: "from pods",
  node: "from nodes",
  outside: "from outside",
};

/** `delivered`, `delivered (masqueraded)`, `2/3 delivered, 1/3 dropped`. */
export function describeCell(cell: Cell): string {
  if (cell.parts.length === 0) return "unknown";
  const sure = cell.unknown.length === 0;
  const texts = cell.parts.map(({ outcome, masqueraded, probability }) => {
    const what = masqueraded === true ? `${outcome} (masqueraded)` : outcome;
    if (isOne(probability) || !sure) return what;
    return `${probability.numerator}/${probability.denominator} ${what}`;
  });
  return sure ? texts.join(", ") : `maybe ${[...new Set(texts)].join(" or ")}`;
}

function stateOf(cell: Cell): Statement["state"] {
  if (cell.parts.length === 0 || cell.unknown.length > 0) return "unknown";
  const delivered = cell.parts.filter((part) => part.outcome === "delivered").length;
  return delivered === cell.parts.length ? "good" : delivered > 0 ? "mixed" : "bad";
}

function list(names: Iterable<string | undefined>): string {
  return [...new Set([...names].filter((name) => name !== undefined))].join(", ");
}

/** Whether cells with the same key always say the same. */
function decides(cells: readonly Cell[], keyOf: (cell: Cell) => string | undefined): boolean {
  return [...groupBy(cells, keyOf).values()].every((group) => new Set(group.map(describeCell)).size === 1);
}

/** What may decide the answer, and how to say it: the client's node, the node or address called, both. */
const dimensions: readonly {
  readonly keyOf: (cell: Cell) => string;
  readonly say: (cells: readonly Cell[]) => string;
}[] = [
  {
    keyOf: (cell) => cell.source.node ?? "",
    say: (cells) => `on ${list(cells.map((cell) => cell.source.node))}`,
  },
  {
    keyOf: calledOf,
    say: (cells) => `${cells[0]?.entry === undefined ? "to" : "by"} ${list(cells.map(calledOf))}`,
  },
  {
    keyOf: (cell) => (cell.source.node === cell.address.node ? "own" : "other"),
    say: (cells) => (cells[0]?.source.node === cells[0]?.address.node ? "to its own node" : "to other nodes"),
  },
  {
    keyOf: (cell) => `${cell.source.node} ${calledOf(cell)}`,
    say: (cells) => list(cells.map((cell) => `${cell.source.node} to ${calledOf(cell)}`)),
  },
];

function calledOf(cell: Cell): string {
  return cell.entry ?? cell.address.node ?? cell.address.address;
}

/** Says each answer once, with where it holds. */
function statementsOf(cells: readonly Cell[]): Statement[] {
  const groups = [...groupBy(cells, describeCell)];
  const deciding = dimensions.find(({ keyOf }) => decides(cells, keyOf));
  return groups.map(([text, group]) => {
    const state = stateOf(group[0]!);
    return groups.length === 1 || deciding === undefined
      ? { text, state }
      : { text, state, where: deciding.say(group) };
  });
}

function addressOf(row: MatrixRow): string {
  const addresses = [...new Set(row.cells.map((cell) => cell.address.address))];
  const number = row.cells[0]?.address.number ?? row.port.port;
  if (row.kind === "node port") return `*:${number}`;
  return addresses.map((ip) => (ip.includes(":") ? `[${ip}]:${number}` : `${ip}:${number}`)).join(", ");
}

/** The table of a matrix. */
export function viewMatrix(matrix: Matrix): MatrixView {
  const kinds = [...new Set(matrix.sources.map((source) => source.kind))];
  const rows = matrix.rows.map((row): ViewRow => {
    const { service, port, kind, family } = row;
    const name = port.name === "" ? "" : `${port.name} `;
    return {
      service: `${service.namespace}/${service.name}`,
      port: `${name}${port.port}/${port.protocol}`,
      kind: family === 6 ? `${kind} (IPv6)` : kind,
      address: addressOf(row),
      columns: kinds.map((each) => statementsOf(row.cells.filter((cell) => cell.source.kind === each))),
    };
  });
  const routed = matrix.rows.some((row) => row.kind === "cluster IP") && kinds.includes("outside");
  return {
    columns: kinds.map((kind) => headings[kind]),
    rows,
    notes: routed ? ["Cluster IPs answer a client outside only when it has a route to them by a node."] : [],
  };
}
