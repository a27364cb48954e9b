import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Compares with a golden file; `UPDATE_GOLDEN=1` writes it instead, and a test never does so by itself. */
export function expectGolden(path: string, actual: string): void {
  if (process.env["UPDATE_GOLDEN"] === "1") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, actual);
    return;
  }
  if (!existsSync(path)) throw new Error(`${path} is not there; UPDATE_GOLDEN=1 npm test writes it`);
  expect(actual).toBe(readFileSync(path, "utf8"));
}
