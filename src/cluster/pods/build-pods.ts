import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { LoadedObject } from "../../manifests/objects.ts";
import { canonicalIp, cidrAddress, cidrContains, type IpFamily, isIp } from "../../net/ip.ts";
import type { ClusterInput } from "../input/cluster-input.ts";
import type { Labels } from "../labels.ts";
import type { Node, Workload } from "../model.ts";
import type { NodePlan } from "../nodes/build-nodes.ts";
import { nameSuffix, templateHash } from "../stable-hash.ts";
import { allocatePodIps } from "./allocate-pod-ips.ts";
import { EligibleNodes } from "./eligible-nodes.ts";
import { Occupancy, type PlacementRequest, placePods } from "./placement.ts";
import type { DaemonPlan, PodsPlan, StatedPod } from "./plan-pods.ts";
import { type PodDraft, podIdentity } from "./pod-parts.ts";
import { type PlannedPod, planPod, podTemplate, workloadSpec } from "./workload-pods.ts";

export interface PodsAnswer {
  readonly pods: PodDraft[];
  readonly nodes: readonly Node[];
  readonly ofWorkload: ReadonlyMap<Workload, readonly PodDraft[]>;
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
  readonly #byObject = new Map<LoadedObject, PodDraft[]>();
  readonly #ofWorkload: Map<Workload, PodDraft[]>;
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
    this.#ofWorkload = plan.ofWorkload;
    this.#daemonNodes = new EligibleNodes(nodePlan.nodes, true);
  }

  build(): PodsAnswer {
    const requests = this.#stated();
    const dns = this.#dnsPod();
    for (const daemon of this.plan.daemons) this.#daemons(daemon, this.nodePlan.nodes);
    for (const [object, pods] of this.plan.created) {
      const drafts = this.#draftsOf(object);
      for (const pod of pods) {
        drafts.push(pod.draft);
        requests.push(pod);
      }
    }
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
      for (const draft of this.#byObject.get(object) ?? []) pods.push(draft);
    }
    return {
      pods,
      nodes,
      ofWorkload: this.#ofWorkload,
      diagnostics: this.#diagnostics,
    };
  }

  /** The pods of an object, to add to. */
  #draftsOf(object: LoadedObject): PodDraft[] {
    let drafts = this.#byObject.get(object);
    if (drafts === undefined) {
      drafts = [];
      this.#byObject.set(object, drafts);
    }
    return drafts;
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
        const identity = podIdentity("Pod", draft.namespace, draft.name, 0);
        requests.push({ draft, spec: loaded.object.spec, replica, identity, node: undefined });
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
    const identity = podIdentity("Pod", draft.namespace, draft.name, replica);
    if (draft.owner?.kind !== "StatefulSet") {
      draft.name = `${draft.name.replace(/[^-]*$/, "")}${nameSuffix(identity.key)}`;
    }
    delete draft.nodeName;
    draft.ips = [];
    draft.simulated = true;
    const { nodeName: _, ...spec } = loaded.object.spec;
    requests.push({ draft, spec, replica, identity, node: undefined });
    return true;
  }

  #daemons({ workload, covered, most }: DaemonPlan, nodes: readonly Node[]): void {
    if (nodes.length === 0 || most <= 0) return;
    const { spec } = workloadSpec(workload).template;
    const added = nodes !== this.nodePlan.nodes;
    const eligible = (added ? new EligibleNodes(nodes, true) : this.#daemonNodes).of(spec).nodes;
    const template = podTemplate(workload);
    const names = new Set<string>();
    const free = eligible.filter(({ name }) => !covered.has(name)).slice(0, Math.min(most, nodes.length));
    for (const node of free) {
      const pod = planPod(template, workload, 0, 0, names, node.name);
      pod.node = node;
      this.#draftsOf(workload.object).push(pod.draft);
      append(this.#ofWorkload, workload, pod.draft);
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
    const draft: PodDraft = {
      namespace: "kube-system",
      name: `coredns-${hash}-${nameSuffix("kube-system/coredns/0")}`,
      labels: withTopology({ ...dnsLabels, "pod-template-hash": hash }, node),
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

  #reason(spec: PlannedPod["spec"], draft: PodDraft): string {
    if (spec.nodeName) return `there is no node ${spec.nodeName}`;
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
      if (!eligible.of(pod.spec).labelsAssumed) continue;
      const labels = Object.entries(pod.spec.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`);
      const what = labels.length > 0 ? labels.join(",") : "what the node affinity asks for";
      if (seen.has(what)) continue;
      seen.add(what);
      this.#diagnostics.push({
        code: "node-labels-assumed",
        severity: "note",
        message: `${pod.workload.kind} ${pod.workload.namespace}/${pod.workload.name} wants nodes with ${what}: every simulated node is taken to have it`,
        hint: "Nodes of the cluster in the input (kubectl get nodes -o yaml) say which do.",
      });
    }
  }
}

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
