import type { LabCluster } from "./clusters.ts";
import type { Random } from "./random-rules.ts";

/**
 * Clusters with what kube-proxy's rules depend on thrown together: policies, affinity, source ranges, external
 * addresses, endpoints that are unready, terminating, on the host network or stated by a slice.
 */

interface Made {
  readonly nodes: readonly string[];
  readonly address: (node: number) => string;
}

const apps = ["red", "green", "blue"];

function nodeManifest(name: string, address: string, network: string): string {
  return `---
apiVersion: v1
kind: Node
metadata: {name: ${name}, labels: {topology.kubernetes.io/zone: zone-${name.slice(-1)}}}
spec: {podCIDR: ${network}, podCIDRs: [${network}]}
status: {addresses: [{type: InternalIP, address: "${address}"}, {type: Hostname, address: ${name}}]}
`;
}

function podManifest(
  random: Random,
  name: string,
  app: string,
  node: string,
  ip: string,
  host: boolean,
): string {
  const isUnready = random.chance(20);
  const terminating = random.chance(15)
    ? ", deletionTimestamp: 2026-01-01T00:00:00Z, deletionGracePeriodSeconds: 30"
    : "";
  // Pods on the host network have ports of their own: two of them on a node share its addresses.
  const [tcp, udp, sctp] = host
    ? [18080 + apps.indexOf(app), 15353 + apps.indexOf(app), 13868]
    : [8080, 5353, 3868];
  return `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${app}}${terminating}}
spec:
  nodeName: ${node}
  hostNetwork: ${host}
  containers:
  - name: c
    image: registry.example/c:1
    ports: [{name: web, containerPort: ${tcp}}, {name: dns, containerPort: ${udp}, protocol: UDP}, {name: sig, containerPort: ${sctp}, protocol: SCTP}]
status: {phase: Running, podIP: "${ip}", podIPs: [{ip: "${ip}"}], conditions: [{type: Ready, status: "${isUnready ? "False" : "True"}"}]}
`;
}

function portsText(random: Random, nodePort: number | undefined): string {
  const all = [
    "name: web, port: 80, targetPort: web",
    "name: dns, port: 53, targetPort: dns, protocol: UDP",
    "name: sig, port: 3868, targetPort: sig, protocol: SCTP",
    // The same number as another port's, with another protocol.
    "name: datagrams, port: 80, targetPort: dns, protocol: UDP",
  ];
  const chosen = all.filter((_, at) => at === 0 || random.chance(35));
  return chosen
    .map((text, at) => `  - {${text}${nodePort === undefined ? "" : `, nodePort: ${nodePort + at}`}}`)
    .join("\n");
}

const ranges4 = [
  "0.0.0.0/0",
  "192.168.49.0/24",
  "192.168.49.250/32",
  "10.244.1.0/24",
  "203.0.113.0/24",
  "192.168.49.2/32",
];
const ranges6 = [
  "::/0",
  "fd00:49::/64",
  "fd00:49::fa/128",
  "fd00:10:244:1::/64",
  "2001:db8:1::/64",
  "fd00:49::2/128",
];

function serviceManifest(random: Random, at: number, made: Made, isIpv6: boolean): string {
  const type = random.pick(["ClusterIP", "NodePort", "LoadBalancer", "LoadBalancer"]);
  const hasNodePorts = type !== "ClusterIP" && !(type === "LoadBalancer" && random.chance(20));
  const lines = [
    `  type: ${type}`,
    ...(isIpv6 ? ["  ipFamilies: [IPv6]", "  ipFamilyPolicy: SingleStack"] : []),
    `  selector: {app: ${random.chance(10) ? "nobody" : random.pick(apps)}}`,
    ...(type === "LoadBalancer" && !hasNodePorts ? ["  allocateLoadBalancerNodePorts: false"] : []),
    ...(random.chance(30) ? ["  internalTrafficPolicy: Local"] : []),
    ...(random.chance(25) ? ["  sessionAffinity: ClientIP"] : []),
    ...(random.chance(15) ? ["  publishNotReadyAddresses: true"] : []),
  ];
  const externals = random.chance(35)
    ? [
        isIpv6 ? `2001:db8:9::${at + 1}` : `198.51.100.${at + 1}`,
        ...(random.chance(15) ? [made.address(0)] : []),
      ]
    : [];
  if (externals.length > 0) lines.push(`  externalIPs: [${externals.map((ip) => `"${ip}"`).join(", ")}]`);
  const isExternal = type !== "ClusterIP" || externals.length > 0;
  if (isExternal && random.chance(45)) {
    lines.push("  externalTrafficPolicy: Local");
    if (type === "LoadBalancer") lines.push(`  healthCheckNodePort: ${32000 + at}`);
  }
  if (type === "LoadBalancer" && random.chance(50)) {
    const ranges = isIpv6 ? ranges6 : ranges4;
    const chosen = [random.pick(ranges), ...(random.chance(50) ? [random.pick(ranges)] : [])];
    lines.push(
      `  loadBalancerSourceRanges: [${[...new Set(chosen)].map((range) => `"${range}"`).join(", ")}]`,
    );
  }
  const vip = isIpv6 ? `2001:db8:20::${at + 1}` : `203.0.113.${20 + at}`;
  const mode = random.chance(20) ? ", ipMode: Proxy" : "";
  const status =
    type === "LoadBalancer" && random.chance(85)
      ? `status: {loadBalancer: {ingress: [{ip: "${vip}"${mode}}]}}\n`
      : "";
  return `---
apiVersion: v1
kind: Service
metadata: {name: s${at}}
spec:
${lines.join("\n")}
  ports:
${portsText(random, hasNodePorts ? 30100 + 10 * at : undefined)}
${status}`;
}

/** A Service without selector whose slice names the outside, a node, or nobody. */
function sliceManifest(random: Random, made: Made, isIpv6: boolean): string {
  const outside = isIpv6 ? "fd00:49::fa" : "192.168.49.250";
  const address = random.pick([outside, made.address(1), isIpv6 ? "fd00:10:244:1::77" : "10.244.1.77"]);
  return `---
apiVersion: v1
kind: Service
metadata: {name: elsewhere}
spec: {type: NodePort, ${isIpv6 ? "ipFamilies: [IPv6], ipFamilyPolicy: SingleStack, " : ""}ports: [{port: 80, targetPort: 8088, nodePort: 30099}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: elsewhere-1, labels: {kubernetes.io/service-name: elsewhere}}
addressType: IPv${isIpv6 ? 6 : 4}
ports: [{port: 8088, protocol: TCP, name: ""}]
endpoints: [{addresses: ["${address}"], conditions: {ready: true}}]
`;
}

function configOf(random: Random, isIpv6: boolean): LabCluster["config"] {
  const wire = isIpv6 ? "fd00:49::/64" : "192.168.49.0/24";
  const choices: readonly LabCluster["config"][] = [
    {},
    {},
    {},
    { masqueradeAll: true },
    { localhostNodePorts: false },
    { nodePortAddresses: [wire] },
    { localDetector: { kind: "none" } },
    { release: "1.28" },
    { release: "1.24" },
  ];
  return random.pick(choices);
}

/** A cluster of two or three nodes. */
export function randomCluster(random: Random, name: string): LabCluster {
  const isIpv6 = random.chance(25);
  const count = 2 + random.below(2);
  const nodes = Array.from({ length: count }, (_, at) => `node-${at + 1}`);
  const address = (at: number): string => (isIpv6 ? `fd00:49::${at + 2}` : `192.168.49.${at + 2}`);
  const network = (at: number): string => (isIpv6 ? `fd00:10:244:${at}::/64` : `10.244.${at}.0/24`);
  const podAddress = (at: number, place: number): string =>
    isIpv6 ? `fd00:10:244:${at}::${place.toString(16)}` : `10.244.${at}.${place}`;
  const made: Made = { nodes, address };
  const pods: string[] = [];
  for (const app of apps) {
    const replicas = random.below(4);
    for (let at = 0; at < replicas; at++) {
      const node = random.below(count);
      const host = at === 0 && random.chance(20);
      const ip = host ? address(node) : podAddress(node, 10 + pods.length);
      pods.push(podManifest(random, `${app}-${at}`, app, nodes[node]!, ip, host));
    }
  }
  const home = random.below(count);
  pods.push(podManifest(random, "client", "client", nodes[home]!, podAddress(home, 9), false));
  const services = Array.from({ length: 3 + random.below(3) }, (_, at) =>
    serviceManifest(random, at, made, isIpv6),
  );
  const manifests = [
    ...nodes.map((node, at) => nodeManifest(node, address(at), network(at))),
    ...pods,
    ...services,
    ...(random.chance(40) ? [sliceManifest(random, made, isIpv6)] : []),
  ].join("");
  const config = configOf(random, isIpv6);
  return {
    name,
    manifests,
    ...(isIpv6 ? { family: 6 as const, dualStack: true } : {}),
    ...(config === undefined ? {} : { config }),
  };
}
