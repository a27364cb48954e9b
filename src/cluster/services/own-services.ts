import type { IpFamily } from "../../net/ip.ts";
import type { ServiceDraft, ServicePortDraft } from "./build-service.ts";

/** What of the cluster's own Services is not as in every Service of type ClusterIP. */
interface OwnService {
  readonly namespace: string;
  readonly name: string;
  readonly clusterIps: readonly string[];
  readonly family: IpFamily;
  readonly ports: readonly Pick<ServicePortDraft, "name" | "protocol" | "port" | "targetPort">[];
  readonly labels: ServiceDraft["labels"];
  readonly annotations?: ServiceDraft["annotations"];
  readonly selector?: ServiceDraft["selector"];
  readonly builtinEndpoints?: ServiceDraft["builtinEndpoints"];
}

/** The fields stand as in `buildService`: to V8 all Services are objects of one shape then. */
function ownService(own: OwnService): ServiceDraft {
  return {
    namespace: own.namespace,
    name: own.name,
    type: "ClusterIP",
    labels: own.labels,
    annotations: own.annotations ?? {},
    clusterIps: own.clusterIps,
    clusterIpSimulated: true,
    ports: own.ports.map(({ name, protocol, port, targetPort }, index) => ({
      name,
      protocol,
      port,
      targetPort,
      nodePort: 0,
      nodePortSimulated: false,
      appProtocol: undefined,
      index,
    })),
    selector: own.selector,
    externalIps: [],
    externalName: undefined,
    externalTrafficPolicy: "Cluster",
    internalTrafficPolicy: "Cluster",
    healthCheckNodePort: 0,
    ipFamilies: [own.family],
    ipFamilyPolicy: "SingleStack",
    loadBalancerClass: undefined,
    loadBalancerSourceRanges: [],
    loadBalancerIngress: [],
    allocateLoadBalancerNodePorts: true,
    publishNotReadyAddresses: false,
    sessionAffinity: "None",
    sessionAffinityTimeout: 10800,
    trafficDistribution: undefined,
    creationTimestamp: undefined,
    source: undefined,
    object: undefined,
    simulated: true,
    builtinEndpoints: own.builtinEndpoints,
    unknownEndpoints: undefined,
  };
}

/** `default/kubernetes` as the API server creates it, with the API server's own address behind it. */
export function kubernetesService(
  clusterIp: string,
  family: IpFamily,
  apiServer: { readonly ip: string; readonly port: number } | undefined,
): ServiceDraft {
  return ownService({
    namespace: "default",
    name: "kubernetes",
    clusterIps: [clusterIp],
    family,
    ports: [{ name: "https", protocol: "TCP", port: 443, targetPort: apiServer?.port ?? 6443 }],
    labels: { component: "apiserver", provider: "kubernetes" },
    builtinEndpoints: apiServer === undefined ? [] : [{ ...apiServer, portName: "https" }],
  });
}

export const dnsSelector = { "k8s-app": "kube-dns" } as const;

/** `kube-system/kube-dns` as kubeadm's CoreDNS add-on creates it. */
export function kubeDnsService(clusterIp: string | undefined, family: IpFamily): ServiceDraft {
  return ownService({
    namespace: "kube-system",
    name: "kube-dns",
    clusterIps: clusterIp === undefined ? [] : [clusterIp],
    family,
    ports: [
      { name: "dns", protocol: "UDP", port: 53, targetPort: 53 },
      { name: "dns-tcp", protocol: "TCP", port: 53, targetPort: 53 },
      { name: "metrics", protocol: "TCP", port: 9153, targetPort: 9153 },
    ],
    labels: {
      "k8s-app": "kube-dns",
      "kubernetes.io/cluster-service": "true",
      "kubernetes.io/name": "CoreDNS",
    },
    annotations: { "prometheus.io/port": "9153", "prometheus.io/scrape": "true" },
    selector: dnsSelector,
  });
}
