import type { Command } from "commander";
import { bothFamilies } from "../../analysis/diff/both-families.ts";
import { type Difference, diffWorlds, isBreaking, isDifferent } from "../../analysis/diff/diff.ts";
import { describeSide } from "../../analysis/diff/telling/answer-words.ts";
import { describeSimulated } from "../../cluster/provenance.ts";
import { type Diagnostic, type InputError, usageError } from "../../diagnostics/diagnostic.ts";
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
import { loadWorlds, type Worlds } from "./load-worlds.ts";
import { plainDiff } from "./plain-diff.ts";

/** `k8snet diff`. */
export async function runDiff(
  old: string,
  now: string | undefined,
  options: DiffOptions,
  command: Command,
  io: CommandIo,
): Promise<void> {
  const worlds = await loadWorlds(old, now, command, io);
  const { families, options: input } = worlds;
  const colors = options.outputFile === undefined ? colorsFor(io.stdout, io.env, input.color) : noColors;
  const namespace = onlyNamespace(input);
  let difference: Difference | undefined;
  const byMeaning = (): Difference => {
    difference ??= bothFamilies(
      families.map(({ before, after }) => diffWorlds(before, after, saveRule, namespace)),
    );
    return difference;
  };
  let isPlainEmpty = true;
  if (options.plain) {
    if (namespace !== undefined) throw plainNamespace();
    const parts = function* (): Generator<string, void> {
      for (const { before, after } of families) {
        for (const part of plainDiff(before, after, colors)) {
          isPlainEmpty = false;
          yield part;
        }
      }
    };
    await write(parts(), options, io);
  } else await write(await printed(byMeaning(), worlds, options, { colors }), options, io);
  const isFailure = {
    any: () => (options.plain ? !isPlainEmpty : isDifferent(byMeaning())),
    breaking: () => isBreaking(byMeaning()),
    never: () => false,
  };
  if (isFailure[options.failOn]()) throw new CommandExit(exitStatus.findings);
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
  worlds: Worlds,
  options: DiffOptions,
  { colors }: { readonly colors: Colors },
): Promise<string> {
  const simulated = describeSimulated(worlds.families[0].after.cluster.provenance);
  const notes: DiffNotes = {
    reasons: isBreaking(difference) ? await reasonsOf(difference, worlds) : [],
    ...(simulated === undefined ? {} : { simulated }),
    ...(options.explain ? { explain: (flow) => explainChange(flow, worlds.families) } : {}),
  };
  if (options.output === "json") {
    const { printDiffJson } = await import("../../printers/diff/json.ts");
    return printDiffJson(difference, describeSide, notes);
  }
  if (options.output === "markdown") {
    const { printDiffMarkdown } = await import("../../printers/diff/markdown.ts");
    return printDiffMarkdown(difference, notes);
  }
  return printDiffText(difference, { ...notes, colors });
}

async function reasonsOf(difference: Difference, { inputs }: Worlds): Promise<readonly Diagnostic[]> {
  const { findReasons } = await import("./find-reasons.ts");
  return findReasons(difference, inputs);
}

async function write(text: string | Iterable<string>, options: DiffOptions, io: CommandIo): Promise<void> {
  if (options.outputFile !== undefined) await writeOutputFile(options.outputFile, text, io.cwd);
  else for (const part of typeof text === "string" ? [text] : text) await io.stdout.write(part);
}
