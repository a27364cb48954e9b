import type { AnswerEnd, TraceAnswer } from "../../analysis/trace/request.ts";
import type { Fraction } from "../../tracer/fraction.ts";
import type { Colors } from "../colors.ts";
import { formatConditions } from "./conditional-share.ts";
import { addShares, compareShares, formatFraction, formatPercent } from "./share.ts";
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
    const key = `${looksOf(end)}\n${formatConditions(end.assumptions)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { end, probability: end.probability });
    else group.probability = addShares(group.probability, end.probability);
  }
  return joined([...groups.values()]);
}

function looksOf(end: AnswerEnd): string {
  const hops = end.hops.map((hop) => hop.text);
  return [end.outcome, end.server, end.seenSource, end.reason, ...hops].join("\n");
}

/** Two groups that look alike and differ in how one question comes out do not hang on it. */
function joined(groups: readonly Group[]): Group[] {
  const left = [...groups];
  for (let i = 0; i < left.length; i++) {
    for (let j = i + 1; j < left.length; j++) {
      const both = joinedPair(left[i]!, left[j]!);
      if (both === undefined) continue;
      left.splice(j, 1);
      left[i] = both;
      j = i;
    }
  }
  return left;
}

function joinedPair(a: Group, b: Group): Group | undefined {
  const sameShare = compareShares(a.probability, b.probability) === 0;
  if (!sameShare || looksOf(a.end) !== looksOf(b.end)) return undefined;
  if (a.end.assumptions.length !== b.end.assumptions.length) return undefined;
  const others = new Map(b.end.assumptions.map((at) => [at.text, at.holds]));
  const different = a.end.assumptions.filter((at) => others.get(at.text) !== at.holds);
  const [question] = different;
  if (question === undefined || different.length > 1 || !others.has(question.text)) return undefined;
  const assumptions = a.end.assumptions.filter((at) => at !== question);
  return { end: { ...a.end, assumptions }, probability: a.probability };
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
    const shares = new Map<string, Fraction>();
    for (const { end, probability } of groupEnds(answer.ends)) {
      const what =
        end.outcome === "delivered"
          ? `${colors.endpoint(end.server ?? "")} sees ${end.seenSource}`
          : end.outcome;
      const text = `${what}${formatConditions(end.assumptions)}`;
      const known = shares.get(text);
      shares.set(text, known === undefined ? probability : addShares(known, probability));
    }
    const parts = [...shares].map(([text, share]) => `${formatPercent(share)} ${text}`);
    const why = answer.whyNot === undefined ? "" : `  ${colors.error("why not:")} ${answer.whyNot.text}`;
    return `${colors.strong(names[at]!.padEnd(width))}  ${parts.join(", ")}${why}`;
  });
  return `${lines.join("\n")}\n`;
}
