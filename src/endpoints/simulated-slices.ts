import type { ClusterModel, Node, Pod, Service } from "../cluster/model.ts";
import { LabelIndex } from "../cluster/pods/selector-index.ts";
import { nameSuffix } from "../cluster/stable-hash.ts";
import { familyOf, type IpFamily } from "../net/ip.ts";
import type { EndpointSlice, SliceEndpoint } from "./model.ts";
import { endpointSliceController, managedByLabel, serviceNameLabel } from "./stated-slices.ts";

/** Endpoints in a slice at most (kube-controller-manager `--max-endpoints-per-slice`). */
const maxEndpointsPerSlice = 100;

type SlicePort = EndpointSlice["ports"][number];

/** Values of `trafficDistribution` that write hints (k8s.io/endpointslice, trafficdist). */
const hintingDistributions: ReadonlySet<string> = new Set([
  "PreferClose",
  "PreferSameZone",
  "PreferSameNode",
]);

/** Endpoints of one set of port numbers: they go into slices of their own. */
interface SliceGroup {
  readonly ports: readonly SlicePort[];
  readonly endpoints: SliceEndpoint[];
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
    if (selector === undefined || service.type === "ExternalName") return [];
    const pods = this.pods.matching(service.namespace, selector);
    return service.ipFamilies.flatMap((family) => this.slicesOfFamily(service, family, pods));
  }

  private slicesOfFamily(service: Service, family: IpFamily, pods: readonly Pod[]): EndpointSlice[] {
    const groups = new Map<string, SliceGroup>();
    // Pods of one workload share their ports, and so their group.
    const groupOfPorts = new Map<Pod["ports"], SliceGroup>();
    for (const pod of pods) {
      const endpoint = this.endpointOf(service, family, pod);
      if (endpoint === undefined) continue;
      let group = groupOfPorts.get(pod.ports);
      if (group === undefined) {
        const ports = portsOf(service, pod);
        const key = ports.map((port) => `${port.name}=${port.port}/${port.protocol}`).join(",");
        group = groups.get(key) ?? { ports, endpoints: [] };
        groups.set(key, group);
        groupOfPorts.set(pod.ports, group);
      }
      group.endpoints.push(endpoint);
    }
    if (groups.size === 0) return [this.slice(service, family, [], [], 0)];
    const slices: EndpointSlice[] = [];
    for (const { ports, endpoints } of groups.values()) {
      for (let at = 0; at < endpoints.length; at += maxEndpointsPerSlice) {
        const part = endpoints.slice(at, at + maxEndpointsPerSlice);
        slices.push(this.slice(service, family, ports, part, slices.length));
      }
    }
    return slices;
  }

  private slice(
    service: Service,
    family: IpFamily,
    ports: readonly SlicePort[],
    endpoints: readonly SliceEndpoint[],
    index: number,
  ): EndpointSlice {
    return {
      namespace: service.namespace,
      name: `${service.name}-${nameSuffix(`slice/${service.namespace}/${service.name}/${family}/${index}`)}`,
      serviceName: service.name,
      addressType: family === 4 ? "IPv4" : "IPv6",
      ports,
      endpoints,
      labels: {
        ...service.labels,
        [managedByLabel]: endpointSliceController,
        [serviceNameLabel]: service.name,
        ...(service.clusterIps[0] === "None" ? { "service.kubernetes.io/headless": "" } : {}),
      },
      simulated: true,
      source: service.source,
    };
  }

  /** A pod as an endpoint (k8s.io/endpointslice, podToEndpoint); undefined where it is none. */
  private endpointOf(service: Service, family: IpFamily, pod: Pod): SliceEndpoint | undefined {
    const addresses = pod.ips.filter((ip) => familyOf(ip) === family);
    if (addresses.length === 0) return undefined;
    const node = pod.nodeName === undefined ? undefined : this.nodes.get(pod.nodeName);
    // A pod on a node that does not exist is left out until somebody collects it.
    if (pod.nodeName !== undefined && node === undefined && !service.publishNotReadyAddresses)
      return undefined;
    const ready = service.publishNotReadyAddresses || (pod.ready && !pod.terminating);
    const hinted = ready && hintingDistributions.has(service.trafficDistribution ?? "");
    const sameNode = service.trafficDistribution === "PreferSameNode";
    return {
      addresses,
      nodeName: pod.nodeName,
      zone: node?.zone,
      hostname: pod.hostname !== undefined && pod.subdomain === service.name ? pod.hostname : undefined,
      pod: `${pod.namespace}/${pod.name}`,
      ready,
      serving: pod.ready,
      terminating: pod.terminating,
      zoneHints: hinted && node?.zone !== undefined ? [node.zone] : undefined,
      nodeHints: hinted && sameNode && pod.nodeName !== undefined ? [pod.nodeName] : undefined,
      source: pod.source,
    };
  }
}

/** The ports of a Service as a pod has them; a named target port that the pod lacks is left out. */
function portsOf(service: Service, pod: Pod): SlicePort[] {
  const ports: SlicePort[] = [];
  for (const { name, protocol, targetPort } of service.ports) {
    const port =
      typeof targetPort === "number"
        ? targetPort
        : pod.ports.find((named) => named.name === targetPort && named.protocol === protocol)?.port;
    if (port !== undefined) ports.push({ name, port, protocol });
  }
  return ports;
}
