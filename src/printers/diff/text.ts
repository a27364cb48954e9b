import type { Difference } from "../../analysis/diff/diff.ts";
import { describePosition } from "../../diagnostics/source.ts";
import { type Colors, noColors } from "../colors.ts";
import { escapeControls } from "../escape-controls.ts";
import type { DiffNotes } from "./options.ts";
import { notComparedLine, otherRulesLine, summaryLine } from "./summary.ts";
import { number, type ToldFlow, toldFlows, toldObjects, toldReasons, toldRenamed } from "./together.ts";

const signs = { added: "+", removed: "-", changed: "~" } as const;

/** A difference as text: objects, flows, reasons of lost ones, renamed chains, and a last line that sums up. */
export function printDiffText(
  difference: Difference,
  notes: DiffNotes & { readonly colors?: Colors } = {},
): string {
  const colors = notes.colors ?? noColors;
  const rest = otherRulesLine(difference);
  const parts = [
    objectLines(difference, colors),
    flowLines(difference, colors, notes),
    reasonLines(notes, colors),
    renamedLines(difference, colors),
    [rest, notComparedLine(difference)].filter((line) => line !== undefined),
    [summaryLine(difference)],
  ];
  const blocks = parts.filter((lines) => lines.length > 0).map((lines) => `${lines.join("\n")}\n`);
  return blocks.join("\n");
}

function objectLines({ objects }: Difference, colors: Colors): string[] {
  return toldObjects(objects).map(({ change, text }) => {
    const paint = change === "added" ? colors.success : change === "removed" ? colors.error : colors.warning;
    return `${paint(signs[change])} ${escapeControls(text)}`;
  });
}

function flowLines(difference: Difference, colors: Colors, notes: DiffNotes): string[] {
  const width = Math.max(0, ...difference.summaries.map(({ kind }) => kind.length));
  return toldFlows(difference).flatMap((flow) => linesOf(flow, width, colors, notes));
}

function linesOf(
  { first, target, from, before, after }: ToldFlow,
  width: number,
  colors: Colors,
  notes: DiffNotes,
): string[] {
  const paint = first.breaking ? colors.error : first.kind === "gained" ? colors.success : colors.note;
  const indent = " ".repeat(width + 2);
  return [
    `${paint(first.kind.padEnd(width))}  ${colors.strong(escapeControls(target))} from ${escapeControls(from)}`,
    `${indent}${colors.dim("was")} ${escapeControls(before)}`,
    `${indent}${colors.dim("is ")} ${escapeControls(after)}`,
    ...(notes.explain?.(first) ?? []).map((line) => `${indent}${colors.dim(escapeControls(line))}`),
  ];
}

function reasonLines({ reasons }: DiffNotes, colors: Colors): string[] {
  const { shown, more } = toldReasons(reasons);
  const indent = " ".repeat("because ".length);
  return [
    ...shown.flatMap(({ message, hint, range }) => [
      `${colors.error("because")} ${escapeControls(message)}`,
      ...[range === undefined ? undefined : describePosition(range), hint].flatMap((text) =>
        text === undefined ? [] : [`${indent}${escapeControls(text)}`],
      ),
    ]),
    ...(more === 0 ? [] : [`${indent}and ${number(more)} more reasons: k8snet lint`]),
  ];
}

function renamedLines({ renamed }: Difference, colors: Colors): string[] {
  const { shown, more } = toldRenamed(renamed);
  const count = renamed.length;
  if (count === 0) return [];
  return [
    `${number(count)} ${count === 1 ? "chain" : "chains"} renamed, with no change of meaning in the name alone:`,
    ...shown.map(
      ({ service, port, before, after }) => `  ${before} -> ${after}  ${colors.dim(`${service} ${port}`)}`,
    ),
    ...(more === 0 ? [] : [`  and ${number(more)} more`]),
  ];
}
