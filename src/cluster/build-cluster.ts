import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Loaded, LoadedObject, Manifests } from "../manifests/objects.ts";
import { cidrAddress, familyOf, type IpFamily } from "../net/ip.ts";
import { matchesLabels } from "./labels.ts";
import type { ClusterModel, ClusterRanges, Node, Service, Workload } from "./model.ts";
import {
  minikubeNodeName,
  nodeNetwork,
  simulatedNodeAddress,
  simulateNode,
} from "./nodes/simulated-nodes.ts";
import { buildStatedNode, statedPodCidrs } from "./nodes/stated-node.ts";
import type { ClusterOptions } from "./options.ts";
import { type AddressClaim, allocatePodIps } from "./pods/allocate-pod-ips.ts";
import type { PodDraft } from "./pods/pod-parts.ts";
import { constraintsOf, selectsNode, toleratesNode } from "./pods/scheduling.ts";
import { buildStatedPod, isObserved } from "./pods/stated-pod.ts";
import { type PlannedPod, planPod, revisionOf, workloadSpec } from "./pods/workload-pods.ts";
import {
  defaultNodePorts,
  inferClusterCidr,
  inferServiceCidr,
  parseCidrs,
  type StatedAddress,
} from "./ranges.ts";
import { allocateClusterIps, allocateNodePorts } from "./services/allocate-addresses.ts";
import { buildService, type ServiceDraft, statedClusterIps } from "./services/build-service.ts";
import { dnsSelector, kubeDnsService, kubernetesService } from "./services/own-services.ts";
import { autoscaledReplicas, buildWorkload } from "./workloads.ts";

type OfRole<Role extends LoadedObject["role"]> = Extract<LoadedObject, { role: Role }>;

function ofRole<Role extends LoadedObject["role"]>(
  objects: readonly LoadedObject[],
  role: Role,
): OfRole<Role>[] {
  return objects.filter((loaded): loaded is OfRole<Role> => loaded.role === role);
}

export interface ClusterAnswer {
  readonly cluster: ClusterModel;
  readonly diagnostics: readonly Diagnostic[];
}

/** The cluster that the objects of the input would make, with what they leave open simulated. */
export function buildCluster(manifests: Manifests, options: ClusterOptions): ClusterAnswer {
  const diagnostics: Diagnostic[] = [];
  const { objects } = manifests;
  const namespaceOf = (loaded: LoadedObject): string => loaded.namespace ?? options.defaultNamespace;
  const others = ofRole(objects, "other");
  const ranges = decideRanges(objects, options, namespaceOf, diagnostics);
  const families = ranges.serviceCidrs.map(({ family }) => family);
  const nodes = buildNodes(ofRole(objects, "node"), ranges, families, options);
  const autoscaled = autoscaledReplicas(others, namespaceOf);
  const workloads = ofRole(objects, "workload").map((loaded) =>
    buildWorkload(loaded, namespaceOf(loaded), autoscaled),
  );
  const services = buildServices(
    ofRole(objects, "service"),
    namespaceOf,
    ranges,
    families,
    nodes,
    options,
    diagnostics,
  );
  const pods = buildPods(ofRole(objects, "pod"), workloads, nodes, families, namespaceOf, services);
  const cluster: ClusterModel = {
    nodes,
    services,
    pods,
    workloads,
    statedSlices: ofRole(objects, "endpointslice"),
    statedEndpoints: ofRole(objects, "endpoints"),
    ranges,
    defaultNamespace: options.defaultNamespace,
    namespaces: namespacesOf(objects, namespaceOf),
    others,
    dnsDomain: "cluster.local",
    provenance: {
      simulated: {
        clusterIps: services.filter((service) => service.clusterIpSimulated).length,
        podIps: pods.filter((pod) => pod.ipSimulated && pod.ips.length > 0).length,
        nodes: nodes.filter((node) => node.simulated).length,
      },
      stated: {
        clusterIps: services.filter(
          (service) =>
            !service.clusterIpSimulated && service.clusterIps.length > 0 && service.clusterIps[0] !== "None",
        ).length,
        podIps: pods.filter((pod) => !pod.ipSimulated && pod.ips.length > 0).length,
        nodes: nodes.filter((node) => !node.simulated).length,
      },
    },
  };
  return { cluster, diagnostics };
}

function namespacesOf(
  objects: readonly LoadedObject[],
  namespaceOf: (loaded: LoadedObject) => string,
): string[] {
  const names = new Set(["default", "kube-system"]);
  for (const loaded of objects) {
    if (loaded.kind === "Namespace") names.add(loaded.name);
    else if (loaded.role !== "node" && loaded.role !== "other") names.add(namespaceOf(loaded));
  }
  return [...names];
}

function decideRanges(
  objects: readonly LoadedObject[],
  options: ClusterOptions,
  namespaceOf: (loaded: LoadedObject) => string,
  diagnostics: Diagnostic[],
): ClusterRanges {
  const statedServices = ofRole(objects, "service").flatMap((loaded) =>
    statedClusterIps(loaded.object.spec)
      .filter((ip) => ip !== "None")
      .map(
        (address): StatedAddress => ({
          address,
          owner: `${namespaceOf(loaded)}/${loaded.name}`,
          range: () => loaded.source.range(["spec", "clusterIP"]),
        }),
      ),
  );
  const statedPods = ofRole(objects, "pod").flatMap((loaded) =>
    loaded.object.spec.hostNetwork || loaded.object.status?.podIP === undefined
      ? []
      : [
          {
            address: loaded.object.status.podIP,
            owner: `${namespaceOf(loaded)}/${loaded.name}`,
            range: () => loaded.source.range(["status", "podIP"]),
          },
        ],
  );
  const nodeNetworks = ofRole(objects, "node").flatMap((loaded) => statedPodCidrs(loaded.object));
  const families: IpFamily[] = nodeNetworks.some(({ family }) => family === 6) ? [4, 6] : [4];
  const serviceCidrs =
    (options.serviceCidrs && parseCidrs(options.serviceCidrs)) ??
    families.map((family) => {
      const stated = statedServices.filter(({ address }) => familyOf(address) === family);
      const answer = inferServiceCidr(stated, family);
      diagnostics.push(...answer.diagnostics);
      return answer.cidr;
    });
  const clusterCidrs =
    (options.clusterCidrs && parseCidrs(options.clusterCidrs)) ??
    serviceCidrs.map(({ family }) => {
      const stated = statedPods.filter(({ address }) => familyOf(address) === family);
      const networks = nodeNetworks.filter((cidr) => cidr.family === family);
      const answer = inferClusterCidr(stated, networks, family);
      diagnostics.push(...answer.diagnostics);
      return answer.cidr;
    });
  return { serviceCidrs, clusterCidrs, nodePorts: defaultNodePorts };
}

function buildNodes(
  stated: readonly OfRole<"node">[],
  ranges: ClusterRanges,
  families: readonly IpFamily[],
  options: ClusterOptions,
): Node[] {
  const addresses = (index: number) => families.map((family) => simulatedNodeAddress(index, family));
  const networks = (index: number) => ranges.clusterCidrs.map((cidr) => nodeNetwork(cidr, index));
  if (stated.length > 0) {
    return stated.map((loaded, index) => buildStatedNode(loaded, addresses(index), networks(index)));
  }
  return Array.from({ length: options.simulatedNodes ?? 3 }, (_, index) =>
    simulateNode({ name: minikubeNodeName(index) }, index, networks(index), families),
  );
}

function buildServices(
  stated: readonly OfRole<"service">[],
  namespaceOf: (loaded: LoadedObject) => string,
  ranges: ClusterRanges,
  families: readonly IpFamily[],
  nodes: readonly Node[],
  options: ClusterOptions,
  diagnostics: Diagnostic[],
): Service[] {
  const drafts = stated.map((loaded) => buildService(loaded, namespaceOf(loaded), families));
  const find = (namespace: string, name: string): ServiceDraft | undefined =>
    drafts.find((service) => service.namespace === namespace && service.name === name);
  const first = ranges.serviceCidrs[0]!;
  const apiServerIp = nodes[0]?.internalIps[0];
  const statedKubernetes = find("default", "kubernetes");
  const statedDns = find("kube-system", "kube-dns");
  const simulate = options.clusterServices && statedKubernetes === undefined;
  const kubernetes = simulate
    ? kubernetesService(
        cidrAddress(first, 1),
        first.family,
        apiServerIp === undefined ? undefined : { ip: apiServerIp, port: 8443 },
      )
    : statedKubernetes;
  const dns =
    simulate && statedDns === undefined ? kubeDnsService(cidrAddress(first, 10), first.family) : statedDns;
  const own = [kubernetes, dns].filter((service) => service !== undefined);
  const services = [...own, ...drafts.filter((service) => !own.includes(service))];
  diagnostics.push(...allocateClusterIps(services, ranges, [cidrAddress(first, 1), cidrAddress(first, 10)]));
  diagnostics.push(...allocateNodePorts(services, ranges));
  return services;
}

function eligibleNodes(
  pod: Loaded<"pod", never>["object"] | PlannedPod["spec"],
  nodes: readonly Node[],
): Node[] {
  const constraints = constraintsOf(pod);
  return nodes.filter(
    (node) => !node.unschedulable && selectsNode(constraints, node) && toleratesNode(constraints, node),
  );
}

function buildPods(
  stated: readonly OfRole<"pod">[],
  workloads: readonly Workload[],
  nodes: readonly Node[],
  families: readonly IpFamily[],
  namespaceOf: (loaded: LoadedObject) => string,
  services: readonly Service[],
): PodDraft[] {
  const claims: AddressClaim[] = [];
  const pods: PodDraft[] = [];
  const place = (draft: PodDraft, node: Node | undefined, key: string): void => {
    pods.push(draft);
    if (node === undefined) {
      draft.phase = "Pending";
      draft.ready = false;
      return;
    }
    draft.nodeName = node.name;
    draft.ipSimulated = true;
    if (draft.hostNetwork) {
      draft.ips = node.internalIps;
      draft.ipSimulated = node.simulated;
    } else claims.push({ key, draft, node });
  };
  for (const loaded of stated) {
    const draft = buildStatedPod(loaded, namespaceOf(loaded));
    if (draft.ips.length > 0 || isObserved(loaded.object)) pods.push(draft);
    else {
      const eligible = eligibleNodes(loaded.object.spec, nodes);
      const node =
        nodes.find(({ name }) => name === draft.nodeName) ?? eligible[1 % Math.max(1, eligible.length)];
      place(draft, node, `${draft.namespace}/${draft.name}/0`);
    }
  }
  for (const workload of workloads) {
    const revision = revisionOf(workload);
    const taken = new Set<string>();
    const eligible = eligibleNodes(workloadSpec(workload).template.spec, nodes);
    if (workload.kind === "DaemonSet") {
      for (const node of eligible) {
        const planned = planPod(workload, 0, node.name, revision, taken);
        place(planned.draft, node, planned.key);
      }
      continue;
    }
    const owned = ownedCount(workload, stated, namespaceOf);
    for (let replica = owned; replica < workload.replicas; replica++) {
      const planned = planPod(workload, replica, String(replica), revision, taken);
      place(planned.draft, eligible[(1 + replica) % Math.max(1, eligible.length)], planned.key);
    }
  }
  const dns = services.find((service) => service.simulated && service.name === "kube-dns");
  const node = nodes[0];
  if (dns !== undefined && node !== undefined && !pods.some((pod) => isDnsPod(pod))) {
    pods.unshift(coreDnsPod(node));
  }
  allocatePodIps(claims, families, [...pods.flatMap((pod) => pod.ips)]);
  return pods;
}

function isDnsPod(pod: PodDraft): boolean {
  return pod.namespace === "kube-system" && matchesLabels(dnsSelector, pod.labels);
}

function coreDnsPod(node: Node): PodDraft {
  return {
    namespace: "kube-system",
    name: "coredns-6cdcb686c5-6wzxf",
    labels: { ...dnsSelector, "pod-template-hash": "6cdcb686c5" },
    nodeName: node.name,
    ips: node.podCidrs.map((cidr) => cidrAddress(cidr, 2)),
    ipSimulated: true,
    hostNetwork: false,
    ports: [
      { name: "dns", port: 53, protocol: "UDP" },
      { name: "dns-tcp", port: 53, protocol: "TCP" },
      { name: "metrics", port: 9153, protocol: "TCP" },
    ],
    phase: "Running",
    ready: true,
    terminating: false,
    simulated: true,
  };
}

function ownedCount(
  workload: Workload,
  stated: readonly OfRole<"pod">[],
  namespaceOf: (loaded: LoadedObject) => string,
): number {
  return stated.filter(
    (loaded) =>
      namespaceOf(loaded) === workload.namespace &&
      (loaded.object.metadata.ownerReferences ?? []).some(
        (owner) =>
          (owner.kind === workload.kind && owner.name === workload.name) ||
          (workload.kind === "Deployment" &&
            owner.name === `${workload.name}-${loaded.object.metadata.labels?.["pod-template-hash"]}`),
      ),
  ).length;
}
