import type { Command } from "commander";
import { suggest } from "../manifests/schema/suggest.ts";

/** What commander's messages about a wrong call do not say: how it may be meant. The first that fits is told. */
const hints: readonly {
  readonly message: RegExp;
  /** @param found what the message's groups are @param command the command that refuses, where it is one */
  readonly hint: (
    found: readonly (string | undefined)[],
    program: Command,
    command: string | undefined,
  ) => string | undefined;
}[] = [
  {
    message: /^error: too many arguments for '(?!get|describe)/,
    hint: () => "Files and folders to read are named behind -f.",
  },
  {
    message: /^error: unknown command '([^']*(?:\/|\.(?:ya?ml|json|txt))[^']*)'/,
    hint: ([path]) => `Files and folders to read are named behind -f: k8snet render -f ${path}`,
  },
  {
    message: /^error: unknown command 'explain'/,
    hint: () => "render --explain, trace --explain and lint --explain CODE do; k8snet help COMMAND",
  },
  {
    message: /^error: missing required argument /,
    hint: (_, __, command) => (command === undefined ? undefined : `Examples: k8snet help ${command}`),
  },
  {
    message: /^error: unknown option '(?:-k|--kustomize)[=']/,
    hint: (_, __, command = "render") =>
      `Kustomizations are read rendered: kubectl kustomize FOLDER | k8snet ${command} -f -`,
  },
  {
    // Commander suggests the options of a command's own help, which leaves out those of every command.
    message: /^error: unknown option '(--[^'=]+)[^']*'\n$/,
    hint: ([flag = ""], program) => {
      const near = suggest(
        flag,
        program.options.flatMap(({ long }) => long ?? []),
      );
      return near === undefined ? undefined : `Did you mean ${near}?`;
    },
  },
];

/** Commander's message with a hint below it, where there is one. */
export function withHint(text: string, program: Command, command?: string): string {
  for (const { message, hint } of hints) {
    const found = message.exec(text);
    if (found === null) continue;
    const told = hint(found.slice(1), program, command);
    return told === undefined ? text : `${text}(${told})\n`;
  }
  return text;
}
