import fc from "fast-check";
import { type ArbitraryTable, targets } from "./targets.ts";
import { families, pick } from "./words.ts";

/**
 * Random rules as a person would write them for `iptables-restore`: every match and target that is modelled,
 * in all their forms, most of them right.
 */
export interface ArbitraryRule {
  readonly table: ArbitraryTable;
  readonly chain: string;
  /** Everything behind `-A CHAIN`. */
  readonly text: string;
}

/** A rule in a chain that no hook leads to, so that only its own text decides. */
export function arbitraryRule(family: 4 | 6): fc.Arbitrary<ArbitraryRule> {
  return fc
    .oneof(
      ...targets(families[family]).map(({ table, text }) =>
        text.map((rule) => ({ table, chain: "CHAIN", text: rule })),
      ),
    )
    .map((rule) => ({ ...rule, text: rule.text.replace(/^ +| +$/g, "") }));
}

/** A rule with something changed that may make it wrong. */
export function mutatedRule(family: 4 | 6): fc.Arbitrary<ArbitraryRule> {
  const odd = pick(
    "!",
    "-m",
    "-j",
    "--dport",
    "-1",
    "99999",
    "0x",
    "nonsense",
    "256.1.1.1",
    "tcp",
    "--ctstate",
    "/33",
    "-p",
    '"',
    "4294967296",
    "-s",
    "10.0.0.0/33",
    "--random",
    "-x",
    "KUBE-A",
    "ACCEPT",
  );
  return fc
    .tuple(
      arbitraryRule(family),
      fc.nat(),
      fc.constantFrom("drop", "double", "swap", "insert", "replace"),
      odd,
    )
    .map(([rule, position, how, word]) => {
      const words = rule.text.split(" ");
      const at = position % Math.max(1, words.length);
      if (how === "drop") words.splice(at, 1);
      else if (how === "double") words.splice(at, 0, words[at]!);
      else if (how === "swap") words.splice(at, 2, words[at + 1] ?? "", words[at]!);
      else if (how === "insert") words.splice(at, 0, word);
      else words[at] = word;
      return { ...rule, text: words.join(" ") };
    });
}

/** A restore input with one rule. */
export function restoreInput(rule: ArbitraryRule): string {
  return `*${rule.table}\n:CHAIN - [0:0]\n:OTHER - [0:0]\n-A ${rule.chain} ${rule.text}\nCOMMIT\n`;
}
