import { rangeBetween, type SourceRange, type SourceText } from "../diagnostics/source.ts";
import type { FieldPath, ObjectSource } from "./objects.ts";
import { composeDocument } from "./yaml/compose.ts";
import { type YamlEntry, type YamlNode, YamlProblem } from "./yaml/node.ts";
import type { ItemSlice } from "./yaml/read-block.ts";

/** Where a document, or an entry of a List, stands in a text. */
interface Stretch {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
  /** The column of its first character when that does not begin its line (behind `- `). */
  readonly column: number;
}

const noSteps: FieldPath = [];

/**
 * A document's (or a List item's) place in a text. It is read again, with positions, the first time one is
 * asked for: a document that has nothing to report never pays for them.
 */
export class DocumentSource implements ObjectSource {
  readonly #stretch: Stretch;
  /** The way from the stretch's value to the object: empty, or `["items", 3]`. */
  readonly #prefix: FieldPath;
  /** Where the entries of `items` stand, when that is known without reading positions. */
  readonly #items: readonly ItemSlice[] | undefined;
  /** The document that the object stands in, when that is read as a whole. */
  readonly #whole: DocumentSource | undefined;
  #root: YamlNode | undefined;
  /** A field of `spec` whose own `spec` stands in for the object's: a CronJob's `jobTemplate`. */
  readonly #under: string | undefined;

  private constructor(
    stretch: Stretch,
    prefix: FieldPath,
    items?: readonly ItemSlice[],
    node?: YamlNode,
    whole?: DocumentSource,
    under?: string,
  ) {
    this.#stretch = stretch;
    this.#prefix = prefix;
    this.#items = items;
    this.#root = node;
    this.#whole = whole;
    this.#under = under;
  }

  /**
   * @param node the document's positions, when they are known already
   * @param items where the entries of its `items` stand, when that is known
   */
  static ofDocument(
    source: SourceText,
    start: number,
    end: number,
    node?: YamlNode,
    items?: readonly ItemSlice[],
  ): DocumentSource {
    return new DocumentSource({ source, start, end, column: 0 }, noSteps, items, node);
  }

  get file(): string {
    return this.#stretch.source.name;
  }

  /** Helm's `# Source: chart/templates/x.yaml`, when the document begins with it. */
  get helmSource(): string | undefined {
    const head = this.#stretch.source.text.slice(this.#stretch.start, this.#stretch.start + 1000);
    return /^\s*(?:#[^\n]*\n)*?# Source: ([^\r\n]+)/.exec(head)?.[1];
  }

  /** An entry of this document's `items` as an object of its own. */
  item(index: number): DocumentSource {
    const slice = this.#items?.[index];
    if (slice !== undefined) {
      const stretch = { source: this.#stretch.source, ...slice };
      return new DocumentSource(stretch, noSteps);
    }
    const prefix = [...this.#prefix, "items", index];
    return new DocumentSource(this.#stretch, prefix, undefined, undefined, this.#whole ?? this);
  }

  /** The same object with `spec.X` read from `spec.FIELD.spec.X` where it has it there. */
  under(field: string): DocumentSource {
    return new DocumentSource(
      this.#stretch,
      this.#prefix,
      this.#items,
      undefined,
      this.#whole ?? this,
      field,
    );
  }

  /**
   * @param part whether to point at the value (of collections: at their key) or at the key
   */
  range(path: FieldPath = [], part: "value" | "key" = "value"): SourceRange {
    const { source } = this.#stretch;
    const { node, entry, complete } = walk(this.#node(), [...this.#prefix, ...this.#translate(path)]);
    const isCollection = node.entries !== undefined || node.items !== undefined;
    const onKey = part === "key" || !complete || isCollection || node.start === node.end;
    if (entry !== undefined && onKey) return rangeBetween(source, entry.keyStart, entry.keyEnd);
    return rangeBetween(source, node.start, node.end);
  }

  #translate(path: FieldPath): FieldPath {
    if (this.#under === undefined || path[0] !== "spec" || path[1] === this.#under) return path;
    const lifted = ["spec", this.#under, ...path];
    return path[1] === "template" || walk(this.#node(), [...this.#prefix, ...lifted]).complete
      ? lifted
      : path;
  }

  #node(): YamlNode {
    if (this.#whole !== undefined) return this.#whole.#node();
    if (this.#root === undefined) {
      const { source, start, end, column } = this.#stretch;
      try {
        const text = " ".repeat(column) + source.text.slice(start, end);
        this.#root = composeDocument(text, start - column).node;
      } catch (error) {
        if (!(error instanceof YamlProblem)) throw error;
        this.#root = { start, end };
      }
    }
    return this.#root;
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
