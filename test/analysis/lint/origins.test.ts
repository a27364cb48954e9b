import { lintText } from "./lint-text.ts";

const service = (name: string, annotations = ""): string => `apiVersion: v1
kind: Service
metadata:
  name: ${name}
${annotations}spec:
  ports: [{port: 80}]
  selector: {app: nothing}
`;

const originsOf = (text: string) => lintText(text).findings.map((finding) => finding.origin);

test("a finding in `helm template` output names the chart's file", () => {
  const text = `---\n# Source: shop/templates/a.yaml\n${service("a")}---\n# Source: shop/charts/db/templates/b c.yaml\n# more\n${service("b")}---\n${service("c")}`;
  expect(originsOf(text)).toEqual([
    { tool: "helm", file: "shop/templates/a.yaml" },
    { tool: "helm", file: "shop/charts/db/templates/b c.yaml" },
    undefined,
  ]);
});

test("the first document may begin with the comment", () => {
  expect(originsOf(`# Source: shop/templates/a.yaml\n${service("a")}`)).toEqual([
    { tool: "helm", file: "shop/templates/a.yaml" },
  ]);
});

test("a comment inside the document is none of helm's", () => {
  expect(originsOf(service("a").replace("spec:", "spec: # Source: x\n  # Source: y"))).toEqual([undefined]);
});

test.each([
  ["path: base/service.yaml\n", "base/service.yaml"],
  ['path: "../base/my service.yaml"\n', "../base/my service.yaml"],
  [
    "path: web/service.yaml\nrepo: https://example.net/base\nref: v1\n",
    "https://example.net/base/web/service.yaml",
  ],
])("kustomize's origin annotation %j", (origin, file) => {
  const annotations = `  annotations:\n    config.kubernetes.io/origin: ${JSON.stringify(origin)}\n`;
  expect(originsOf(service("a", annotations))).toEqual([{ tool: "kustomize", file }]);
});

test("without a path the annotation says nothing", () => {
  const annotations = '  annotations:\n    config.kubernetes.io/origin: "configuredIn: x.yaml"\n';
  expect(originsOf(service("a", annotations))).toEqual([undefined]);
});
