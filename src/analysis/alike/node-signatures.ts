import type { Network } from "../../tracer/network.ts";
import type { RuleText } from "../rule-words.ts";
import { addressesIn } from "./addresses-in-text.ts";
import type { NodeGround } from "./ground.ts";
import { NodePlaces } from "./node-places.ts";
import { RulesByService } from "./rules-by-service.ts";

/** Nodes of which only a Service can make a difference. */
interface Base {
  /** Number of what no Service has a part in. */
  readonly common: number;
  readonly ruleset: number;
}

/** What tells the nodes of a world apart for a Service's packets. */
export interface ServiceSignatures {
  /** The Service and those whose rules its packets can meet. */
  readonly services: readonly string[];
  /** By base: the number of what no Service has a part in, and what {@link RulesByService.of} says of the services. */
  readonly bases: readonly { readonly common: number; readonly objects: string }[];
  /**
   * By node, in the ground's order: pairs of an address or network that the rules name, and what it is to the node.
   * Nodes to which none is anything special are not there.
   */
  readonly places: ReadonlyMap<number, readonly string[]>;
}

/** The addresses of a host of the network, each once. */
export function addressesOfHost(network: Network, name: string): readonly string[] {
  const interfaces = network.hosts.get(name)?.interfaces ?? [];
  return [...new Set(interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)))];
}

/** What tells the nodes of one world apart, as text. */
export class NodeSignatures {
  readonly ground: NodeGround;
  /** How rules are written where they are compared as text. */
  readonly text: RuleText;
  readonly rules: RulesByService;
  readonly places: NodePlaces;
  /** Addresses and networks that rules of no Service name. */
  readonly constants: ReadonlySet<string>;
  /** By node, in the ground's order: the number of its base. */
  readonly baseOf: readonly number[];
  readonly #bases: readonly Base[];
  /** Address → the node that has it; undefined for one that several have. */
  readonly #holders = new Map<string, string | undefined>();
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #known = new Map<string, ServiceSignatures>();

  constructor(ground: NodeGround, text: RuleText) {
    this.ground = ground;
    this.text = text;
    this.rules = new RulesByService(ground, text);
    this.places = new NodePlaces(ground.network, ground.nodes, ground.clients);
    this.#indexes = new Map(ground.nodes.map((node, index) => [node, index]));
    for (const node of ground.nodes)
      for (const address of addressesOfHost(ground.network, node))
        this.#holders.set(address, this.#holders.has(address) ? undefined : node);
    const { rulesets, common } = this.rules;
    this.constants = new Set(common.flatMap((rules) => addressesIn(rules, ground.network.family)));
    const places = this.#placesOf(this.constants);
    const numbers = new Map<string, number>();
    const numberOf = (key: string): number => {
      const number = numbers.get(key) ?? numbers.size;
      numbers.set(key, number);
      return number;
    };
    const bases: Base[] = [];
    const known = new Map<string, number>();
    this.baseOf = ground.nodes.map((node, index) => {
      const ruleset = rulesets[index]!;
      const rules = common[ruleset]!;
      const number = numberOf([rules, this.#shapeOf(node, rules), ...(places.get(index) ?? [])].join("\n"));
      const base = known.get(`${number} ${ruleset}`) ?? bases.push({ common: number, ruleset }) - 1;
      known.set(`${number} ${ruleset}`, base);
      return base;
    });
    this.#bases = bases;
  }

  /** The place of a node among the ground's. */
  indexOf(node: string): number | undefined {
    return this.#indexes.get(node);
  }

  /** What tells the nodes apart for flows to a Service. */
  for(service: string): ServiceSignatures {
    let signatures = this.#known.get(service);
    if (signatures === undefined) {
      signatures = this.#make(service);
      this.#known.set(service, signatures);
    }
    return signatures;
  }

  #make(service: string): ServiceSignatures {
    const { reach, called } = this.ground;
    const services = [...reach.from(service)];
    const endpoints = new Set(services.flatMap((name) => [...reach.endpointsOf(name)]));
    const named = new Set([...(called.get(service) ?? []), ...endpoints]);
    for (const name of services) for (const address of this.rules.addressesOf(name)) named.add(address);
    const places = this.#placesOf(named);
    for (const address of endpoints) {
      for (const node of reach.nodesOf(address)) {
        const index = this.#indexes.get(node);
        if (index !== undefined) note(places, index, address, "endpoint");
      }
    }
    const bases = this.#bases.map(({ common, ruleset }) => ({
      common,
      objects: services.map((name) => this.rules.of(name, ruleset)).join("|"),
    }));
    return { services, bases, places };
  }

  #placesOf(constants: ReadonlySet<string>): Map<number, string[]> {
    const places = new Map<number, string[]>();
    for (const constant of constants) {
      for (const [node, what] of this.places.relations(constant))
        note(places, this.#indexes.get(node)!, constant, what);
    }
    return places;
  }

  /** How the node hangs on the network. Links of single pods count as one: only a rule could tell them apart, by name. */
  #shapeOf(node: string, rules: string): string {
    const { network, clients } = this.ground;
    const interfaces = network.hosts.get(node)?.interfaces ?? [];
    const isLink = (segment: string): boolean => network.segments.get(segment)?.bridge === undefined;
    const shapes = interfaces.map(({ name, addresses, segment }, index) =>
      index > 0 && isLink(segment) ? "link" : `${name} ${addresses.length}`,
    );
    const namesLinks = shapes.includes("link") && /(^| )-[io] (?!lo )[^ +]+( |$)/m.test(rules);
    const own = addressesOfHost(network, node);
    const shared = own.filter((address) => this.#holders.get(address) !== node);
    return `${[...new Set(shapes)].join(", ")} ${own.length} ${shared} ${clients.has(node)} ${namesLinks ? node : ""}`;
  }
}

function note(places: Map<number, string[]>, node: number, constant: string, what: string): void {
  const known = places.get(node);
  if (known === undefined) places.set(node, [constant, what]);
  else known.push(constant, what);
}
