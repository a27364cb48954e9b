/** Where the parts of a document stand. Offsets count from the beginning of the whole source text. */
export interface YamlNode {
  readonly start: number;
  readonly end: number;
  /** Of a mapping: the last entry of each key, as its JSON text. */
  readonly entries?: ReadonlyMap<string, YamlEntry>;
  /** Of a sequence. */
  readonly items?: readonly YamlNode[];
}

export interface YamlEntry {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly node: YamlNode;
}

/** A key that stands twice in one mapping; Kubernetes' reader silently takes the last. */
export interface DuplicateKey {
  readonly key: string;
  readonly first: { readonly start: number; readonly end: number };
  readonly second: { readonly start: number; readonly end: number };
}

/** A document as read: its JSON value and where everything in it stands. */
export interface ComposedDocument {
  readonly value: unknown;
  readonly node: YamlNode;
  readonly duplicates: readonly DuplicateKey[];
}

/** YAML that can't be read, with the place. */
export class YamlProblem extends Error {
  override readonly name = "YamlProblem";
  /** From the beginning of the whole source text. */
  readonly offset: number;
  readonly hint: string | undefined;
  constructor(message: string, offset: number, hint?: string) {
    super(message);
    this.offset = offset;
    this.hint = hint;
  }
}
