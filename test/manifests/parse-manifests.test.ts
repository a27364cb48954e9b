import { describePosition } from "../../src/diagnostics/source.ts";
import { parseManifests } from "../../src/manifests/parse-manifests.ts";

function parse(text: string) {
  return parseManifests([{ name: "a.yaml", text }], { validate: "strict" });
}

const service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n";

test("documents, comments and empty documents", () => {
  const { manifests, diagnostics } = parse(`# first\n---\n${service}---\n# nothing\n---\n${service}`);
  expect(diagnostics).toEqual([]);
  expect(
    manifests.objects.map((o) => describePosition(o.source.range(["spec", "ports", 0, "port"]))),
  ).toEqual(["a.yaml:6:23", "a.yaml:13:23"]);
});

test("a List's items are objects of their own", () => {
  const { manifests } = parse(
    "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata:\n    name: web\n  spec: {ports: [{port: 80}]}\n",
  );
  const [object] = manifests.objects;
  expect(object).toMatchObject({ role: "service", name: "web" });
  expect(describePosition(object!.source.range(["metadata", "name"]))).toBe("a.yaml:7:11");
});

test("one bad document does not hide the others", () => {
  const { manifests, diagnostics } = parse(`a: b: c\n---\n${service}`);
  expect(manifests.objects).toHaveLength(1);
  expect(diagnostics).toHaveLength(1);
  expect(describePosition(diagnostics[0]!.range!)).toMatch(/^a.yaml:1:/);
});
