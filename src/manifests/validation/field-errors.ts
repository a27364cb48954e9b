import type { FieldPath } from "../objects.ts";
import { suggest } from "../schema/suggest.ts";
import type { Path } from "./field-path.ts";

/** One thing that the API server would refuse (or warn of), in its words. */
export interface FieldProblem {
  /** Where to point: mostly the field that the text names. */
  readonly path: FieldPath;
  /** `spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive` */
  readonly text: string;
  /** Another field that belongs to it. */
  readonly hint?: string;
  /** Point at the key of the path's last step instead of its value. */
  readonly onKey?: boolean;
  readonly related?: { readonly path: FieldPath; readonly message: string };
}

/** What else is known about a problem. */
export interface ProblemExtras {
  /** Where to point, when the API server's name for the field is not its place in the manifest. */
  readonly shown?: FieldPath;
  readonly onKey?: boolean;
  readonly hint?: string;
  readonly related?: { readonly path: FieldPath; readonly message: string };
}

/** Collects what is wrong with one object. Methods and texts are those of apimachinery's `field` package. */
export class FieldErrors {
  readonly errors: FieldProblem[] = [];
  readonly warnings: FieldProblem[] = [];

  required(path: Path, detail = "", extras?: ProblemExtras): void {
    this.#add(path, "Required value", detail, extras);
  }

  invalid(path: Path, value: unknown, detail: string, extras?: ProblemExtras): void {
    this.#add(path, `Invalid value: ${valueText(value)}`, detail, extras);
  }

  /** One `Invalid value` for each of the messages. */
  invalidEach(path: Path, value: unknown, details: readonly string[], extras?: ProblemExtras): void {
    for (const detail of details) this.invalid(path, value, detail, extras);
  }

  notSupported(path: Path, value: unknown, supported: readonly string[]): void {
    this.notSupportedAt(path, value, supported, {});
  }

  /** The same, with a path that is not the field's place in the manifest. */
  notSupportedAt(path: Path, value: unknown, supported: readonly string[], extras: ProblemExtras): void {
    const values = supported.map((item) => JSON.stringify(item)).join(", ");
    const meant = typeof value === "string" ? suggest(value, supported) : undefined;
    const hint = meant === undefined ? {} : { hint: `Did you mean ${JSON.stringify(meant)}?` };
    this.#add(path, `Unsupported value: ${valueText(value)}`, `supported values: ${values}`, {
      ...hint,
      ...extras,
    });
  }

  /** @param first the place that has the value already */
  duplicate(path: Path, value: unknown, first?: Path): void {
    const related = first && { path: first.steps(), message: "it stands here first" };
    this.#add(path, `Duplicate value: ${valueText(value)}`, "", related === undefined ? {} : { related });
  }

  /** A duplicate whose path, as the API server says it, is no place in the manifest. */
  duplicateAt(path: Path, value: unknown, extras: ProblemExtras, detail = ""): void {
    this.#add(path, `Duplicate value: ${valueText(value)}`, detail, extras);
  }

  notFound(path: Path, value: unknown, extras?: ProblemExtras): void {
    this.#add(path, `Not found: ${valueText(value)}`, "", extras);
  }

  forbidden(path: Path, detail: string, extras?: ProblemExtras): void {
    this.#add(path, "Forbidden", detail, extras);
  }

  tooMany(path: Path, actual: number, most: number): void {
    this.#add(path, `Too many: ${actual}`, `must have at most ${most} items`);
  }

  tooLong(path: Path, mostBytes: number): void {
    this.#add(path, "Too long", `may not be more than ${mostBytes} bytes`);
  }

  /** What the API server accepts with a `Warning:` header. */
  warning(path: Path, text: string): void {
    this.warnings.push({ path: path.steps(), text });
  }

  #add(path: Path, kind: string, detail: string, extras: ProblemExtras = {}): void {
    const { shown, ...rest } = extras;
    const text = detail === "" ? `${path}: ${kind}` : `${path}: ${kind}: ${detail}`;
    this.errors.push({ path: shown ?? path.steps(), text, ...rest });
  }
}

/** A value as Go prints it: a string by `%q`, everything else by encoding/json. */
function valueText(value: unknown): string {
  if (value === undefined) return "null";
  if (typeof value === "string") return goQuote(value);
  return JSON.stringify(isTextMap(value) ? sortedKeys(value) : value).replace(
    /[<>&\u2028\u2029]/g,
    unicodeEscape,
  );
}

/** Labels and the like: Go prints a map by its keys' order, a struct by its fields'. */
function isTextMap(value: unknown): value is Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((item) => typeof item === "string");
}

function sortedKeys(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Go's `strconv.Quote`: what can't be printed is escaped. */
function goQuote(text: string): string {
  const quoted = JSON.stringify(text).replace(/\\u00([01][0-9a-f])/g, (_, code: string) => {
    return code === "07" ? "\\a" : code === "0b" ? "\\v" : `\\x${code}`;
  });
  return quoted.replace(/(?! )[\p{C}\p{Z}]/gu, (character) => {
    return character === "\x7f" ? "\\x7f" : unicodeEscape(character);
  });
}

function unicodeEscape(character: string): string {
  const code = character.codePointAt(0)!.toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
}
