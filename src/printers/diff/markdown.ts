import type { Difference } from "../../analysis/diff/diff.ts";
import { describePosition } from "../../diagnostics/source.ts";
import { escapeControls } from "../escape-controls.ts";
import type { DiffNotes } from "./options.ts";
import { isEmpty, notComparedLine, otherRulesLine, summaryLine } from "./summary.ts";
import { number, type ToldFlow, toldFlows, toldObjects, toldReasons, toldRenamed } from "./together.ts";

/** GitHub refuses comments of more than 65,536 characters; some are left for what somebody writes around. */
const mostCharacters = 64_000;

/** A difference as Markdown, for a comment on a pull request: the worst first, and no more than a comment holds. */
export function printDiffMarkdown(difference: Difference, notes: DiffNotes = {}): string {
  const comment = new Comment(`### k8snet: ${markdownText(summaryLine(difference))}\n`);
  addReasons(comment, notes);
  const flows = toldFlows(difference);
  if (flows.length > 0) {
    comment.section("flows", "| flow | from | change | was | is |\n|---|---|---|---|---|");
    for (const flow of flows) comment.add(flowRow(flow), flow.count);
  }
  if (difference.objects.length > 0) {
    comment.section("changes to objects");
    for (const { change, text, count } of toldObjects(difference.objects))
      comment.add(`- ${change} ${markdownText(text)}`, count);
  }
  const { shown, more } = toldRenamed(difference.renamed);
  if (shown.length > 0) comment.section("renamed chains");
  for (const { before, after, service } of shown)
    comment.add(
      `- chain \`${before}\` is now \`${after}\` (${markdownText(service)}); its meaning is the same`,
    );
  if (more > 0) comment.add(`- and ${number(more)} more chains with other names`);
  addWays(comment, flows, notes);
  for (const line of [otherRulesLine(difference), notComparedLine(difference)])
    if (line !== undefined) comment.note(`${markdownText(line)}.`);
  if (notes.simulated !== undefined && !isEmpty(difference))
    comment.note(`Simulated, since no manifest states them: ${notes.simulated}.`);
  return comment.text();
}

function addReasons(comment: Comment, notes: DiffNotes): void {
  const { shown, more } = toldReasons(notes.reasons);
  if (shown.length > 0) comment.section("reasons");
  for (const { message, hint, range } of shown) {
    const words = hint === undefined ? [message] : [message, hint];
    const place = range === undefined ? "" : ` (${markdownText(describePosition(range))})`;
    comment.add(`- **because** ${words.map(markdownText).join("; ")}${place}`);
  }
  if (more > 0) comment.add(`- and ${number(more)} more reasons: \`k8snet lint\``);
}

function flowRow({ first, target, from, before, after }: ToldFlow): string {
  const cells = [
    markdownText(target),
    markdownText(from),
    first.breaking ? `**${first.kind}**` : first.kind,
    markdownText(before),
    markdownText(after),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** The ways of example packets, folded below the table. */
function addWays(comment: Comment, flows: readonly ToldFlow[], { explain }: DiffNotes): void {
  if (explain === undefined || flows.length === 0) return;
  comment.section("ways of packets");
  for (const { first, target } of flows) {
    const title = markdownText(`${first.kind}: ${target}`);
    const way = explain(first).map(escapeControls).join("\n");
    comment.add(`<details><summary>${title}</summary>\n\n${fence}\n${way}\n${fence}\n\n</details>`);
  }
}

/** Longer than any that a name could hold. */
const fence = "`````";

/** Lines as far as a comment holds them; of the others it is said how many there are. */
class Comment {
  #text: string;
  #what = "";
  #notes = "";
  readonly #left = new Map<string, number>();

  constructor(head: string) {
    this.#text = head;
  }

  /** Begins a part; its head is not left out. */
  section(what: string, head?: string): void {
    this.#what = what;
    this.#text += head === undefined ? "\n" : `\n${head}\n`;
  }

  /** @param count how many of the section's things the lines tell */
  add(lines: string, count = 1): void {
    const known = this.#left.get(this.#what);
    if (known === undefined && this.#text.length + lines.length < mostCharacters) this.#text += `${lines}\n`;
    else this.#left.set(this.#what, (known ?? 0) + count);
  }

  /** A last line. */
  note(line: string): void {
    this.#notes += `\n${line}\n`;
  }

  text(): string {
    const text = `${this.#text.trimEnd()}\n${this.#notes}`;
    if (this.#left.size === 0) return text;
    const left = [...this.#left].map(([what, count]) => `${number(count)} more ${what}`).join(", ");
    return `${text}\nNot shown here, for want of room: ${left}. \`k8snet diff\` without \`-o markdown\` tells all.\n`;
  }
}

/** Text from manifests in a line or a table's cell: nothing of it is markup. */
function markdownText(text: string): string {
  return escapeControls(text).replace(/[\\`*_{}[\]<>|~#!]/g, (character) =>
    character === "<" ? "&lt;" : character === ">" ? "&gt;" : `\\${character}`,
  );
}
