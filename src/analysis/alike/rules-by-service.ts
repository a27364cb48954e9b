import type { IpFamily } from "../../net/ip.ts";
import type { Match } from "../../netfilter/match.ts";
import type { Chain, Rule, Ruleset, TableName } from "../../netfilter/ruleset.ts";
import { addressMatchText, isServiceChain, type RuleText, serviceOfRule } from "../rule-words.ts";
import { addressesIn } from "./addresses-in-text.ts";
import type { NodeGround } from "./ground.ts";

/** A chain of a Service's own, or a rule of it in a chain that others use too. */
export interface ServicePart {
  readonly table: TableName;
  /** The chain, or the one that the rule is in. */
  readonly chain: string;
  readonly item: Chain | Rule;
}

/** The rules of a world's nodes, by the Service that they are about. */
export class RulesByService {
  readonly #text: RuleText;
  readonly #family: IpFamily;
  readonly #owners = new Map<Chain, string>();
  readonly #numbers = new Map<Chain | Rule, number>();
  readonly #parts: ServicePart[] = [];
  /** Service → numbers of its parts, by ruleset. */
  readonly #byService = new Map<string, string[]>();

  /** By node: the number of its ruleset. Nodes that are alike have one and the same. */
  readonly rulesets: readonly number[];
  readonly #addresses = new Map<string, ReadonlySet<string>>();

  /** By ruleset: the rules of no Service, as text. */
  readonly common: readonly string[];

  constructor({ network, nodes, rulesetOf }: Omit<NodeGround, "clients" | "reach">, text: RuleText) {
    this.#text = text;
    this.#family = network.family;
    const numbers = new Map<Ruleset | undefined, number>();
    const common: string[] = [];
    this.rulesets = nodes.map((node) => {
      const ruleset = rulesetOf(node);
      const number = numbers.get(ruleset) ?? numbers.size;
      if (number === numbers.size) common.push(this.#index(number, ruleset));
      numbers.set(ruleset, number);
      return number;
    });
    this.common = common;
  }

  /** Which of a Service's rules a ruleset has and where they stand, as text that is equal where they are the same. */
  of(service: string, ruleset: number): string {
    return this.#byService.get(service)?.[ruleset] ?? "";
  }

  /**
   * What the text of {@link of} stands for. `before` counts the rules of no Service that stand before a rule in its
   * chain; it is undefined for chains.
   */
  partsOf(objects: string): readonly (ServicePart & { readonly before: string | undefined })[] {
    const found: (ServicePart & { readonly before: string | undefined })[] = [];
    for (const word of objects.split(" ")) {
      if (word === "") continue;
      const [number, before] = word.split("@");
      const { table, chain, item } = this.#parts[Number(number)]!;
      found.push({ table, chain, item, before });
    }
    return found;
  }

  /** Every address that a rule of the Service names, on whichever node. */
  addressesOf(service: string): ReadonlySet<string> {
    const known = this.#addresses.get(service);
    if (known !== undefined) return known;
    const found = new Set<string>();
    for (const objects of new Set(this.common.map((_, ruleset) => this.of(service, ruleset)))) {
      for (const { item } of this.partsOf(objects)) {
        for (const rule of "rules" in item ? item.rules : [item])
          for (const address of this.#addressesOfRule(rule)) found.add(address);
      }
    }
    this.#addresses.set(service, found);
    return found;
  }

  /** Looked up in the rule where it is plain, and else in its text, which takes longer. */
  #addressesOfRule(rule: Rule): readonly string[] {
    const { source, destination, matches, target } = rule;
    const isPlain = isPlainTarget(target) && matches.every(({ kind }) => matchesWithoutAddress.has(kind));
    if (!isPlain) return addressesIn(this.#text("", rule), this.#family);
    const found = target?.kind === "dnat" ? [...addressesIn(target.to, this.#family)] : [];
    if (source !== undefined) found.push(addressMatchText(source));
    if (destination !== undefined) found.push(addressMatchText(destination));
    return found;
  }

  /** Takes down the chains and rules of Services in a ruleset; gives all other rules as text. */
  #index(number: number, ruleset: Ruleset | undefined): string {
    const lines: string[] = [];
    for (const table of ruleset?.tables ?? []) {
      for (const chain of table.chains) {
        const owner = isServiceChain(chain.name) ? this.#ownerOf(chain) : "";
        if (owner !== "") {
          this.#note(owner, number, this.#numberOf(chain, table.name, chain.name));
          continue;
        }
        lines.push(`${table.name} ${chain.name} ${chain.policy ?? ""}`);
        const first = lines.length;
        for (const rule of chain.rules) {
          const service = serviceOfRule(rule);
          if (service === undefined) lines.push(this.#text("", rule));
          else
            this.#note(
              service,
              number,
              `${this.#numberOf(rule, table.name, chain.name)}@${lines.length - first}`,
            );
        }
      }
    }
    return lines.join("\n");
  }

  #note(service: string, ruleset: number, word: number | string): void {
    let objects = this.#byService.get(service);
    if (objects === undefined) {
      objects = [];
      this.#byService.set(service, objects);
    }
    objects[ruleset] = `${objects[ruleset] ?? ""} ${word}`;
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

  /** A number for the item in its place; the same item elsewhere has another. */
  #numberOf(item: Chain | Rule, table: TableName, chain: string): number {
    const known = this.#numbers.get(item);
    const part = known === undefined ? undefined : this.#parts[known];
    if (part !== undefined && part.table === table && part.chain === chain) return known!;
    const number = this.#parts.length;
    this.#parts.push({ table, chain, item });
    this.#numbers.set(item, number);
    return number;
  }
}

const matchesWithoutAddress: ReadonlySet<Match["kind"]> = new Set<Match["kind"]>([
  "comment",
  "tcp",
  "udp",
  "sctp",
  "addrtype",
  "mark",
  "nfacct",
  "statistic-random",
]);

/** Whether a target names no address but where it sends packets to. */
function isPlainTarget(target: Rule["target"]): boolean {
  return target === undefined || ["jump", "verdict", "reject", "mark", "dnat"].includes(target.kind);
}
