import { isIp, parseCidr } from "../../../net/ip.ts";
import type { Chain, Rule } from "../../../netfilter/ruleset.ts";
import { isServiceChain, serviceChainPrefix } from "../../rule-words.ts";
import type { NodeSignatures, ServiceSignatures } from "../node-signatures.ts";
import { ShapeText, skeletonOf } from "./shape-text.ts";
import { networksAmong, type Standings } from "./standings.ts";

/**
 * What a Service is like but for names, addresses and ports. Of two Services with the same key one could take the
 * other's place: their rules are the same word for word when each address and port of the one is written for that of
 * the other that stands at the same place in `addresses` and `ports`, and nodes of the same class have the same of both.
 */
export interface ServiceShape {
  readonly key: number;
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
  /** By node, in the ground's order: number of its class. */
  readonly classes: readonly number[];
  /** Nodes that are alone in their class, in the order of classes. */
  readonly single: readonly string[];
}

/** Nodes that have the same of a Service and of all it names, by their places among the ground's. */
interface NodeClass {
  readonly text: string;
  readonly nodes: readonly number[];
}

/** The shapes of the Services of one world. */
export class ServiceShapes {
  readonly #signatures: NodeSignatures;
  readonly #standings: Standings;
  readonly #isOpen: boolean;
  /** Rules of no Service name no port: any may take the place of another. */
  readonly #hasOpenPorts: boolean;
  readonly #numbers = new Map<string, number>();
  readonly #known = new Map<string, ServiceShape | undefined>();

  constructor(signatures: NodeSignatures, standings: Standings) {
    this.#signatures = signatures;
    this.#standings = standings;
    this.#isOpen = isOpen(signatures);
    this.#hasOpenPorts = !signatures.rules.common.some((rules) => somePort.test(rules));
  }

  /** The shape of a Service, in a world and with rules that let it be told. */
  of(service: string): ServiceShape | undefined {
    if (!this.#known.has(service)) this.#known.set(service, this.#make(service));
    return this.#known.get(service);
  }

  #make(service: string): ServiceShape | undefined {
    if (!this.#isOpen) return undefined;
    const { ground } = this.#signatures;
    const signatures = this.#signatures.for(service);
    const named = this.#signatures.rules.addressesOf(service);
    if (signatures.services.length > 1 || !areUnderstood(named)) return undefined;
    const bodies: { readonly objects: string; readonly text: string }[] = [];
    for (const objects of new Set(signatures.bases.map((base) => base.objects))) {
      const text = this.#rulesText(objects);
      if (text === undefined) return undefined;
      bodies.push({ objects, text });
    }
    if (bodies.length > 1) sortBy(bodies, ({ text }) => skeletonOf(text, this.#standings.family));
    const hasOpenPorts = this.#hasOpenPorts && !bodies.some(({ text }) => unusualPort.test(text));
    const shape = new ShapeText(this.#standings, networksAmong(named), hasOpenPorts);
    const numbers = new Map(bodies.map(({ objects }, number) => [objects, number]));
    const rules = bodies.map(({ text }) => shape.write(text));
    const called = [...(ground.called.get(service) ?? [])].map((address) => shape.write(address));
    const classes = this.#classes(signatures, numbers, shape);
    const sizes = classes.map(({ text, nodes }) => `${nodes.length} ${text}`);
    const key = [...rules, ...called, ...sizes, ...shape.standings].join("\n");
    const number = this.#numbers.get(key) ?? this.#numbers.size;
    this.#numbers.set(key, number);
    return {
      key: number,
      addresses: shape.addresses,
      ports: shape.ports,
      classes: this.#numbersOf(classes),
      single: classes.flatMap(({ nodes }) => (nodes.length === 1 ? [ground.nodes[nodes[0]!]!] : [])),
    };
  }

  /** The nodes that have the same of the Service and of all it names, in an order that does not depend on names. */
  #classes(
    { bases, places }: ServiceSignatures,
    numbers: ReadonlyMap<string, number>,
    shape: ShapeText,
  ): NodeClass[] {
    const { baseOf } = this.#signatures;
    const classes = new Map<string, { readonly text: string; readonly nodes: number[] }>();
    const texts = bases.map(({ common, objects }) => `${common} ${numbers.get(objects)}`);
    for (const [index, ofNode] of baseOf.entries()) {
      const base = texts[ofNode]!;
      const own = places.get(index);
      const key = own === undefined ? base : `${base} ${own.join(" ")}`;
      const known = classes.get(key);
      if (known !== undefined) {
        known.nodes.push(index);
        continue;
      }
      const words: string[] = [];
      for (let at = 0; at < (own?.length ?? 0); at += 2)
        words.push(`${shape.write(own![at]!)} ${own![at + 1]}`);
      classes.set(key, { text: `${base} ${words.sort().join(", ")}`, nodes: [index] });
    }
    return sortBy([...classes.values()], ({ text }) => text);
  }

  #numbersOf(classes: readonly NodeClass[]): readonly number[] {
    const numbers = this.#signatures.baseOf.map(() => 0);
    for (const [number, { nodes }] of classes.entries()) for (const node of nodes) numbers[node] = number;
    return numbers;
  }

  /** A node's rules for a Service as text, chains in the order in which they are jumped to. */
  #rulesText(objects: string): string | undefined {
    const parts = this.#signatures.rules.partsOf(objects);
    const own = new Map<string, Chain>();
    for (const { table, item } of parts) if ("rules" in item) own.set(`${table} ${item.name}`, item);
    const lines: string[] = [];
    const reached = new Set<string>();
    const write = (table: string, rule: Rule): boolean => {
      const heard = this.#standings.heard(rule);
      const chain = rule.target?.kind === "jump" ? rule.target.chain : undefined;
      if (chain !== undefined && isServiceChain(chain)) {
        if (!own.has(`${table} ${chain}`)) return false;
        reached.add(`${table} ${chain}`);
      }
      lines.push(`${this.#signatures.text("", rule).replace(comment, "")} ${heard}`);
      return heard !== undefined;
    };
    for (const { table, chain, item, before } of parts) {
      if ("rules" in item) continue;
      lines.push(`${table} ${chain} ${before}`);
      if (!write(table, item)) return undefined;
    }
    for (const name of reached) {
      lines.push(name);
      const [table] = name.split(" ", 1);
      for (const rule of own.get(name)!.rules) if (!write(table!, rule)) return undefined;
    }
    return lines.join("\n");
  }
}

/**
 * Whether names are all that sets a world's Services apart: no rule of no Service jumps to a chain of one, makes an
 * address out of another or keeps a list of them, and it is known which addresses are whose.
 */
function isOpen({ ground, rules, constants }: NodeSignatures): boolean {
  const isKnown = [...ground.network.hosts.values()].every((host) => host.maybeLocal === undefined);
  return isKnown && areUnderstood(constants) && !rules.common.some((text) => hinders.test(text));
}

function areUnderstood(constants: Iterable<string>): boolean {
  return [...constants].every((constant) => isIp(constant) || parseCidr(constant) !== undefined);
}

/** What in a rule of no Service keeps Services from being taken for one another. */
const hinders = new RegExp(` -[jg] (?:NETMAP|${serviceChainPrefix})| -m recent `);

/** A comment in the text of a rule. */
const comment = / -m comment --comment (?:"(?:[^"\\]|\\.)*"|\S+)/g;

/** A port in a rule of no Service. */
const somePort = / --(?:[ds]ports?|ports|ct\w+port|to-ports|to-destination|to-source|on-port) /;

/** A port in a rule of a Service in another way than `--dport N` or `ADDRESS:N`. */
const unusualPort = / --(?:sports?|dports|ports|ct\w+port|to-ports|on-port) | --dport \d+:/;

function sortBy<T>(items: T[], keyOf: (item: T) => string): T[] {
  const keys = new Map(items.map((item) => [item, keyOf(item)]));
  const key = (item: T): string => keys.get(item)!;
  return items.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
