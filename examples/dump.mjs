// What a node really has: reads an `iptables-save` and says which Services nobody answers for, and how many rules
// there are. It can be stopped: a dump of a big node has a million lines.
// usage: iptables-save | node dump.mjs
import { text } from "node:stream/consumers";
import { abortable, findTable, parseSave, printSave } from "k8snet";

const { rulesets } = parseSave({ name: "<stdin>", text: await text(process.stdin) });
const stop = AbortSignal.timeout(60_000);

for (const ruleset of rulesets) {
  for (const chain of findTable(ruleset, "filter")?.chains ?? []) {
    for (const rule of chain.rules) {
      if (rule.target?.kind !== "reject") continue;
      const comment = rule.matches.find((match) => match.kind === "comment")?.text;
      console.log(`refused: ${rule.destination?.address ?? "anything"} (${comment ?? "no comment"})`);
    }
  }
  let rules = 0;
  for await (const chunk of abortable(printSave(ruleset), stop)) rules += chunk.split("\n-A ").length - 1;
  console.log(`${rules} rules`);
}
