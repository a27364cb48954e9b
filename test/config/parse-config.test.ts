import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../../src/config/parse-config.ts";

function parse(text: string) {
  return parseConfig({ name: "k8snet.yaml", text });
}

function problems(text: string): string[] {
  return parse(text).diagnostics.map(
    ({ range, message, hint }) =>
      `${range?.start.line}:${range?.start.column} ${message}${hint === undefined ? "" : ` (${hint})`}`,
  );
}

test("every kind of setting", () => {
  const { config, diagnostics } = parse(`
apiVersion: k8snet/v1alpha1
kind: Config
filename: [base, extra.yaml]
recursive: true
serviceCidr: [10.0.0.0/16, "fd00::/112"]
nodes: 5
kubeProxyVersion: 1.30
lbIp: {svc/web: 203.0.113.1, shop/api: [203.0.113.2, 203.0.113.3]}
scale: {deploy/web: 5}
ready: {deploy/web: 1/3}
`);
  expect(diagnostics).toEqual([]);
  expect(config.base.values).toEqual({
    filename: ["base", "extra.yaml"],
    recursive: true,
    serviceCidr: "10.0.0.0/16,fd00::/112",
    nodes: 5,
    kubeProxyVersion: "1.30",
    lbIp: ["svc/web=203.0.113.1", "shop/api=203.0.113.2,203.0.113.3"],
    scale: ["deploy/web=5"],
    ready: ["deploy/web=1/3"],
  });
  expect(config.base.ranges.nodes?.start).toMatchObject({ line: 7, column: 1 });
});

test("observed, assume and ignore", () => {
  const { config, diagnostics } = parse(`
observed:
  shop/web: {clusterIP: 10.96.1.2, nodePorts: {http: 30080}, loadBalancer: 203.0.113.1}
assume:
  shop/db: [10.9.8.7:5432, 10.9.8.8]
  shop/queue: made by an operator
  shop/cache: unknown
ignore:
  - {code: selector-matches-nothing, object: shop/*, reason: later}
  - endpoints-unknown
`);
  expect(diagnostics).toEqual([]);
  expect(config.base).toMatchObject({
    observed: {
      "shop/web": { clusterIP: "10.96.1.2", nodePorts: { http: 30080 }, loadBalancer: ["203.0.113.1"] },
    },
    assume: {
      "shop/db": { endpoints: [{ ip: "10.9.8.7", port: 5432 }, { ip: "10.9.8.8" }] },
      "shop/queue": "made by an operator",
      "shop/cache": "k8snet.yaml says that its pods are elsewhere",
    },
    ignore: [
      { code: "selector-matches-nothing", object: "shop/*", reason: "later" },
      { code: "endpoints-unknown" },
    ],
  });
});

test("environments are layers of their own", () => {
  const { config } = parse("nodes: 3\nenvironments:\n  prod: {nodes: 9, filename: prod}\n  empty:\n");
  expect(config.base.values.nodes).toBe(3);
  expect(config.environments["prod"]?.values).toEqual({ nodes: 9, filename: ["prod"] });
  expect(config.environments["empty"]?.values).toEqual({});
});

test.each([
  [
    "an unknown setting",
    "serviceCIDRs: x\n",
    '1:1 unknown setting "serviceCIDRs" (Did you mean "serviceCidr"?)',
  ],
  [
    "an unknown setting of an environment",
    "environments:\n  prod: {node: a, recursve: true}\n",
    '2:19 unknown setting "environments.prod.recursve" (Did you mean "recursive"?)',
  ],
  ["a wrong type", "nodes: many\n", "1:8 nodes is a whole number from 1 to 99999"],
  ["no yes or no", "strict: 1\n", "1:9 strict is true or false"],
  ["a wrong choice", "validate: loose\n", '1:11 "loose" is not one of strict, warn, ignore'],
  [
    "no address of a load balancer",
    "observed: {a: {loadBalancer: 203.0.113}}\n",
    '1:30 "203.0.113" is no address and no host name',
  ],
  ["no address", "observed: {a: {clusterIP: 10.0.0}}\n", '1:27 "10.0.0" is no address'],
  [
    "no endpoint",
    "assume: {a: [web:80]}\n",
    '1:14 "web:80" is no endpoint (Write an address, or ADDRESS:PORT.)',
  ],
  ["a key twice", "nodes: 1\nnodes: 2\n", '2:1 the key "nodes" stands twice'],
  ["another kind", "kind: Service\n", "1:7 kind is Config, or is not there"],
  ["another version", "apiVersion: v2\n", "1:13 apiVersion is k8snet/v1alpha1, or is not there"],
  ["no mapping", "- a\n", "1:1 k8snet.yaml is a mapping of settings to values"],
])("%s is told with its place", (_, text, expected) => {
  expect(problems(text)).toEqual([expected]);
});

test.each(["", "# nothing\n", "---\n"])("an empty file states nothing: %j", (text) => {
  expect(parse(text)).toMatchObject({ diagnostics: [], config: { base: { values: {} } } });
});

test("the example of docs/configuration.md is valid", () => {
  const document = readFileSync(join(__dirname, "../../docs/configuration.md"), "utf8");
  const [, example] = /```yaml\n(.*?)```/s.exec(document)!;
  const { config, diagnostics } = parse(example!);
  expect(diagnostics).toEqual([]);
  expect(config.base.values).toMatchObject({ kubeProxyVersion: "1.30", ready: ["deploy/web=1/3"], nodes: 5 });
  expect(config.environments["staging"]?.values.nodes).toBe(1);
});

test.each([
  ["10.9.8.7", { endpoints: [{ ip: "10.9.8.7" }] }],
  ["10.9.8.7:8080", { endpoints: [{ ip: "10.9.8.7", port: 8080 }] }],
  ["'[fd00::7]:8080'", { endpoints: [{ ip: "fd00::7", port: 8080 }] }],
  ["fd00::7", { endpoints: [{ ip: "fd00::7" }] }],
  ["made by hand", "made by hand"],
])("assume: %s alone", (written, expected) => {
  const { config, diagnostics } = parseConfig({
    name: "k8snet.yaml",
    text: `assume: {shop/web: ${written}}\n`,
  });
  expect([diagnostics, config.base.assume]).toEqual([[], { "shop/web": expected }]);
});
