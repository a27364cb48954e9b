import { type Diagnostic, InputError } from "../../diagnostics/diagnostic.ts";
import { hostPort, isIp } from "../../net/ip.ts";
import { add, type Fraction } from "../../tracer/fraction.ts";
import type { Assumption } from "../../tracer/model.ts";
import { groupBy } from "../group-by.ts";
import { unmetExpectations } from "../trace/expectation.ts";
import type { AnswerEnd, TraceAnswer } from "../trace/request.ts";
import type { FlowExpectation, Share, Unmet } from "./model.ts";
import { isShare } from "./read-share.ts";

/** A packet to follow. */
export interface FlowQuestion {
  /** Absent: a pod that is no endpoint. */
  readonly from?: string;
  readonly to: string;
  readonly protocol?: "tcp" | "udp" | "sctp";
}

/** Follows a packet through the cluster. @throws InputError for a source or target that is not there */
export type Ask = (question: FlowQuestion) => TraceAnswer;

function firstEnds(answer: TraceAnswer): readonly AnswerEnd[] {
  return answer.ends.filter((end) => end.when === "first");
}

function fractionText({ numerator, denominator }: Fraction): string {
  return denominator === 1n ? String(numerator) : `${numerator}/${denominator}`;
}

/** What an answer depends on that is not known: then nothing that needs all ends is certain. */
function unknownOf(answer: TraceAnswer): readonly string[] {
  return [...new Set(firstEnds(answer).flatMap((end) => end.assumptions.map((each) => each.text)))];
}

function outcomeUnmet(answer: TraceAnswer, check: FlowExpectation): Unmet[] {
  const { whyNot } = answer;
  const cause = whyNot?.range === undefined ? {} : { cause: { message: whyNot.text, range: whyNot.range } };
  const reason = whyNot === undefined ? "" : `: ${whyNot.text}`;
  const hint = whyNot?.hint === undefined ? {} : { hint: whyNot.hint };
  const wanted = check.expect.join(" or ");
  const ends = firstEnds(answer);
  const unmet = new Map<string, Unmet>();
  for (const end of ends) {
    if (check.expect.includes(end.outcome)) continue;
    const can = ends.every((each) => each.outcome === end.outcome) ? "is" : "can be";
    const why = end.outcome === "delivered" || reason === "" ? `: ${end.reason}` : reason;
    const message = `expected ${wanted}, but it ${can} ${end.outcome}${why}`;
    unmet.set(end.outcome, { message, field: "expect", ...hint, ...cause });
  }
  return [...unmet.values()];
}

/** So many names are told one by one. */
const mostNames = 4;

/** Names with commas; of many the first, and how many more. */
export function listed(names: readonly string[]): string {
  const more = names.length - mostNames;
  return more <= 0 ? names.join(", ") : `${names.slice(0, mostNames).join(", ")} and ${more} more`;
}

/** Masquerade and the number of endpoints, as `trace --expect` judges them: told of one server, and of how many. */
function simpleUnmet(answer: TraceAnswer, check: FlowExpectation): Unmet[] {
  const judged = (field: string, part: { masquerade?: boolean; endpoints?: number }): Unmet[] => {
    const [first, ...others] = unmetExpectations(answer, {
      outcomes: ["delivered", "rejected", "dropped", "unreachable", "reply-lost"],
      ...part,
    });
    if (first === undefined) return [];
    const rest = others.length === 0 ? "" : `, and ${others.length} more likewise`;
    return [{ message: `${first}${rest}`, field }];
  };
  return [
    ...(check.masquerade === undefined ? [] : judged("masquerade", { masquerade: check.masquerade })),
    ...(typeof check.endpoints === "number" ? judged("endpoints", { endpoints: check.endpoints }) : []),
  ];
}

/** Whether a server is the one named: `ip`, `ip:port`, `pod/NS/NAME`, `pod/NAME`. */
function isNamed(end: AnswerEnd, name: string): boolean {
  if (end.server === undefined) return false;
  if (end.server === name) return true;
  if (isIp(name)) return end.server.startsWith(hostPort(name, 0).slice(0, -1));
  const label = end.serverName ?? "";
  const [, namespace, pod] = label.split("/");
  return label === name || (name.startsWith("pod/") && namespace !== undefined && name === `pod/${pod}`);
}

function serversOf(answer: TraceAnswer): ReadonlyMap<string, AnswerEnd> {
  const servers = new Map<string, AnswerEnd>();
  for (const end of firstEnds(answer)) {
    if (end.outcome === "delivered" && end.server !== undefined) servers.set(end.server, end);
  }
  return servers;
}

function namedUnmet(answer: TraceAnswer, names: readonly string[]): Unmet[] {
  const servers = serversOf(answer);
  const missing = names.filter((name) => ![...servers.values()].some((end) => isNamed(end, name)));
  const extra = [...servers].filter(([, end]) => !names.some((name) => isNamed(end, name)));
  const described = extra.map(([server, end]) =>
    end.serverName === undefined ? server : `${server} (${end.serverName})`,
  );
  return [
    ...missing.map((name) => ({
      message: `expected ${name} to answer, but it does not`,
      field: "endpoints",
    })),
    ...(extra.length === 0
      ? []
      : [
          {
            message: `${listed(described)} ${extra.length === 1 ? "answers" : "answer"} too`,
            field: "endpoints",
          },
        ]),
  ];
}

/** Whether every packet that ends so has passed a chain, a node, or a Service's rules. */
function passes(end: AnswerEnd, via: string): boolean {
  const node = /^nodes?\/(.+)$/.exec(via)?.[1];
  if (node !== undefined) {
    return (
      end.path.some((at) => at.node === node) ||
      end.steps.some((step) => "node" in step && step.node === node)
    );
  }
  const service = /^(?:svc|services?)\/(.+)$/.exec(via)?.[1];
  if (service !== undefined) {
    return end.steps.some((step) => {
      const name = step.kind === "rule" ? step.rule?.origin?.service : undefined;
      return name !== undefined && (name === service || name.split("/")[1] === service);
    });
  }
  return end.path.some((at) => at.chain === via);
}

function viaUnmet(answer: TraceAnswer, via: readonly string[]): Unmet[] {
  return via.flatMap((place) => {
    const around = firstEnds(answer).find((end) => !passes(end, place));
    if (around === undefined) return [];
    const to = around.server === undefined ? around.outcome : `to ${around.server}`;
    return [{ message: `expected every packet to pass ${place}, but one ${to} does not`, field: "via" }];
  });
}

function sharesOf(answer: TraceAnswer): ReadonlyMap<string, Fraction> {
  const shares = new Map<string, Fraction>();
  for (const end of firstEnds(answer)) {
    if (end.outcome !== "delivered" || end.server === undefined) continue;
    const known = shares.get(end.server);
    shares.set(end.server, known === undefined ? end.probability : add(known, end.probability));
  }
  return shares;
}

function isOneShare(probability: NonNullable<FlowExpectation["probability"]>): probability is Share {
  return "tolerance" in probability && "value" in probability;
}

function shareUnmet(answer: TraceAnswer, expected: NonNullable<FlowExpectation["probability"]>): Unmet[] {
  const shares = sharesOf(answer);
  const wrong = (server: string, actual: Fraction, share: Share): Unmet[] =>
    isShare(actual, share)
      ? []
      : [
          {
            message: `expected ${share.text} for ${server}, found ${fractionText(actual)}`,
            field: "probability",
          },
        ];
  if (isOneShare(expected)) {
    if (shares.size === 0)
      return [{ message: "no endpoint has a share: nothing is delivered", field: "probability" }];
    const others = [...shares].filter(([, actual]) => !isShare(actual, expected));
    // Servers with the same share are told together.
    return [...groupBy(others, ([, actual]) => fractionText(actual))].flatMap(([, group]) =>
      wrong(listed(group.map(([server]) => server)), group[0]![1], expected),
    );
  }
  const servers = serversOf(answer);
  return Object.entries(expected).flatMap(([name, share]) => {
    const named = [...servers].filter(([, end]) => isNamed(end, name)).map(([server]) => server);
    const parts = named.map((server) => shares.get(server)!);
    const actual = parts.reduce<Fraction>((sum, part) => add(sum, part), { numerator: 0n, denominator: 1n });
    return wrong(name, actual, share);
  });
}

function answerUnmet(answer: TraceAnswer, check: FlowExpectation): Unmet[] {
  const outcome = outcomeUnmet(answer, check);
  if (outcome.length > 0) return outcome;
  const unmet = [
    ...simpleUnmet(answer, check),
    ...(Array.isArray(check.endpoints) ? namedUnmet(answer, check.endpoints as readonly string[]) : []),
    ...viaUnmet(answer, check.via),
    ...(check.probability === undefined ? [] : shareUnmet(answer, check.probability)),
  ];
  return unmet;
}

/** Whether an assumption is that something listens at an address that no pod has. */
function isListener({ key }: Assumption): boolean {
  return key.includes(" listens ");
}

/** Whether the rules sent the packet where it went: then that is an endpoint somebody stated. */
function isSentByRules(end: AnswerEnd): boolean {
  return end.steps.some(
    (step) => step.kind === "rewrite" && step.how === "DNAT" && step.direction === "request",
  );
}

/** What is taken for granted of an end: that an endpoint outside the cluster's pods, stated by hand, is there. */
function grantedOf(end: AnswerEnd): readonly Assumption[] {
  return isSentByRules(end) ? end.assumptions.filter(isListener) : [];
}

/** The answer in the world in which what is taken for granted holds. */
function withListeners(answer: TraceAnswer): TraceAnswer {
  const ends = answer.ends
    .filter((end) => grantedOf(end).every((each) => each.holds))
    .map((end) => {
      const granted = grantedOf(end);
      return { ...end, assumptions: end.assumptions.filter((each) => !granted.includes(each)) };
    });
  return { ...answer, ends };
}

function askOne(question: FlowQuestion, check: FlowExpectation, ask: Ask, granted: Set<string>): Unmet[] {
  try {
    const asked = ask(question);
    for (const each of asked.ends.flatMap(grantedOf)) granted.add(each.text);
    const answer = withListeners(asked);
    const unmet = answerUnmet(answer, check);
    const unknown = unknownOf(answer);
    if (unmet.length === 0 || unknown.length === 0) return unmet;
    return unmet.map((each) => ({
      ...each,
      hint: each.hint ?? `it depends on whether ${unknown.join(", and ")}`,
    }));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // What the expectation names is gone: that is what a test is there to tell.
    const field = question.from !== undefined && canAsk(question, ask) ? "from" : "to";
    return error.diagnostics.map((diagnostic) => notThere(diagnostic, field));
  }
}

/** Whether a question has an answer when nobody is named who sends. */
function canAsk({ to, protocol }: FlowQuestion, ask: Ask): boolean {
  try {
    ask({ to, ...(protocol === undefined ? {} : { protocol }) });
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

function notThere({ message, hint }: Diagnostic, field: string): Unmet {
  return { message, field, ...(hint === undefined ? {} : { hint }) };
}

/** What packets lack of an expectation, every source to every target; and what had to be taken for granted. */
export function checkFlow(
  check: FlowExpectation,
  ask: Ask,
): { readonly unmet: readonly Unmet[]; readonly granted: readonly string[] } {
  const sources = check.from.length === 0 ? [undefined] : check.from;
  const several = sources.length * check.to.length > 1;
  const granted = new Set<string>();
  const unmet = sources.flatMap((from) =>
    check.to.flatMap((to) => {
      const question: FlowQuestion = {
        ...(from === undefined ? {} : { from }),
        to,
        ...(check.protocol === undefined ? {} : { protocol: check.protocol }),
      };
      const found = askOne(question, check, ask, granted);
      if (!several) return found;
      const way = from === undefined ? to : `${from} -> ${to}`;
      return found.map((each) => ({ ...each, message: `${way}: ${each.message}` }));
    }),
  );
  return { unmet: several ? theFirstOfEach(unmet) : unmet, granted: [...granted] };
}

/** So many ways that lack the same are told one by one; a run of CI shows ten annotations. */
const mostWays = 3;

/** Of ways that fail in the same field the first ones, and how many more do. */
function theFirstOfEach(unmet: readonly Unmet[]): readonly Unmet[] {
  return [...groupBy(unmet, ({ field }) => field ?? "").values()].flatMap((alike) => {
    const more = alike.length - mostWays;
    if (more <= 1) return alike;
    const told = alike.slice(0, mostWays);
    const last = told.pop()!;
    return [...told, { ...last, message: `${last.message}, and ${more} more ways likewise` }];
  });
}
