import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { LoadedObject, PodSpec } from "../../manifests/objects.ts";
import { canonicalIp, cidrAddress, cidrContains, type IpFamily, isIp } from "../../net/ip.ts";
import type { ClusterInput } from "../input/cluster-input.ts";
import type { Labels } from "../labels.ts";
import type { Node, Workload } from "../model.ts";
import type { NodePlan } from "../nodes/build-nodes.ts";
import { nameSuffix, templateHash } from "../stable-hash.ts";
import { allocatePodIps } from "./allocate-pod-ips.ts";
import { EligibleNodes } from "./eligible-nodes.ts";
import { Occupancy, PlacementRequest, placePods } from "./placement.ts";
import type { DaemonPlan, PodsPlan, StatedPod } from "./plan-pods.ts";
import { type PodDraft, PodMaker } from "./pod-parts.ts";
import { isGated } from "./scheduling.ts";
import { PodPlanner, workloadSpec } from "./workload-pods.ts";

export interface PodsAnswer {
  readonly pods: PodDraft[];
  readonly nodes: readonly Node[];
  /** All pods of a workload: those stated, then those created. */
  readonly ofWorkload: (workload: Workload) => readonly PodDraft[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What building pods needs to know beside the plan. */
export interface PodSettings {
  readonly families: readonly IpFamily[];
  /** Names of nodes that are drained. */
  readonly drained: ReadonlySet<string>;
  /** Labels of the DNS pod to simulate; undefined when the input has its own. */
  readonly dnsLabels?: Labels;
}

/** Places all pods and gives them addresses; in the order of the objects that make them. */
export function buildPods(
  input: ClusterInput,
  plan: PodsPlan,
  nodePlan: NodePlan,
  settings: PodSettings,
): PodsAnswer {
  return new Building(input, plan, nodePlan, settings).build();
}

class Building {
  readonly #diagnostics: Diagnostic[] = [];
  readonly #occupancy = new Occupancy();
  /** Stated pods and those of DaemonSets. */
  readonly #byObject = new Map<LoadedObject, PodDraft[]>();
  readonly #claims: PlacementRequest[] = [];
  readonly #daemonNodes: EligibleNodes;
  readonly input: ClusterInput;
  readonly plan: PodsPlan;
  readonly nodePlan: NodePlan;
  readonly settings: PodSettings;

  constructor(input: ClusterInput, plan: PodsPlan, nodePlan: NodePlan, settings: PodSettings) {
    this.input = input;
    this.plan = plan;
    this.nodePlan = nodePlan;
    this.settings = settings;
    this.#daemonNodes = new EligibleNodes(nodePlan.nodes, true);
  }

  build(): PodsAnswer {
    const requests = this.#stated();
    const dns = this.#dnsPod();
    for (const daemon of this.plan.daemons) this.#daemons(daemon, this.nodePlan.nodes);
    for (const pods of this.plan.created.values()) for (const pod of pods) requests.push(pod);
    const eligible = new EligibleNodes(this.nodePlan.nodes);
    const nodes = placePods(requests, this.nodePlan, eligible, this.settings.drained, this.#occupancy);
    this.#reportAssumedLabels(eligible);
    for (const request of requests) this.#settle(request);
    this.#reportPending(requests.filter(({ node }) => node === undefined));
    const added = nodes.slice(this.nodePlan.nodes.length);
    for (const daemon of this.plan.daemons) this.#daemons(daemon, added);
    this.#giveAddresses(dns);
    const pods = dns === undefined ? [] : [dns];
    for (const object of this.input.order) {
      for (const { draft } of this.plan.created.get(object) ?? none) pods.push(draft);
      if (this.#byObject.size === 0) continue;
      for (const draft of this.#byObject.get(object) ?? none) pods.push(draft);
    }
    return {
      pods,
      nodes,
      ofWorkload: (workload) => this.#ofWorkload(workload),
      diagnostics: this.#diagnostics,
    };
  }

  #ofWorkload(workload: Workload): PodDraft[] {
    const pods = this.plan.stated.filter(({ draft }) => draft.owner === workload).map(({ draft }) => draft);
    for (const created of this.plan.created.values()) {
      if (created[0]?.draft.owner === workload) for (const { draft } of created) pods.push(draft);
    }
    if (workload.kind === "DaemonSet") pods.push(...(this.#byObject.get(workload.object) ?? none));
    return pods;
  }

  /** Keeps the pods that stand where they are; answers those that still want a place. */
  #stated(): PlacementRequest[] {
    const requests: PlacementRequest[] = [];
    const counts = new Map<Workload, number>();
    for (const pod of this.plan.stated) {
      const { draft, loaded } = pod;
      const replica = draft.owner === undefined ? 0 : (counts.get(draft.owner) ?? 0);
      if (draft.owner !== undefined) counts.set(draft.owner, replica + 1);
      if (this.#isEvicted(pod)) {
        if (!this.#evict(pod, replica, requests)) continue;
      } else if (!pod.settled) {
        const maker = new PodMaker("Pod", draft.namespace, draft.name);
        requests.push(new PlacementRequest(draft, loaded.object.spec, replica, maker, 0));
      } else if (draft.nodeName !== undefined) this.#occupancy.add(draft, draft.nodeName);
      else this.#findNode(draft);
      this.#byObject.set(loaded, [draft]);
    }
    return requests;
  }

  /** A stated address inside a node's network tells the node. */
  #findNode(draft: PodDraft): void {
    if (draft.hostNetwork || draft.ips.length === 0) return;
    const node = this.nodePlan.nodes.find(({ podCidrs }) =>
      podCidrs.some((cidr) => cidrContains(cidr, draft.ips[0]!)),
    );
    if (node === undefined) return;
    draft.nodeName = node.name;
    this.#occupancy.add(draft, node.name);
  }

  #isEvicted({ draft, loaded }: StatedPod): boolean {
    if (draft.nodeName === undefined || !this.settings.drained.has(draft.nodeName)) return false;
    if (draft.owner?.kind === "DaemonSet") return false;
    const { annotations, ownerReferences } = loaded.object.metadata;
    if (ownerReferences?.some(({ kind }) => kind === "DaemonSet" || kind === "Node")) return false;
    return annotations?.["kubernetes.io/config.mirror"] === undefined;
  }

  /** A drained node's pod comes back elsewhere when something makes it anew; false when nothing does. */
  #evict({ draft, loaded }: StatedPod, replica: number, requests: PlacementRequest[]): boolean {
    const owned = draft.owner !== undefined || loaded.object.metadata.ownerReferences?.length;
    if (!owned) {
      this.#diagnostics.push({
        code: "pod-not-recreated",
        severity: "note",
        message: `draining ${draft.nodeName} deletes Pod ${draft.namespace}/${draft.name}: no controller makes it anew`,
      });
      return false;
    }
    const maker = new PodMaker("Pod", draft.namespace, draft.name);
    if (draft.owner?.kind !== "StatefulSet") {
      draft.name = `${draft.name.replace(/[^-]*$/, "")}${nameSuffix(maker.key(replica))}`;
    }
    draft.nodeName = undefined;
    draft.ips = [];
    draft.simulated = true;
    const { nodeName: _, ...spec } = loaded.object.spec;
    requests.push(new PlacementRequest(draft, spec, replica, maker, replica));
    return true;
  }

  #daemons({ workload, covered, most }: DaemonPlan, nodes: readonly Node[]): void {
    if (nodes.length === 0 || most <= 0) return;
    const { spec } = workloadSpec(workload).template;
    const added = nodes !== this.nodePlan.nodes;
    const eligible = (added ? new EligibleNodes(nodes, true) : this.#daemonNodes).of(spec).nodes;
    const planner = new PodPlanner(workload, workload, new Set());
    const free = eligible.filter(({ name }) => !covered.has(name)).slice(0, Math.min(most, nodes.length));
    for (const node of free) {
      const pod = planner.plan(0, 0, node.name);
      pod.node = node;
      append(this.#byObject, workload.object, pod.draft);
      if (!added) this.#occupancy.add(pod.draft, node.name);
      this.#settle(pod);
    }
  }

  #settle(request: PlacementRequest): void {
    const { draft, node } = request;
    if (node === undefined) {
      draft.phase = "Pending";
      draft.ready = false;
      draft.ipSimulated = false;
      return;
    }
    draft.nodeName = node.name;
    draft.labels = withTopology(draft.labels, node);
    if (draft.hostNetwork) {
      draft.ips = node.internalIps;
      draft.ipSimulated = node.simulated;
    } else {
      draft.ipSimulated = true;
      this.#claims.push(request);
    }
  }

  #giveAddresses(dns: PodDraft | undefined): void {
    if (this.#claims.length === 0) return;
    const taken = new Set<string>(dns?.ips);
    const first = this.nodePlan.nodes[0];
    // The DNS pod's place stays free where there is none, so that no address depends on it.
    for (const cidr of first?.podCidrs ?? []) taken.add(cidrAddress(cidr, 2));
    for (const { draft } of this.plan.stated) for (const ip of draft.ips) taken.add(ip);
    for (const { object } of this.input.slices) {
      for (const endpoint of object.endpoints ?? []) for (const ip of endpoint.addresses) taken.add(ip);
    }
    for (const { object } of this.input.endpoints) {
      for (const subset of object.subsets ?? []) {
        for (const { ip } of [...(subset.addresses ?? []), ...(subset.notReadyAddresses ?? [])])
          taken.add(ip);
      }
    }
    const addresses = [...taken].filter(isIp).map(canonicalIp);
    for (const draft of allocatePodIps(this.#claims, this.settings.families, addresses)) {
      draft.phase = "Pending";
      draft.ready = false;
      draft.ipSimulated = false;
      this.#diagnostics.push({
        code: "node-network-full",
        severity: "note",
        message: `no address is left for Pod ${draft.namespace}/${draft.name} in the pod network of node ${draft.nodeName}`,
        ...(draft.source === undefined ? {} : { range: draft.source.range() }),
      });
    }
  }

  #dnsPod(): PodDraft | undefined {
    const { dnsLabels, drained } = this.settings;
    const nodes = this.nodePlan.nodes;
    const node = nodes.find(({ name }) => !drained.has(name));
    if (dnsLabels === undefined || node === undefined) return undefined;
    const hash = templateHash("Deployment/kube-system/coredns");
    // The fields of every pod, in their order: see `podDraft`.
    const draft: PodDraft = {
      namespace: "kube-system",
      name: `coredns-${hash}-${nameSuffix("kube-system/coredns/0")}`,
      labels: withTopology({ ...dnsLabels, "pod-template-hash": hash }, node),
      nodeName: node.name,
      ips: node.podCidrs.map((cidr) => cidrAddress(cidr, 2)),
      ipSimulated: true,
      hostNetwork: false,
      hostname: undefined,
      subdomain: undefined,
      ports: [
        { name: "dns", port: 53, protocol: "UDP" },
        { name: "dns-tcp", port: 53, protocol: "TCP" },
        { name: "metrics", port: 9153, protocol: "TCP" },
      ],
      phase: "Running",
      ready: true,
      terminating: false,
      owner: undefined,
      simulated: true,
      source: undefined,
      object: undefined,
    };
    this.#occupancy.add(draft, node.name);
    return draft;
  }

  /** One warning for each workload with pods that no node takes. */
  #reportPending(requests: readonly PlacementRequest[]): void {
    const groups = new Map<string, PlacementRequest[]>();
    for (const request of requests) {
      const { draft } = request;
      const maker =
        draft.owner === undefined
          ? `Pod ${draft.namespace}/${draft.name}`
          : `${draft.owner.kind} ${draft.owner.namespace}/${draft.owner.name}`;
      append(groups, maker, request);
    }
    for (const [maker, group] of groups) {
      const { draft, spec } = group[0]!;
      const pods = group.length === 1 ? "1 pod stays" : `${group.length} pods stay`;
      this.#diagnostics.push({
        code: "pod-unschedulable",
        severity: "note",
        message: `no node takes ${maker}: ${pods} Pending (${this.#reason(spec, draft)})`,
        ...(draft.source === undefined ? {} : { range: draft.source.range(["metadata", "name"]) }),
      });
    }
  }

  #reason(spec: PodSpec, draft: PodDraft): string {
    if (spec.nodeName) return `there is no node ${spec.nodeName}`;
    if (isGated(spec)) return "its scheduling gates are closed";
    if (new EligibleNodes(this.nodePlan.nodes).of(spec).nodes.length === 0) {
      return "node selector, affinity or taints leave none";
    }
    if (draft.ports.some(({ hostPort }) => hostPort)) return "its host ports are taken";
    return "the nodes are full or drained";
  }

  #reportAssumedLabels(eligible: EligibleNodes): void {
    const seen = new Set<string>();
    for (const pods of this.plan.created.values()) {
      const pod = pods[0]!;
      const { owner } = pod.draft;
      if (owner === undefined) continue;
      if (!eligible.of(pod.spec).labelsAssumed) continue;
      const labels = Object.entries(pod.spec.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`);
      const what = labels.length > 0 ? labels.join(",") : "what the node affinity asks for";
      if (seen.has(what)) continue;
      seen.add(what);
      this.#diagnostics.push({
        code: "node-labels-assumed",
        severity: "note",
        message: `${owner.kind} ${owner.namespace}/${owner.name} wants nodes with ${what}: every simulated node is taken to have it`,
        hint: "Nodes of the cluster in the input (kubectl get nodes -o yaml) say which do.",
      });
    }
  }
}

const none: readonly never[] = [];

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** Zone and region as the API server copies them from the node when a pod is bound (PodTopologyLabels, 1.35). */
function withTopology(labels: Labels, node: Node): Labels {
  const zone = node.labels["topology.kubernetes.io/zone"];
  const region = node.labels["topology.kubernetes.io/region"];
  if (zone === undefined && region === undefined) return labels;
  const bound: Record<string, string> = { ...labels };
  if (region !== undefined) bound["topology.kubernetes.io/region"] = region;
  if (zone !== undefined) bound["topology.kubernetes.io/zone"] = zone;
  return bound;
}
