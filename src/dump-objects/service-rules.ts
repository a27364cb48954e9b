import type { Protocol } from "../net/protocol.ts";
import { commentOf, findChain, findTable, type Rule, type Ruleset } from "../netfilter/ruleset.ts";

/** What a rule's address is to the Service: kube-proxy says it in the rule's comment. */
export type AddressKind = "cluster-ip" | "external-ip" | "load-balancer-ip" | "node-port";

/** A rule that says under which address a Service port is reached. */
export interface ServiceRule {
  readonly namespace: string;
  readonly name: string;
  /** The Service port's name, empty where it has none. */
  readonly portName: string;
  readonly protocol: Protocol;
  readonly kind: AddressKind;
  /** Absent at a node port. */
  readonly address?: string;
  readonly port: number;
  /** The chain that takes the packet; absent where the packet is refused. */
  readonly chain?: string;
  readonly rule: Rule;
}

/** Where kube-proxy sends packets to Services apart (proxier.go: the same chains from 1.15 to 1.37). */
const dispatchChains = [
  ["nat", "KUBE-SERVICES"],
  ["nat", "KUBE-NODEPORTS"],
  ["filter", "KUBE-SERVICES"],
  ["filter", "KUBE-EXTERNAL-SERVICES"],
] as const;

/** `namespace/name:port`, until 1.17 with the colon of a port without a name, and what the rule is for. */
const commentForm =
  /^([a-z0-9-]+)\/([a-z0-9-]+)(?::([a-z0-9-]*))?(?: (cluster IP|external IP|loadbalancer IP|has no endpoints|has no local endpoints))?$/;

const kindOfWords: Readonly<Record<string, AddressKind>> = {
  "cluster IP": "cluster-ip",
  "external IP": "external-ip",
  "loadbalancer IP": "load-balancer-ip",
};

const protocols: Readonly<Record<string, Protocol>> = { tcp: "TCP", udp: "UDP", sctp: "SCTP" };

/** The rules of all Service ports that a node's rules know, in their order. */
export function serviceRules(ruleset: Ruleset): ServiceRule[] {
  return dispatchChains.flatMap(([tableName, chainName]) => {
    const table = findTable(ruleset, tableName);
    const chain = table === undefined ? undefined : findChain(table, chainName);
    return (chain?.rules ?? []).flatMap((rule) => serviceRule(rule, chainName) ?? []);
  });
}

function serviceRule(rule: Rule, chainName: string): ServiceRule | undefined {
  const said = commentForm.exec(commentOf(rule) ?? "");
  const protocol = protocols[rule.protocol?.name ?? ""];
  const port = destinationPort(rule);
  if (said === null || protocol === undefined || port === undefined) return undefined;
  const [, namespace, name, portName = "", words = ""] = said;
  // Newer releases take 127.0.0.0/8 apart in KUBE-NODEPORTS: a network is no Service's address.
  const isHost = chainName !== "KUBE-NODEPORTS" && rule.destination?.inverted === false;
  const address = isHost ? rule.destination?.address : undefined;
  const kind = address === undefined ? "node-port" : (kindOfWords[words] ?? kindByChain(chainName));
  return {
    namespace: namespace!,
    name: name!,
    portName,
    protocol,
    kind,
    ...(address === undefined ? {} : { address }),
    port,
    ...(rule.target?.kind === "jump" ? { chain: rule.target.chain } : {}),
    rule,
  };
}

/** A rule that refuses says no more than "has no endpoints": cluster IPs are refused in a chain of their own. */
function kindByChain(chainName: string): AddressKind {
  return chainName === "KUBE-SERVICES" ? "cluster-ip" : "external-ip";
}

function destinationPort(rule: Rule): number | undefined {
  for (const match of rule.matches) {
    if (match.kind !== "tcp" && match.kind !== "udp" && match.kind !== "sctp") continue;
    const range = match.destinationPort;
    if (range !== undefined && !range.inverted && range.first === range.last) return range.first;
  }
  return undefined;
}
