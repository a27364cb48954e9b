import { isOne } from "../../tracer/fraction.ts";
import { groupBy } from "../group-by.ts";
import { clusterIpsOutside } from "../trace/outside-note.ts";
import type { Cell, Matrix, MatrixRow, SourceKind } from "./model.ts";
import { type Places, shortPlaces, whereOf, widePlaces } from "./where.ts";

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

/** Says each answer once, with where it holds. */
function statementsOf(cells: readonly Cell[], places: Places): Statement[] {
  const groups = [...groupBy(cells, describeCell)];
  const say = groups.length === 1 ? undefined : whereOf(cells, describeCell);
  return groups.map(([text, group]) => {
    const state = stateOf(group[0]!);
    return say === undefined ? { text, state } : { text, state, where: say(group, places) };
  });
}

function addressOf(row: MatrixRow): string {
  const addresses = [...new Set(row.cells.map((cell) => cell.address.address))];
  const number = row.cells[0]?.address.number ?? row.port.port;
  if (row.kind === "node port") return `*:${number}`;
  return addresses.map((ip) => (ip.includes(":") ? `[${ip}]:${number}` : `${ip}:${number}`)).join(", ");
}

/**
 * The table of a matrix.
 * @param wide names all nodes in the cells; else a long list of them becomes a note
 */
export function viewMatrix(matrix: Matrix, wide = false): MatrixView {
  const kinds = [...new Set(matrix.sources.map((source) => source.kind))];
  const lists: string[] = [];
  const places = wide ? widePlaces(nodesOf(matrix)) : shortPlaces(nodesOf(matrix), lists);
  const rows = matrix.rows.map((row): ViewRow => {
    const { service, port, kind, family } = row;
    const name = port.name === "" ? "" : `${port.name} `;
    return {
      service: `${service.namespace}/${service.name}`,
      port: `${name}${port.port}/${port.protocol}`,
      kind: family === 6 ? `${kind} (IPv6)` : kind,
      address: addressOf(row),
      columns: kinds.map((each) =>
        statementsOf(
          row.cells.filter((cell) => cell.source.kind === each),
          places,
        ),
      ),
    };
  });
  const routed = matrix.rows.some((row) => row.kind === "cluster IP") && kinds.includes("outside");
  return {
    columns: kinds.map((kind) => headings[kind]),
    rows,
    notes: [...lists, ...(routed ? [`${clusterIpsOutside.replace(/^c/, "C")}.`] : [])],
  };
}

/** Every node that somebody sends from, is called at, or comes in by. */
function nodesOf(matrix: Matrix): readonly string[] {
  const names = matrix.rows.flatMap(({ cells }) =>
    cells.flatMap(({ source, address, entry }) => [source.node, address.node, entry]),
  );
  return [...new Set(names.filter((name) => name !== undefined))];
}
