import { readFileSync } from "node:fs";
import { join } from "node:path";
import { recordedClusters } from "../tracer/recorded-clusters.ts";
import type { LabCluster } from "./clusters.ts";

/** A Deployment of an HTTP server and a client that is no endpoint of anything. */
const web = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: registry.example/web:1
        ports: [{containerPort: 8080, name: http}, {containerPort: 5353, protocol: UDP}, {containerPort: 3868, protocol: SCTP}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: client}
spec:
  selector: {matchLabels: {app: client}}
  template:
    metadata: {labels: {app: client}}
    spec: {containers: [{name: client, image: registry.example/client:1, ports: [{containerPort: 9}]}]}
`;

function service(name: string, spec: string, ports = "[{port: 80, targetPort: 8080}]"): string {
  return `---
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec:
  selector: {app: web}
  ports: ${ports}
${spec
  .split("\n")
  .map((line) => `  ${line}`)
  .join("\n")}
`;
}

const everyType = [
  service("inside", "type: ClusterIP"),
  service("ports", "type: NodePort"),
  service("local", "type: LoadBalancer\nexternalTrafficPolicy: Local\nhealthCheckNodePort: 32100"),
  service("near", "internalTrafficPolicy: Local"),
  service("outer", "externalIPs: [198.51.100.9]"),
].join("");

const datagrams = service(
  "datagrams",
  "type: NodePort",
  "[{name: dns, port: 53, targetPort: 5353, protocol: UDP}, {name: sig, port: 3868, protocol: SCTP}]",
);

const affinity = [
  service("sticky", "type: NodePort\nsessionAffinity: ClientIP"),
  service("sticky-local", "type: NodePort\nsessionAffinity: ClientIP\nexternalTrafficPolicy: Local"),
].join("");

const nothing = [
  `---
apiVersion: v1
kind: Service
metadata: {name: nobody}
spec: {type: NodePort, selector: {app: nobody}, ports: [{port: 80}], externalIPs: [198.51.100.10]}
`,
  service("named", "type: NodePort", "[{port: 80, targetPort: absent}]"),
].join("");

/** Clusters made for the lab, each for something that the recorded ones lack. */
const ownClusters: readonly LabCluster[] = [
  { name: "every type", manifests: web + everyType },
  { name: "UDP and SCTP", manifests: web + datagrams },
  { name: "session affinity", manifests: web + affinity },
  { name: "no endpoints", manifests: web + nothing },
  { name: "pods on links of their own", manifests: web + everyType, network: { podLinks: "point-to-point" } },
  { name: "masqueradeAll", manifests: web + everyType, config: { masqueradeAll: true, masqueradeBit: 20 } },
  { name: "no local detector", manifests: web + everyType, config: { localDetector: { kind: "none" } } },
  {
    name: "pods known by their bridge",
    manifests: web + everyType,
    config: { localDetector: { kind: "bridge-interface", name: "cni0" } },
    network: { podInterface: "cni0" },
  },
  {
    name: "pods known by their interface",
    manifests: web + everyType,
    config: { localDetector: { kind: "interface-name-prefix", prefix: "cali" } },
    network: { podLinks: "point-to-point", podInterface: "cali" },
  },
  { name: "no localhost node ports", manifests: web + everyType, config: { localhostNodePorts: false } },
  {
    name: "node ports on one network",
    manifests: web + everyType,
    config: { nodePortAddresses: ["192.168.49.0/24"] },
  },
  { name: "kube-proxy 1.22", manifests: web + everyType + affinity, config: { release: "1.22" } },
  { name: "kube-proxy 1.17", manifests: web + everyType, config: { release: "1.17" } },
  {
    name: "IPv6",
    manifests:
      web +
      (everyType + datagrams)
        .replaceAll("spec:\n  selector", "spec:\n  ipFamilyPolicy: RequireDualStack\n  selector")
        .replace("198.51.100.9", '"2001:db8::9"'),
    family: 6,
    dualStack: true,
  },
];

/** The clusters whose packets were recorded: here their rules are those that we render, and the kernel is this one. */
const renderedClusters: readonly LabCluster[] = recordedClusters.map((name) => ({
  name: `rendered ${name}`,
  manifests: readFileSync(
    join(__dirname, "../../fixtures/conformance/packets", name, "cluster.yaml"),
    "utf8",
  ),
}));

export const labClusters: readonly LabCluster[] = [...ownClusters, ...renderedClusters];
