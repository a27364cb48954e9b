/**
 * Inputs of the bench, the same bytes on every machine. They are written as their authors' tools write them
 * (`kubectl get -o json` with four spaces, manifests with two), so that reading them costs what reading real ones
 * costs.
 */

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, "0");
}

/** A Deployment of three replicas and its Service, as an author writes them: about 590 bytes. */
function deploymentAndService(index: number): string {
  const name = `app-${pad(index, 5)}`;
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: shop
  labels:
    app: ${name}
spec:
  replicas: 3
  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
    spec:
      containers:
        - name: server
          image: registry.example/${name}:1.4.2
          ports:
            - name: http
              containerPort: 8080
---
apiVersion: v1
kind: Service
metadata:
  name: ${name}
  namespace: shop
spec:
  selector:
    app: ${name}
  ports:
    - name: http
      port: 80
      targetPort: http
---
`;
}

/** YAML of that many Deployments and as many Services. */
export function manifestsYaml(count: number): string {
  const parts: string[] = [];
  for (let index = 0; index < count; index++) parts.push(deploymentAndService(index));
  return parts.join("");
}

/** The same objects as items of one List, as `kubectl get deployments,services -o yaml` prints them. */
export function manifestsList(count: number): string {
  const parts = ["apiVersion: v1\nitems:\n"];
  for (const document of manifestsYaml(count).split("---\n")) {
    if (document === "") continue;
    const lines = document.trimEnd().split("\n");
    parts.push(lines.map((line, i) => `${i === 0 ? "- " : "  "}${line}\n`).join(""));
  }
  parts.push('kind: List\nmetadata:\n  resourceVersion: ""\n');
  return parts.join("");
}

/** How big a cluster is; endpoints are spread over Services and nodes evenly. */
export interface ClusterSize {
  readonly services: number;
  readonly endpointsEach: number;
  readonly nodes: number;
}

/** The cluster of the kube-proxy studies: 5,000 Services, 250,000 endpoints, 1,000 nodes of 250 pods. */
export const bigCluster: ClusterSize = { services: 5000, endpointsEach: 50, nodes: 1000 };

function nodeName(node: number): string {
  return `node-${pad(node, 4)}`;
}

function podAddress(size: ClusterSize, endpoint: number): { readonly ip: string; readonly node: number } {
  const node = endpoint % size.nodes;
  const place = Math.floor(endpoint / size.nodes);
  return { ip: `10.${128 + (node >> 8)}.${node & 255}.${place + 2}`, node };
}

function clusterIp(service: number): string {
  return `10.96.${(service + 256) >> 8}.${service & 255}`;
}

function nodeObject(node: number) {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { labels: { "kubernetes.io/hostname": nodeName(node) }, name: nodeName(node) },
    spec: {
      podCIDR: `10.${128 + (node >> 8)}.${node & 255}.0/24`,
      podCIDRs: [`10.${128 + (node >> 8)}.${node & 255}.0/24`],
    },
    status: {
      addresses: [
        { address: `172.16.${node >> 8}.${node & 255}`, type: "InternalIP" },
        { address: nodeName(node), type: "Hostname" },
      ],
      conditions: [{ status: "True", type: "Ready" }],
    },
  };
}

function serviceObject(service: number) {
  const name = `svc-${pad(service, 5)}`;
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { creationTimestamp: "2025-01-01T00:00:00Z", name, namespace: "shop" },
    spec: {
      clusterIP: clusterIp(service),
      clusterIPs: [clusterIp(service)],
      internalTrafficPolicy: "Cluster",
      ipFamilies: ["IPv4"],
      ipFamilyPolicy: "SingleStack",
      ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: 8080 }],
      selector: { app: name },
      sessionAffinity: "None",
      type: "ClusterIP",
    },
    status: { loadBalancer: {} },
  };
}

/** Most endpoints that the controller puts into one slice. */
const sliceSize = 100;

function sliceObjects(size: ClusterSize, service: number) {
  const name = `svc-${pad(service, 5)}`;
  const slices = [];
  for (let first = 0; first < size.endpointsEach; first += sliceSize) {
    const endpoints = [];
    for (let i = first; i < Math.min(first + sliceSize, size.endpointsEach); i++) {
      const { ip, node } = podAddress(size, service * size.endpointsEach + i);
      endpoints.push({
        addresses: [ip],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName: nodeName(node),
        targetRef: { kind: "Pod", name: `${name}-7d4b9c6f8-${pad(i, 5)}`, namespace: "shop" },
      });
    }
    slices.push({
      addressType: "IPv4",
      apiVersion: "discovery.k8s.io/v1",
      endpoints,
      kind: "EndpointSlice",
      metadata: {
        creationTimestamp: "2025-01-01T00:00:00Z",
        labels: {
          "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
          "kubernetes.io/service-name": name,
        },
        name: `${name}-${pad(first / sliceSize, 5)}`,
        namespace: "shop",
      },
      ports: [{ name: "http", port: 8080, protocol: "TCP" }],
    });
  }
  return slices;
}

function* clusterObjects(size: ClusterSize): Generator<object> {
  for (let node = 0; node < size.nodes; node++) yield nodeObject(node);
  for (let service = 0; service < size.services; service++) yield serviceObject(service);
  for (let service = 0; service < size.services; service++) yield* sliceObjects(size, service);
}

/** `kubectl get nodes,services,endpointslices -A -o json` of such a cluster, piece by piece. */
export function* clusterJson(size: ClusterSize): Generator<string> {
  yield '{\n    "apiVersion": "v1",\n    "items": [';
  let separator = "\n";
  for (const object of clusterObjects(size)) {
    yield `${separator}        ${JSON.stringify(object, null, 4).replaceAll("\n", "\n        ")}`;
    separator = ",\n";
  }
  yield '\n    ],\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n';
}

/** The same as YAML, as `kubectl get -o yaml` writes it. */
export function* clusterYaml(size: ClusterSize): Generator<string> {
  yield "apiVersion: v1\nitems:\n";
  for (const object of clusterObjects(size)) yield `- ${yamlOf(object, 1).trimStart()}`;
  yield 'kind: List\nmetadata:\n  resourceVersion: ""\n';
}

/** Block YAML of what the generator makes: objects, arrays, booleans, numbers and texts that need no quotes or few. */
function yamlOf(value: object, depth: number): string {
  const indent = "  ".repeat(depth);
  let text = "";
  for (const [key, item] of Object.entries(value) as [string, unknown][]) {
    if (Array.isArray(item)) {
      const entries = item.map((each: unknown) =>
        typeof each === "object" && each !== null
          ? `${indent}- ${yamlOf(each, depth + 1).trimStart()}`
          : `${indent}- ${scalar(each)}\n`,
      );
      text += `${indent}${key}:\n${entries.join("")}`;
    } else if (typeof item === "object" && item !== null) {
      text +=
        Object.keys(item).length === 0
          ? `${indent}${key}: {}\n`
          : `${indent}${key}:\n${yamlOf(item, depth + 1)}`;
    } else text += `${indent}${key}: ${scalar(item)}\n`;
  }
  return text;
}

function scalar(value: unknown): string {
  return typeof value === "string" &&
    /^(?:true|false|\d{4}-.*|[\d.]+)$/i.test(value) &&
    !/^\d+\.\d+\.\d+/.test(value)
    ? `"${value}"`
    : String(value);
}

const mark = "-m comment --comment";

/**
 * An `iptables-save` of the nat table of a node in a cluster of that size, as kube-proxy's rules come out of a
 * kernel: about four lines an endpoint. Chain names are numbers, not hashes: the text alone is measured.
 */
export function* dump(size: ClusterSize): Generator<string> {
  yield "# Generated by iptables-save v1.8.11 (nf_tables) on Sat Nov  1 12:00:00 2025\n*nat\n";
  for (const chain of ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"]) yield `:${chain} ACCEPT [0:0]\n`;
  for (const chain of ["MARK-MASQ", "NODEPORTS", "POSTROUTING", "SERVICES"]) yield `:KUBE-${chain} - [0:0]\n`;
  const all = size.services * size.endpointsEach;
  for (let i = 0; i < all; i++) yield `:KUBE-SEP-${pad(i, 16)} - [0:0]\n`;
  for (let i = 0; i < size.services; i++) yield `:KUBE-SVC-${pad(i, 16)} - [0:0]\n`;
  yield `-A PREROUTING ${mark} "kubernetes service portals" -j KUBE-SERVICES\n`;
  yield `-A OUTPUT ${mark} "kubernetes service portals" -j KUBE-SERVICES\n`;
  yield `-A POSTROUTING ${mark} "kubernetes postrouting rules" -j KUBE-POSTROUTING\n`;
  yield "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000\n";
  yield "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN\n";
  yield "-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0\n";
  yield `-A KUBE-POSTROUTING ${mark} "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully\n`;
  for (let i = 0; i < all; i++) {
    const service = `shop/svc-${pad(Math.floor(i / size.endpointsEach), 5)}:http`;
    const { ip } = podAddress(size, i);
    const chain = `-A KUBE-SEP-${pad(i, 16)}`;
    yield `${chain} -s ${ip}/32 ${mark} "${service}" -j KUBE-MARK-MASQ\n${chain} -p tcp ${mark} "${service}" -m tcp -j DNAT --to-destination ${ip}:8080\n`;
  }
  for (let i = 0; i < size.services; i++) {
    yield `-A KUBE-SERVICES -d ${clusterIp(i)}/32 -p tcp ${mark} "shop/svc-${pad(i, 5)}:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-${pad(i, 16)}\n`;
  }
  yield `-A KUBE-SERVICES ${mark} "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS\n`;
  for (let i = 0; i < size.services; i++) yield* serviceChain(size, i);
  yield "COMMIT\n# Completed on Sat Nov  1 12:00:00 2025\n";
}

function* serviceChain(size: ClusterSize, service: number): Generator<string> {
  const chain = `-A KUBE-SVC-${pad(service, 16)}`;
  const name = `shop/svc-${pad(service, 5)}:http`;
  yield `${chain} ! -s 10.128.0.0/10 -d ${clusterIp(service)}/32 -p tcp ${mark} "${name} cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ\n`;
  for (let i = 0; i < size.endpointsEach; i++) {
    const { ip } = podAddress(size, service * size.endpointsEach + i);
    const left = size.endpointsEach - i;
    // The kernel's threshold is a whole number of 1/2^31, printed with eleven decimals.
    const probability = (Math.round(2 ** 31 / left) / 2 ** 31).toFixed(11);
    const statistic = left === 1 ? "" : ` -m statistic --mode random --probability ${probability}`;
    yield `${chain} ${mark} "${name} -> ${ip}:8080"${statistic} -j KUBE-SEP-${pad(service * size.endpointsEach + i, 16)}\n`;
  }
}
