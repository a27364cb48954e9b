import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { cidrAddress, type IpFamily, isIp } from "../../net/ip.ts";
import type { ClusterInput } from "../input/cluster-input.ts";
import type { ConfiguredCluster } from "../input/configurations.ts";
import type { Labels } from "../labels.ts";
import { type ClusterRanges, type Node, objectKey, type Workload } from "../model.ts";
import type { ClusterOptions } from "../options.ts";
import { buildService, type ServiceDraft } from "./build-service.ts";
import { checkAgainstCluster } from "./clashes.ts";
import { allocateClusterIps, usableAddresses } from "./cluster-ips.ts";
import { allocateNodePorts } from "./node-ports.ts";
import { dnsSelector, kubeDnsService, kubernetesService } from "./own-services.ts";
import { applyFacts } from "./service-facts.ts";

export interface ServicesAnswer {
  readonly services: ServiceDraft[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Where CoreDNS's Service stands: the tenth address of the range (kubeadm `GetDNSIP`), if it has one. */
function dnsAddress(ranges: ClusterRanges): string | undefined {
  const range = ranges.serviceCidrs[0]!;
  return usableAddresses(range) >= 10 ? cidrAddress(range, 10) : undefined;
}

/** A Service that is the cluster's DNS under another name or namespace. */
function isDns(service: ServiceDraft, address: string | undefined): boolean {
  if (objectKey(service) === "kube-system/kube-dns") return true;
  const atItsPlace = address !== undefined && service.clusterIps.includes(address);
  return atItsPlace && service.ports.some(({ port }) => port === 53);
}

/**
 * Labels of the DNS pod to simulate, so that kube-dns has its endpoint; undefined when the input has pods for it
 * or the cluster's own Services are not simulated.
 */
export function simulatedDnsLabels(
  input: ClusterInput,
  options: ClusterOptions,
  workloads: readonly Workload[],
): Labels | undefined {
  if (!options.clusterServices || input.observedCluster) return undefined;
  const matches = (labels: Labels): boolean => labels["k8s-app"] === dnsSelector["k8s-app"];
  const own =
    workloads.some(({ namespace, podLabels }) => namespace === "kube-system" && matches(podLabels)) ||
    input.pods.some(
      (loaded) => input.namespaceOf(loaded) === "kube-system" && matches(loaded.object.metadata.labels ?? {}),
    );
  return own ? undefined : dnsSelector;
}

/** The Services of the input and the cluster's own, with every address and node port allocated. */
export function buildServices(
  input: ClusterInput,
  options: ClusterOptions,
  configured: ConfiguredCluster,
  ranges: ClusterRanges,
  firstNode: Node | undefined,
): ServicesAnswer {
  const families = ranges.serviceCidrs.map(({ family }) => family);
  const stated = input.services.map((loaded) => buildService(loaded, input.namespaceOf(loaded), families));
  const diagnostics = applyFacts(stated, options);
  for (const service of stated) {
    // Facts may have stated an address of the other family than the default one.
    if (service.ipFamilies.length === 0 && service.type !== "ExternalName")
      service.ipFamilies = [families[0]!];
  }
  const simulate = options.clusterServices && !input.observedCluster;
  const services = inOrder(stated, simulate ? ownServices(stated, configured, ranges, firstNode) : []);
  diagnostics.push(...checkAgainstCluster(services, ranges));
  const reserved = [cidrAddress(ranges.serviceCidrs[0]!, 1), dnsAddress(ranges)].filter(
    (ip) => ip !== undefined,
  );
  diagnostics.push(...allocateClusterIps(services, ranges.serviceCidrs, reserved));
  diagnostics.push(...allocateNodePorts(services, ranges.nodePorts));
  return { services, diagnostics };
}

function ownServices(
  stated: readonly ServiceDraft[],
  configured: ConfiguredCluster,
  ranges: ClusterRanges,
  firstNode: Node | undefined,
): ServiceDraft[] {
  const range = ranges.serviceCidrs[0]!;
  const address = dnsAddress(ranges);
  const own = [
    kubernetesService(cidrAddress(range, 1), range.family, apiServer(configured, firstNode, range.family)),
  ];
  if (!stated.some((service) => isDns(service, address))) own.push(kubeDnsService(address, range.family));
  return own;
}

/** The API server's own endpoint: 8443 on minikube, 6443 under kubeadm and kind. */
function apiServer(
  configured: ConfiguredCluster,
  firstNode: Node | undefined,
  family: IpFamily,
): { ip: string; port: number } | undefined {
  const ip =
    configured.apiServerAddress ??
    firstNode?.internalIps.find((address) => (address.includes(":") ? 6 : 4) === family) ??
    firstNode?.internalIps[0];
  if (ip === undefined || !isIp(ip)) return undefined;
  const usual = firstNode?.name.startsWith("minikube") ? 8443 : 6443;
  return { ip, port: configured.apiServerPort ?? usual };
}

/** The cluster's own Services first, the others as the input has them. */
function inOrder(stated: readonly ServiceDraft[], simulated: readonly ServiceDraft[]): ServiceDraft[] {
  const own = (namespace: string, name: string): ServiceDraft | undefined => {
    const isMeant = (service: ServiceDraft): boolean =>
      service.name === name && service.namespace === namespace;
    return simulated.find(isMeant) ?? stated.find(isMeant);
  };
  const first = [own("default", "kubernetes"), own("kube-system", "kube-dns")].filter(
    (service) => service !== undefined,
  );
  return [...first, ...stated.filter((service) => !first.includes(service))];
}
