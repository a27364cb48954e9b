import type { ClusterOptions } from "../../src/cluster/options.ts";
import type { EndpointSlice, ResolvedEndpoints } from "../../src/endpoints/model.ts";
import { endpointsOfEndpointsObjects, resolveEndpoints } from "../../src/endpoints/resolve-endpoints.ts";
import { hostPort } from "../../src/net/ip.ts";
import { build } from "../cluster/build.ts";

interface PodText {
  readonly ip?: string;
  readonly ready?: boolean;
  readonly phase?: string;
  readonly node?: string;
  readonly deleted?: boolean;
  readonly ports?: string;
  readonly labels?: string;
}

function pod(name: string, more: PodText = {}): string {
  const { ip, ready = true, phase = "Running", node = "minikube", deleted = false, ports = "" } = more;
  const deletion = deleted ? ', deletionTimestamp: "2026-01-01T00:00:00Z"' : "";
  const address =
    ip === undefined ? "" : `podIP: ${ip}, podIPs: [${ip.split(" ").map((one) => `{ip: "${one}"}`)}], `;
  return `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {${more.labels ?? "app: web"}}${deletion}}
spec: {nodeName: ${node}, containers: [{name: c, image: i, ports: [${ports}]}]}
status: {phase: ${phase}, ${address.replace(/podIP: (\S+).*?, podIPs/, 'podIP: "$1", podIPs')}conditions: [{type: Ready, status: "${ready ? "True" : "False"}"}]}
`;
}

function service(spec = "", ports = "{port: 80}"): string {
  return `---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {${spec}ports: [${ports}]}\n`;
}

const selecting = (ports?: string): string => service("selector: {app: web}, ", ports);

function resolve(
  texts: string | readonly string[],
  options: Partial<ClusterOptions> = {},
): ResolvedEndpoints {
  return resolveEndpoints(build(texts, { clusterServices: false, ...options }).cluster).endpoints;
}

/** `name: ip:port …` for each port of the Service; `!` marks what is not ready, `~` what terminates. */
function shown({ servicePorts }: ResolvedEndpoints): string[] {
  return servicePorts.map(({ port, family, endpoints }) => {
    const list = endpoints.map(
      ({ ip, port: number, ready, terminating }) =>
        `${terminating ? "~" : ""}${ready ? "" : "!"}${hostPort(ip, number)}`,
    );
    return `${port.name || port.port}${family === 6 ? "/6" : ""}: ${list.join(" ")}`.trimEnd();
  });
}

describe("slices of the endpointslice controller", () => {
  test.each<[what: string, pods: string, ports: string | undefined, expected: string[]]>([
    ["a ready pod", pod("a", { ip: "10.244.0.5" }), undefined, ["80: 10.244.0.5:80"]],
    [
      "a pod that is not ready",
      pod("a", { ip: "10.244.0.5", ready: false }),
      undefined,
      ["80: !10.244.0.5:80"],
    ],
    [
      "a pod that terminates",
      pod("a", { ip: "10.244.0.5", deleted: true }),
      undefined,
      ["80: ~!10.244.0.5:80"],
    ],
    ["a pod that has succeeded", pod("a", { ip: "10.244.0.5", phase: "Succeeded" }), undefined, ["80:"]],
    ["a pod that has failed", pod("a", { ip: "10.244.0.5", phase: "Failed" }), undefined, ["80:"]],
    ["a pod of another app", pod("a", { ip: "10.244.0.5", labels: "app: x" }), undefined, ["80:"]],
    [
      "a numeric target port",
      pod("a", { ip: "10.244.0.5" }),
      "{port: 80, targetPort: 8080}",
      ["80: 10.244.0.5:8080"],
    ],
    [
      "a named target port that differs between pods",
      pod("a", { ip: "10.244.0.5", ports: "{name: http, containerPort: 8080}" }) +
        pod("b", { ip: "10.244.0.6", ports: "{name: http, containerPort: 9090}" }) +
        pod("c", { ip: "10.244.0.7" }),
      "{port: 80, targetPort: http}",
      ["80: 10.244.0.5:8080 10.244.0.6:9090"],
    ],
    [
      "a name counts only with its protocol",
      pod("a", { ip: "10.244.0.5", ports: "{name: dns, containerPort: 53, protocol: UDP}" }),
      "{name: t, port: 53, targetPort: dns}, {name: u, port: 53, protocol: UDP, targetPort: dns}",
      ["t:", "u: 10.244.0.5:53"],
    ],
  ])("%s", (_, pods, ports, expected) => {
    expect(shown(resolve(selecting(ports) + pods))).toEqual(expected);
  });

  test("publishNotReadyAddresses arrives as ready", () => {
    const text = service("selector: {app: web}, publishNotReadyAddresses: true, ");
    const [entry] = resolve(text + pod("a", { ip: "10.244.0.5", ready: false })).servicePorts;
    expect(entry!.endpoints[0]).toMatchObject({ ready: true, serving: false });
  });

  test("a slice holds 100 endpoints at most, each with its node's zone", () => {
    const pods = Array.from({ length: 250 }, (_, i) => pod(`p${i}`, { ip: `10.244.0.${i + 2}` })).join("");
    const { slices } = resolve(selecting() + pods);
    expect(slices.map(({ endpoints }) => endpoints.length)).toEqual([100, 100, 50]);
    expect(new Set(slices.map(({ name }) => name)).size).toBe(3);
    expect(slices[0]!.endpoints[0]!.zone).toBe("zone-a");
  });

  test.each([
    ["", undefined, undefined],
    ["trafficDistribution: PreferClose, ", ["zone-a"], undefined],
    ["trafficDistribution: PreferSameZone, ", ["zone-a"], undefined],
    ["trafficDistribution: PreferSameNode, ", ["zone-a"], ["minikube"]],
  ])("hints with %j", (spec, zoneHints, nodeHints) => {
    const text = service(`selector: {app: web}, ${spec}`) + pod("a", { ip: "10.244.0.5" });
    expect(resolve(text).servicePorts[0]!.endpoints[0]).toMatchObject({ zoneHints, nodeHints });
  });

  test("dual stack: slices of both families", () => {
    const text =
      service("selector: {app: web}, ipFamilyPolicy: PreferDualStack, ") +
      pod("a", { ip: "10.244.0.5 fd00::5" });
    const resolved = resolve(text, {
      serviceCidrs: ["10.96.0.0/12", "fd00:10:96::/112"],
      clusterCidrs: ["10.244.0.0/16", "fd00:10:244::/56"],
    });
    expect(shown(resolved)).toEqual(["80: 10.244.0.5:80", "80/6: [fd00::5]:80"]);
  });

  test("an ExternalName Service and one without selector have none", () => {
    expect(resolve(service("type: ExternalName, externalName: example.com, ")).slices).toEqual([]);
    expect(resolve(service()).slices).toEqual([]);
  });
});

function slice(name: string, ip: string, more = "", labels = ""): string {
  return `---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: ${name}, labels: {kubernetes.io/service-name: web${labels}}}
addressType: ${ip.includes(":") ? "IPv6" : "IPv4"}
ports: [{port: 8080}]
endpoints: [{addresses: ["${ip}"]${more}}]
`;
}

const controllers = ", endpointslice.kubernetes.io/managed-by: endpointslice-controller.k8s.io";
const endpointsObject = `---
apiVersion: v1
kind: Endpoints
metadata: {name: web}
subsets:
- addresses: [{ip: 10.9.0.1}]
  notReadyAddresses: [{ip: 10.9.0.2}]
  ports: [{port: 8080}]
`;
const running = pod("a", { ip: "10.244.0.5" });

describe("stated slices and Endpoints", () => {
  test.each<[what: string, text: string, expected: string]>([
    [
      "the controller's slice replaces what pods say",
      selecting() + running + slice("web-abcde", "10.9.0.9", "", controllers),
      "80: 10.9.0.9:8080",
    ],
    [
      "another slice adds",
      selecting() + running + slice("mine", "10.9.0.9"),
      "80: 10.9.0.9:8080 10.244.0.5:80",
    ],
    ["absent conditions read as ready", service() + slice("mine", "10.9.0.9"), "80: 10.9.0.9:8080"],
    [
      "not ready is not ready",
      service() + slice("mine", "10.9.0.9", ", conditions: {ready: false}"),
      "80: !10.9.0.9:8080",
    ],
    [
      "of two with one address the one that stays counts",
      service() +
        slice("a", "10.9.0.9", ", conditions: {ready: false, terminating: true}") +
        slice("b", "10.9.0.9"),
      "80: 10.9.0.9:8080",
    ],
    [
      "in whatever order",
      service() +
        slice("a", "10.9.0.9") +
        slice("b", "10.9.0.9", ", conditions: {ready: false, terminating: true}"),
      "80: 10.9.0.9:8080",
    ],
    [
      "Endpoints of a Service without selector",
      service() + endpointsObject,
      "80: 10.9.0.1:8080 !10.9.0.2:8080",
    ],
    [
      "Endpoints give way to a slice",
      service() + endpointsObject + slice("mine", "10.9.0.9"),
      "80: 10.9.0.9:8080",
    ],
    ["a slice of the other family", service() + slice("mine", "fd00::1"), "80:"],
  ])("%s", (_, text, expected) => {
    expect(shown(resolve(text))).toEqual([expected]);
  });

  test("slices of Services that are not there are kept", () => {
    expect(resolve(slice("mine", "10.9.0.9")).slices.map((one: EndpointSlice) => one.name)).toEqual(["mine"]);
  });
});

test.each<[what: string, text: string, expected: string]>([
  [
    "the controller's, only the ready",
    selecting() + running + pod("b", { ip: "10.244.0.6", ready: false }),
    "80: 10.244.0.5:80",
  ],
  ["stated Endpoints, only the ready", service() + endpointsObject, "80: 10.9.0.1:8080"],
  ["a slice by hand is in no Endpoints", service() + slice("mine", "10.9.0.9"), "80:"],
])("what releases see that read Endpoints: %s", (_, text, expected) => {
  const { cluster } = build(text, { clusterServices: false });
  const { endpoints } = resolveEndpoints(cluster);
  const servicePorts = endpointsOfEndpointsObjects(cluster, endpoints);
  expect(shown({ slices: [], servicePorts })).toEqual([expected]);
});

test("the simulated API server is an endpoint of default/kubernetes", () => {
  const { endpoints } = resolveEndpoints(build("").cluster);
  expect(shown(endpoints)[0]).toBe("https: 192.168.49.2:8443");
});

test("endpoints that k8snet.yaml assumes, each with its port and the Service port's protocol", () => {
  const text = service("selector: {app: web}, ", "{name: dns, protocol: UDP, port: 53}");
  const assume = { "default/web": { endpoints: [{ ip: "10.9.0.1" }, { ip: "10.9.0.2", port: 5353 }] } };
  const { cluster } = build(text, { clusterServices: false, assume });
  const { endpoints } = resolveEndpoints(cluster);
  expect(shown(endpoints)).toEqual(["dns: 10.9.0.1:53 10.9.0.2:5353"]);
  const old = endpointsOfEndpointsObjects(cluster, endpoints);
  expect(shown({ slices: [], servicePorts: old })).toEqual(["dns: 10.9.0.1:53 10.9.0.2:5353"]);
});

test("only the controller labels slices as a headless Service's", () => {
  const labelled = selecting().replace(
    "{name: web}",
    '{name: web, labels: {service.kubernetes.io/headless: ""}}',
  );
  const slicesOf = (text: string) =>
    resolve(pod("a", { ip: "10.244.0.7" }) + text).slices.filter(({ serviceName }) => serviceName === "web");
  const label = "service.kubernetes.io/headless";
  expect(slicesOf(labelled).map(({ labels }) => label in labels)).toEqual([false]);
  expect(
    slicesOf(selecting().replace("spec: {", "spec: {clusterIP: None, ")).map(({ labels }) => labels[label]),
  ).toEqual([""]);
});

/** Endpoints of the Service `web`. */
function endpointsOf(subsets: string, metadata = ""): string {
  return `---\napiVersion: v1\nkind: Endpoints\nmetadata: {name: web${metadata}}\nsubsets: [${subsets}]\n`;
}

const oneAddress = "{addresses: [{ip: 10.9.0.1}], ports: [{port: 8080}]}";

describe("slices of the mirroring controller", () => {
  test.each<[rule: string, endpoints: string, expected: string]>([
    [
      "RepackSubsets: not ready trumps ready",
      endpointsOf(`${oneAddress}, {notReadyAddresses: [{ip: 10.9.0.1}], ports: [{port: 8080}]}`),
      "80: !10.9.0.1:8080",
    ],
    [
      "RepackSubsets: in whatever order",
      endpointsOf(`{notReadyAddresses: [{ip: 10.9.0.1}], ports: [{port: 8080}]}, ${oneAddress}`),
      "80: !10.9.0.1:8080",
    ],
    [
      "shouldMirror: the label skip-mirror",
      endpointsOf(oneAddress, ', labels: {endpointslice.kubernetes.io/skip-mirror: "true"}'),
      "80:",
    ],
    [
      "shouldMirror: any other value of it",
      endpointsOf(oneAddress, ', labels: {endpointslice.kubernetes.io/skip-mirror: "yes"}'),
      "80: 10.9.0.1:8080",
    ],
    [
      "shouldMirror: a record of leader election",
      endpointsOf(oneAddress, ', annotations: {control-plane.alpha.kubernetes.io/leader: "{}"}'),
      "80:",
    ],
    [
      "newEndpointSlice: labels are copied, that of a headless Service too",
      endpointsOf(oneAddress, ', labels: {service.kubernetes.io/headless: ""}'),
      "80:",
    ],
  ])("%s", (_, endpoints, expected) => {
    expect(shown(resolve(service() + endpoints))).toEqual([expected]);
  });

  test("RepackSubsets: ports that have the same addresses share a slice", () => {
    const ports = "{name: a, port: 80}, {name: b, port: 81}";
    const subset = (port: string) => `{addresses: [{ip: 10.9.0.1}], ports: [${port}]}`;
    const { slices } = resolve(
      service("", ports) +
        endpointsOf(`${subset("{name: a, port: 8080}")}, ${subset("{name: b, port: 8081}")}`),
    );
    expect(slices.map((one) => one.ports.map(({ name, port }) => `${name}:${port}`))).toEqual([
      ["a:8080", "b:8081"],
    ]);
  });

  test("addresses of a subset beyond a thousand are not mirrored, those that are ready come first", () => {
    const list = (third: number, count: number) =>
      Array.from({ length: count }, (_, i) => `{ip: 10.9.${third + (i >> 8)}.${i & 255}}`).join(", ");
    const subset = `{addresses: [${list(8, 990)}], notReadyAddresses: [${list(0, 20)}], ports: [{port: 8080}]}`;
    const [entry] = resolve(service() + endpointsOf(subset)).servicePorts;
    expect(entry!.endpoints.filter(({ ready }) => ready)).toHaveLength(990);
    expect(entry!.endpoints.filter(({ ready }) => !ready)).toHaveLength(10);
  });
});

test.each<[annotations: string, hints: readonly string[] | undefined]>([
  ["", ["zone-a"]],
  ["service.kubernetes.io/topology-mode: Auto", undefined],
  ["service.kubernetes.io/topology-aware-hints: auto", undefined],
  ["service.kubernetes.io/topology-mode: Disabled", ["zone-a"]],
])("a Service's trafficDistribution gives way to its annotation: {%s}", (annotations, hints) => {
  const text = selecting()
    .replace("spec: {", "spec: {trafficDistribution: PreferClose, ")
    .replace("{name: web}", `{name: web, annotations: {${annotations}}}`);
  const [entry] = resolve(text + running).servicePorts;
  expect(entry!.endpoints.map(({ zoneHints }) => zoneHints)).toEqual([hints]);
});

test("getEndpointPorts: a port's appProtocol goes with it", () => {
  const text = selecting("{name: a, port: 80, appProtocol: h2c}, {name: b, port: 81}") + running;
  const [ports] = resolve(text)
    .slices.filter(({ serviceName }) => serviceName === "web")
    .map((one) => one.ports.map(({ name, appProtocol }) => [name, appProtocol]));
  expect(ports).toEqual([
    ["a", "h2c"],
    ["b", undefined],
  ]);
});
