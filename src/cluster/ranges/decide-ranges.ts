import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { SourceRange } from "../../diagnostics/source.ts";
import {
  type Cidr,
  canonicalIp,
  cidrContains,
  cidrsOverlap,
  familyOf,
  formatCidr,
  type IpFamily,
  isIp,
} from "../../net/ip.ts";
import type { ClusterInput } from "../input/cluster-input.ts";
import type { ConfiguredCluster } from "../input/configurations.ts";
import { isObservedObject } from "../input/merge-observed.ts";
import type { ClusterRanges } from "../model.ts";
import { statedPodCidrs } from "../nodes/stated-node.ts";
import type { ClusterOptions } from "../options.ts";
import { statedPodIps } from "../pods/stated-pod.ts";
import { statedClusterIps } from "../services/build-service.ts";
import {
  defaultNodePorts,
  inferClusterCidr,
  inferServiceCidr,
  parseCidrs,
  type StatedAddress,
} from "./infer-ranges.ts";

export interface RangesAnswer {
  readonly ranges: ClusterRanges;
  /** The pod range was stated, not assumed: it can't grow. */
  readonly clusterCidrsStated: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** The ranges of the cluster: as flags say, as configurations say, as stated addresses imply, by default. */
export function decideRanges(
  input: ClusterInput,
  options: ClusterOptions,
  configured: ConfiguredCluster,
): RangesAnswer {
  const diagnostics: Diagnostic[] = [];
  const statedServices = statedServiceCidrs(options, configured, diagnostics);
  const statedPods = statedClusterCidrs(options, configured, diagnostics);
  const families = familiesOf(input, statedServices, statedPods);
  if (statedServices !== undefined && statedPods !== undefined) {
    checkFamilies(statedServices, statedPods, diagnostics);
  }
  const clusterIps = statedServices === undefined ? clusterIpsOf(input, options) : [];
  const serviceCidrs =
    statedServices ??
    families.map((family) => {
      const ofFamily = clusterIps.filter(({ address }) => familyOf(address) === family);
      const answer = inferServiceCidr(ofFamily, family, usualCidr(options.usual?.serviceCidrs, family));
      diagnostics.push(...answer.diagnostics);
      return answer.cidr;
    });
  const networks = input.nodes.flatMap((loaded) => statedPodCidrs(loaded.object));
  const clusterCidrs = families.map((family) => {
    const stated = statedPods?.find((cidr) => cidr.family === family);
    if (stated !== undefined) return stated;
    const nodeNetworks = networks.filter((cidr) => cidr.family === family);
    const addresses = podAddressesOf(input, nodeNetworks, family);
    const answer = inferClusterCidr(
      addresses,
      nodeNetworks,
      family,
      usualCidr(options.usual?.clusterCidrs, family),
    );
    diagnostics.push(...answer.diagnostics);
    return answer.cidr;
  });
  // What a cluster was observed to have works for it, as GKE's Services inside of the pods' range do.
  if (options.serviceCidrs !== undefined || options.clusterCidrs !== undefined) {
    diagnostics.push(...overlaps(serviceCidrs, clusterCidrs));
  }
  const nodePorts = options.nodePorts ?? configured.nodePorts ?? observedNodePorts(input);
  return {
    ranges: { serviceCidrs, clusterCidrs, nodePorts },
    clusterCidrsStated: statedPods !== undefined,
    diagnostics,
  };
}

function usualCidr(texts: readonly string[] | undefined, family: IpFamily): Cidr | undefined {
  return parseCidrs(texts ?? [])?.find((cidr) => cidr.family === family);
}

function statedServiceCidrs(
  options: ClusterOptions,
  configured: ConfiguredCluster,
  diagnostics: Diagnostic[],
): Cidr[] | undefined {
  return statedCidrs(options.serviceCidrs ?? configured.serviceCidrs, "service CIDR", diagnostics);
}

function statedClusterCidrs(
  options: ClusterOptions,
  configured: ConfiguredCluster,
  diagnostics: Diagnostic[],
): Cidr[] | undefined {
  return statedCidrs(options.clusterCidrs ?? configured.clusterCidrs, "cluster CIDR", diagnostics);
}

/** One CIDR, or one of each family, as kube-apiserver takes them. */
function statedCidrs(
  texts: readonly string[] | undefined,
  what: string,
  diagnostics: Diagnostic[],
): Cidr[] | undefined {
  if (texts === undefined || texts.length === 0) return undefined;
  const parsed = parseCidrs(texts);
  const problem =
    parsed === undefined
      ? "is no CIDR, and no two"
      : parsed.length > 2
        ? "holds more than two"
        : parsed.length === 2 && parsed[0]!.family === parsed[1]!.family
          ? "holds two of one family"
          : undefined;
  if (parsed !== undefined && problem === undefined) return parsed;
  diagnostics.push({
    code: "invalid-cidr",
    severity: "error",
    message: `the ${what} "${texts.join(",")}" ${problem}`,
    hint: "One network such as 10.96.0.0/12, or for dual stack an IPv4 and an IPv6 one: 10.96.0.0/12,fd00:10:96::/112",
  });
  return undefined;
}

/** Services and pods have the same families: kube-controller-manager does not start otherwise. */
function checkFamilies(services: readonly Cidr[], pods: readonly Cidr[], diagnostics: Diagnostic[]): void {
  const words = (cidrs: readonly Cidr[]): string =>
    cidrs
      .map(({ family }) => `IPv${family}`)
      .sort()
      .join(" and ");
  if (words(services) === words(pods)) return;
  diagnostics.push({
    code: "invalid-cidr",
    severity: "error",
    message: `the service CIDR is ${words(services)}, and the cluster CIDR ${words(pods)}`,
    hint: "State both for the same families: --service-cidr 10.96.0.0/12,fd00:10:96::/112 --cluster-cidr 10.244.0.0/16,fd00:10:244::/56",
  });
}

/** Kubernetes starts with ranges that overlap; then one address may be a Service's and a pod's. */
function overlaps(services: readonly Cidr[], pods: readonly Cidr[]): Diagnostic[] {
  return services.flatMap((service) => {
    const shared = pods.find((pod) => pod.family === service.family && cidrsOverlap(pod, service));
    if (shared === undefined) return [];
    return [
      {
        code: "ranges-overlap",
        severity: "warning",
        message: `the service CIDR ${formatCidr(service)} and the cluster CIDR ${formatCidr(shared)} overlap: a Service and a pod may get one address`,
        hint: "--service-cidr and --cluster-cidr state both",
      } as const,
    ];
  });
}

/** The cluster's address families, the primary first. A manifest alone never makes a cluster dual stack. */
function familiesOf(
  input: ClusterInput,
  services: readonly Cidr[] | undefined,
  pods: readonly Cidr[] | undefined,
): IpFamily[] {
  const stated = services ?? pods;
  if (stated !== undefined) return stated.map(({ family }) => family);
  const seen = new Set<IpFamily>();
  const primary = input.services.find(
    (loaded) => loaded.name === "kubernetes" && input.namespaceOf(loaded) === "default",
  );
  const primaryIp = primary === undefined ? undefined : statedClusterIps(primary.object.spec)[0];
  if (primaryIp !== undefined && isIp(primaryIp)) seen.add(familyOf(primaryIp));
  for (const loaded of input.nodes) {
    for (const { family } of statedPodCidrs(loaded.object)) seen.add(family);
  }
  for (const loaded of input.services) {
    if (!isObservedObject(loaded)) continue;
    for (const ip of statedClusterIps(loaded.object.spec)) if (isIp(ip)) seen.add(familyOf(ip));
  }
  return seen.size === 0 ? [4] : [...seen];
}

function clusterIpsOf(input: ClusterInput, options: ClusterOptions): StatedAddress[] {
  const addresses: StatedAddress[] = [];
  for (const loaded of input.services) {
    if (loaded.object.spec.type === "ExternalName") continue;
    const stated = statedClusterIps(loaded.object.spec);
    if (stated.length === 0) continue;
    const owner = `${input.namespaceOf(loaded)}/${loaded.name}`;
    stated.forEach((address, index) => {
      if (!isIp(address)) return;
      const path = loaded.object.spec.clusterIP && index === 0 ? ["clusterIP"] : ["clusterIPs", index];
      addresses.push({ address, owner, range: () => loaded.source.range(["spec", ...path]) });
    });
  }
  for (const [owner, facts] of Object.entries(options.observed ?? {})) {
    if (facts.clusterIP !== undefined && isIp(facts.clusterIP)) {
      addresses.push({ address: canonicalIp(facts.clusterIP), owner });
    }
  }
  return addresses;
}

/** Stated addresses of pods that are on the pod network; nodes' own networks already say where that is. */
function podAddressesOf(input: ClusterInput, networks: readonly Cidr[], family: IpFamily): StatedAddress[] {
  const inside = (address: string): boolean => networks.some((cidr) => cidrContains(cidr, address));
  const addresses: StatedAddress[] = [];
  for (const loaded of input.pods) {
    if (loaded.object.spec.hostNetwork) continue;
    for (const address of statedPodIps(loaded.object)) {
      if (familyOf(address) !== family || inside(address)) continue;
      const range = () => loaded.source.range(["status", "podIP"]);
      addresses.push({ address, owner: `${input.namespaceOf(loaded)}/${loaded.name}`, range });
    }
  }
  return networks.length > 0 ? addresses : [...addresses, ...slicePodAddresses(input, family)];
}

/** Addresses that endpoint objects state for pods: those of Services with a selector, or that name a pod. */
function slicePodAddresses(input: ClusterInput, family: IpFamily): StatedAddress[] {
  if (input.slices.length === 0 && input.endpoints.length === 0) return [];
  const selecting = new Set<string>();
  for (const loaded of input.services) {
    if (loaded.object.spec.selector) selecting.add(`${input.namespaceOf(loaded)}/${loaded.name}`);
  }
  const nodeIps = new Set(
    input.nodes.flatMap((loaded) => (loaded.object.status?.addresses ?? []).map(({ address }) => address)),
  );
  const addresses: StatedAddress[] = [];
  const add = (address: string, owner: string, range: () => SourceRange): void => {
    if (familyOf(address) !== family || nodeIps.has(address) || !isIp(address)) return;
    addresses.push({ address, owner, range });
  };
  for (const loaded of input.slices) {
    const owner = `${input.namespaceOf(loaded)}/${loaded.object.metadata.labels?.["kubernetes.io/service-name"] ?? loaded.name}`;
    loaded.object.endpoints?.forEach((endpoint, index) => {
      if (!selecting.has(owner) && endpoint.targetRef?.kind !== "Pod") return;
      for (const address of endpoint.addresses) {
        add(address, owner, () => loaded.source.range(["endpoints", index, "addresses"]));
      }
    });
  }
  for (const loaded of input.endpoints) {
    const owner = `${input.namespaceOf(loaded)}/${loaded.name}`;
    loaded.object.subsets?.forEach((subset, index) => {
      for (const entry of [...(subset.addresses ?? []), ...(subset.notReadyAddresses ?? [])]) {
        if (!selecting.has(owner) && entry.targetRef?.kind !== "Pod") continue;
        add(entry.ip, owner, () => loaded.source.range(["subsets", index]));
      }
    });
  }
  return addresses;
}

/** The default range, widened to hold what a running cluster has given out. */
function observedNodePorts(input: ClusterInput): ClusterRanges["nodePorts"] {
  let { first, last }: ClusterRanges["nodePorts"] = defaultNodePorts;
  for (const loaded of input.services) {
    if (!isObservedObject(loaded)) continue;
    const { ports, healthCheckNodePort } = loaded.object.spec;
    for (const port of [...(ports ?? []).map(({ nodePort }) => nodePort), healthCheckNodePort]) {
      if (!port) continue;
      first = Math.min(first, port);
      last = Math.max(last, port);
    }
  }
  return { first, last };
}
