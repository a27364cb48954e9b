import type { IpFamily } from "../../net/ip.ts";
import type { ServiceDraft, ServicePortDraft } from "./build-service.ts";

function ownService(
  namespace: string,
  name: string,
  clusterIp: string | undefined,
  family: IpFamily,
  ports: readonly Pick<ServicePortDraft, "name" | "protocol" | "port" | "targetPort">[],
): ServiceDraft {
  return {
    namespace,
    name,
    type: "ClusterIP",
    labels: {},
    annotations: {},
    clusterIps: clusterIp === undefined ? [] : [clusterIp],
    clusterIpSimulated: true,
    ports: ports.map((port, index) => ({ ...port, nodePort: 0, nodePortSimulated: false, index })),
    externalIps: [],
    externalTrafficPolicy: "Cluster",
    internalTrafficPolicy: "Cluster",
    healthCheckNodePort: 0,
    ipFamilies: [family],
    ipFamilyPolicy: "SingleStack",
    loadBalancerSourceRanges: [],
    loadBalancerIngress: [],
    allocateLoadBalancerNodePorts: true,
    publishNotReadyAddresses: false,
    sessionAffinity: "None",
    sessionAffinityTimeout: 10800,
    simulated: true,
  };
}

/** `default/kubernetes` as the API server creates it, with the API server's own address behind it. */
export function kubernetesService(
  clusterIp: string,
  family: IpFamily,
  apiServer: { readonly ip: string; readonly port: number } | undefined,
): ServiceDraft {
  const port = apiServer?.port ?? 6443;
  return {
    ...ownService("default", "kubernetes", clusterIp, family, [
      { name: "https", protocol: "TCP", port: 443, targetPort: port },
    ]),
    labels: { component: "apiserver", provider: "kubernetes" },
    builtinEndpoints: apiServer === undefined ? [] : [{ ...apiServer, portName: "https" }],
  };
}

export const dnsSelector = { "k8s-app": "kube-dns" } as const;

/** `kube-system/kube-dns` as kubeadm's CoreDNS add-on creates it. */
export function kubeDnsService(clusterIp: string | undefined, family: IpFamily): ServiceDraft {
  return {
    ...ownService("kube-system", "kube-dns", clusterIp, family, [
      { name: "dns", protocol: "UDP", port: 53, targetPort: 53 },
      { name: "dns-tcp", protocol: "TCP", port: 53, targetPort: 53 },
      { name: "metrics", protocol: "TCP", port: 9153, targetPort: 9153 },
    ]),
    labels: {
      "k8s-app": "kube-dns",
      "kubernetes.io/cluster-service": "true",
      "kubernetes.io/name": "CoreDNS",
    },
    annotations: { "prometheus.io/port": "9153", "prometheus.io/scrape": "true" },
    selector: dnsSelector,
  };
}
