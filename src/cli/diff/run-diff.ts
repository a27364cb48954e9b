import type { Command } from "commander";
import {
  type Difference,
  diffWorlds,
  type FlowGroup,
  isBreaking,
  isDifferent,
} from "../../analysis/diff/diff.ts";
import type { World } from "../../analysis/diff/world.ts";
import { describeAnswer } from "../../analysis/flows/flow.ts";
import { noColors } from "../../printers/colors.ts";
import {
  type DiffTextOptions,
  printDiffJson,
  printDiffMarkdown,
  printDiffText,
} from "../../printers/diff-text.ts";
import { saveRule } from "../../printers/iptables/iptables-save.ts";
import type { DiffOptions } from "../commands/diff.ts";
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
  const { before, after, color } = await loadWorlds(old, now, command, io);
  const colors = options.outputFile === undefined ? colorsFor(io.stdout, io.env, color) : noColors;
  if (options.plain) {
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
  const difference = diffWorlds(before, after, saveRule);
  await write(printed(difference, { before, after }, options, { colors }), options, io);
  const failed =
    options.failOn === "any"
      ? isDifferent(difference)
      : options.failOn === "breaking" && isBreaking(difference);
  if (failed) throw new CommandExit(exitStatus.findings);
}

function printed(
  difference: Difference,
  worlds: { before: World; after: World },
  options: DiffOptions,
  { colors }: Pick<DiffTextOptions, "colors">,
): string {
  const describe = (flow: FlowGroup, side: "before" | "after"): string => {
    const at = flow[side];
    if (at === undefined) return "no such address";
    return at.unknown === undefined ? describeAnswer(at.answer) : `not known: ${at.unknown}`;
  };
  const text: DiffTextOptions = {
    ...(colors === undefined ? {} : { colors }),
    describe,
    ...(options.explain ? { explain: (flow) => explainChange(flow, worlds) } : {}),
  };
  if (options.output === "json") return printDiffJson(difference, text);
  return options.output === "markdown"
    ? printDiffMarkdown(difference, text)
    : printDiffText(difference, text);
}

async function write(text: string | Iterable<string>, options: DiffOptions, io: CommandIo): Promise<void> {
  if (options.outputFile !== undefined) await writeOutputFile(options.outputFile, text, io.cwd);
  else for (const part of typeof text === "string" ? [text] : text) await io.stdout.write(part);
}
