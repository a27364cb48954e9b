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
import { nameOf } from "../../printers/kubectl/fields.ts";
import { printObjectJson } from "../../printers/kubectl/json.ts";
import { printJsonPath } from "../../printers/kubectl/jsonpath/evaluate.ts";
import { JsonPathError } from "../../printers/kubectl/jsonpath/parse.ts";
import { printTables, type TableOptions } from "../../printers/kubectl/tables/print-tables.ts";
import { printYaml } from "../../printers/kubectl/yaml.ts";
import type { Selection } from "./select-objects.ts";

/** `-o` of `get`, taken apart. */
export type ObjectFormat =
  | { readonly kind: "table"; readonly wide: boolean }
  | { readonly kind: "yaml" | "json" | "name" }
  | { readonly kind: "jsonpath"; readonly template: string };

const formats = "wide, yaml, json, name, jsonpath=TEMPLATE";

/** @throws InputError for formats that are not printed here */
export function parseObjectFormat(output: string | undefined): ObjectFormat {
  if (output === undefined || output === "") return { kind: "table", wide: false };
  if (output === "wide") return { kind: "table", wide: true };
  if (output === "yaml" || output === "json" || output === "name") return { kind: output };
  if (output.startsWith("jsonpath=")) return { kind: "jsonpath", template: output.slice("jsonpath=".length) };
  if (output === "jsonpath") {
    throw usageError(
      "no-template",
      "template format specified but no template given",
      "-o jsonpath='{.items[*].metadata.name}'",
    );
  }
  throw usageError(
    "unknown-format",
    `unable to match a printer suitable for the output format "${output}"`,
    `-o ${formats}`,
  );
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
