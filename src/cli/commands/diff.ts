import { Option } from "commander";
import type { CommandModule } from "./index.ts";

/** The options of `diff` beside the input's. */
export interface DiffOptions {
  readonly output: "text" | "json" | "markdown";
  readonly outputFile?: string;
  readonly plain: boolean;
  readonly explain: boolean;
  readonly failOn: "breaking" | "any" | "never";
}

const examples = `
Examples:
  k8snet diff
  k8snet diff old/ new/
  k8snet diff git:main -f manifests/
  k8snet diff manifests/ --drain node/minikube-m02
  k8snet diff git:HEAD~1:deploy git:HEAD:deploy --fail-on breaking
  k8snet diff base/ head/ -o markdown --output-file comment.md
  k8snet diff iptables-save.txt -f cluster.yaml --plain`;

export const diffCommand: CommandModule = {
  register: (program, io) =>
    program
      .command("diff")
      .description("what changes between two states: objects, flows, rules")
      .argument("[old]", "folder, file, dump, or git:REV[:PATH]; default: git:HEAD")
      .argument("[new]", "the same; default: the current input")
      .addOption(
        new Option("-o, --output <format>", "text, json or markdown")
          .default("text")
          .choices(["text", "json", "markdown"]),
      )
      .option("--output-file <file>", "write to a file instead of standard output")
      .option("--plain", "the rules' own diff, without meaning", false)
      .option("--explain", "the way of an example packet, before and after, for each change", false)
      .addOption(
        new Option("--fail-on <what>", "exit 1 on breaking changes, any, or never")
          .default("any")
          .choices(["breaking", "any", "never"]),
      )
      .addHelpText("after", examples)
      .action(async (old: string | undefined, now: string | undefined, options: DiffOptions, command) => {
        const { runDiff } = await import("../diff/run-diff.ts");
        await runDiff(old ?? "git:HEAD", now, options, command, io);
      }),
};
