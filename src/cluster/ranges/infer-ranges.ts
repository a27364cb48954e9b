import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { SourceRange } from "../../diagnostics/source.ts";
import {
  type Cidr,
  cidrAddress,
  cidrContains,
  cidrSize,
  formatCidr,
  type IpFamily,
  maskCidr,
  parseCidr,
} from "../../net/ip.ts";
import type { UsualCluster } from "../options.ts";
import { AddressSpan } from "./address-offsets.ts";

/** An address the input states, with where it stands. */
export interface StatedAddress {
  readonly address: string;
  /** Who states it, as `namespace/name`. */
  readonly owner: string;
  readonly range?: () => SourceRange | undefined;
}

/** The ranges of minikube and kubeadm; for IPv6 those of kubeadm's own examples. */
export const defaultServiceCidrs: Readonly<Record<IpFamily, Cidr>> = {
  4: { address: "10.96.0.0", prefix: 12, family: 4 },
  6: { address: "fd00:10:96::", prefix: 112, family: 6 },
};
export const defaultClusterCidrs: Readonly<Record<IpFamily, Cidr>> = {
  4: { address: "10.244.0.0", prefix: 16, family: 4 },
  6: { address: "fd00:10:244::", prefix: 56, family: 6 },
};
/** How many nodes are simulated when nothing states any. */
export const defaultNodeCount = 3;

/** What holds where nothing states or implies otherwise, both families. */
export function usualCluster(usual: UsualCluster = {}): Required<UsualCluster> {
  const both = (cidrs: Readonly<Record<IpFamily, Cidr>>): string[] => [cidrs[4], cidrs[6]].map(formatCidr);
  return {
    serviceCidrs: usual.serviceCidrs ?? both(defaultServiceCidrs),
    clusterCidrs: usual.clusterCidrs ?? both(defaultClusterCidrs),
    nodes: usual.nodes ?? defaultNodeCount,
  };
}

export const defaultNodePorts = { first: 30000, last: 32767 } as const;

/** The narrowest network that holds all addresses, at most `prefix` bits long. */
function cover(addresses: Iterable<string>, prefix: number, family: IpFamily): Cidr {
  const span = new AddressSpan(family);
  for (const address of addresses) span.add(address);
  return maskCidr({ ...span.cover(prefix)!, family });
}

function moved(code: string, message: string, stated: StatedAddress, hint: string): Diagnostic {
  const range = stated.range?.();
  return { code, severity: "note", message, hint, ...(range === undefined ? {} : { range }) };
}

/** The shortest prefixes the API server takes for a Service range (20 bits of addresses). */
const widestServicePrefix: Readonly<Record<IpFamily, number>> = { 4: 12, 6: 108 };

export interface RangeAnswer {
  readonly cidr: Cidr;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The Service range of a family when no flag and no configuration states one: the default, or the range that
 * stated ClusterIPs imply when all of them are outside of it. A range is not moved to where it would make the
 * statement itself wrong: the first address is `default/kubernetes`'s.
 */
export function inferServiceCidr(
  stated: readonly StatedAddress[],
  family: IpFamily,
  fallback: Cidr = defaultServiceCidrs[family],
): RangeAnswer {
  const first = stated[0];
  if (first === undefined || stated.some(({ address }) => cidrContains(fallback, address))) {
    return { cidr: fallback, diagnostics: [] };
  }
  const apiServer = stated.find(({ owner }) => owner === "default/kubernetes");
  const cidr = cover(
    stated.map(({ address }) => address),
    family === 4 ? 16 : 112,
    family,
  );
  const kubernetes = cidrAddress(cidr, 1);
  const network = cidr.address;
  const broadcast = cidrAddress(cidr, cidrSize(cidr) - 1n);
  const contradicts = stated.some(
    ({ address, owner }) =>
      address === network ||
      (family === 4 && address === broadcast) ||
      (address === kubernetes && owner !== "default/kubernetes"),
  );
  if (cidr.prefix < widestServicePrefix[family] || contradicts) return { cidr: fallback, diagnostics: [] };
  if (apiServer !== undefined) return { cidr, diagnostics: [] };
  return {
    cidr,
    diagnostics: [
      moved(
        "service-range-moved",
        `ClusterIP ${first.address} is stated: Services are in ${formatCidr(cidr)}, kubernetes is ${kubernetes}, kube-dns ${cidrAddress(cidr, 10)}`,
        first,
        "state the range with --service-cidr if it is another",
      ),
    ],
  };
}

/**
 * The pod range of a family when nothing states one: the default, or what stated pod addresses and the pod
 * networks of stated nodes imply.
 */
export function inferClusterCidr(
  pods: readonly StatedAddress[],
  nodeNetworks: readonly Cidr[],
  family: IpFamily,
  fallback: Cidr = defaultClusterCidrs[family],
): RangeAnswer {
  const outside = pods.find(({ address }) => !cidrContains(fallback, address));
  const networksFit = nodeNetworks.every(
    (cidr) => cidr.prefix >= fallback.prefix && cidrContains(fallback, cidr.address),
  );
  if (outside === undefined && networksFit) return { cidr: fallback, diagnostics: [] };
  const addresses = [
    ...pods.map(({ address }) => address),
    ...nodeNetworks.flatMap((cidr) => [cidr.address, cidrAddress(cidr, cidrSize(cidr) - 1n)]),
  ];
  const cidr = cover(addresses, family === 4 ? 16 : 56, family);
  if (outside === undefined) return { cidr, diagnostics: [] };
  return {
    cidr,
    diagnostics: [
      moved(
        "cluster-range-moved",
        `pod address ${outside.address} is stated: the cluster CIDR is ${formatCidr(cidr)}`,
        outside,
        "state the range with --cluster-cidr if it is another",
      ),
    ],
  };
}

/** CIDRs as flags write them; undefined when one of them is none. */
export function parseCidrs(texts: readonly string[]): Cidr[] | undefined {
  const parsed = texts.map((text) => parseCidr(text.trim()));
  return parsed.every((cidr) => cidr !== undefined) ? parsed.map(maskCidr) : undefined;
}
