import type { SourceText } from "../../src/diagnostics/source.ts";
import { parseManifests } from "../../src/manifests/parse-manifests.ts";
import { printDiagnostics } from "../../src/printers/diagnostics-text.ts";
import { fixtureTexts } from "./fixture-texts.ts";
import { corpus, fuzz, mutateText } from "./fuzz.ts";

/** Reads a text, asks for places in it and prints what is wrong: nothing of it may throw. */
function readAll(source: SourceText): void {
  const { manifests, diagnostics } = parseManifests([source], { validate: "strict" });
  for (const { source: place } of manifests.objects) {
    for (const path of [[], ["metadata", "name"], ["spec", "ports", 0, "port"], ["no", "such", "field"]]) {
      const { start, end } = place.range(path);
      expect(start.offset).toBeGreaterThanOrEqual(0);
      expect(end.offset).toBeLessThanOrEqual(source.text.length);
    }
  }
  for (const { range } of diagnostics) {
    expect(range?.start.offset ?? 0).toBeLessThanOrEqual(source.text.length);
    expect(range?.end.offset ?? 0).toBeLessThanOrEqual(source.text.length);
  }
  expect(printDiagnostics(diagnostics)).not.toContain("\u001b");
  // Reading puts nothing on the prototype of all objects.
  expect(Object.keys(Object.prototype)).toEqual([]);
}

fuzz<string>("YAML", {
  seeds: [...corpus("yaml"), ...fixtureTexts(/\.ya?ml$/)],
  mutate: (text, random) =>
    mutateText(text, random, [
      ..."--- ... : - ? # & * ! | > |2- [ ] { } , ' \" %YAML @ ` << &a *a !!binary !!int 0x 1e400 .nan ~ null y".split(
        " ",
      ),
      ...[": ", "- ", "\n", "\n  ", "\t", "\r\n", "\u0085", "\u2028", "&a *a", "? : ", "{a: [", "\n---\n"],
      ..."apiVersion: kind: metadata: items: spec: ports: List Service".split(" "),
    ]),
  run: (text) => readAll({ name: "fuzz.yaml", text }),
});

fuzz<string>("JSON", {
  seeds: [...corpus("json"), ...fixtureTexts(/manifests.*\.json$|cluster.*\.json$/)],
  mutate: (text, random) =>
    mutateText(text, random, [
      ...'{ } [ ] : , " \\ \\u \\ud800 null true 1e999 -0 00 0.1 "" "a": [[[[ {"a":{"a": // /* NaN'.split(
        " ",
      ),
      ...['"items":', '"kind":"List"', '"__proto__":', "\n", "\u0000"],
    ]),
  run: (text) => readAll({ name: "fuzz.json", text }),
});
