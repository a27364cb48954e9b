import { type Command, Help, type Option } from "commander";

/** One thing that may stand where the cursor is. */
export interface Candidate {
  readonly value: string;
  readonly description?: string;
}

/** What is known of the words up to the cursor without reading any manifest. */
export interface CompletionContext {
  /** The word being written; empty behind a space. */
  readonly current: string;
  /** Undefined while the command's name is to come. */
  readonly command: Command | undefined;
  /** The flag whose value is being written. */
  readonly flag: Option | undefined;
  /** The words that are neither flags nor their values, behind the command's name. */
  readonly operands: readonly string[];
  /** The word before the current one. */
  readonly previous: string | undefined;
}

function findOption(word: string, commands: readonly (Command | undefined)[]): Option | undefined {
  for (const command of commands) {
    const found = command?.options.find(({ short, long }) => short === word || long === word);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** @param words those behind `k8snet`, the one at the cursor last */
export function contextOf(program: Command, words: readonly string[]): CompletionContext {
  const current = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const operands: string[] = [];
  let command: Command | undefined;
  let flag: Option | undefined;
  for (const word of before) {
    if (flag !== undefined) flag = undefined;
    else if (word.startsWith("-") && word !== "-") {
      const option = findOption(word, [command, program]);
      if (option?.required === true) flag = option;
    } else if (command !== undefined) operands.push(word);
    else command = program.commands.find((each) => each.name() === word || each.aliases().includes(word));
  }
  return { current, command, flag, operands, previous: before.at(-1) };
}

/** Commands by name. */
export function commandNames(program: Command): readonly Candidate[] {
  return new Help()
    .visibleCommands(program)
    .map((command) => ({ value: command.name(), description: command.summary() || command.description() }));
}

/** Flags of the command, and those of every command. */
export function flagsOf(program: Command, command: Command | undefined): readonly Candidate[] {
  const found = new Map<string, string>();
  for (const option of [...(command?.options ?? []).filter((each) => !each.hidden), ...program.options]) {
    if (option.long !== undefined && !option.hidden && !found.has(option.long)) {
      found.set(option.long, option.description);
    }
  }
  return [...found].map(([value, description]) => ({ value, description }));
}
