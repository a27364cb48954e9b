import type { Command, Option } from "commander";

/**
 * The words as kubectl's flags may be written: `-n=jobs`, `-o=wide`, `-A=true`, `--no-headers=false`. What stands behind
 * `--`, or is another program's (`iptables -t=nat`), stays as it is.
 * @param words those behind `k8snet`
 */
export function readFlagValues(words: readonly string[], program: Command): string[] {
  const read: string[] = [];
  let command: Command | undefined;
  for (const [at, word] of words.entries()) {
    if (word === "--") return [...read, ...words.slice(at)];
    command ??= program.commands.find((each) => each.name() === word);
    if (command !== undefined && !takesInputFlags(command)) return [...read, ...words.slice(at)];
    read.push(...flagWords(word, [...(command?.options ?? []), ...program.options]));
  }
  return read;
}

/** Commands that take their words from another program have no flags of ours. */
function takesInputFlags(command: Command): boolean {
  return command.options.some(({ long }) => long === "--filename");
}

function flagWords(word: string, options: readonly Option[]): readonly string[] {
  const [, flag, value = ""] = /^(-[a-zA-Z]|--[a-z-]+)=(.*)$/s.exec(word) ?? [];
  const option = options.find(({ short, long }) => flag === short || flag === long);
  if (flag === undefined || option === undefined) return [word];
  const isSwitch = !option.required && !option.optional;
  if (isSwitch) return value === "true" ? [flag] : value === "false" ? [] : [word];
  if (flag.startsWith("--")) return [word];
  return value === "" ? [flag, ""] : [`${flag}${value}`];
}
