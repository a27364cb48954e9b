/**
 * The templates of `kubectl -o jsonpath=`: text with actions in braces. It is a dialect of its own
 * (k8s.io/client-go/util/jsonpath): `{range}…{end}`, quoted text, filters with one comparison, unions of indices and
 * names, no script expressions. No general JSONPath library reads it, which is why it is read here.
 */
export type TemplateNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly steps: readonly Step[] };

/** One step of an action: from the values that the steps before it found to new ones. */
export type Step =
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "wildcard" }
  | { readonly kind: "recursive" }
  | SliceStep
  | { readonly kind: "union"; readonly members: readonly (readonly Step[])[] }
  | FilterStep
  /** `range`, `end`; any other word is an error when it is reached. */
  | { readonly kind: "word"; readonly word: string }
  | { readonly kind: "literal"; readonly value: string | number | boolean };

/** `[start:end:step]`; an index `[n]` is the slice from n to n+1. */
export interface SliceStep {
  readonly kind: "slice";
  readonly start?: number;
  readonly end?: number;
  /** The end was not written: it stands behind the index. */
  readonly isIndex: boolean;
  readonly step?: number;
}

/** `[?(left operator right)]`; without operator: the left side exists. */
export interface FilterStep {
  readonly kind: "filter";
  readonly left: readonly Step[];
  readonly operator?: string;
  readonly right: readonly Step[];
}

/** A template that kubectl refuses, in kubectl's words; `parsing` when it can't be read, else where it meets the object. */
export class JsonPathError extends Error {
  override readonly name = "JsonPathError";
  readonly stage: "parsing" | "executing";
  constructor(stage: "parsing" | "executing", message: string) {
    super(message);
    this.stage = stage;
  }
}

function refuse(message: string): never {
  throw new JsonPathError("parsing", message);
}

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "\\": "\\",
  '"': '"',
  "'": "'",
};
const terminator = /[\s.,[\]$@{}]/;
const wordCharacter = /[\p{L}\p{Nd}_]/u;

/** Reads the inside of one pair of braces. */
class ActionReader {
  readonly #text: string;
  at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  /** Steps up to the closing brace, which is read too. */
  steps(): readonly Step[] {
    const steps: Step[] = [];
    while (!this.#takes("}")) {
      const c = this.#text[this.at];
      if (c === undefined || c === "\n" || c === "\r") refuse("unclosed action");
      if (c === " " || c === "@" || c === "$") this.at++;
      else if (this.#takes("[?(")) steps.push(this.#filter());
      else if (this.#takes("..")) this.#recursive(steps);
      else if (c === "[") steps.push(...this.#array());
      else if (c === '"' || c === "'") steps.push({ kind: "literal", value: this.#quoted(c) });
      else if (c === ".") {
        this.at++;
        steps.push(this.#field());
      } else if (/[-+\d]/.test(c)) steps.push(this.#number());
      else if (wordCharacter.test(c)) steps.push(this.#word());
      else refuse(`unrecognized character in action: ${describeCharacter(c)}`);
    }
    return steps;
  }

  #takes(text: string): boolean {
    if (!this.#text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  /** Up to the next character that ends a name; a backslash takes the next one as it stands. */
  #name(): string {
    const start = this.at;
    while (this.at < this.#text.length && !terminator.test(this.#text[this.at]!)) {
      this.at += this.#text[this.at] === "\\" ? 2 : 1;
    }
    return this.#text.slice(start, this.at);
  }

  #field(): Step {
    const name = this.#name();
    return name === "*" ? { kind: "wildcard" } : { kind: "field", name: name.replaceAll("\\", "") };
  }

  #recursive(steps: Step[]): void {
    if (steps.at(-1)?.kind === "recursive") refuse("invalid multiple recursive descent");
    steps.push({ kind: "recursive" });
    if (wordCharacter.test(this.#text[this.at] ?? "")) steps.push(this.#field());
  }

  #word(): Step {
    const word = this.#name();
    return word === "true" || word === "false"
      ? { kind: "literal", value: word === "true" }
      : { kind: "word", word };
  }

  #number(): Step {
    const number = this.#text.slice(this.at).match(/^[-+]?[\d.]+/)?.[0] ?? this.#text[this.at]!;
    this.at += number.length;
    const value = Number(number);
    if (Number.isNaN(value)) refuse(`cannot parse number ${number}`);
    return { kind: "literal", value };
  }

  #quoted(quote: string): string {
    let text = "";
    for (this.at++; this.at < this.#text.length; this.at++) {
      const c = this.#text[this.at]!;
      if (c === quote) {
        this.at++;
        return text;
      }
      if (c === "\n") break;
      if (c === "\\") {
        const next = this.#text[++this.at] ?? "";
        text += escapes[next] ?? refuse("unterminated quoted string");
      } else text += c;
    }
    return refuse("unterminated quoted string");
  }

  #array(): readonly Step[] {
    const end = this.#text.indexOf("]", this.at);
    if (end === -1) refuse("unterminated array");
    const inside = this.#text.slice(this.at + 1, end);
    this.at = end + 1;
    const members = inside.split(",");
    if (members.length === 1) return arraySteps(inside);
    return [{ kind: "union", members: members.map((member) => actionSteps(`[${member.trim()}]`)) }];
  }

  #filter(): Step {
    const start = this.at;
    let quote = "";
    let closed = false;
    for (; ; this.at++) {
      const c = this.#text[this.at];
      if (c === undefined || c === "\n") refuse("unterminated filter");
      if (c === '"' || c === "'") {
        if (quote === "") quote = c;
        else if (c === quote && this.#text[this.at - 1] !== "\\") closed = true;
      } else if (c === ")" && (quote === "" || closed)) break;
    }
    const inside = this.#text.slice(start, this.at);
    this.at++;
    if (!this.#takes("]")) refuse("unclosed array expect ]");
    const compared = inside.match(/^([^!<>=]+)([!<>=]+)(.+?)$/);
    if (compared === null) return { kind: "filter", left: actionSteps(inside), right: [] };
    return {
      kind: "filter",
      left: actionSteps(compared[1]!),
      operator: compared[2]!,
      right: actionSteps(compared[3]!),
    };
  }
}

/** `U+007E '~'`, as Go's `%#U` has it. */
function describeCharacter(c: string): string {
  return `U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")} '${c}'`;
}

function actionSteps(inside: string): readonly Step[] {
  return new ActionReader(`${inside}}`, 0).steps();
}

function arraySteps(inside: string): readonly Step[] {
  const key = inside.match(/^'([^']*)'$/);
  if (key !== null) return actionSteps(`.${key[1]}`);
  const slice = (inside === "*" ? ":" : inside).match(/^(-?\d*)(?::(-?\d*))?(?::(-?\d*))?$/);
  if (slice === null) return refuse(`invalid array index ${inside}`);
  const [start, end, step] = [slice[1], slice[2], slice[3]].map((part) =>
    part === undefined || part === "" ? undefined : Number(part),
  );
  return [
    {
      kind: "slice",
      isIndex: slice[2] === undefined,
      ...(start === undefined ? {} : { start }),
      ...(end === undefined ? {} : { end }),
      ...(step === undefined ? {} : { step }),
    },
  ];
}

/** @throws JsonPathError */
export function parseJsonPath(template: string): readonly TemplateNode[] {
  const nodes: TemplateNode[] = [];
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf("{", at);
    const until = open === -1 ? template.length : open;
    if (until > at) nodes.push({ kind: "text", text: template.slice(at, until) });
    if (open === -1) break;
    const reader = new ActionReader(template, open + 1);
    nodes.push({ kind: "action", steps: reader.steps() });
    at = reader.at;
  }
  return nodes;
}
