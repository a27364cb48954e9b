import type { RuleText } from "../rule-words.ts";
import { addressesIn } from "./addresses-in-text.ts";
import type { NodeGround } from "./ground.ts";
import { NodePlaces } from "./node-places.ts";
import { RulesByService } from "./rules-by-service.ts";

/** What tells the nodes of a world apart for a Service's packets. Lists are by node, in the ground's order. */
export interface ServiceSignatures {
  /** The Service and those whose rules its packets can meet. */
  readonly services: readonly string[];
  /** Numbers of what no Service has a part in. */
  readonly common: readonly number[];
  /** What {@link RulesByService.of} says of all of the services. */
  readonly objects: readonly string[];
  /** Pairs of an address or network that the rules name, and what it is to the node; none where it is nothing. */
  readonly places: readonly (readonly string[])[];
}

/** What tells the nodes of one world apart, as text. */
export class NodeSignatures {
  readonly ground: NodeGround;
  readonly rules: RulesByService;
  readonly places: NodePlaces;
  /** Addresses and networks that rules of no Service name. */
  readonly constants: ReadonlySet<string>;
  readonly #common: readonly number[];
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #known = new Map<string, ServiceSignatures>();

  constructor(ground: NodeGround, text: RuleText) {
    this.ground = ground;
    this.rules = new RulesByService(ground, text);
    this.places = new NodePlaces(ground.network, ground.nodes, ground.clients);
    this.#indexes = new Map(ground.nodes.map((node, index) => [node, index]));
    this.constants = new Set(
      [...new Set(this.rules.common)].flatMap((rules) => addressesIn(rules, ground.network.family)),
    );
    const places = this.#placesOf(this.constants);
    const numbers = new Map<string, number>();
    this.#common = ground.nodes.map((node, index) => {
      const rules = this.rules.common[index]!;
      const key = [rules, this.#shapeOf(node, rules), ...places[index]!].join("\n");
      const number = numbers.get(key) ?? numbers.size;
      numbers.set(key, number);
      return number;
    });
  }

  /** @param addresses that the Service's flows are sent to; the same ones whenever it is asked for */
  for(service: string, addresses: ReadonlySet<string>): ServiceSignatures {
    let signatures = this.#known.get(service);
    if (signatures === undefined) {
      signatures = this.#make(service, addresses);
      this.#known.set(service, signatures);
    }
    return signatures;
  }

  #make(service: string, addresses: ReadonlySet<string>): ServiceSignatures {
    const { reach, nodes } = this.ground;
    const services = [...reach.from(service)];
    const endpoints = new Set(services.flatMap((name) => [...reach.endpointsOf(name)]));
    const named = new Set([...addresses, ...endpoints]);
    for (const name of services) for (const address of this.rules.addressesOf(name)) named.add(address);
    const objects = services.map((name) => this.rules.of(name) ?? []);
    const [own] = objects;
    const places = this.#placesOf(named);
    for (const address of endpoints) {
      for (const node of reach.nodesOf(address)) {
        const index = this.#indexes.get(node);
        if (index !== undefined) places[index]!.push(address, "endpoint");
      }
    }
    return {
      services,
      common: this.#common,
      objects:
        objects.length === 1 && own!.length > 0
          ? own!
          : nodes.map((_, index) => objects.map((each) => each[index] ?? "").join("|")),
      places,
    };
  }

  #placesOf(constants: ReadonlySet<string>): string[][] {
    const places = this.ground.nodes.map((): string[] => []);
    for (const constant of constants) {
      for (const [node, what] of this.places.relations(constant))
        places[this.#indexes.get(node)!]!.push(constant, what);
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
    return `${[...new Set(shapes)].join(", ")} ${clients.has(node)} ${namesLinks ? node : ""}`;
  }
}
