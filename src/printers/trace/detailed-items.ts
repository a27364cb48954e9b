import type { AnswerEnd, TraceAnswer } from "../../analysis/trace/request.ts";
import type { RuleStep, Step, TriedStep } from "../../tracer/model.ts";
import type { Colors } from "../colors.ts";
import { formatFraction } from "./share.ts";
import type { TreeItem, TreeOptions } from "./tree-items.ts";
import { explanationOf, outcomeText, replyText, shortChain, targetName } from "./wording.ts";

/** So many rules of one chain in a row are listed one by one; of more, the first and the last. */
const listedRules = 40;

/** Every step of one end, a line each. */
export function detailedItems(
  answer: TraceAnswer,
  end: AnswerEnd,
  options: TreeOptions,
  colors: Colors,
): TreeItem[] {
  const items: TreeItem[] = [];
  const add = (text: string, heading = false, explanation?: string): void => {
    const more = explanation === undefined ? {} : { explanation };
    items.push({ key: text, text, joins: false, heading, ...more });
  };
  for (const hop of end.hops) add(hop.text);
  const showReply = options.reply || end.outcome === "reply-lost";
  const outcome = outcomeText(answer, end, colors);
  const reply = replyText(answer, end, showReply, colors);
  let delivered = false;
  let tried: TriedStep[] = [];
  const flush = (): void => {
    for (const line of triedLines(tried, colors)) add(line);
    tried = [];
  };
  for (const step of end.steps) {
    const isReply = step.direction === "reply";
    if (isReply && !showReply) continue;
    if (isReply && reply !== undefined && !delivered) {
      flush();
      add(outcome);
      delivered = true;
    }
    if (step.kind === "tried") {
      if (tried.length > 0 && tried[0]!.chain !== step.chain) flush();
      tried.push(step);
      continue;
    }
    flush();
    const line = stepLine(step, colors);
    const explanation = options.explain && step.kind === "rule" ? explanationOf(step) : undefined;
    if (line !== undefined) add(line.text, line.heading, explanation);
  }
  flush();
  add(reply ?? outcome);
  return items;
}

function triedLine(step: TriedStep, colors: Colors): string {
  const where = `${"  ".repeat(step.depth + 1)}${step.chain} #${step.number}`;
  return colors.dim(`${where} ${shortChain(targetName(step.rule), step.rule)}: no, ${step.reason}`);
}

function triedLines(tried: readonly TriedStep[], colors: Colors): string[] {
  if (tried.length <= listedRules) return tried.map((step) => triedLine(step, colors));
  const [first] = tried;
  const last = tried.at(-1)!;
  const left = tried.length - 2;
  const margin = "  ".repeat(last.depth + 1);
  return [
    triedLine(first!, colors),
    colors.dim(`${margin}… ${left} more rules of ${last.chain} that do not match`),
    triedLine(last, colors),
  ];
}

function ruleLine(step: RuleStep, colors: Colors): string {
  const { event, rule, depth } = step;
  const margin = "  ".repeat(depth + 1);
  const where = `${margin}${event.chain} #${event.number}`;
  const state = colors.dim(`${event.src} > ${event.dst} mark 0x${event.mark.toString(16)}`);
  if (rule === undefined) return `${where} ${colors.dim(event.kind)}  ${state}`;
  const chance = step.chance === undefined ? "" : ` ${colors.strong(formatFraction(step.chance))}`;
  const maybe = step.assumed === undefined ? "" : ` ${colors.verdict("maybe")} ${step.assumed}`;
  const name = targetName(rule);
  return `${where} -> ${colors.service(shortChain(name, rule))}${chance}${maybe}  ${state}`;
}

/** The line of a step; undefined for one that another step already says. */
function stepLine(
  step: Exclude<Step, TriedStep>,
  colors: Colors,
): { readonly text: string; readonly heading: boolean } | undefined {
  switch (step.kind) {
    case "hook":
      return { text: `${colors.strong(step.node)} ${step.table} ${step.hook}`, heading: true };
    case "rule":
      return { text: ruleLine(step, colors), heading: false };
    case "rewrite":
      return {
        text: `  ${step.how} ${step.what} ${step.from} => ${colors.endpoint(step.to)}`,
        heading: false,
      };
    case "mark":
      return {
        text: `  ${colors.mark(`mark 0x${step.from.toString(16)} => 0x${step.to.toString(16)}`)}`,
        heading: false,
      };
    case "route":
      return { text: routeLine(step), heading: true };
    case "arrival":
    case "note":
      return undefined;
  }
}

function routeLine(step: Extract<Step, { kind: "route" }>): string {
  const reply = step.direction === "reply" ? " (reply)" : "";
  if (step.way === "deliver") return `${step.host}: for the node itself${reply}`;
  if (step.way === "loopback") return `${step.host}: over the loopback${reply}`;
  return `${step.host}: out of ${step.device} to ${step.to}${reply}`;
}
