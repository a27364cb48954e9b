import type { ClusterModel, Node, Pod, Service } from "../cluster/model.ts";
import { LabelIndex } from "../cluster/pods/selector-index.ts";
import { emptyHash, extendHash, finishHash, longestBase, suffixOfHash } from "../cluster/stable-hash.ts";
import { familyOf, type IpFamily } from "../net/ip.ts";
import type { EndpointSlice, SliceEndpoint } from "./model.ts";
import { endpointSliceController, headlessLabel, managedByLabel, serviceNameLabel } from "./stated-slices.ts";

/** Endpoints in a slice at most (kube-controller-manager `--max-endpoints-per-slice`). */
const maxEndpointsPerSlice = 100;

type SlicePort = EndpointSlice["ports"][number];

/** Values of `trafficDistribution` that write hints (k8s.io/endpointslice, trafficdist). */
const hintingDistributions: ReadonlySet<string> = new Set([
  "PreferClose",
  "PreferSameZone",
  "PreferSameNode",
]);

/** Annotations that ask for hints by the nodes' CPUs; the older counts first, and both before `trafficDistribution`. */
const topologyAnnotations = [
  "service.kubernetes.io/topology-aware-hints",
  "service.kubernetes.io/topology-mode",
] as const;

/** Whether endpoints get hints of their own zone or node (Reconciler, canUseTrafficDistribution). */
function writesHints({ trafficDistribution, annotations }: Service): boolean {
  if (!hintingDistributions.has(trafficDistribution ?? "")) return false;
  const mode = annotations[topologyAnnotations[0]] ?? annotations[topologyAnnotations[1]];
  return mode !== "Auto" && mode !== "auto";
}

/** Writes the slices that the endpointslice controller makes from a cluster's pods. */
export class SliceSimulator {
  private readonly nodes: ReadonlyMap<string, Node>;
  private readonly pods: LabelIndex<Pod>;

  constructor(cluster: ClusterModel) {
    this.nodes = new Map(cluster.nodes.map((node) => [node.name, node]));
    // Succeeded and failed pods and those without an address are never endpoints (ShouldPodBeInEndpoints).
    this.pods = new LabelIndex(
      cluster.pods.filter((pod) => pod.phase !== "Succeeded" && pod.phase !== "Failed" && pod.ips.length > 0),
    );
  }

  /** The slices of one Service: one for each set of port numbers and family, or an empty one. */
  slicesOf(service: Service): EndpointSlice[] {
    const { selector } = service;
    const slices: EndpointSlice[] = [];
    if (selector === undefined || service.type === "ExternalName") return slices;
    const pods = this.pods.matching(service.namespace, selector);
    for (const family of service.ipFamilies) this.slicesOfFamily(service, family, pods, slices);
    return slices;
  }

  private slicesOfFamily(
    service: Service,
    family: IpFamily,
    pods: readonly Pod[],
    slices: EndpointSlice[],
  ): void {
    const groups = this.groupsOf(service, family, pods);
    if (groups.length === 0) {
      slices.push(this.slice(service, family, [], [], 0));
      return;
    }
    let index = 0;
    for (const { ports, endpoints } of groups) {
      for (let at = 0; at < endpoints.length; at += maxEndpointsPerSlice) {
        const part =
          endpoints.length <= maxEndpointsPerSlice
            ? endpoints
            : endpoints.slice(at, at + maxEndpointsPerSlice);
        slices.push(this.slice(service, family, ports, part, index++));
      }
    }
  }

  /** The pods behind a Service, together where its ports have the same numbers. */
  private groupsOf(service: Service, family: IpFamily, pods: readonly Pod[]): SliceGroup[] {
    const groups: SliceGroup[] = [];
    let last: SliceGroup | undefined;
    let lastPorts: Pod["ports"] | undefined;
    const prefix = `${service.namespace}/`;
    for (const pod of pods) {
      const endpoint = this.endpointOf(service, family, pod, prefix);
      if (endpoint === undefined) continue;
      // Pods of one template have one list of ports.
      if (last === undefined || pod.ports !== lastPorts) {
        lastPorts = pod.ports;
        const ports = portsOf(service, pod);
        last = groups.find((group) => samePorts(group.ports, ports));
        if (last === undefined) {
          last = { ports, endpoints: [] };
          groups.push(last);
        }
      }
      last.endpoints.push(endpoint);
    }
    // Lists that grew keep room for more than most Services have.
    for (const group of groups) group.endpoints = group.endpoints.slice();
    return groups;
  }

  private slice(
    service: Service,
    family: IpFamily,
    ports: readonly SlicePort[],
    endpoints: readonly SliceEndpoint[],
    index: number,
  ): EndpointSlice {
    const labels: Record<string, string> = { ...service.labels };
    labels[managedByLabel] = endpointSliceController;
    labels[serviceNameLabel] = service.name;
    // The label is the controller's own: a Service that states it does not make its slices headless.
    if (service.clusterIps[0] === "None") labels[headlessLabel] = "";
    else if (headlessLabel in labels) delete labels[headlessLabel];
    return {
      namespace: service.namespace,
      name: `${service.name}-`.slice(0, longestBase) + suffixOfHash(sliceHash(service, family, index)),
      serviceName: service.name,
      addressType: family === 4 ? "IPv4" : "IPv6",
      ports,
      endpoints,
      labels,
      simulated: true,
      source: service.source,
    };
  }

  /**
   * A pod as an endpoint (k8s.io/endpointslice, podToEndpoint); undefined where it is none.
   * @param prefix what the namespace puts before the pod's name
   */
  private endpointOf(
    service: Service,
    family: IpFamily,
    pod: Pod,
    prefix: string,
  ): SliceEndpoint | undefined {
    const addresses = addressesOf(pod, family);
    if (addresses.length === 0) return undefined;
    const node = pod.nodeName === undefined ? undefined : this.nodes.get(pod.nodeName);
    // A pod on a node that does not exist is left out until somebody collects it.
    if (pod.nodeName !== undefined && node === undefined && !service.publishNotReadyAddresses)
      return undefined;
    const ready = service.publishNotReadyAddresses || (pod.ready && !pod.terminating);
    const hinted = ready && writesHints(service);
    const sameNode = service.trafficDistribution === "PreferSameNode";
    return {
      addresses,
      nodeName: pod.nodeName,
      zone: node?.zone,
      hostname: pod.hostname !== undefined && pod.subdomain === service.name ? pod.hostname : undefined,
      pod: prefix + pod.name,
      ready,
      serving: pod.ready,
      terminating: pod.terminating,
      zoneHints: hinted && node?.zone !== undefined ? [node.zone] : undefined,
      nodeHints: hinted && sameNode && pod.nodeName !== undefined ? [pod.nodeName] : undefined,
      source: pod.source,
    };
  }
}

const sliceState = extendHash(emptyHash, "slice/");

/** The hash of `slice/NAMESPACE/SERVICE/FAMILY/INDEX`. */
function sliceHash({ namespace, name }: Service, family: IpFamily, index: number): number {
  const state = extendHash(extendHash(extendHash(sliceState, namespace), "/"), name);
  return finishHash(extendHash(state, `/${family}/${index}`));
}

/** Endpoints whose ports have the same numbers. */
interface SliceGroup {
  readonly ports: readonly SlicePort[];
  endpoints: SliceEndpoint[];
}

/** Whether lists of ports that one Service's pods have are the same: in each, every port stands in the Service's order. */
function samePorts(a: readonly SlicePort[], b: readonly SlicePort[]): boolean {
  return (
    a.length === b.length &&
    a.every((port, i) => {
      const other = b[i]!;
      return port.name === other.name && port.port === other.port && port.protocol === other.protocol;
    })
  );
}

/** A pod's addresses of a family; most pods have one. */
function addressesOf({ ips }: Pod, family: IpFamily): readonly string[] {
  if (ips.length === 1 && familyOf(ips[0]!) === family) return ips;
  return ips.filter((ip) => familyOf(ip) === family);
}

/** The ports of a Service as a pod has them; a named target port that the pod lacks is left out. */
function portsOf(service: Service, pod: Pod): SlicePort[] {
  const ports: SlicePort[] = [];
  for (const { name, protocol, targetPort, appProtocol } of service.ports) {
    const port =
      typeof targetPort === "number"
        ? targetPort
        : pod.ports.find((named) => named.name === targetPort && named.protocol === protocol)?.port;
    if (port === undefined) continue;
    ports.push(appProtocol === undefined ? { name, port, protocol } : { name, port, protocol, appProtocol });
  }
  return ports;
}
