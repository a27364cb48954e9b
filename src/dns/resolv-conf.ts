import type { ClusterModel, Pod } from "../cluster/model.ts";
import type { PodSpec } from "../manifests/objects.ts";
import { cidrAddress } from "../net/ip.ts";

/** What /etc/resolv.conf of a pod says. */
export interface ResolvConf {
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly { readonly name: string; readonly value?: string }[];
  /** Why it can't be known in full (the node's own file is part of it); undefined when it is known. */
  readonly unknown?: string;
  /** The name server's address is a guess: the input has no Service kube-system/kube-dns. */
  readonly assumedServer: boolean;
}

/** Who asks: a pod, or any pod of a namespace with the default settings. */
export interface DnsClient {
  readonly namespace: string;
  readonly hostNetwork: boolean;
  readonly dnsPolicy?: string;
  readonly dnsConfig?: PodSpec["dnsConfig"];
}

/** The pod as cluster DNS's client. */
export function dnsClientOf(pod: Pod): DnsClient {
  const spec = podSpecOf(pod);
  return {
    namespace: pod.namespace,
    hostNetwork: pod.hostNetwork,
    ...(spec?.dnsPolicy === undefined ? {} : { dnsPolicy: spec.dnsPolicy }),
    ...(spec?.dnsConfig === undefined ? {} : { dnsConfig: spec.dnsConfig }),
  };
}

function podSpecOf(pod: Pod): PodSpec | undefined {
  if (pod.object?.role === "pod") return pod.object.object.spec;
  const owner = pod.owner?.object;
  if (owner?.role !== "workload") return undefined;
  return owner.object.spec.template?.spec;
}

/** Addresses of the cluster's DNS: those of kube-system/kube-dns, else the tenth of the Service range. */
function clusterDns(cluster: ClusterModel): { readonly ips: readonly string[]; readonly assumed: boolean } {
  const service = cluster.services.find(
    (candidate) => candidate.namespace === "kube-system" && candidate.name === "kube-dns",
  );
  if (service !== undefined && service.clusterIps[0] !== "None") {
    return { ips: service.clusterIps.slice(0, 1), assumed: false };
  }
  return { ips: cluster.ranges.serviceCidrs.slice(0, 1).map((cidr) => cidrAddress(cidr, 10)), assumed: true };
}

/**
 * The resolv.conf that the kubelet gives a pod, by its dnsPolicy and dnsConfig (kubelet, network/dns). What the
 * kubelet takes over from the node's own file is not known.
 */
export function resolvConfOf(client: DnsClient, cluster: ClusterModel): ResolvConf {
  const stated = client.dnsPolicy ?? "ClusterFirst";
  const policy = stated === "ClusterFirst" && client.hostNetwork ? "Default" : stated;
  const usesCluster = policy === "ClusterFirst" || policy === "ClusterFirstWithHostNet";
  const dns = clusterDns(cluster);
  const zone = cluster.dnsDomain;
  const config = client.dnsConfig;
  const options = new Map<string, string | undefined>();
  if (usesCluster) options.set("ndots", "5");
  for (const option of config?.options ?? []) options.set(option.name, option.value);
  return {
    nameservers: unique([...(usesCluster ? dns.ips : []), ...(config?.nameservers ?? [])]),
    searches: unique([
      ...(usesCluster ? [`${client.namespace}.svc.${zone}`, `svc.${zone}`, zone] : []),
      ...(config?.searches ?? []),
    ]),
    options: [...options].map(([name, value]) => (value === undefined ? { name } : { name, value })),
    assumedServer: usesCluster && dns.assumed,
    ...(policy === "Default"
      ? {
          unknown: `${
            client.hostNetwork && stated === "ClusterFirst"
              ? "dnsPolicy ClusterFirst on the host's network works as Default"
              : "dnsPolicy Default"
          }: the node's own resolv.conf, which manifests do not hold`,
        }
      : {}),
  };
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

/** `ndots` of the options, 1 where none is given (resolv.conf(5)). */
export function ndotsOf(conf: ResolvConf): number {
  const value = conf.options.find((option) => option.name === "ndots")?.value;
  const number = Number(value ?? "1");
  return Number.isInteger(number) && number >= 0 ? Math.min(number, 15) : 1;
}
