import type { Chain, Rule } from "../../netfilter/ruleset.ts";
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

const compiled = new WeakMap<Chain, readonly CompiledRule[]>();

/** The chain's rules made ready; once per chain. */
export function compileChain(chain: Chain): readonly CompiledRule[] {
  let rules = compiled.get(chain);
  if (rules === undefined) {
    rules = chain.rules.map(compileRule);
    compiled.set(chain, rules);
  }
  return rules;
}

function compileRule(rule: Rule): CompiledRule {
  return {
    rule,
    matchers: [...fixedMatchers(rule), ...rule.matches.map(extensionMatcher)],
    looksLikeChainEnd: rule.target?.kind === "verdict" && isUnconditional(rule),
  };
}
