import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const fixtures = join(__dirname, "../../fixtures");

/** Texts of the fixtures whose names end so, small ones only: an input is mutated thousands of times. */
export function fixtureTexts(ending: RegExp, largest = 8000): readonly string[] {
  const found: string[] = [];
  for (const path of readdirSync(fixtures, { recursive: true, encoding: "utf8" }).sort()) {
    if (!ending.test(path)) continue;
    const full = join(fixtures, path);
    const size = statSync(full);
    if (size.isFile() && size.size <= largest) found.push(readFileSync(full, "utf8"));
  }
  return found.slice(0, 60);
}
