import { rangeBetween, type SourceRange, type SourceText } from "../diagnostics/source.ts";
import type { FieldPath, ObjectSource } from "./objects.ts";
import { composeDocument } from "./yaml/compose.ts";
import { type YamlEntry, type YamlNode, YamlProblem } from "./yaml/node.ts";

/**
 * A document's (or a List item's) place in a text. It is read again, with positions, the first time one is
 * asked for: a document that has nothing to report never pays for them.
 */
export class DocumentSource implements ObjectSource {
  readonly #source: SourceText;
  readonly #start: number;
  readonly #end: number;
  /** The way from the document to the object: empty, or `["items", 3]`. */
  readonly #prefix: FieldPath;
  #node: YamlNode | undefined;

  constructor(source: SourceText, start: number, end: number, prefix: FieldPath = [], node?: YamlNode) {
    this.#source = source;
    this.#start = start;
    this.#end = end;
    this.#prefix = prefix;
    this.#node = node;
  }

  get file(): string {
    return this.#source.name;
  }

  /** An item of this document's `items` as an object of its own. */
  item(index: number): DocumentSource {
    return new DocumentSource(
      this.#source,
      this.#start,
      this.#end,
      [...this.#prefix, "items", index],
      this.#node,
    );
  }

  range(path: FieldPath = [], part: "value" | "key" = "value"): SourceRange {
    const found = walk(this.#root(), [...this.#prefix, ...path]);
    const { entry, node } = found;
    const onKey =
      entry !== undefined &&
      (part === "key" ||
        !found.complete ||
        node.entries !== undefined ||
        node.items !== undefined ||
        node.start === node.end);
    if (onKey) return rangeBetween(this.#source, entry.keyStart, entry.keyEnd);
    return rangeBetween(this.#source, node.start, node.end);
  }

  #root(): YamlNode {
    if (this.#node === undefined) {
      try {
        this.#node = composeDocument(this.#source.text.slice(this.#start, this.#end), this.#start).node;
      } catch (error) {
        if (!(error instanceof YamlProblem)) throw error;
        this.#node = { start: this.#start, end: this.#end };
      }
    }
    return this.#node;
  }
}

interface Found {
  readonly node: YamlNode;
  /** The mapping entry whose value the node is. */
  readonly entry: YamlEntry | undefined;
  /** Whether the whole way is present. */
  readonly complete: boolean;
}

function walk(root: YamlNode, path: FieldPath): Found {
  let node = root;
  let entry: YamlEntry | undefined;
  for (const step of path) {
    const next = typeof step === "number" ? node.items?.[step] : node.entries?.get(step);
    if (next === undefined) return { node, entry, complete: false };
    if ("keyStart" in next) {
      entry = next;
      node = next.node;
    } else {
      entry = undefined;
      node = next;
    }
  }
  return { node, entry, complete: true };
}
