import { readFileSync } from "node:fs";
import { join } from "node:path";
import { foreignOwners } from "../../../src/analysis/verify/dump/foreign-owners.ts";
import { verifyCodes } from "../../../src/diagnostics/catalogue/codes-verify.ts";

const page = readFileSync(join(__dirname, "../../../docs/verify.md"), "utf8");

test.each(foreignOwners.map(({ name, source }) => [name, source]))(
  "docs/verify.md has %s and its source",
  (name, source) => {
    const row = page.split("\n").find((line) => line.startsWith(`| ${name} `));
    expect(row).toContain(` ${source} `);
  },
);

test.each(Object.keys(verifyCodes))("docs/verify.md has the finding %s", (code) => {
  expect(page).toContain(`\`${code}\``);
});
