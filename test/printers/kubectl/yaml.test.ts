import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { composeDocument } from "../../../src/manifests/yaml/compose.ts";
import { printYaml } from "../../../src/printers/kubectl/yaml.ts";

const fixtures = join(__dirname, "../../../fixtures");
const recorded = join(fixtures, "conformance/kubectl");
const read = (...path: readonly string[]): string => readFileSync(join(fixtures, ...path), "utf8");

test.each(readdirSync(recorded).filter((name) => !name.includes(".")))(
  "%s: kubectl's own YAML comes back byte for byte",
  (cluster) => {
    const text = read("conformance/kubectl", cluster, "cluster.yaml");
    const { value } = composeDocument(text, 0);
    expect(printYaml(JSON.parse(JSON.stringify(value)))).toBe(text);
  },
);

test.each(["scalars", "keys"])("%s that are hard to write are written as kubectl does", (name) => {
  expect(printYaml(JSON.parse(read("kubectl/yaml", `${name}.json`)))).toBe(
    read("kubectl/yaml", `${name}.yaml`),
  );
});
