import type { Command } from "commander";
import type { InputOptions } from "../input/input-options.ts";

/** Flags that always have a value, by the value that need not be said. */
const unsaid: Readonly<Record<string, unknown>> = { validate: "strict", color: "auto" };

/** The input flags of a command line as words again. */
export function inputWords(options: InputOptions, command: Command): readonly string[] {
  const given: Readonly<Record<string, unknown>> = { ...options };
  const words: string[] = [];
  for (const option of (command.parent ?? command).options) {
    const value = given[option.attributeName()];
    if (option.long === undefined || value === undefined || value === unsaid[option.attributeName()])
      continue;
    if (option.negate) {
      if (value === false) words.push(option.long);
    } else if (value === true) words.push(option.long);
    else if (Array.isArray(value)) for (const item of value) words.push(option.long, String(item));
    else if (typeof value === "string" || typeof value === "number") words.push(option.long, String(value));
  }
  return words;
}
