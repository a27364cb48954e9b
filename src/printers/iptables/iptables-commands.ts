import { Words } from "../../netfilter/rule-text/words.ts";
import type { Rule, Ruleset, TableName } from "../../netfilter/ruleset.ts";
import { saveRule } from "./iptables-save.ts";

export interface PrintCommandsOptions {
  /** Only these tables. */
  readonly tables?: readonly TableName[];
}

const chunkLength = 1 << 16;

/**
 * A script of `iptables -t TABLE -N …` and `-A …` lines that builds the rules on a machine that has none of
 * these chains. Policies are set where they are not ACCEPT. Chains that rules jump to and that are not among those
 * printed are made too, empty; so are the kernel's counters that rules name.
 */
export function* printCommands(
  ruleset: Ruleset,
  options: PrintCommandsOptions = {},
): Generator<string, void> {
  const program = ruleset.family === 6 ? "ip6tables" : "iptables";
  const words = new Words();
  const counters = new Set<string>();
  let text = "#!/bin/sh\nset -e\n";
  for (const table of ruleset.tables) {
    if (options.tables !== undefined && !options.tables.includes(table.name)) continue;
    const start = `${program} -t ${table.name}`;
    const known = new Set(table.chains.map(({ name }) => name));
    for (const { name, policy } of table.chains) {
      if (policy === undefined) text += `${start} -N ${name}\n`;
      else if (policy !== "ACCEPT") text += `${start} -P ${name} ${policy}\n`;
    }
    for (const chain of table.chains)
      for (const rule of chain.rules) {
        text += counterOf(rule, counters);
        const { target } = rule;
        if (target?.kind === "jump" && !known.has(target.chain)) {
          known.add(target.chain);
          text += `${start} -N ${target.chain} # not shown here\n`;
        }
        text += `${start} ${forShell(saveRule(chain.name, rule), words)}\n`;
        if (text.length > chunkLength) {
          yield text;
          text = "";
        }
      }
  }
  yield text;
}

/** The line that makes the counter of a rule's `-m nfacct`, as kube-proxy does; a counter that is there stays. */
function counterOf({ matches }: Rule, made: Set<string>): string {
  const match = matches.find(({ kind }) => kind === "nfacct");
  if (match?.kind !== "nfacct" || made.has(match.name)) return "";
  made.add(match.name);
  return `nfacct add ${match.name} 2>/dev/null || true\n`;
}

/** A rule as a shell takes it: what iptables-restore quotes with double quotes stands in single ones. */
function forShell(rule: string, words: Words): string {
  if (/^[\w./:,+!\- ]*$/.test(rule)) return rule.replace(/ {2,}/g, " ");
  words.read(rule, 0, rule.length);
  return words.values
    .map((word) => (/^[\w./:,+!-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(" ");
}
