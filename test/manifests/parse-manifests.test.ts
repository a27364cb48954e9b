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

test("a stream of JSON objects", () => {
  const json = (name: string) =>
    JSON.stringify({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name },
      spec: { ports: [{ port: 80 }] },
    });
  const { manifests, diagnostics } = parse(`${json("a")}\n${json("b{}")}${json("c")}`);
  expect(manifests.objects.map(({ name }) => name)).toEqual(["a", "c"]);
  expect(diagnostics.map((d) => describePosition(d.range!))).toEqual(["a.yaml:2:56"]);
});

test("a big List of JSON is read as a small one is", () => {
  const items = Array.from({ length: 3000 }, (_, i) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: `s${i}` },
    spec: { ports: [{ port: i === 2000 ? 0 : 80 }] },
  }));
  const text = JSON.stringify({ apiVersion: "v1", kind: "List", items }, undefined, 1);
  const { manifests, diagnostics } = parse(text);
  expect(manifests.objects).toHaveLength(2999);
  expect(new Set(diagnostics.map((d) => d.range!.start.line))).toEqual(
    new Set([text.slice(0, text.indexOf('"port": 0')).split("\n").length]),
  );
});

test("ten thousand documents in one text", () => {
  const many = Array.from({ length: 10_000 }, (_, i) => service.replace("web", `web-${i}`)).join("---\n");
  expect(parse(many).manifests.objects).toHaveLength(10_000);
});

test("what kubectl itself writes is taken without complaint", () => {
  const { diagnostics } = parse(`apiVersion: apps/v1
kind: Deployment
metadata:
  creationTimestamp: null
  labels: {app: web}
  name: web
  managedFields:
  - {manager: kubectl, operation: Update, fieldsV1: {"f:metadata": {}}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  strategy: {}
  template:
    metadata:
      creationTimestamp: null
      labels: {app: web}
    spec:
      containers:
      - {image: nginx, name: nginx, resources: {}}
status: {}
`);
  expect(diagnostics).toEqual([]);
});

test("helm's word on where a document comes from", () => {
  const { manifests } = parse(`---\n# Source: web/templates/service.yaml\n${service}---\n${service}`);
  expect(manifests.objects.map(({ source }) => source.helmSource)).toEqual([
    "web/templates/service.yaml",
    undefined,
  ]);
});

test("kinds that nothing reads are one note, our own files none", () => {
  const { manifests, diagnostics } = parse(
    "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n---\napiVersion: example.com/v1\nkind: Widget\nmetadata: {name: b}\n---\napiVersion: k8snet/v1alpha1\nkind: Expectations\n",
  );
  expect(manifests.objects.map(({ kind }) => kind)).toEqual(["Secret", "Widget"]);
  expect(diagnostics.map((d) => `${d.severity}: ${d.message}`)).toEqual([
    "note: skipped 2 objects of kinds that shape no Service: Secret (1), Widget (1)",
  ]);
});

test.each([
  ["strict", "error"],
  ["warn", "warning"],
  ["ignore", undefined],
] as const)("an unknown field under --validate=%s", (validate, severity) => {
  const text = service.replace("{port: 80}", "{port: 80, target: 8080}");
  const { manifests, diagnostics } = parseManifests([{ name: "a.yaml", text }], { validate });
  expect(diagnostics.map((d) => d.severity)).toEqual(severity === undefined ? [] : [severity]);
  expect(manifests.objects).toHaveLength(severity === "error" ? 0 : 1);
});

test("a CronJob is the Job it would make, with its own places", () => {
  const { manifests, diagnostics } = parse(`apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      parallelism: 2
      template:
        metadata: {labels: {app: nightly}}
        spec: {restartPolicy: Never, containers: [{name: c, image: x}]}
`);
  expect(diagnostics).toEqual([]);
  const [job] = manifests.objects;
  expect(job?.role === "workload" && job.object.spec).toMatchObject({
    template: { metadata: { labels: { app: "nightly" } } },
  });
  expect(describePosition(job!.source.range(["spec", "template", "metadata", "labels", "app"]))).toBe(
    "a.yaml:10:34",
  );
  expect(JSON.parse(JSON.stringify(job!.object)).spec).not.toHaveProperty("template");
});
