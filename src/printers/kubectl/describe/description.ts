import type { Json } from "../../../api-objects/json.ts";
import { stringMap } from "../fields.ts";
import { alignTabs, describeLayout } from "../tab-writer.ts";

/** Annotations that only repeat the object. */
const skippedAnnotations = ["kubectl.kubernetes.io/last-applied-configuration"];
/** Annotations longer than this (with their key) stand on lines of their own. */
const maxAnnotationLength = 140;

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}...` : text;
}

/**
 * A text of `kubectl describe` while it is written: lines of a name, a tab and a value; the tabs are laid out at
 * the end. Levels indent by two spaces.
 */
export class Description {
  #text = "";

  /** A line as it stands; tabs separate cells. */
  line(level: number, ...cells: readonly string[]): this {
    this.#text += `${"  ".repeat(level)}${cells.join("\t")}\n`;
    return this;
  }

  /** `Name:` and its value. */
  field(name: string, ...values: readonly string[]): this {
    return this.line(0, `${name}:`, ...values);
  }

  /** Labels or a selector, one a line. */
  map(name: string, object: Json | undefined, ...path: readonly string[]): this {
    const entries = stringMap(object, ...path).map(([key, value]) => `${key}=${value}`);
    if (entries.length === 0) return this.field(name, "<none>");
    for (const [i, entry] of entries.entries()) this.line(0, i === 0 ? `${name}:` : "", entry);
    return this;
  }

  annotations(object: Json, space = ""): this {
    const entries = stringMap(object, "metadata", "annotations").filter(
      ([key]) => !skippedAnnotations.includes(key),
    );
    if (entries.length === 0) return this.field(`${space}Annotations`, "<none>");
    entries.forEach(([key, stated], i) => {
      const value = stated.replace(/\n$/, "");
      const first = i === 0 ? `${space}Annotations:` : "";
      if (value.length + key.length + 2 <= maxAnnotationLength && !value.includes("\n")) {
        this.line(0, first, `${key}: ${value}`);
        return;
      }
      this.line(0, first, `${key}:`);
      for (const part of value.split("\n")) this.line(0, "", `  ${shorten(part, maxAnnotationLength - 2)}`);
    });
    return this;
  }

  /** Files hold no events. */
  events(): this {
    return this.field("Events", "<none>");
  }

  toString(): string {
    return alignTabs(this.#text, describeLayout);
  }
}
