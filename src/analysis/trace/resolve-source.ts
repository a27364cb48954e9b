import type { ClusterModel, Node, Pod, Service } from "../../cluster/model.ts";
import { usageError } from "../../diagnostics/diagnostic.ts";
import type { ResolvedEndpoints } from "../../endpoints/model.ts";
import { canonicalIp, cidrAddress, cidrContains, familyOf, type IpFamily, isIp } from "../../net/ip.ts";
import { findNode, findPod, findWorkloadPod, nearestName } from "./names.ts";
import type { TraceSource } from "./request.ts";

export interface SourceContext {
  readonly cluster: ClusterModel;
  readonly endpoints: ResolvedEndpoints;
  readonly family: IpFamily;
  /** Where names without a namespace are looked for first. */
  readonly namespace: string;
  /** The namespace was asked for: names are looked for nowhere else. */
  readonly namespaceAsked?: boolean;
  /** There are dumps and no manifests: the sockets that their rules send to are all that is known of addresses. */
  readonly socketsOfDumps?: readonly string[];
}

/** `deploy/NAME` and the like: any word names a workload of any kind. */
export const workloadWords =
  /^(?:deploy|deployment|deployments|sts|statefulset|ds|daemonset|rs|replicaset|rc|job|cronjob|workload)\//;

/**
 * Who sends: `pod/NAME`, `deploy/NAME`, `node/NAME`, an address, `external`.
 * @throws InputError for a name that does not exist, or an address that is no host's
 */
export function resolveSource(who: string, context: SourceContext): TraceSource {
  const { cluster, namespace } = context;
  if (who === "external" || who === "internet" || who === "outside") return external();
  if (isIp(who)) return sourceOfAddress(canonicalIp(who), context);
  const pod = /^(?:pod|pods|po)\/(.+)$/.exec(who);
  if (pod !== null) return sourceOfPod(findPod(cluster, pod[1]!, namespace));
  const node = /^(?:node|nodes|no)\/(.+)$/.exec(who);
  if (node !== null) return sourceOfNode(findNode(cluster, node[1]!));
  if (workloadWords.test(who)) {
    return sourceOfPod(findWorkloadPod(cluster, who.slice(who.indexOf("/") + 1), namespace));
  }
  const known = cluster.nodes.find((candidate) => candidate.name === who);
  if (known !== undefined) return sourceOfNode(known);
  if (/^(?:svc|service|services)\//.test(who)) {
    throw usageError(
      "unknown-source",
      `${who} is a Service, and packets come from pods`,
      "--from deploy/NAME is one of the workload's pods, --from pod/NAME this very one",
    );
  }
  if (!who.includes("/")) throw nobody(who, cluster);
  return sourceOfPod(findPod(cluster, who, namespace));
}

function nobody(who: string, cluster: ClusterModel): Error {
  const names = [...cluster.workloads, ...cluster.pods].map((at) => at.name);
  const near = nearestName(who, names);
  const workload = cluster.workloads.find(({ name }) => name === near);
  const word = workload === undefined ? "pod" : workload.kind === "Deployment" ? "deploy" : "workload";
  return usageError(
    "unknown-source",
    `"${who}" is nobody that could send a packet`,
    near === undefined
      ? "pod/NAME, deploy/NAME, node/NAME, an address, or external"
      : `did you mean ${word}/${near}?`,
  );
}

function external(address?: string): TraceSource {
  const fixed = address === undefined ? {} : { address };
  return { kind: "external", label: "external", host: "external", imagined: false, ...fixed };
}

/** @throws InputError for a pod without node or address */
export function sourceOfPod(pod: Pod, imagined = false): TraceSource {
  const label = `pod/${pod.namespace}/${pod.name}`;
  if (pod.nodeName === undefined || pod.ips.length === 0) {
    throw usageError("pod-without-address", `${label} has no node or no address, so it sends nothing`);
  }
  const host = pod.hostNetwork ? pod.nodeName : label;
  return { kind: pod.hostNetwork ? "node" : "pod", label, host, pod, imagined };
}

export function sourceOfNode(node: Node): TraceSource {
  return { kind: "node", label: `node/${node.name}`, host: node.name, node, imagined: false };
}

function sourceOfAddress(address: string, context: SourceContext): TraceSource {
  const { cluster } = context;
  const pod = cluster.pods.find((candidate) => candidate.ips.includes(address) && !candidate.hostNetwork);
  if (pod !== undefined) return sourceOfPod(pod);
  const node = cluster.nodes.find((candidate) => candidate.internalIps.includes(address));
  if (node !== undefined) return sourceOfNode(node);
  // Nobody that the input knows, but of a node's pods: taken for a pod of that node.
  const home = cluster.nodes.find((candidate) =>
    candidate.podCidrs.some((cidr) => cidrContains(cidr, address) && cidrAddress(cidr, 1) !== address),
  );
  if (home !== undefined) {
    const imagined = sourceOfPod(podWithAddress(context.namespace, home, address), true);
    const imaginedFor = `no pod of the input has ${address}: it is taken for one on ${home.name}`;
    return { ...imagined, imaginedFor };
  }
  return external(address);
}

/** Addresses of everything behind a Service. */
function endpointAddresses(endpoints: ResolvedEndpoints, service: Service | undefined): Set<string> {
  const addresses = new Set<string>();
  for (const group of endpoints.servicePorts) {
    if (group.service !== service) continue;
    for (const endpoint of group.endpoints) addresses.add(endpoint.ip);
  }
  return addresses;
}

/**
 * A pod to send from when nobody says which: one that is no endpoint of the Service, of the Service's namespace if
 * possible and never of kube-system; else an imagined one on the first node.
 * @param home the only namespace that it may be of
 * @param targets where the packet goes to: a pod does not send to itself
 */
export function defaultSource(
  service: Service | undefined,
  context: SourceContext,
  home?: string,
  targets: readonly string[] = [],
): TraceSource {
  const { cluster, endpoints, family } = context;
  const taken = endpointAddresses(endpoints, service);
  for (const address of targets) taken.add(address);
  const fit = cluster.pods.filter(
    (pod) =>
      !pod.hostNetwork &&
      pod.phase === "Running" &&
      !pod.terminating &&
      pod.nodeName !== undefined &&
      (home === undefined ? pod.namespace !== "kube-system" : pod.namespace === home) &&
      pod.ips.some((ip) => familyOf(ip) === family) &&
      !pod.ips.some((ip) => taken.has(ip)),
  );
  const near = fit.find((pod) => pod.namespace === service?.namespace) ?? fit[0];
  if (near !== undefined) return sourceOfPod(near);
  const imagined = imaginePod(home ?? service?.namespace ?? context.namespace, context);
  if (imagined === undefined) return sourceOfNode(firstNode(cluster));
  const source = sourceOfPod(imagined, true);
  if (home === undefined) return source;
  return { ...source, imaginedFor: `${source.label} is imagined: no other pod of the input is in ${home}` };
}

function firstNode(cluster: ClusterModel): Node {
  const [node] = cluster.nodes;
  if (node === undefined) throw usageError("no-node", "the input has no node", "--nodes N simulates some");
  return node;
}

/** A pod named `client` on the first node, at the first address of its range that is free. */
function imaginePod(namespace: string, context: SourceContext): Pod | undefined {
  const { cluster, endpoints, family, socketsOfDumps = [] } = context;
  const node = cluster.nodes.find((candidate) => candidate.podCidrs.some((cidr) => cidr.family === family));
  const network = node?.podCidrs.find((cidr) => cidr.family === family);
  if (node === undefined || network === undefined) return undefined;
  const behind = endpoints.servicePorts.flatMap((group) => group.endpoints.map((endpoint) => endpoint.ip));
  const dumped = socketsOfDumps.map((socket) => socket.replace(/:\d+$/, "").replace(/^\[|\]$/g, ""));
  const taken = new Set([...cluster.pods.flatMap((pod) => pod.ips), ...behind, ...dumped]);
  let offset = 2;
  while (taken.has(cidrAddress(network, offset))) offset++;
  return podWithAddress(namespace, node, cidrAddress(network, offset));
}

/** A pod that the input does not have. */
function podWithAddress(namespace: string, node: Node, address: string): Pod {
  return {
    namespace,
    name: "client",
    labels: {},
    nodeName: node.name,
    ips: [address],
    ipSimulated: true,
    hostNetwork: false,
    ports: [],
    phase: "Running",
    ready: true,
    terminating: false,
    simulated: true,
  };
}
