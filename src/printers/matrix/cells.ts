import type { Cell, Matrix } from "../../analysis/matrix/model.ts";

/** One cell with names in place of objects: what the CSV and JSON forms have in common. */
function flat(cell: Cell) {
  const { source, address, parts, servers, unknown } = cell;
  return {
    service: `${address.service.namespace}/${address.service.name}`,
    port: address.port.port,
    portName: address.port.name,
    protocol: address.port.protocol,
    kind: address.kind,
    address: address.address,
    number: address.number,
    addressNode: address.node ?? cell.entry ?? "",
    from: source.kind,
    fromNode: source.node ?? "",
    parts,
    servers,
    unknown,
  };
}

/** A field of RFC 4180; a text that a spreadsheet would take for a formula is kept a text. */
function csvField(value: string | number): string {
  const text = typeof value === "string" && /^[=+@\t\r-]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const columns = [
  "service",
  "port",
  "portName",
  "protocol",
  "kind",
  "address",
  "number",
  "addressNode",
  "from",
  "fromNode",
  "outcome",
  "probability",
  "masqueraded",
  "servers",
  "unknown",
] as const;

/** The matrix as CSV: a line for each source, address and way it can end. */
export function printMatrixCsv(matrix: Matrix): string {
  const lines = matrix.rows.flatMap((row) =>
    row.cells.flatMap((cell) => {
      const one = flat(cell);
      const ways =
        cell.parts.length === 0
          ? [{ outcome: "unknown", masqueraded: undefined, probability: undefined }]
          : cell.parts;
      return ways.map(({ outcome, masqueraded, probability }) => {
        const line = {
          ...one,
          outcome,
          probability: probability === undefined ? "" : `${probability.numerator}/${probability.denominator}`,
          masqueraded: masqueraded === undefined ? "" : masqueraded ? "yes" : "no",
          servers: outcome === "delivered" ? one.servers.join(" ") : "",
          unknown: one.unknown.join("; "),
        };
        return columns.map((name) => csvField(line[name])).join(",");
      });
    }),
  );
  return `${[columns.join(","), ...lines].join("\n")}\n`;
}

/**
 * The matrix as JSON: `{cells: [{service, port, …, from, fromNode, ends: [{outcome, masqueraded, probability}],
 * servers, unknown}]}`; probabilities are exact fractions.
 */
export function printMatrixJson(matrix: Matrix): string {
  const cells = matrix.rows.flatMap((row) =>
    row.cells.map((cell) => {
      const { parts, ...one } = flat(cell);
      const ends = parts.map(({ outcome, masqueraded, probability }) => ({
        outcome,
        ...(masqueraded === undefined ? {} : { masqueraded }),
        probability: {
          numerator: Number(probability.numerator),
          denominator: Number(probability.denominator),
        },
      }));
      return { ...one, ends };
    }),
  );
  return `${JSON.stringify({ cells }, null, 2)}\n`;
}
