import type { Chain, Rule } from "../../netfilter/ruleset.ts";
import type { Packet } from "../packet.ts";
import type { Matcher } from "./answer.ts";
import { extensionMatcher } from "./extensions.ts";
import { fixedMatchers, isUnconditional } from "./fixed-part.ts";

/** A rule made ready for matching. */
export interface CompiledRule {
  readonly rule: Rule;
  readonly matchers: readonly Matcher[];
  /** TRACE reports such a rule with a final verdict as the chain's end (Linux `get_chainname_rulenum`). */
  readonly looksLikeChainEnd: boolean;
}

/** Chains with fewer rules are walked rule by rule. */
const worthIndexing = 16;

/** For so many destinations the rules that can match are kept. */
const keptCandidates = 4096;

const compiledChains = new WeakMap<Chain, CompiledChain>();

/** The chain made ready for matching; once per chain. */
export function compileChain(chain: Chain): CompiledChain {
  let compiled = compiledChains.get(chain);
  if (compiled === undefined) {
    compiled = new CompiledChain(chain.rules);
    compiledChains.set(chain, compiled);
  }
  return compiled;
}

/**
 * A chain's rules, each compiled when it is first tried. Long chains (a big cluster's KUBE-SERVICES) are indexed by
 * what most of their rules ask first, so that a packet meets only rules that can match it.
 */
export class CompiledChain {
  readonly #rules: readonly Rule[];
  readonly #compiled: (CompiledRule | undefined)[];
  #index: ChainIndex | undefined;

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
    this.#compiled = new Array(rules.length);
  }

  get length(): number {
    return this.#rules.length;
  }

  rule(at: number): CompiledRule {
    let compiled = this.#compiled[at];
    if (compiled === undefined) {
      compiled = compileRule(this.#rules[at]!);
      this.#compiled[at] = compiled;
    }
    return compiled;
  }

  /** Places of the rules that can match the packet, in order; undefined: all can. */
  candidates(packet: Packet): readonly number[] | undefined {
    if (this.#rules.length < worthIndexing) return undefined;
    this.#index ??= new ChainIndex(this.#rules);
    return this.#index.candidates(packet);
  }
}

/** The places of rules by the one address or port that they ask for. */
class ChainIndex {
  /** Rules that ask for neither. */
  readonly #others: number[] = [];
  readonly #byDestination = new Map<string, number[]>();
  readonly #byPort = new Map<string, number[]>();
  readonly #known = new Map<string, readonly number[]>();

  constructor(rules: readonly Rule[]) {
    rules.forEach((rule, at) => {
      const destination = onlyDestination(rule);
      const port = destination === undefined ? onlyPort(rule) : undefined;
      if (destination !== undefined) append(this.#byDestination, destination, at);
      else if (port !== undefined) append(this.#byPort, port, at);
      else this.#others.push(at);
    });
  }

  candidates(packet: Packet): readonly number[] {
    const port = `${packet.protocol} ${packet.destinationPort}`;
    const key = `${packet.destination} ${port}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = [
      ...this.#others,
      ...(this.#byDestination.get(packet.destination) ?? []),
      ...(this.#byPort.get(port) ?? []),
    ].sort((a, b) => a - b);
    if (this.#known.size < keptCandidates) this.#known.set(key, found);
    return found;
  }
}

function append(map: Map<string, number[]>, key: string, at: number): void {
  const places = map.get(key);
  if (places === undefined) map.set(key, [at]);
  else places.push(at);
}

/** The one address a rule's `-d` takes. It is asked before anything that could have an effect. */
function onlyDestination({ destination }: Rule): string | undefined {
  if (destination === undefined || destination.inverted) return undefined;
  return destination.mask === (destination.address.includes(":") ? 128 : 32)
    ? destination.address
    : undefined;
}

/** The one protocol and port a rule takes, if nothing before has an effect of its own (the lists of `recent`). */
function onlyPort(rule: Rule): string | undefined {
  if (rule.protocol === undefined || rule.protocol.inverted) return undefined;
  for (const match of rule.matches) {
    if (match.kind === "tcp" || match.kind === "udp" || match.kind === "sctp") {
      const port = match.destinationPort;
      const single = port !== undefined && !port.inverted && port.first === port.last;
      return single && match.kind === rule.protocol.name ? `${match.kind} ${port.first}` : undefined;
    }
    if (match.kind !== "comment") return undefined;
  }
  return undefined;
}

function compileRule(rule: Rule): CompiledRule {
  return {
    rule,
    matchers: [...fixedMatchers(rule), ...rule.matches.map(extensionMatcher)],
    looksLikeChainEnd: rule.target?.kind === "verdict" && isUnconditional(rule),
  };
}
