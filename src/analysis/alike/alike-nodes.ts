import type { Chain, Rule, Ruleset } from "../../netfilter/ruleset.ts";
import type { Network } from "../../tracer/network.ts";
import { groupBy } from "../group-by.ts";
import type { RuleText } from "../rule-words.ts";
import { isServiceChain, serviceOfRule } from "../rule-words.ts";
import { NodePlaces } from "./node-places.ts";
import type { ServiceReach } from "./service-reach.ts";

/** One world as far as its nodes can differ in it. */
export interface NodeGround {
  readonly network: Network;
  /** Node → name of the host that stands for its pods. */
  readonly clients: ReadonlyMap<string, string>;
  readonly reach: ServiceReach;
  rulesetOf(node: string): Ruleset | undefined;
}

/** The nodes of two worlds, by what a Service's packets can tell them apart by. */
export class AlikeNodes {
  readonly #nodes: readonly string[];
  readonly #sides: readonly NodeSignatures[];

  /** @param nodes those that all worlds have */
  constructor(grounds: readonly NodeGround[], nodes: readonly string[], text: RuleText) {
    this.#nodes = nodes;
    this.#sides = grounds.map((ground) => new NodeSignatures(ground, nodes, text));
  }

  /**
   * Sets of nodes any two of which could change places in every world, and no flow to the Service would notice: their
   * rules for it are the very same, the same is on them of all that its rules name, and they hang on the wire alike.
   * @param addresses that the flows are sent to
   */
  for(service: string, addresses: ReadonlySet<string>): readonly (readonly string[])[] {
    const keys = this.#sides.map((side) => side.for(service, addresses));
    return [...groupBy(this.#nodes, (node) => keys.map((key) => key(node)).join("\n")).values()];
  }
}

/** What tells the nodes of one world apart, as text. */
class NodeSignatures {
  readonly #ground: NodeGround;
  readonly #places: NodePlaces;
  /** Node → what no Service has a part in: equal where that is. */
  readonly #common = new Map<string, string>();
  /** Node → Service → numbers of its chains and rules there. */
  readonly #objects = new Map<string, Map<string, string>>();
  /** Service → all of its chains and rules on any node. */
  readonly #ofService = new Map<string, Set<Chain | Rule>>();
  readonly #text: RuleText;
  readonly #numbers = new Map<Chain | Rule, number>();
  readonly #owners = new Map<Chain, string>();

  constructor(ground: NodeGround, nodes: readonly string[], text: RuleText) {
    this.#ground = ground;
    this.#text = text;
    this.#places = new NodePlaces(ground.network, nodes, ground.clients);
    const addresses = new Set<string>();
    for (const node of nodes) {
      const rules = this.#index(node, ground.rulesetOf(node));
      for (const address of addressesIn(rules)) addresses.add(address);
      this.#common.set(node, `${rules}\n${this.#shapeOf(node, rules)}`);
    }
    const texts = new Map<string, number>();
    for (const node of nodes) {
      const places = [...addresses].map((address) => this.#places.relation(node, address));
      const common = [this.#common.get(node), ...places].join("\n");
      const number = texts.get(common) ?? texts.size;
      texts.set(common, number);
      this.#common.set(node, String(number));
    }
  }

  /** A function that gives the signature of a node for a Service's flows. */
  for(service: string, addresses: ReadonlySet<string>): (node: string) => string {
    const { reach } = this.#ground;
    const services = [...reach.from(service)];
    const endpoints = services.flatMap((name) => [...reach.endpointsOf(name)]);
    const named = new Set([...addresses, ...endpoints]);
    for (const name of services) for (const address of this.#addressesOf(name)) named.add(address);
    const constants = [...named];
    const placed = endpoints.filter((address) => reach.nodesOf(address).size > 0);
    return (node) =>
      [
        this.#common.get(node),
        ...services.map((name) => this.#objects.get(node)?.get(name) ?? ""),
        ...constants.map((constant) => this.#places.relation(node, constant)).filter((text) => text !== ""),
        ...placed.filter((address) => reach.nodesOf(address).has(node)),
      ].join("\n");
  }

  /** Takes down the chains and rules of Services on a node; gives all other rules as text. */
  #index(node: string, ruleset: Ruleset | undefined): string {
    const lines: string[] = [];
    const objects = new Map<string, string>();
    const note = (service: string, item: Chain | Rule): void => {
      objects.set(service, `${objects.get(service) ?? ""} ${this.#numberOf(item)}`);
      const all = this.#ofService.get(service);
      if (all === undefined) this.#ofService.set(service, new Set([item]));
      else all.add(item);
    };
    for (const table of ruleset?.tables ?? []) {
      for (const chain of table.chains) {
        const owner = isServiceChain(chain.name) ? this.#ownerOf(chain) : "";
        if (owner !== "") {
          note(owner, chain);
          continue;
        }
        lines.push(`${table.name} ${chain.name} ${chain.policy ?? ""}`);
        for (const rule of chain.rules) {
          const service = serviceOfRule(rule);
          if (service === undefined) lines.push(this.#text("", rule));
          else note(service, rule);
        }
      }
    }
    this.#objects.set(node, objects);
    return lines.join("\n");
  }

  #ownerOf(chain: Chain): string {
    let owner = this.#owners.get(chain);
    if (owner === undefined) {
      owner = "";
      for (const rule of chain.rules) owner ||= serviceOfRule(rule) ?? "";
      this.#owners.set(chain, owner);
    }
    return owner;
  }

  #numberOf(item: Chain | Rule): number {
    const number = this.#numbers.get(item) ?? this.#numbers.size;
    this.#numbers.set(item, number);
    return number;
  }

  /** Every address that a rule of the Service names, on whichever node. */
  #addressesOf(service: string): ReadonlySet<string> {
    const found = new Set<string>();
    for (const item of this.#ofService.get(service) ?? []) {
      for (const rule of "rules" in item ? item.rules : [item])
        for (const address of addressesIn(this.#text("", rule))) found.add(address);
    }
    return found;
  }

  /** How the node hangs on the network. Links of single pods count as one: only a rule could tell them apart, by name. */
  #shapeOf(node: string, rules: string): string {
    const { network, clients } = this.#ground;
    const interfaces = network.hosts.get(node)?.interfaces ?? [];
    const isLink = (segment: string): boolean => network.segments.get(segment)?.bridge === undefined;
    const shapes = interfaces.map(({ name, addresses, segment }, index) =>
      index > 0 && isLink(segment) ? "link" : `${name} ${addresses.length}`,
    );
    const namesLinks = shapes.includes("link") && /(^| )-[io] (?!lo )[^ +]+( |$)/m.test(rules);
    return `${[...new Set(shapes)].join(", ")} ${clients.has(node)} ${namesLinks ? node : ""}`;
  }
}

/** Addresses and networks in the text of rules; what is in comments does no harm. */
function addressesIn(text: string): readonly string[] {
  return text.match(/\d+\.\d+\.\d+\.\d+(?:\/[\d.]+)?|(?:[0-9a-f]*:){2,}[0-9a-f.:]*(?:\/[0-9a-f:]+)?/gi) ?? [];
}
