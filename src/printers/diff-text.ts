import type { Difference, FlowGroup } from "../analysis/diff/diff.ts";
import { type Colors, noColors } from "./colors.ts";
import { escapeControls } from "./escape-controls.ts";

/** How a flow's answer is put into words; given by the caller, since printers hold no analysis. */
export type DescribeFlow = (flow: FlowGroup, side: "before" | "after") => string;

export interface DiffTextOptions {
  readonly colors?: Colors;
  readonly describe: DescribeFlow;
  /** Lines that explain a flow's change by its two traces. */
  readonly explain?: (flow: FlowGroup) => readonly string[];
}

const signs = { added: "+", removed: "-", changed: "~" } as const;

/** A difference as text: objects, flows with an example packet each, renamed chains, and a last line that sums up. */
export function printDiffText(difference: Difference, options: DiffTextOptions): string {
  const colors = options.colors ?? noColors;
  const lines: string[] = [];
  for (const { change, text } of difference.objects) {
    const paint = change === "added" ? colors.success : change === "removed" ? colors.error : colors.warning;
    lines.push(`${paint(signs[change])} ${escapeControls(text)}`);
  }
  if (difference.flows.length > 0) {
    if (lines.length > 0) lines.push("");
    const width = Math.max(...difference.flows.map((flow) => flow.kind.length));
    for (const flow of difference.flows) lines.push(...flowLines(flow, width, colors, options));
  }
  if (difference.renamed.length > 0) {
    if (lines.length > 0) lines.push("");
    lines.push(...renamedLines(difference, colors));
  }
  const rest = otherRulesLine(difference);
  if (rest !== undefined) lines.push(...(lines.length > 0 ? [""] : []), rest);
  lines.push(...(lines.length > 0 ? [""] : []), summary(difference));
  return `${lines.join("\n")}\n`;
}

function flowLines(flow: FlowGroup, width: number, colors: Colors, options: DiffTextOptions): string[] {
  const paint = flow.breaking ? colors.error : flow.kind === "gained" ? colors.success : colors.note;
  const shown = (flow.before ?? flow.after)!;
  const target = `${shown.service} ${shown.kind} ${shown.port}`;
  const indent = " ".repeat(width + 2);
  return [
    `${paint(flow.kind.padEnd(width))}  ${colors.strong(escapeControls(target))} from ${escapeControls(flow.sources.join(", "))}`,
    `${indent}${colors.dim("was")} ${escapeControls(options.describe(flow, "before"))}`,
    `${indent}${colors.dim("is ")} ${escapeControls(options.describe(flow, "after"))}`,
    ...(options.explain?.(flow) ?? []).map((line) => `${indent}${colors.dim(escapeControls(line))}`),
  ];
}

function renamedLines(difference: Difference, colors: Colors): string[] {
  const count = difference.renamed.length;
  const head = `${count} ${count === 1 ? "chain" : "chains"} renamed, with no change of meaning in the name alone:`;
  return [
    head,
    ...difference.renamed.map(
      ({ service, port, before, after }) => `  ${before} -> ${after}  ${colors.dim(`${service} ${port}`)}`,
    ),
  ];
}

function otherRulesLine(difference: Difference): string | undefined {
  const silent = difference.objects.length + difference.flows.length + difference.renamed.length === 0;
  if (!silent) return undefined;
  if (difference.services.length > 0)
    return `rules differ for ${difference.services.join(", ")}, with no change for any flow`;
  return difference.otherRules ? "rules of no Service differ, with no change for any flow" : undefined;
}

function summary(difference: Difference): string {
  const { flows, objects } = difference;
  const broken = flows.filter((flow) => flow.breaking).length;
  if (
    flows.length + objects.length + difference.renamed.length + difference.services.length === 0 &&
    !difference.otherRules
  ) {
    return "no difference";
  }
  const parts = [
    objects.length === 0 ? "" : `${objects.length} ${objects.length === 1 ? "change" : "changes"} to objects`,
    flows.length === 0
      ? "no flow changes"
      : `${flows.length} ${flows.length === 1 ? "flow changes" : "flows change"}`,
    broken === 0 ? "" : `${broken} breaking`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}

/** GitHub refuses comments of more than 65,536 characters; some are left for what somebody writes around. */
const mostCharacters = 64_000;

/** The same as Markdown, for a comment on a pull request: the worst first, and no more than a comment holds. */
export function printDiffMarkdown(difference: Difference, options: DiffTextOptions): string {
  const comment = new Comment(`### k8snet: ${summary(difference)}\n`);
  if (difference.flows.length > 0) {
    comment.section("flows", "| flow | from | change | was | is |\n|---|---|---|---|---|");
    for (const flow of difference.flows) comment.add(flowRows(flow, options));
  }
  if (difference.objects.length > 0) {
    comment.section("changes to objects");
    for (const { change, text } of difference.objects) comment.add(`- ${change} ${markdownCell(text)}`);
  }
  if (difference.renamed.length > 0) {
    comment.section("renamed chains");
    for (const { before, after, service } of difference.renamed)
      comment.add(
        `- chain \`${before}\` is now \`${after}\` (${markdownCell(service)}); its meaning is the same`,
      );
  }
  return comment.text();
}

function flowRows(flow: FlowGroup, options: DiffTextOptions): string {
  const shown = (flow.before ?? flow.after)!;
  const cells = [
    markdownCell(`${shown.service} ${shown.kind} ${shown.port}`),
    markdownCell(flow.sources.join(", ")),
    flow.breaking ? `**${flow.kind}**` : flow.kind,
    markdownCell(options.describe(flow, "before")),
    markdownCell(options.describe(flow, "after")),
  ];
  const row = `| ${cells.join(" | ")} |`;
  const explained = options.explain?.(flow) ?? [];
  return explained.length === 0 ? row : `${row}\n| | | | ${explained.map(markdownCell).join("<br>")} | |`;
}

/** Lines as far as a comment holds them; of the others it is said how many there are. */
class Comment {
  #text: string;
  #what = "";
  readonly #left = new Map<string, number>();

  constructor(head: string) {
    this.#text = head;
  }

  /** Begins a part; its head is not left out. */
  section(what: string, head?: string): void {
    this.#what = what;
    this.#text += head === undefined ? "\n" : `\n${head}\n`;
  }

  add(lines: string): void {
    const known = this.#left.get(this.#what);
    if (known === undefined && this.#text.length + lines.length < mostCharacters) this.#text += `${lines}\n`;
    else this.#left.set(this.#what, (known ?? 0) + 1);
  }

  text(): string {
    if (this.#left.size === 0) return this.#text;
    const left = [...this.#left].map(([what, count]) => `${count} more ${what}`).join(", ");
    return `${this.#text.trimEnd()}\n\nNot shown here, for want of room: ${left}. \`k8snet diff\` without \`-o markdown\` tells all.\n`;
  }
}

/** Text from manifests in a table cell: nothing of it is markup. */
function markdownCell(text: string): string {
  return escapeControls(text).replace(/[\\`*_{}[\]<>|~#!]/g, (character) =>
    character === "<" ? "&lt;" : `\\${character}`,
  );
}

/** The same as JSON. */
export function printDiffJson(difference: Difference, options: DiffTextOptions): string {
  const flows = difference.flows.map((flow) => {
    const shown = (flow.before ?? flow.after)!;
    return {
      change: flow.kind,
      breaking: flow.breaking,
      service: shown.service,
      port: shown.port,
      address: shown.kind,
      sources: flow.sources,
      example: {
        from: shown.flow.host,
        to: shown.flow.address,
        port: shown.flow.port,
        protocol: shown.flow.protocol,
      },
      before: options.describe(flow, "before"),
      after: options.describe(flow, "after"),
    };
  });
  const { before, after, objects, renamed, services, otherRules } = difference;
  return `${JSON.stringify({ before, after, objects, flows, renamed, services, otherRules }, null, 2)}\n`;
}
