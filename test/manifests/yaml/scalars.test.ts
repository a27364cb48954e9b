import { readFileSync } from "node:fs";
import { join } from "node:path";
import { composeDocument } from "../../../src/manifests/yaml/compose.ts";
import { YamlProblem } from "../../../src/manifests/yaml/node.ts";
import { splitDocuments } from "../../../src/manifests/yaml/split-documents.ts";

interface Row {
  readonly yaml: string;
  readonly json?: unknown;
  readonly error?: string;
}

function recorded(file: string): Row[] {
  return JSON.parse(readFileSync(join(__dirname, "../../../fixtures/conformance", file), "utf8"));
}

const rows = [...recorded("yaml-scalars.json"), ...recorded("yaml-styles.json")];

/** The first document's value, or the message. */
function read(yaml: string): { json: unknown } | { error: string } {
  const text = yaml.replace(/^\uFEFF/, "");
  const { start, end } = splitDocuments(text)[0] ?? { start: 0, end: 0 };
  try {
    return { json: composeDocument(text.slice(start, end), start, text.endsWith("---", start)).value };
  } catch (error) {
    if (error instanceof YamlProblem) return { error: error.message };
    throw error;
  }
}

test.each(rows.filter((row) => row.error === undefined).map((row) => [row.yaml, row.json]))(
  "%j is read as Kubernetes reads it",
  (yaml, json) => expect(read(yaml)).toEqual({ json }),
);

test.each(rows.filter((row) => row.error !== undefined).map((row) => [row.yaml, row.error]))(
  "%j is refused",
  (yaml, error) => expect(read(yaml)).toEqual({ error: error!.replace(/^yaml: line \d+: /, "yaml: ") }),
);
