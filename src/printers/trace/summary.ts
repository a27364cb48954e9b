import type { AnswerEnd, TraceAnswer } from "../../analysis/trace/request.ts";
import type { Fraction } from "../../tracer/fraction.ts";
import type { Colors } from "../colors.ts";
import { formatConditions } from "./conditional-share.ts";
import { addShares, formatFraction, formatPercent } from "./share.ts";
import { footer, headline, outcomeText } from "./wording.ts";

/** Ends that look alike to the client and the server, whatever rules they passed. */
interface Group {
  readonly end: AnswerEnd;
  probability: Fraction;
}

function groupEnds(ends: readonly AnswerEnd[]): Group[] {
  const groups = new Map<string, Group>();
  for (const end of ends) {
    if (end.when !== "first") continue;
    const maybe = formatConditions(end.assumptions);
    const hops = end.hops.map((hop) => hop.text).join("\n");
    const key = [end.outcome, end.server, end.seenSource, end.reason, maybe, hops].join("\n");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { end, probability: end.probability });
    else group.probability = addShares(group.probability, end.probability);
  }
  return [...groups.values()];
}

/** One line an end. */
export function printTraceSummary(answer: TraceAnswer, colors: Colors): string {
  const groups = groupEnds(answer.ends);
  const percents = groups.map(({ probability }) => formatPercent(probability));
  const width = Math.max(0, ...percents.map((text) => text.length));
  const fractions = groups.map(({ probability }) => formatFraction(probability));
  const fractionWidth = Math.max(0, ...fractions.map((text) => text.length));
  const lines = groups.map(({ end }, at) => {
    const hops = end.hops.map((hop) => `${hop.text}; `).join("");
    const share = `${colors.strong(percents[at]!.padStart(width))} ${colors.dim(fractions[at]!.padEnd(fractionWidth))}`;
    const condition = formatConditions(end.assumptions).trim();
    const when = condition === "" ? "" : `${colors.strong(condition)}: `;
    return `${share}  ${when}${colors.dim(hops)}${outcomeText(answer, end, colors)}`;
  });
  return `${[headline(answer, colors), ...lines, ...footer(answer, colors)].join("\n")}\n`;
}

/** One line an answer: for `--all-sources`, which asks for several. */
export function printTraceLines(answers: readonly TraceAnswer[], colors: Colors): string {
  const names = answers.map((answer) => answer.source.label);
  const width = Math.max(0, ...names.map((name) => name.length));
  const lines = answers.map((answer, at) => {
    const parts = groupEnds(answer.ends).map(({ end, probability }) => {
      const share = formatPercent(probability);
      const what =
        end.outcome === "delivered"
          ? `${colors.endpoint(end.server ?? "")} sees ${end.seenSource}`
          : end.outcome;
      return `${share} ${what}${formatConditions(end.assumptions)}`;
    });
    const why = answer.whyNot === undefined ? "" : `  ${colors.error("why not:")} ${answer.whyNot.text}`;
    return `${colors.strong(names[at]!.padEnd(width))}  ${parts.join(", ")}${why}`;
  });
  return `${lines.join("\n")}\n`;
}
