import type { ClusterOptions } from "../cluster/options.ts";
import type { IgnoreEntry } from "../config/config-file.ts";
import type { SourceText } from "../diagnostics/source.ts";
import type { KubeProxyConfig } from "../kube-proxy/config.ts";

/** The rules of one address family: how they are made, or what they are. */
export interface PageFamily {
  readonly config: KubeProxyConfig;
  /** Rules of nodes as `iptables-save` text, where they are not (only) generated. */
  readonly rulesets: Readonly<Record<string, string>>;
}

/** All that a page is made from: it runs the stages itself, from the texts on. */
export interface PageData {
  readonly version: string;
  /** The manifests, without what a reader of the page has no need to see. */
  readonly sources: readonly SourceText[];
  readonly validate: "strict" | "warn" | "ignore";
  readonly cluster: ClusterOptions;
  /** The address families of the cluster; the first is shown first. */
  readonly families: readonly PageFamily[];
  /** There are no manifests: what the rules send to is all that is known of endpoints. */
  readonly onlyDumps: boolean;
  /** The node and Service to begin with. */
  readonly node?: string;
  readonly service?: string;
  readonly namespace: string;
  readonly ignore: readonly IgnoreEntry[];
  /** What the command line said about these rules: whose they are not, which release was the nearest. */
  readonly notes: string;
  /** The page is served and may ask for changes. */
  readonly live: boolean;
  /** What is wrong with the input, as the terminal would show it; then there is nothing else to show. */
  readonly errors?: string;
}
