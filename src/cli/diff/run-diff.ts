import type { Command } from "commander";
import { type Difference, diffWorlds, isBreaking, isDifferent } from "../../analysis/diff/diff.ts";
import { describeFlow } from "../../analysis/diff/telling/answer-words.ts";
import type { World } from "../../analysis/diff/world.ts";
import { type InputError, usageError } from "../../diagnostics/diagnostic.ts";
import { type Colors, noColors } from "../../printers/colors.ts";
import type { DiffNotes } from "../../printers/diff/options.ts";
import { printDiffText } from "../../printers/diff/text.ts";
import { saveRule } from "../../printers/iptables/iptables-save.ts";
import type { DiffOptions } from "../commands/diff.ts";
import { onlyNamespace } from "../input/only-namespace.ts";
import { writeOutputFile } from "../output/output-files.ts";
import { colorsFor } from "../terminal/colors.ts";
import { CommandExit, exitStatus } from "../terminal/exit-status.ts";
import type { CommandIo } from "../terminal/io.ts";
import { explainChange } from "./explain-change.ts";
import { loadWorlds } from "./load-worlds.ts";
import { plainDiff } from "./plain-diff.ts";

/** `k8snet diff`. */
export async function runDiff(
  old: string,
  now: string | undefined,
  options: DiffOptions,
  command: Command,
  io: CommandIo,
): Promise<void> {
  const { before, after, options: input } = await loadWorlds(old, now, command, io);
  const colors = options.outputFile === undefined ? colorsFor(io.stdout, io.env, input.color) : noColors;
  const namespace = onlyNamespace(input);
  if (options.plain) {
    if (namespace !== undefined) throw plainNamespace();
    let isEmpty = true;
    const parts = function* (): Generator<string, void> {
      for (const part of plainDiff(before, after, colors)) {
        isEmpty = false;
        yield part;
      }
    };
    await write(parts(), options, io);
    if (!isEmpty && options.failOn === "any") throw new CommandExit(exitStatus.findings);
    return;
  }
  const difference = diffWorlds(before, after, saveRule, namespace);
  await write(await printed(difference, { before, after }, options, { colors }), options, io);
  const failed =
    options.failOn === "any"
      ? isDifferent(difference)
      : options.failOn === "breaking" && isBreaking(difference);
  if (failed) throw new CommandExit(exitStatus.findings);
}

/** Rules are of a node, and many of no namespace. */
function plainNamespace(): InputError {
  return usageError(
    "plain-with-namespace",
    "-n selects Services, and --plain compares all rules of a node",
    "leave out -n (-A, where k8snet.yaml names one), or --plain",
  );
}

async function printed(
  difference: Difference,
  worlds: { before: World; after: World },
  options: DiffOptions,
  { colors }: { readonly colors: Colors },
): Promise<string> {
  const notes: DiffNotes = options.explain ? { explain: (flow) => explainChange(flow, worlds) } : {};
  if (options.output === "json") {
    const { printDiffJson } = await import("../../printers/diff/json.ts");
    return printDiffJson(difference, describeFlow, notes);
  }
  if (options.output === "markdown") {
    const { printDiffMarkdown } = await import("../../printers/diff/markdown.ts");
    return printDiffMarkdown(difference, notes);
  }
  return printDiffText(difference, { ...notes, colors });
}

async function write(text: string | Iterable<string>, options: DiffOptions, io: CommandIo): Promise<void> {
  if (options.outputFile !== undefined) await writeOutputFile(options.outputFile, text, io.cwd);
  else for (const part of typeof text === "string" ? [text] : text) await io.stdout.write(part);
}
