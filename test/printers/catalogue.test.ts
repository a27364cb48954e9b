import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lintCodes } from "../../src/diagnostics/catalogue/codes-lint.ts";
import {
  printCatalogueList,
  printCatalogueMarkdown,
  printExplanation,
} from "../../src/printers/catalogue-text.ts";

test("docs/lint.md is the catalogue", () => {
  const path = join(__dirname, "../../docs/lint.md");
  const text = printCatalogueMarkdown(lintCodes);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(path, text);
  expect(readFileSync(path, "utf8")).toBe(text);
});

test("--list has a line for each code", () => {
  const lines = printCatalogueList(lintCodes).trimEnd().split("\n");
  expect(lines).toHaveLength(Object.keys(lintCodes).length);
  expect(lines[0]).toMatch(/^selector-matches-nothing +error +A Service's selector matches no pod$/);
});

test("--explain says what, why, how to mend it, and shows both examples", () => {
  const entry = lintCodes["external-name-is-address"]!;
  expect(printExplanation("external-name-is-address", entry)).toBe(`external-name-is-address (error)
externalName is an IP address

An ExternalName Service is a CNAME record, and a CNAME leads to a name. An
address in it is read as a name made of digits, which nothing resolves.

To mend it:
Use a Service without selector and an EndpointSlice with the address.

With it:
    apiVersion: v1
    kind: Service
    metadata: {name: database}
    spec: {type: ExternalName, externalName: 192.0.2.10}

Without it:
    apiVersion: v1
    kind: Service
    metadata: {name: database}
    spec: {type: ExternalName, externalName: db.example.net}
`);
});
