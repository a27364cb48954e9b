import type { AssumedEndpoint, Assumption, ObservedService } from "../cluster/options.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { rangeBetween, type SourceRange, type SourceText } from "../diagnostics/source.ts";
import { DocumentSource } from "../manifests/object-source.ts";
import type { FieldPath } from "../manifests/objects.ts";
import { suggest } from "../manifests/schema/suggest.ts";
import { composeDocument } from "../manifests/yaml/compose.ts";
import { YamlProblem } from "../manifests/yaml/node.ts";
import { splitDocuments } from "../manifests/yaml/split-documents.ts";
import { isHostName } from "../net/host-name.ts";
import { isIp } from "../net/ip.ts";
import { type ConfigFile, type ConfigLayer, emptyLayer, type IgnoreEntry } from "./config-file.ts";
import {
  type SettingDefinition,
  type SettingName,
  type SettingValues,
  settingAliases,
  settingDefinitions,
  settingNames,
} from "./settings.ts";

export interface ConfigAnswer {
  readonly config: ConfigFile;
  readonly diagnostics: readonly Diagnostic[];
}

type Json = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const empty = (name: string): ConfigFile => ({ name, base: emptyLayer, environments: {} });

/** Reads a k8snet.yaml. What is wrong with it is in `diagnostics`, each with its place. */
export function parseConfig(source: SourceText): ConfigAnswer {
  const slices = [...splitDocuments(source.text)];
  const diagnostics: Diagnostic[] = [];
  const documents: { readonly value: Json; readonly document: DocumentSource }[] = [];
  for (const { start, end } of slices) {
    try {
      const { value, node, duplicates } = composeDocument(source.text.slice(start, end), start);
      for (const { key, first, second } of duplicates) {
        diagnostics.push({
          code: "config-invalid",
          severity: "error",
          message: `the key "${key}" stands twice`,
          range: rangeBetween(source, second.start, second.end),
          related: [{ message: "it stands here first", range: rangeBetween(source, first.start, first.end) }],
        });
      }
      if (value === null) continue;
      const document = DocumentSource.ofDocument(source, start, end, node);
      if (isMapping(value)) documents.push({ value, document });
      else diagnostics.push(problem(document.range(), "k8snet.yaml is a mapping of settings to values"));
    } catch (error) {
      if (!(error instanceof YamlProblem)) throw error;
      diagnostics.push({
        code: "yaml-syntax",
        severity: "error",
        message: error.message,
        range: rangeBetween(source, error.offset, error.offset + 1),
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      });
    }
  }
  const [first, second] = documents;
  if (second !== undefined)
    diagnostics.push(problem(second.document.range(), "k8snet.yaml holds one document"));
  if (first === undefined) return { config: empty(source.name), diagnostics };
  const reader = new LayerReader(first.document, diagnostics);
  const base = reader.layer(first.value, []);
  return { config: { name: source.name, base, environments: reader.environments(first.value) }, diagnostics };
}

function problem(range: SourceRange, message: string, hint?: string): Diagnostic {
  return {
    code: "config-invalid",
    severity: "error",
    message,
    range,
    ...(hint === undefined ? {} : { hint }),
  };
}

const factKeys = ["observed", "assume", "ignore"] as const;
const topKeys = [
  ...settingNames,
  ...Object.keys(settingAliases),
  ...factKeys,
  "environments",
  "apiVersion",
  "kind",
];

class LayerReader {
  readonly #document: DocumentSource;
  readonly #diagnostics: Diagnostic[];

  constructor(document: DocumentSource, diagnostics: Diagnostic[]) {
    this.#document = document;
    this.#diagnostics = diagnostics;
  }

  #refuse(path: FieldPath, message: string, hint?: string): undefined {
    this.#diagnostics.push(problem(this.#document.range(path), message, hint));
    return undefined;
  }

  #unknown(path: FieldPath, key: string, known: readonly string[]): void {
    const near = suggest(key, known);
    this.#diagnostics.push(
      problem(
        this.#document.range([...path, key], "key"),
        `unknown setting "${[...path, key].join(".")}"`,
        near === undefined ? `The settings are ${known.join(", ")}.` : `Did you mean "${near}"?`,
      ),
    );
  }

  /** The settings at the top of the file, or of one environment. */
  layer(value: Json, path: FieldPath): ConfigLayer {
    const values: Partial<Record<SettingName, unknown>> = {};
    const ranges: Partial<Record<SettingName, SourceRange>> = {};
    for (const [key, item] of Object.entries(value)) {
      if (item === null) continue;
      const name = settingAliases[key] ?? settingNames.find((known) => known === key);
      if (name !== undefined) {
        const read = this.#setting(settingDefinitions[name], item, [...path, key]);
        if (read === undefined) continue;
        values[name] = read;
        ranges[name] = this.#document.range([...path, key], "key");
      } else if (path.length === 0 && (key === "apiVersion" || key === "kind")) {
        const wanted = key === "kind" ? "Config" : "k8snet/v1alpha1";
        if (item !== wanted) this.#refuse([key], `${key} is ${wanted}, or is not there`);
      } else if (!topKeys.includes(key) || (path.length > 0 && key === "environments")) {
        this.#unknown(
          path,
          key,
          path.length > 0 ? topKeys.filter((known) => known !== "environments") : topKeys,
        );
      }
    }
    return {
      // Each value was read as its definition says.
      values: values as Partial<SettingValues>,
      ranges,
      observed: this.#mapping(value["observed"], [...path, "observed"], (item, at) =>
        this.#observed(item, at),
      ),
      assume: this.#mapping(value["assume"], [...path, "assume"], (item, at) => this.#assumption(item, at)),
      ignore: this.#ignore(value["ignore"], [...path, "ignore"]),
    };
  }

  environments(value: Json): Readonly<Record<string, ConfigLayer>> {
    return this.#mapping(value["environments"], ["environments"], (item, path) =>
      item === null
        ? emptyLayer
        : isMapping(item)
          ? this.layer(item, path)
          : this.#refuse(path, "an environment is a mapping of settings to values"),
    );
  }

  #setting(definition: SettingDefinition, value: unknown, path: FieldPath): unknown {
    switch (definition.kind) {
      case "flag":
        return typeof value === "boolean" ? value : this.#refuse(path, `${path.at(-1)} is true or false`);
      case "whole":
        if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 99999)
          return value;
        return this.#refuse(path, `${path.at(-1)} is a whole number from 1 to 99999`);
      case "texts":
        return this.#texts(value, path);
      case "commas":
        return this.#texts(value, path)?.join(",");
      case "pairs":
        return this.#pairs(value, path);
      default:
        return this.#text(definition, value, path);
    }
  }

  #text(definition: SettingDefinition, value: unknown, path: FieldPath): string | undefined {
    const number = typeof value === "number" && definition.kind === "version";
    const text = number ? this.#writtenAs(path) : value;
    if (typeof text !== "string") return this.#refuse(path, `${path.at(-1)} is a text`, "Put it in quotes.");
    if (definition.choices !== undefined && !definition.choices.includes(text)) {
      return this.#refuse(path, `"${text}" is not one of ${definition.choices.join(", ")}`);
    }
    return text;
  }

  /** A number as it stands in the file: `1.30` is not 1.3. */
  #writtenAs(path: FieldPath): string {
    const { source, start, end } = this.#document.range(path);
    return source.text.slice(start.offset, end.offset).trim();
  }

  #texts(value: unknown, path: FieldPath): string[] | undefined {
    const list = Array.isArray(value) ? value : [value];
    const texts = list.filter((item): item is string => typeof item === "string" && item !== "");
    if (texts.length === list.length && texts.length > 0) return texts;
    return this.#refuse(path, `${path.at(-1)} is a text, or a list of texts`);
  }

  /** `name: value` as flags write it, `name=value`; a list of such texts is taken as well. */
  #pairs(value: unknown, path: FieldPath): string[] | undefined {
    if (Array.isArray(value)) return this.#texts(value, path);
    if (!isMapping(value)) return this.#refuse(path, `${path.at(-1)} is a mapping of names to values`);
    return Object.entries(value).flatMap(([key, item]) => {
      const items = Array.isArray(item) ? item : [item];
      if (items.every((one) => typeof one === "string" || typeof one === "number")) {
        return [`${key}=${items.join(",")}`];
      }
      this.#refuse([...path, key], `${key} is a text or a number`);
      return [];
    });
  }

  #mapping<T>(
    value: unknown,
    path: FieldPath,
    read: (item: unknown, path: FieldPath) => T | undefined,
  ): Record<string, T> {
    const answer: Record<string, T> = {};
    if (value === undefined || value === null) return answer;
    if (!isMapping(value)) {
      this.#refuse(path, `${path.at(-1)} is a mapping of names to what is said about them`);
      return answer;
    }
    for (const [key, item] of Object.entries(value)) {
      const one = read(item, [...path, key]);
      if (one !== undefined) answer[key] = one;
    }
    return answer;
  }

  #observed(value: unknown, path: FieldPath): ObservedService | undefined {
    if (!isMapping(value))
      return this.#refuse(path, "observed: says clusterIP, nodePorts or loadBalancer of a Service");
    const known = ["clusterIP", "nodePorts", "loadBalancer"];
    for (const key of Object.keys(value)) if (!known.includes(key)) this.#unknown(path, key, known);
    const clusterIP = value["clusterIP"];
    if (
      clusterIP !== undefined &&
      (typeof clusterIP !== "string" || (!isIp(clusterIP) && clusterIP !== "None"))
    ) {
      this.#refuse([...path, "clusterIP"], `"${String(clusterIP)}" is no address`);
    }
    const nodePorts = this.#mapping(value["nodePorts"], [...path, "nodePorts"], (item, at) =>
      typeof item === "number" && Number.isInteger(item) && item >= 1 && item <= 65535
        ? item
        : this.#refuse(at, "a node port is a number from 1 to 65535"),
    );
    const balancer = value["loadBalancer"];
    const loadBalancer =
      balancer === undefined ? undefined : this.#texts(balancer, [...path, "loadBalancer"]);
    const wrong = loadBalancer?.find((address) => !isIp(address) && !isHostName(address));
    if (wrong !== undefined)
      this.#refuse([...path, "loadBalancer"], `"${wrong}" is no address and no host name`);
    return {
      ...(typeof clusterIP === "string" ? { clusterIP } : {}),
      ...(Object.keys(nodePorts).length > 0 ? { nodePorts } : {}),
      ...(loadBalancer === undefined ? {} : { loadBalancer }),
    };
  }

  /** `unknown`, another reason, a list of addresses, or `{endpoints: […]}`. */
  #assumption(value: unknown, path: FieldPath): Assumption | undefined {
    // One address alone is a list of one, not a reason.
    const isAddress =
      typeof value === "string" && (isIp(value) || isIp(value.replace(/^\[|\]?:\d{1,5}$/g, "")));
    if (isAddress) return { endpoints: [this.#endpoint(value, path) ?? []].flat() };
    if (typeof value === "string")
      return value === "unknown" ? "k8snet.yaml says that its pods are elsewhere" : value;
    const list = isMapping(value) ? value["endpoints"] : value;
    if (isMapping(value)) {
      for (const key of Object.keys(value)) if (key !== "endpoints") this.#unknown(path, key, ["endpoints"]);
    }
    if (!Array.isArray(list)) {
      return this.#refuse(path, "assume: says why the endpoints are unknown, or lists their addresses");
    }
    const at: FieldPath = isMapping(value) ? [...path, "endpoints"] : path;
    return { endpoints: list.flatMap((item: unknown, index) => this.#endpoint(item, [...at, index]) ?? []) };
  }

  #endpoint(value: unknown, path: FieldPath): AssumedEndpoint | undefined {
    const text = typeof value === "string" ? value : "";
    if (isIp(text)) return { ip: text };
    const match = /^\[?([^\]]+)\]?:(\d{1,5})$/.exec(text);
    const port = Number(match?.[2]);
    if (match !== null && isIp(match[1]!) && port >= 1 && port <= 65535) return { ip: match[1]!, port };
    return this.#refuse(path, `"${String(value)}" is no endpoint`, "Write an address, or ADDRESS:PORT.");
  }

  #ignore(value: unknown, path: FieldPath): IgnoreEntry[] {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) {
      this.#refuse(
        path,
        "ignore: is a list of entries such as {code: no-endpoints, object: jobs/web, reason: …}",
      );
      return [];
    }
    return value.flatMap((item: unknown, index) => this.#ignoreEntry(item, [...path, index]) ?? []);
  }

  #ignoreEntry(value: unknown, path: FieldPath): IgnoreEntry | undefined {
    if (typeof value === "string") return { code: value };
    if (!isMapping(value) || typeof value["code"] !== "string") {
      return this.#refuse(path, "an entry of ignore: names a code");
    }
    const known = ["code", "object", "reason"];
    for (const key of Object.keys(value)) {
      if (!known.includes(key)) this.#unknown(path, key, known);
      else if (typeof value[key] !== "string") this.#refuse([...path, key], `${key} is a text`);
    }
    const { code, object, reason } = value;
    return {
      code,
      ...(typeof object === "string" ? { object } : {}),
      ...(typeof reason === "string" ? { reason } : {}),
    };
  }
}
