import { usageError } from "../../diagnostics/diagnostic.ts";
import { printInputHelp } from "../help.ts";
import { colorsFor } from "../terminal/colors.ts";
import type { CommandModule } from "./index.ts";

export const helpCommand: CommandModule = {
  register: (program, io) =>
    program
      .command("help")
      .argument("[topic]", "the name of a command, or `input` for the flags that every command takes")
      .description("explain a command, or `input`: the flags of every command")
      .addHelpText("after", "\nExamples:\n  k8snet help trace\n  k8snet help input")
      .action(async (topic?: string) => {
        if (topic === undefined) return program.outputHelp();
        if (topic === "input") {
          const colors = colorsFor(io.stdout, io.env, program.opts()["color"]);
          return io.stdout.write(printInputHelp(program, colors));
        }
        const command = program.commands.find(
          (each) => each.name() === topic || each.aliases().includes(topic),
        );
        if (command === undefined) {
          throw usageError(
            "no-such-topic",
            `no command is called ${JSON.stringify(topic)}`,
            "k8snet --help lists them",
          );
        }
        command.outputHelp();
      }),
};
