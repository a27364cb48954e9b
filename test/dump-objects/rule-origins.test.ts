import { readdirSync } from "node:fs";
import { join } from "node:path";
import { withRuleOrigins } from "../../src/dump-objects/rule-origins.ts";
import { findTable, type Rule } from "../../src/netfilter/ruleset.ts";
import { readSave, recordedSaves, recordings } from "../analysis/verify/recorded-clusters.ts";

const folder = join(recordings, "clusters");

/** `namespace/name` that the rule's comment names. */
function namedIn(rule: Rule): string | undefined {
  const comment = rule.matches.find((match) => match.kind === "comment");
  if (comment?.kind !== "comment") return undefined;
  return /([a-z0-9-]+\/[a-z0-9-]+)/.exec(comment.text)?.[1];
}

test.each(readdirSync(folder))("%s: each rule behind a Service's is that Service's", (name) => {
  let checked = 0;
  for (const path of recordedSaves(join(folder, name))) {
    const ruleset = readSave(path);
    const nat = ruleset === undefined ? undefined : findTable(withRuleOrigins(ruleset), "nat");
    for (const chain of nat?.chains ?? []) {
      if (!/^KUBE-(SVC|SVL|EXT|XLB|FW|SEP)-/.test(chain.name)) continue;
      const referenced = nat!.chains.some((other) =>
        other.rules.some(({ target }) => target?.kind === "jump" && target.chain === chain.name),
      );
      if (!referenced) continue;
      for (const rule of chain.rules) {
        const service = namedIn(rule);
        expect([chain.name, rule.origin?.service]).toEqual([chain.name, service ?? expect.any(String)]);
        checked++;
      }
    }
  }
  expect(checked).toBeGreaterThan(0);
});
