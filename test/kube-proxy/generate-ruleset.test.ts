import type { KubeProxyConfig } from "../../src/kube-proxy/config.ts";
import { linesOf, rulesOf, saveOf } from "./render-texts.ts";

const nodePort = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, clusterIP: 10.96.1.1, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-x, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{port: 8080}]
endpoints: [{addresses: [10.244.1.5]}]
`;

const last = (config: Partial<KubeProxyConfig>): string[] =>
  linesOf(saveOf(nodePort, { config }), "KUBE-SERVICES")
    .filter((line) => line.includes("NOTE"))
    .map((line) =>
      line.replace(/^-A KUBE-SERVICES | ?-m comment --comment "[^"]*"| -j KUBE-NODEPORTS/g, "").trim(),
    );

// What the recordings do not hold: words and fields that came later, and addresses of the other family.
test.each<[Partial<KubeProxyConfig>, string[]]>([
  [{}, ["-m addrtype --dst-type LOCAL"]],
  [{ nodePortAddresses: ["primary"] }, ["-d 192.168.49.2/32"]],
  [{ nodePortAddresses: ["localhost"] }, ["-d 127.0.0.1/32"]],
  [{ nodePortAddresses: ["all", "10.0.0.0/8"] }, ["-m addrtype --dst-type LOCAL"]],
  [{ nodePortAddresses: ["0.0.0.0/0"] }, ["-m addrtype --dst-type LOCAL"]],
  [{ nodePortAddresses: ["localhost"], release: "1.36" }, ["-m addrtype --dst-type LOCAL"]],
  [{ nodePortAddresses: ["primary"], release: "1.30" }, ["-m addrtype --dst-type LOCAL"]],
  [{ nodePortAddresses: ["fd00::/8"] }, ["-m addrtype --dst-type LOCAL"]],
  [{ nodePortAddresses: ["172.16.0.0/12"] }, []],
  [{ nodePortAddresses: ["127.0.0.0/8"], localhostNodePorts: false }, []],
  [{ localhostNodePorts: false }, ["! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL"]],
  [{ localhostNodePorts: false, release: "1.25" }, ["-m addrtype --dst-type LOCAL"]],
  [{ bindAddress: "10.9.9.9", nodePortAddresses: ["primary"] }, []],
])("node ports with %j", (config, expected) => {
  expect(last(config)).toEqual(expected);
});

const invalid = (config: Partial<KubeProxyConfig>): string | undefined =>
  linesOf(saveOf(nodePort, { config }), "KUBE-FORWARD").find((line) => line.includes("INVALID"));

test.each<[Partial<KubeProxyConfig>, string | undefined]>([
  [
    {},
    "-A KUBE-FORWARD -m conntrack --ctstate INVALID -m nfacct --nfacct-name  ct_state_invalid_dropped_pkts -j DROP",
  ],
  [{ nfacct: false }, "-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP"],
  [{ tcpBeLiberal: true }, undefined],
  [{ tcpBeLiberal: true, release: "1.28" }, "-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP"],
])("packets conntrack can't place, with %j", (config, expected) => {
  expect(invalid(config)).toBe(expected);
});

test.each([
  [{}, 2],
  [{ nfacct: false }, 1],
  [{ localhostNodePorts: false }, 1],
  [{ nodePortAddresses: ["primary"] }, 1],
  [{ release: "1.30" }, 1],
])("rules of a node port with %j: %i", (config, count) => {
  expect(linesOf(saveOf(nodePort, { config }), "KUBE-NODEPORTS")).toHaveLength(count);
});

test("a mark bit of 31 stays positive", () => {
  expect(saveOf(nodePort, { config: { masqueradeBit: 31 } })).toContain("--set-xmark 0x80000000/0x80000000");
});

test("the other family of a single-stack cluster has the static rules only", () => {
  const save = saveOf(nodePort, { config: { family: 6 } });
  expect(save).not.toContain("default/web");
  expect(linesOf(save, "KUBE-SERVICES")).toHaveLength(1);
});

// The selectors of kube-proxy's informers (cmd/kube-proxy/app/server.go): of Services and slices alike to 1.35.
test.each([
  ["service.kubernetes.io/service-proxy-name: other", "1.35", false],
  ["service.kubernetes.io/service-proxy-name: other", "1.36", false],
  ['service.kubernetes.io/headless: ""', "1.35", false],
  ['service.kubernetes.io/headless: ""', "1.36", true],
])("a Service with the label %s in %s: has rules %s", (label, release, served) => {
  const text = nodePort.replace("{name: web}", `{name: web, labels: {${label}}}`);
  expect(saveOf(text, { config: { release } }).includes("default/web")).toBe(served);
});

test("kube-proxy does not see a slice labelled as a headless Service's", () => {
  const service = `{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {clusterIP: 10.96.1.1, ports: [{port: 80}]}}`;
  const slice = (labels: string): string =>
    `{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: web-1, labels: {kubernetes.io/service-name: web${labels}}}, addressType: IPv4, ports: [{port: 80}], endpoints: [{addresses: [192.0.2.1]}]}`;
  expect(saveOf(`${service}\n---\n${slice("")}\n`)).toContain("192.0.2.1:80");
  const text = saveOf(`${service}\n---\n${slice(', service.kubernetes.io/headless: ""')}\n`);
  expect(text).not.toContain("192.0.2.1:80");
  expect(text).toContain("default/web has no endpoints");
});

test("an origin names the Service, the port, the endpoint and the line of the manifest", () => {
  const [nat] = rulesOf(nodePort).tables.filter(({ name }) => name === "nat");
  const rules = nat!.chains.flatMap(({ rules: own }) => own);
  const capture = rules.find(({ destination }) => destination?.address === "10.96.1.1")!;
  expect(capture.origin).toMatchObject({
    reason: "default/web is reached at its cluster IP 10.96.1.1, port 80.",
    service: "default/web",
    port: "80",
  });
  expect(capture.origin!.range!()!.start).toMatchObject({ line: 4, column: 35 });
  const translate = rules.find(({ target }) => target?.kind === "dnat" && target.to === "10.244.1.5:8080")!;
  expect(translate.origin).toMatchObject({
    reason: "Traffic to default/web is sent to 10.244.1.5:8080.",
    endpoint: "10.244.1.5:8080",
  });
  expect(translate.origin!.range!()!.start.line).toBe(6);
  expect(JSON.parse(JSON.stringify(translate.origin))).toEqual({
    reason: "Traffic to default/web is sent to 10.244.1.5:8080.",
    service: "default/web",
    port: "80",
    endpoint: "10.244.1.5:8080",
  });
});

const elsewhere = (policy: string): string => `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, clusterIP: 10.96.1.1, ${policy}selector: {app: web}, ports: [{port: 80, nodePort: 30080}]}
`;

describe.each(["1.37", "1.24", "1.22", "1.15"])("endpoints that can't be known, %s", (release) => {
  test.each(["", "externalTrafficPolicy: Local, ", "internalTrafficPolicy: Local, "])(
    "%jrefuse nothing, and every jump still leads somewhere",
    (policy) => {
      const options = { config: { release }, cluster: { assume: { "default/web": "pods are elsewhere" } } };
      const save = saveOf(elsewhere(policy), options);
      expect(save).not.toMatch(/default\/web.*(?:REJECT|DROP)/);
      expect(linesOf(save, "KUBE-SERVICES").some((line) => line.includes("default/web"))).toBe(true);
      const declared = new Set([...save.matchAll(/^:(\S+)/gm)].map(([, name]) => name));
      for (const [, target] of save.matchAll(/-j (KUBE-\S+)/g)) expect(declared).toContain(target);
    },
  );
});
