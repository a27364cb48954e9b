import { Argument } from "commander";
import type { CommandModule } from "./index.ts";

const examples = `
Examples:
  eval "$(k8snet completion bash)"     # in ~/.bashrc
  eval "$(k8snet completion zsh)"      # in ~/.zshrc
  k8snet completion fish | source      # in ~/.config/fish/config.fish`;

export const completionCommand: CommandModule = {
  register: (program, io) =>
    program
      .command("completion")
      .summary("what lets a shell complete k8snet's words")
      .description(
        "Prints a completion script. It knows the Services, pods, nodes and chains of the manifests that the line names, by asking k8snet itself.",
      )
      .addArgument(new Argument("<shell>", "bash, zsh or fish").choices(["bash", "zsh", "fish"]))
      .addHelpText("after", examples)
      .action(async (shell: "bash" | "zsh" | "fish") => {
        const { completionScript } = await import("../completion/scripts.ts");
        await io.stdout.write(completionScript(shell));
      }),
};

/** Asked by the completion scripts: prints what may stand at the cursor, a line each, a tab before what it is. */
export const completeCommand: CommandModule = {
  register: (program, io) =>
    program
      .command("__complete", { hidden: true })
      .description("what may stand at the cursor; the last word is the one being written")
      .argument("[words...]")
      .action(async (words: readonly string[]) => {
        const { completionsFor } = await import("../completion/candidates.ts");
        const found = await completionsFor(program, words, io).catch(() => []);
        const lines = found.map(({ value, description }) =>
          description === undefined ? value : `${value}\t${description.split("\n")[0]}`,
        );
        await io.stdout.write(lines.map((line) => `${line}\n`).join(""));
      }),
};
