import type { SourceText } from "../../diagnostics/source.ts";
import type { FieldPath, LoadedObject } from "../../manifests/objects.ts";
import { readByRooms } from "../../manifests/skipped-kinds.ts";
import { hideComments } from "./hide-comments.ts";

/** Fields of a container that may hold what is nobody else's business: what it is told, and what probes ask it with. */
const probes = ["livenessProbe", "readinessProbe", "startupProbe"];
const hooks = ["postStart", "preStop"];
const containerFields: readonly FieldPath[] = [
  ["env"],
  ["args"],
  ["command"],
  ...[...probes, ...hooks.map((hook) => `lifecycle.${hook}`)].flatMap((at) => [
    [...at.split("."), "exec", "command"],
    [...at.split("."), "httpGet", "httpHeaders"],
    [...at.split("."), "httpGet", "path"],
  ]),
];
const dataFields = ["data", "stringData", "binaryData"];

/** Annotations that some room reads have a key like these; the last applied configuration holds all there is. */
const readAnnotations = /^(?!kubectl\.)[^/]*(?:kubernetes\.io|helm\.sh|prometheus\.io|k8snet)/;

/** What of an object of a kind that shapes no Service is looked at. */
const alwaysRead = new Set(["apiVersion", "kind", "metadata"]);

/**
 * The texts of the manifests for a page that may be passed on: the values of Secrets, ConfigMaps and kinds that shape
 * no Service, what containers are told (environment, arguments, probes), foreign annotations and comments are made
 * unreadable. Everything keeps its line and column.
 */
export function pageSources(objects: readonly LoadedObject[]): SourceText[] {
  const texts = new Map<SourceText, { name: string; characters: string[] }>();
  for (const object of objects) {
    const { source } = object.source.range();
    if (!texts.has(source)) texts.set(source, { name: source.name, characters: source.text.split("") });
  }
  for (const object of objects) {
    for (const path of privatePaths(object)) {
      const { source, start, end } = object.source.range(path);
      const text = texts.get(source);
      if (text !== undefined) hide(text.characters, start.offset, end.offset);
    }
  }
  const read = objects.filter(isClusterConfig).map((object) => object.source.range());
  for (const [source, { characters }] of texts) {
    const isJson = source.text.trimStart().startsWith("{");
    const spared = read.filter((range) => range.source === source);
    if (!isJson)
      hideComments(characters, (at) =>
        spared.some(({ start, end }) => start.offset <= at && at < end.offset),
      );
  }
  return [...texts.values()].map(({ name, characters }) => ({ name, text: characters.join("") }));
}

/** The scalars to hide, as the object was written. */
function privatePaths(object: LoadedObject): FieldPath[] {
  const raw: unknown = object.object;
  const paths: FieldPath[] = [];
  const told = object.kind === "Secret" || (object.kind === "ConfigMap" && !isClusterConfig(object));
  if (told) for (const field of dataFields) collect(raw, [field], paths);
  if (object.role === "other" && !readByRooms.has(object.kind))
    for (const field of Object.keys(raw ?? {})) if (!alwaysRead.has(field)) collect(raw, [field], paths);
  for (const at of [[], ["spec", "template"]]) {
    const annotations = [...at, "metadata", "annotations"];
    for (const key of Object.keys(valueAt(raw, annotations) ?? {}))
      if (!readAnnotations.test(key)) collect(raw, [...annotations, key], paths);
  }
  for (const path of containersIn(raw, []))
    for (const field of containerFields) collect(raw, [...path, ...field], paths);
  return paths;
}

/** The ConfigMaps that say what kube-proxy and the cluster are. */
function isClusterConfig({ kind, name }: LoadedObject): boolean {
  if (kind !== "ConfigMap") return false;
  return name === "kube-proxy" || name === "kubeadm-config";
}

function valueAt(value: unknown, path: FieldPath): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Readonly<Record<string | number, unknown>>)[key];
  }
  return at;
}

/** Adds the paths of all texts at and below a place. Names of variables stay: only what they are set to is private. */
function collect(raw: unknown, path: FieldPath, paths: FieldPath[]): void {
  const value = valueAt(raw, path);
  const isVariableName = path.at(-1) === "name" && path.at(-3) === "env";
  if (typeof value === "string" && value !== "" && !isVariableName) paths.push(path);
  if (typeof value !== "object" || value === null) return;
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
  for (const key of keys) if (key !== "valueFrom") collect(raw, [...path, key], paths);
}

/** The containers anywhere in an object: entries of lists under `containers`, `initContainers`, …. */
function containersIn(value: unknown, path: FieldPath): FieldPath[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) {
    const inList = /containers$/i.test(String(path.at(-1)));
    return value.flatMap((item, index) =>
      inList ? [[...path, index]] : containersIn(item, [...path, index]),
    );
  }
  return Object.entries(value).flatMap(([key, child]) => containersIn(child, [...path, key]));
}

/** Writes `x` over a scalar; quotes, line ends, indentation and a block's header stay, so that it is still one. */
function hide(characters: string[], start: number, end: number): void {
  let [first, last] = [start, end];
  const opening = characters[first];
  if (opening === '"' || opening === "'") {
    first++;
    if (characters[last - 1] === opening) last--;
  } else if (opening === "|" || opening === ">") {
    while (first < last && characters[first] !== "\n") first++;
  }
  for (let at = first; at < last; at++) {
    if (!/[\s]/.test(characters[at]!)) characters[at] = "x";
  }
}
