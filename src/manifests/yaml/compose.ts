import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from "js-yaml";
import { IndentedText } from "./continuation-lines.ts";
import {
  type ComposedDocument,
  type DuplicateKey,
  type YamlEntry,
  type YamlNode,
  YamlProblem,
} from "./node.ts";
import { parserText } from "./parser-text.ts";
import { KeyProblem, numberKey, resolvePlain, ScalarProblem } from "./scalars.ts";
import { explainSyntax } from "./syntax-messages.ts";
import { type Stretch, tabProblem } from "./tabs.ts";
import { resolveTagged, shortTag } from "./tagged-scalars.ts";

type ScalarEvent = Extract<Event, { type: typeof EVENT_ID.SCALAR }>;
type CollectionEvent = Extract<Event, { type: typeof EVENT_ID.SEQUENCE } | { type: typeof EVENT_ID.MAPPING }>;

/** Deepest nesting that is read; the API server stops at 10,000, no manifest comes near either. */
const maxDepth = 200;
/** Most values that aliases may unfold to in one document: "billion laughs" stop here, as go-yaml stops them. */
const maxAliasedValues = 200_000;

interface Composed {
  readonly value: unknown;
  readonly node: YamlNode;
  /** How many values it holds, itself included. */
  readonly size: number;
}

/**
 * Reads one document with all its positions. The slow and complete reader: of the whole of YAML, with
 * Kubernetes' meaning of scalars.
 * @param text the document's text
 * @param base where it begins in the source text (offsets are given from there)
 * @param marked whether it begins behind a `---`, on its line
 * @throws YamlProblem
 */
export function composeDocument(text: string, base: number, marked = false): ComposedDocument {
  const indented = new IndentedText(parserText(text));
  for (let attempts = 0; ; attempts++) {
    try {
      const events = parseEvents(indented.text, { maxDepth });
      const place = (offset: number): number => base + indented.original(offset);
      return new Composer(indented.text, events, place).compose(marked);
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      const at = indented.original(error.mark?.position ?? 0);
      const mayBeIndentation = /deficient indentation/.test(error.reason) && attempts < maxIndentedParts;
      if (!mayBeIndentation || !indented.indentAt(at)) throw explainSyntax(error.reason, text, at, base);
    }
  }
}

/** How many badly indented texts and flow collections of one document are put right. */
const maxIndentedParts = 200;

class Composer {
  readonly #text: string;
  /** The offset in the source text of an offset in the parsed text. */
  readonly #place: (offset: number) => number;
  readonly #events: readonly Event[];
  readonly #isJson: boolean;
  readonly #anchors = new Map<string, Composed>();
  readonly #openAnchors = new Set<string>();
  readonly #duplicates: DuplicateKey[] = [];
  #at = 0;
  #position = 0;
  #aliased = 0;
  /** Where tabs at the head of a line mean nothing, or mean something else. */
  readonly #stretches: Stretch[] = [];

  constructor(text: string, events: readonly Event[], place: (offset: number) => number) {
    this.#text = text;
    this.#events = events;
    this.#place = place;
    this.#isJson = /^\s*\{/.test(text);
  }

  compose(marked: boolean): ComposedDocument {
    const first = this.#events[this.#at++];
    if (first === undefined || first.type !== EVENT_ID.DOCUMENT) {
      this.#refuseTabs();
      const place = { start: this.#place(0), end: this.#place(0) };
      return { value: null, node: place, duplicates: [] };
    }
    const unknown = /^(?:[ \t]*(?:#.*)?\r?\n|%(?:YAML|TAG)[ \t].*\n)*%(?!YAML\b|TAG\b)\w/.exec(this.#text);
    if (unknown !== null) {
      throw new YamlProblem(
        "yaml: found unknown directive name",
        this.#place(unknown[0].length - 2),
        "Kubernetes knows the directives %YAML and %TAG: remove this line.",
      );
    }
    for (const directive of first.directives) {
      if (directive.kind === "yaml" && directive.version !== "1.1") {
        throw new YamlProblem(
          "yaml: found incompatible YAML document",
          this.#place(Math.max(0, this.#text.indexOf("%YAML"))),
          `Kubernetes reads YAML 1.1: remove the line "%YAML ${directive.version}".`,
        );
      }
    }
    if (marked) this.#refuseOnMarkerLine();
    const { value, node } = this.#node();
    this.#refuseTabs();
    return { value, node, duplicates: this.#duplicates };
  }

  #refuseTabs(): void {
    const tab = tabProblem(this.#text, this.#stretches);
    if (tab !== undefined) {
      const hint = "YAML indents with spaces, and an empty line holds nothing else: remove the tab.";
      throw new YamlProblem(`yaml: ${tab.message}`, this.#place(tab.at), hint);
    }
  }

  /** A block mapping or list can't begin on the line of `---`. */
  #refuseOnMarkerLine(): void {
    const event = this.#events[this.#at];
    if (event?.type !== EVENT_ID.MAPPING && event?.type !== EVENT_ID.SEQUENCE) return;
    const lineEnd = this.#text.indexOf("\n");
    if (this.#isFlow(event) || (lineEnd !== -1 && event.start > lineEnd)) return;
    const what = event.type === EVENT_ID.MAPPING ? "mapping values" : "block sequence entries";
    const hint = "Begin it on the line after ---.";
    throw new YamlProblem(`yaml: ${what} are not allowed in this context`, this.#place(event.start), hint);
  }

  #isFlow(event: CollectionEvent): boolean {
    const first = this.#text.charCodeAt(event.start);
    return first === 91 || first === 123;
  }

  #node(): Composed {
    const event = this.#events[this.#at++]!;
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return this.#scalar(event);
      case EVENT_ID.SEQUENCE:
        return this.#collection(event, () => this.#sequence(event.start));
      case EVENT_ID.MAPPING:
        return this.#collection(event, () => this.#mapping(event.start));
      case EVENT_ID.ALIAS:
        return this.#alias(event.anchorStart, event.anchorEnd);
      default:
        throw new Error(`unexpected YAML event ${event.type}`);
    }
  }

  #scalar(event: ScalarEvent): Composed {
    const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
    const start = event.valueStart === -1 ? this.#position : event.valueStart - (quoted ? 1 : 0);
    const end = event.valueStart === -1 ? this.#position : event.valueEnd + (quoted ? 1 : 0);
    this.#position = end;
    this.#noteScalar(event, start, end);
    const text = this.#scalarText(event);
    const composed: Composed = {
      value: this.#resolve(event, text, start),
      node: { start: this.#place(start), end: this.#place(end) },
      size: 1,
    };
    if (event.anchorStart !== -1)
      this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), composed);
    return composed;
  }

  /** Remembers where a scalar stands, for what tabs mean there. */
  #noteScalar(event: ScalarEvent, start: number, end: number): void {
    if (event.valueStart === -1) return;
    const isPlain = event.style === SCALAR_STYLE.PLAIN;
    const isBlock = event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK;
    this.#stretches.push({ start, end, kind: isPlain ? "plain" : isBlock ? "block" : "quoted" });
  }

  /** A flow collection, up to its closing bracket. */
  #noteFlow(start: number): void {
    const rest = /(?:[\s,]|#[^\n]*\n)*[\]}]/y;
    rest.lastIndex = Math.max(this.#position, start + 1);
    const end = rest.test(this.#text) ? rest.lastIndex : this.#position;
    this.#position = end;
    this.#stretches.push({ start, end, kind: "flow" });
  }

  /** A block scalar's text; where its last line has no line break, it ends without one. */
  #scalarText(event: ScalarEvent): string {
    const text = getScalarValue(this.#text, event);
    if (event.style === SCALAR_STYLE.DOUBLE_QUOTED && !this.#isJson) this.#refuseEscapes(event);
    const isBlock = event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK;
    const cut = isBlock && event.valueEnd >= this.#text.length && !this.#text.endsWith("\n");
    return cut && text.endsWith("\n") ? text.slice(0, -1) : text;
  }

  /** JSON has the escape \/ and pairs of surrogates, YAML 1.1 has not. */
  #refuseEscapes(event: ScalarEvent): void {
    const raw = this.#text.slice(event.valueStart, event.valueEnd);
    for (let at = raw.indexOf("\\"); at !== -1; at = raw.indexOf("\\", at + 2)) {
      const place = this.#place(event.valueStart + at + 1);
      if (raw[at + 1] === "/") {
        const hint = "Write the slash without a backslash.";
        throw new YamlProblem("yaml: found unknown escape character", place, hint);
      }
      const code = /^\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(raw.slice(at, at + 10));
      const point = Number.parseInt(code?.[1] ?? code?.[2] ?? "0", 16);
      if ((point >= 0xd800 && point <= 0xdfff) || point > 0x10ffff) {
        const hint = "Write the character itself, or \\U and its eight digits.";
        throw new YamlProblem("yaml: found invalid Unicode character escape code", place, hint);
      }
    }
  }

  #resolve(event: ScalarEvent, text: string, at: number): unknown {
    const tag = event.tagStart === -1 ? "" : shortTag(this.#text.slice(event.tagStart, event.tagEnd));
    try {
      if (tag === "" || tag.startsWith("!") === true) {
        // Tags that YAML does not know are ignored, but what has one is text.
        const isText = event.style !== SCALAR_STYLE.PLAIN || tag !== "";
        return isText ? text : resolvePlain(text);
      }
      return resolveTagged(tag, text);
    } catch (error) {
      if (error instanceof ScalarProblem) {
        throw new YamlProblem(error.message, this.#place(at), "Quote the value if it is text.");
      }
      throw error;
    }
  }

  #collection(event: CollectionEvent, read: () => Composed): Composed {
    if (event.anchorStart === -1) return read();
    const name = this.#text.slice(event.anchorStart, event.anchorEnd);
    this.#openAnchors.add(name);
    this.#anchors.delete(name);
    const composed = read();
    this.#openAnchors.delete(name);
    this.#anchors.set(name, composed);
    return composed;
  }

  #sequence(start: number): Composed {
    this.#position = start;
    const flow = this.#text.charCodeAt(start) === 91;
    const values: unknown[] = [];
    const items: YamlNode[] = [];
    let size = 1;
    while (this.#events[this.#at]!.type !== EVENT_ID.POP) {
      const item = this.#node();
      values.push(item.value);
      items.push(item.node);
      size += item.size;
    }
    this.#at++;
    const node = this.#placed(start, { items });
    if (flow) this.#noteFlow(start);
    return { value: values, node, size };
  }

  #mapping(start: number): Composed {
    this.#position = start;
    const value: Record<string, unknown> = {};
    const entries = new Map<string, YamlEntry>();
    const stated = new Set<string>();
    let size = 1;
    while (this.#events[this.#at]!.type !== EVENT_ID.POP) {
      const keyEvent = this.#events[this.#at]!;
      const merge = isMergeKey(keyEvent, this.#text);
      const keyNode = merge ? this.#mergeKey(keyEvent) : this.#key(keyEvent);
      const item = this.#node();
      size += item.size;
      if (merge) {
        this.#merge(value, entries, item);
        continue;
      }
      const key = this.#keyText(keyNode, item.value, keyEvent);
      if (stated.has(key)) {
        const before = entries.get(key)!;
        this.#duplicates.push({
          key,
          first: { start: before.keyStart, end: before.keyEnd },
          second: { start: keyNode.node.start, end: keyNode.node.end },
        });
      }
      stated.add(key);
      setKey(value, key, item.value);
      entries.set(key, { keyStart: keyNode.node.start, keyEnd: keyNode.node.end, node: item.node });
    }
    this.#at++;
    const node = this.#placed(start, { entries });
    if (this.#text.charCodeAt(start) === 123) this.#noteFlow(start);
    return { value, node, size };
  }

  #placed(start: number, parts: Partial<YamlNode>): YamlNode {
    return { start: this.#place(start), end: this.#place(Math.max(start, this.#position)), ...parts };
  }

  #mergeKey(event: Event): Composed {
    this.#at++;
    const start = event.type === EVENT_ID.SCALAR ? event.valueStart : this.#position;
    this.#position = start + 2;
    return { value: "<<", node: { start: this.#place(start), end: this.#place(start + 2) }, size: 1 };
  }

  /** A key; infinities have a text as keys, unlike as values. */
  #key(event: Event): Composed {
    const position = this.#position;
    const at = this.#at;
    try {
      return this.#node();
    } catch (error) {
      const text = plainText(event, this.#text);
      const known = text === undefined ? undefined : numberKey(text);
      if (known === undefined || event.type !== EVENT_ID.SCALAR) throw error;
      this.#at = at + 1;
      this.#position = Math.max(position, event.valueEnd);
      const place = { start: this.#place(event.valueStart), end: this.#place(event.valueEnd) };
      return { value: known, node: place, size: 1 };
    }
  }

  /** The JSON key of a YAML key, as sigs.k8s.io/yaml makes it. */
  #keyText(key: Composed, value: unknown, event: Event): string {
    if (typeof key.value === "string") return key.value;
    if (typeof key.value === "boolean") return String(key.value);
    if (typeof key.value === "number") {
      try {
        return numberKey(plainText(event, this.#text) ?? String(key.value)) ?? String(key.value);
      } catch (error) {
        if (!(error instanceof KeyProblem)) throw error;
        const shown = `key: ${error.message}, value: ${JSON.stringify(value)}`;
        const message = `unsupported map key of type: uint64, ${shown}`;
        throw new YamlProblem(message, key.node.start, "Quote the key.");
      }
    }
    if (key.value === null && this.#isMissing(event)) {
      throw new YamlProblem(
        "yaml: did not find expected key",
        key.node.start,
        "Nothing stands before the colon.",
      );
    }
    if (key.value === null) {
      throw new YamlProblem(
        `unsupported map key of type: %!s(<nil>), key: <nil>, value: ${JSON.stringify(value)}`,
        key.node.start,
        "A key must be a string, a number or a boolean: quote it.",
      );
    }
    throw new YamlProblem(
      `yaml: invalid map key: ${goValue(key.value)}`,
      key.node.start,
      "A key must be text: quote it. Is it a template that was not rendered?",
    );
  }

  /** Whether a key has no text at all, not even a `?`. */
  #isMissing(event: Event): boolean {
    if (event.type !== EVENT_ID.SCALAR || event.valueStart !== -1) return false;
    return event.tagStart === -1 && event.anchorStart === -1 && !/^\s*\?/m.test(this.#text);
  }

  /** `<<`: go-yaml v2 merges where it stands, so keys behind it win and keys before it are overwritten. */
  #merge(target: Record<string, unknown>, entries: Map<string, YamlEntry>, from: Composed): void {
    const isMapping = (node: YamlNode) => node.entries !== undefined;
    const sources = from.node.items === undefined ? [from.node] : [...from.node.items].reverse();
    const values = from.node.items === undefined ? [from.value] : [...(from.value as unknown[])].reverse();
    sources.forEach((node, i) => {
      if (!isMapping(node)) {
        throw new YamlProblem(
          "yaml: map merge requires map or sequence of maps as the value",
          node.start,
          "<<: takes the keys of a mapping: an alias of one (*name), or a list of them.",
        );
      }
      for (const [key, value] of Object.entries(values[i] as Record<string, unknown>))
        setKey(target, key, value);
      for (const [key, entry] of node.entries!) entries.set(key, entry);
    });
  }

  #alias(start: number, end: number): Composed {
    const name = this.#text.slice(start, end);
    this.#position = end;
    const found = this.#anchors.get(name);
    if (found === undefined) {
      throw new YamlProblem(
        this.#openAnchors.has(name)
          ? `yaml: anchor '${name}' value contains itself`
          : `yaml: unknown anchor '${name}' referenced`,
        this.#place(start - 1),
        this.#openAnchors.has(name)
          ? "The alias stands inside of what it names; quote the value when it is no alias."
          : "An anchor must stand before its alias, in the same document; quote the value when it is no alias.",
      );
    }
    this.#aliased += found.size;
    if (this.#aliased > maxAliasedValues) {
      throw new YamlProblem(
        "yaml: document contains excessive aliasing",
        this.#place(start - 1),
        `Its aliases unfold to more than ${maxAliasedValues} values.`,
      );
    }
    return found;
  }
}

/** A value as Go's `%#v` shows what go-yaml decoded. */
function goValue(value: unknown): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goValue).join(", ")}}`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${goValue(item)}`);
    return `map[interface {}]interface {}{${entries.join(", ")}}`;
  }
  return value === null ? "interface {}(nil)" : JSON.stringify(value);
}

/** Sets a key that may be `__proto__`. */
export function setKey(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  } else target[key] = value;
}

function isMergeKey(event: Event, text: string): boolean {
  return (
    event.type === EVENT_ID.SCALAR &&
    event.style === SCALAR_STYLE.PLAIN &&
    event.valueEnd - event.valueStart === 2 &&
    text.startsWith("<<", event.valueStart)
  );
}

/** The text of an untagged plain scalar. */
function plainText(event: Event, text: string): string | undefined {
  if (event.type !== EVENT_ID.SCALAR || event.style !== SCALAR_STYLE.PLAIN) return undefined;
  if (event.valueStart === -1 || event.tagStart !== -1) return undefined;
  return text.slice(event.valueStart, event.valueEnd);
}
