import type { Endpoint } from "../../endpoints/model.ts";
import { hostPort } from "../../net/ip.ts";
import type { CommentMatch, Match, RecentMatch, StatisticRandomMatch } from "../../netfilter/match.ts";
import type { Chain, Rule } from "../../netfilter/ruleset.ts";
import { endpointChain } from "../chain-names.ts";
import { EndpointOrigin } from "./origins.ts";
import { comment, jump, makeEndpointRule, protocolMatches, protocols } from "./rule.ts";
import { type ServicePortRules, toMarkMasquerade } from "./service-port-rules.ts";

/**
 * Chains of endpoints and the chains that choose among them. Their rules are made when asked for and not kept:
 * a cluster of 250,000 endpoints has 750,000 of them.
 */

/** KUBE-SEP: one endpoint of one Service port. */
export class EndpointChain implements Chain {
  readonly name: string;
  readonly endpoint: Endpoint;
  /** `ip:port`, as kube-proxy sorts, hashes and translates to. */
  readonly text: string;
  private readonly port: ServicePortRules;

  constructor(endpoint: Endpoint, port: ServicePortRules) {
    this.endpoint = endpoint;
    this.port = port;
    this.text = hostPort(endpoint.ip, endpoint.port);
    this.name = endpointChain(port.info.name, port.info.protocol, this.text);
  }

  get rules(): readonly Rule[] {
    const { info, node } = this.port;
    const { endpoint } = this;
    const note = endpointChainComment(this.port);
    const protocolMatch = protocolMatches[info.protocol];
    const translating: readonly Match[] =
      info.affinitySeconds === undefined
        ? [...note, protocolMatch]
        : [...note, this.recent("set"), protocolMatch];
    return [
      makeEndpointRule(
        { address: endpoint.ip, mask: node.family === 4 ? 32 : 128, inverted: false },
        undefined,
        note,
        toMarkMasquerade,
        new EndpointOrigin("hairpin", info, endpoint),
      ),
      makeEndpointRule(
        undefined,
        protocols[info.protocol],
        translating,
        { kind: "dnat", to: this.text, random: false, persistent: false },
        new EndpointOrigin("translate", info, endpoint),
      ),
    ];
  }

  /** The list of clients of this endpoint. */
  recent(mode: "set" | "rcheck"): RecentMatch {
    const { info, node } = this.port;
    return {
      kind: "recent",
      name: this.name,
      mode,
      ...(mode === "set" ? {} : { seconds: info.affinitySeconds ?? 0, reap: true }),
      mask: node.family === 4 ? "255.255.255.255" : "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      side: "source",
      inverted: false,
    };
  }
}

function endpointChainComment({ info, node }: ServicePortRules): readonly CommentMatch[] {
  if (node.largeCluster || node.traits.endpointChainComment === "none") return noComment;
  return [comment(info.name)];
}

const noComment: readonly CommentMatch[] = [];

/** Comment of a rule of a balancing chain; `index` counts its balancing rules from 0. */
export type BalancingComment = (endpoint: EndpointChain, index: number) => readonly CommentMatch[];

/** The comment of SVC and SVL chains. */
export function balancingComment({ info, node }: ServicePortRules): BalancingComment {
  if (node.largeCluster) return () => noComment;
  switch (node.traits.balancingRuleComment) {
    case "none":
      return () => noComment;
    case "service-port":
      return () => [comment(info.name)];
    case "endpoint":
      return (endpoint) => [comment(`${info.name} -> ${endpoint.text}`)];
  }
}

/** KUBE-SVC, KUBE-SVL: rules of its own first, then those that choose an endpoint. */
export class BalancingChain implements Chain {
  readonly name: string;
  private readonly head: readonly Rule[];
  private readonly endpoints: readonly EndpointChain[];
  private readonly port: ServicePortRules;

  constructor(
    name: string,
    head: readonly Rule[],
    endpoints: readonly EndpointChain[],
    port: ServicePortRules,
  ) {
    this.name = name;
    this.head = head;
    this.endpoints = endpoints;
    this.port = port;
  }

  get rules(): readonly Rule[] {
    const note = balancingComment(this.port);
    return [...this.head, ...balancingRules(this.port, this.endpoints, note, note)];
  }
}

/** Rules that send each client to its endpoint, under session affinity, and the rest at random. */
export function balancingRules(
  port: ServicePortRules,
  endpoints: readonly EndpointChain[],
  affinityNote: BalancingComment,
  note: BalancingComment,
): Rule[] {
  const { info, node } = port;
  const rules: Rule[] = [];
  if (info.affinitySeconds !== undefined) {
    for (const [index, chain] of endpoints.entries()) {
      rules.push(
        makeEndpointRule(
          undefined,
          undefined,
          [...affinityNote(chain, index), chain.recent("rcheck")],
          jump(chain.name),
          new EndpointOrigin("affinity", info, chain.endpoint),
        ),
      );
    }
  }
  for (let index = 0; index < endpoints.length; index++) {
    const chain = endpoints[index]!;
    const left = endpoints.length - index;
    const matches: readonly Match[] =
      left === 1 ? note(chain, index) : [...note(chain, index), oneIn(left, node.traits.probabilityDigits)];
    rules.push(
      makeEndpointRule(
        undefined,
        undefined,
        matches,
        jump(chain.name),
        new EndpointOrigin("balance", info, chain.endpoint, left),
      ),
    );
  }
  return rules;
}

const probabilities = { 5: [] as StatisticRandomMatch[], 10: [] as StatisticRandomMatch[] };

/**
 * `--probability 1/n` as the kernel keeps it: kube-proxy writes decimals, iptables makes 31 bits of them.
 */
export function oneIn(n: number, digits: 5 | 10): StatisticRandomMatch {
  const known = probabilities[digits];
  let match = known[n];
  if (match === undefined) {
    const threshold = Math.round(Number((1 / n).toFixed(digits)) * 2 ** 31);
    match = { kind: "statistic-random", threshold, inverted: false };
    known[n] = match;
  }
  return match;
}
