import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { explainCode } from "../../../src/diagnostics/catalogue/catalogue.ts";
import { tracerCodes } from "../../../src/diagnostics/catalogue/codes-tracer.ts";

const rooms = ["analysis/trace", "cli/trace", "tracer", "cluster-network"];

function sourcesIn(room: string): string[] {
  const folder = join(__dirname, "../../../src", room);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(folder, name), "utf8"));
}

test.each(rooms)("every code that %s reports is in the catalogue", (room) => {
  const codes = sourcesIn(room).flatMap((text) =>
    [...text.matchAll(/(?:usageError\(\s*|code: )"([a-z0-9-]+)"/g)].map((found) => found[1]!),
  );
  expect(codes.filter((code) => explainCode(code) === undefined)).toEqual([]);
});

test.each(Object.entries(tracerCodes))("%s is explained in sentences", (_, { title, explanation, mend }) => {
  expect(title).not.toMatch(/\.$/);
  expect(explanation).toMatch(/\.$/);
  expect(mend ?? ".").toMatch(/\.$/);
});
