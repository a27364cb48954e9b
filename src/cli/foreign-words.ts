import type { Command } from "commander";

/**
 * Commands whose words are another program's: everything behind their name is for them alone, so that `-n` is
 * iptables' `--numeric` there and kubectl's own flags may stand anywhere.
 */
const foreignCommands: ReadonlySet<string> = new Set([
  "iptables",
  "iptables-save",
  "ip6tables",
  "ip6tables-save",
  "kubectl",
  "nslookup",
  "ip",
]);

/** How many words a flag of ours takes: itself, and its value where that stands in a word of its own. */
function wordsOf(program: Command, flag: string): number {
  const name = flag.startsWith("--") ? flag.split("=")[0]! : flag.slice(0, 2);
  const option = program.options.find(({ short, long }) => short === name || long === name);
  if (option === undefined || !option.required) return 1;
  return flag.startsWith("--") ? (flag.includes("=") ? 1 : 2) : flag.length > 2 ? 1 : 2;
}

/** The command line with a `--` behind the name of such a command, where there is one. */
export function shieldForeignWords(program: Command, argv: readonly string[]): readonly string[] {
  let at = 0;
  while (at < argv.length && argv[at]!.startsWith("-") && argv[at] !== "-") at += wordsOf(program, argv[at]!);
  const name = argv[at];
  if (name === undefined || !foreignCommands.has(name)) return argv;
  return [...argv.slice(0, at + 1), "--", ...argv.slice(at + 1)];
}
