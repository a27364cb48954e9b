/// <reference lib="dom" />
import type { AnswerEnd, TraceAnswer } from "../analysis/trace/request.ts";
import { describePosition } from "../diagnostics/source.ts";
import { noColors } from "../printers/colors.ts";
import { saveRule } from "../printers/iptables/iptables-save.ts";
import { formatConditions } from "../printers/trace/conditional-share.ts";
import { formatFraction, formatPercent } from "../printers/trace/share.ts";
import { outcomeText } from "../printers/trace/wording.ts";
import type { Step } from "../tracer/model.ts";
import { h } from "./dom.ts";
import { ruleKey } from "./picture-view.ts";

/** A step as the page tells it: a sentence, and the rule behind it. */
export interface ToldStep {
  readonly text: string;
  readonly rule?: string;
  readonly reason?: string;
  /** {@link ruleKey} of the rule, and the node it is on. */
  readonly key?: string;
  readonly node?: string;
}

/** The request's way to an end, in sentences. */
export function tellSteps(end: AnswerEnd): ToldStep[] {
  return [
    ...end.hops.map(({ text }) => ({ text })),
    ...end.steps.filter((step) => step.direction === "request").flatMap(tellStep),
  ];
}

function tellStep(step: Step): ToldStep[] {
  switch (step.kind) {
    case "rule": {
      const { event, rule, chance, assumed } = step;
      if (rule === undefined) return [];
      const share = chance === undefined ? "" : `, taken by ${formatPercent(chance)} of the packets here`;
      const maybe = assumed === undefined ? "" : `, assuming ${assumed}`;
      const range = rule.origin?.range?.() ?? rule.range;
      const where = range === undefined ? "" : ` (${describePosition(range)})`;
      return [
        {
          text: `${event.node}: ${event.table} ${event.chain}, rule ${event.number}${share}${maybe}`,
          rule: saveRule(event.chain, rule),
          reason: `${rule.origin?.reason ?? ""}${where}`.trim(),
          key: ruleKey(event),
          node: event.node,
        },
      ];
    }
    case "rewrite":
      return [{ text: `${step.how}: the ${step.what} ${step.from} becomes ${step.to}` }];
    case "mark":
      return [{ text: `the mark 0x${step.from.toString(16)} becomes 0x${step.to.toString(16)}` }];
    case "route":
      return step.way === "send" && step.to !== undefined
        ? [{ text: `${step.host} sends it through ${step.device} to ${step.to}` }]
        : [];
    case "arrival":
      return [{ text: `it arrives at ${step.what ?? step.host}` }];
    case "note":
      return [{ text: step.text }];
    default:
      return [];
  }
}

/** What the user can do with the ends of an answer. */
export interface EndActions {
  /** A step is told: light its rule. */
  show(end: AnswerEnd, step: ToldStep | undefined): void;
}

/** The ends of an answer, each with its steps to walk through. */
export function viewAnswer(answer: TraceAnswer, actions: EndActions): HTMLElement {
  const ends = answer.ends.filter((end) => end.when === "first");
  const { source, sourceAddress, target } = answer;
  const title = `${source.label} (${sourceAddress}) to ${target.text}: ${target.label}`;
  const notes = [
    ...answer.notes,
    ...(answer.whyNot === undefined ? [] : [answer.whyNot.text, answer.whyNot.hint ?? ""]),
  ];
  return h(
    "div",
    {},
    h("h3", {}, title),
    ...notes.filter((note) => note !== "").map((note) => h("p", { class: "note" }, note)),
    h("ul", { class: "ends" }, ...ends.map((end, index) => viewEnd(answer, end, index === 0, actions))),
  );
}

function viewEnd(answer: TraceAnswer, end: AnswerEnd, open: boolean, actions: EndActions): HTMLElement {
  const steps = tellSteps(end);
  let at = -1;
  const items = steps.map((step) =>
    h(
      "li",
      {},
      step.text,
      ...(step.rule === undefined ? [] : [h("code", {}, step.rule)]),
      ...(step.reason ? [h("p", {}, step.reason)] : []),
    ),
  );
  const said = h("p", { class: "said", role: "status" });
  const go = (to: number): void => {
    at = Math.max(0, Math.min(steps.length - 1, to));
    items.forEach((item, index) => {
      if (index === at) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    });
    said.textContent = `Step ${at + 1} of ${steps.length}: ${steps[at]?.text ?? ""}`;
    actions.show(end, steps[at]);
  };
  const back = h("button", { type: "button" }, "Previous step");
  const next = h("button", { type: "button" }, "Next step");
  back.addEventListener("click", () => go(at - 1));
  next.addEventListener("click", () => go(at + 1));
  const details = h(
    "details",
    { open },
    h(
      "summary",
      { class: end.outcome },
      h("strong", {}, formatPercent(end.probability)),
      ` ${formatFraction(end.probability)} `,
      outcomeText(answer, end, noColors) + formatConditions(end.assumptions),
    ),
    h("div", { class: "walk" }, back, next, said),
    h("ol", {}, ...items),
  );
  return h("li", {}, details);
}
