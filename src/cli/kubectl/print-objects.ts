import {
  type ApiObject,
  type ClusterObject,
  isJsonObject,
  type Json,
  type JsonObject,
} from "../../api-objects/json.ts";
import { kindPrefix } from "../../api-objects/resource-kinds.ts";
import { simulatedAnnotation } from "../../cluster/input/simulated-mark.ts";
import { usageError } from "../../diagnostics/diagnostic.ts";
import {
  type CustomColumn,
  parseCustomColumns,
  parseCustomColumnsFile,
  printCustomColumns,
} from "../../printers/kubectl/custom-columns.ts";
import { nameOf } from "../../printers/kubectl/fields.ts";
import { printObjectJson } from "../../printers/kubectl/json.ts";
import { printJsonPath } from "../../printers/kubectl/jsonpath/evaluate.ts";
import { JsonPathError } from "../../printers/kubectl/jsonpath/parse.ts";
import { sortObjects } from "../../printers/kubectl/sort-objects.ts";
import { printTables, type TableOptions } from "../../printers/kubectl/tables/print-tables.ts";
import { printYaml } from "../../printers/kubectl/yaml.ts";
import type { Selection } from "./select-objects.ts";

/** `-o` of `get`, taken apart. */
export type ObjectFormat =
  | { readonly kind: "table"; readonly wide: boolean }
  | { readonly kind: "yaml" | "json" | "name" }
  | { readonly kind: "jsonpath"; readonly template: string }
  | { readonly kind: "columns"; readonly columns: readonly CustomColumn[] };

const formats = "wide, yaml, json, name, jsonpath=TEMPLATE, custom-columns=HEADER:PATH,…";

/** Formats with an argument behind `=`: how it is read, and an example. */
const withArgument: Readonly<Record<string, { read: (text: string) => ObjectFormat; example: string }>> = {
  jsonpath: {
    read: (template) => ({ kind: "jsonpath", template }),
    example: "-o jsonpath='{.items[*].metadata.name}'",
  },
  "custom-columns": {
    read: (spec) => ({ kind: "columns", columns: inKubectlsWords(() => parseCustomColumns(spec)) }),
    example: "-o custom-columns=NAME:.metadata.name,IP:.spec.clusterIP",
  },
};

/**
 * @param readFile the text of a file that a format names
 * @throws InputError for formats that are not printed here
 */
export async function parseObjectFormat(
  output: string | undefined,
  readFile: (path: string) => Promise<string>,
): Promise<ObjectFormat> {
  if (output === undefined || output === "") return { kind: "table", wide: false };
  if (output === "wide") return { kind: "table", wide: true };
  if (output === "yaml" || output === "json" || output === "name") return { kind: output };
  const [word, argument] = splitAtEquals(output);
  const format = withArgument[word];
  if (format !== undefined && argument !== undefined && argument !== "") return format.read(argument);
  if (format !== undefined) {
    const message =
      word === "jsonpath"
        ? "template format specified but no template given"
        : "custom-columns format specified but no custom columns given";
    throw usageError("no-template", message, format.example);
  }
  if (word === "jsonpath-file" && argument) return { kind: "jsonpath", template: await readFile(argument) };
  if (word === "custom-columns-file" && argument) {
    const text = await readFile(argument);
    return { kind: "columns", columns: inKubectlsWords(() => parseCustomColumnsFile(text)) };
  }
  if (/^(?:go-)?template(?:-file)?$/.test(word)) {
    throw usageError(
      "go-template",
      `-o ${word} needs Go's templates, which are not read here`,
      "-o jsonpath=TEMPLATE and -o custom-columns=HEADER:PATH,… are; -o json | jq takes any other form.",
    );
  }
  throw usageError(
    "unknown-format",
    `unable to match a printer suitable for the output format "${output}"`,
    `-o ${formats}`,
  );
}

function splitAtEquals(output: string): readonly [string, string | undefined] {
  const at = output.indexOf("=");
  return at === -1 ? [output, undefined] : [output.slice(0, at), output.slice(at + 1)];
}

/**
 * The selection in the order of `--sort-by`: tables each by itself, anything else as one list; what was asked for by
 * name stays as it was named, as with kubectl.
 * @throws InputError when the path does not fit
 */
export function sortSelection(
  selection: Selection,
  path: string,
  format: ObjectFormat,
  byName: boolean,
): Selection {
  const sort = <Item extends ClusterObject>(items: readonly Item[]): readonly Item[] =>
    inKubectlsWords(() => sortObjects(items, path, ({ object }) => object));
  if (format.kind === "table") {
    if (byName) return selection;
    const groups = selection.groups.map(({ kind, objects }) => ({ kind, objects: sort(objects) }));
    return { ...selection, groups };
  }
  const all = selection.groups.flatMap(({ kind, objects }) => objects.map((item) => ({ ...item, of: kind })));
  if (all.length < 2) return selection;
  return { ...selection, groups: sort(all).map((item) => ({ kind: item.of, objects: [item] })) };
}

/** Tells an error of a path or template as an error of usage. */
function inKubectlsWords<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    throw usageError("bad-jsonpath", error.message);
  }
}

/** Marks what k8snet made up, so that it is told apart where the object is read on. */
function marked({ object, simulated }: ClusterObject): ApiObject {
  if (simulated.length === 0) return object;
  const stated = object.metadata["annotations"];
  const annotations: JsonObject = {
    ...(isJsonObject(stated) ? stated : {}),
    [simulatedAnnotation]: simulated.includes("*") ? "true" : simulated.join(","),
  };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** One object bare, several as a List, as kubectl gives them. */
function asJson(objects: readonly ApiObject[], single: boolean): Json {
  const [first] = objects;
  if (single && first !== undefined) return first;
  return { apiVersion: "v1", items: objects, kind: "List", metadata: { resourceVersion: "" } };
}

/**
 * The selected objects in the format asked for.
 * @param single one object was asked for by name
 * @throws InputError when a template does not fit
 */
export function printObjects(
  selection: Selection,
  format: ObjectFormat,
  single: boolean,
  options: Omit<TableOptions, "wide" | "kindPrefix">,
): string {
  const all = selection.groups.flatMap(({ objects }) => objects);
  switch (format.kind) {
    case "table":
      return printTables(
        selection.groups.map(({ kind, objects }) => ({
          kind: kind.kind,
          prefix: kindPrefix(kind),
          namespaced: kind.namespaced,
          objects,
        })),
        { ...options, wide: format.wide, kindPrefix: selection.severalKinds },
      );
    case "name":
      return selection.groups
        .flatMap(({ kind, objects }) =>
          objects.map(({ object }) => `${kindPrefix(kind)}/${nameOf(object)}\n`),
        )
        .join("");
    case "yaml":
      return printYaml(asJson(all.map(marked), single));
    case "json":
      return printObjectJson(asJson(all.map(marked), single));
    case "columns":
      return inKubectlsWords(() =>
        printCustomColumns(
          format.columns,
          all.map(({ object }) => object),
          options.headers,
        ),
      );
    case "jsonpath":
      return fillTemplate(
        format.template,
        asJson(
          all.map(({ object }) => object),
          single,
        ),
      );
  }
}

function fillTemplate(template: string, value: Json): string {
  try {
    return printJsonPath(template, value);
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    throw usageError(
      "bad-jsonpath",
      error.stage === "parsing"
        ? `error parsing jsonpath ${template}, ${error.message}`
        : `error executing jsonpath "${template}": ${error.message}`,
    );
  }
}
