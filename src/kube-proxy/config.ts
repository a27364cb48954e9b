import type { IpFamily } from "../net/ip.ts";

/** How kube-proxy tells traffic of this node's pods from other traffic (`detectLocalMode`). */
export type LocalDetector =
  | { readonly kind: "cluster-cidr"; readonly cidrs: readonly string[] }
  | { readonly kind: "node-cidr" }
  | { readonly kind: "bridge-interface"; readonly name: string }
  | { readonly kind: "interface-name-prefix"; readonly prefix: string }
  | { readonly kind: "none" };

/** What of a KubeProxyConfiguration, the release and the kernel changes rules. */
export interface KubeProxyConfig {
  /** `1.37`; the table of releases is in `versions.ts`. */
  readonly release: string;
  readonly family: IpFamily;
  readonly localDetector: LocalDetector;
  readonly masqueradeAll: boolean;
  /** Bit of the fwmark, 14 by default (0x4000). */
  readonly masqueradeBit: number;
  readonly localhostNodePorts: boolean;
  /** CIDRs, or `primary`, `localhost`, `all`; empty means every local address. */
  readonly nodePortAddresses: readonly string[];
  /** Overrides what kube-proxy takes for the node's own address; unspecified addresses do not. */
  readonly bindAddress?: string;
  readonly tcpBeLiberal: boolean;
  /** The kernel has the nfacct match. */
  readonly nfacct: boolean;
}
