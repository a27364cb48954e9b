import { type InputError, usageError } from "../../diagnostics/diagnostic.ts";
import type { Outcome } from "../../tracer/model.ts";
import type { AnswerEnd, TraceAnswer } from "./request.ts";

/** What `--expect` asks for. */
export interface Expectation {
  readonly outcomes: readonly Outcome[];
  readonly masquerade?: boolean;
  /** How many different servers take the packet. */
  readonly endpoints?: number;
}

const outcomeWords: Readonly<Record<string, readonly Outcome[]>> = {
  delivered: ["delivered"],
  rejected: ["rejected"],
  dropped: ["dropped"],
  unreachable: ["unreachable"],
  "reply-lost": ["reply-lost"],
};

function problem(word: string): InputError {
  return usageError(
    "unknown-expectation",
    `--expect does not know "${word}"`,
    "delivered, rejected, dropped, unreachable or reply-lost, and masquerade, no-masquerade, endpoints=N",
  );
}

/** `delivered,no-masquerade,endpoints=3`; a comma stands between. */
export function readExpectation(text: string): Expectation {
  let outcomes: readonly Outcome[] | undefined;
  let masquerade: boolean | undefined;
  let endpoints: number | undefined;
  for (const word of text.split(",").map((part) => part.trim())) {
    const count = /^endpoints=(\d+)$/.exec(word);
    if (count !== null) endpoints = Number(count[1]);
    else if (word === "masquerade") masquerade = true;
    else if (word === "no-masquerade") masquerade = false;
    else if (outcomeWords[word] !== undefined) outcomes = [...(outcomes ?? []), ...outcomeWords[word]];
    else throw problem(word);
  }
  return {
    outcomes: outcomes ?? ["delivered"],
    ...(masquerade === undefined ? {} : { masquerade }),
    ...(endpoints === undefined ? {} : { endpoints }),
  };
}

/** Whether some node replaced the client's address on the way to the server. */
export function isMasqueraded(end: AnswerEnd): boolean {
  return end.steps.some(
    (step) =>
      step.kind === "rewrite" &&
      step.what === "source" &&
      step.direction === "request" &&
      step.how !== "reply",
  );
}

/** What an answer lacks of an expectation, a sentence each; none when it is met by every end. */
export function unmetExpectations(answer: TraceAnswer, expected: Expectation): string[] {
  const ends = answer.ends.filter((end) => end.when === "first");
  const unmet: string[] = [];
  const wanted = expected.outcomes.join(" or ");
  for (const end of ends) {
    if (expected.outcomes.includes(end.outcome)) continue;
    unmet.push(`expected ${wanted}, but it can be ${end.outcome}: ${end.reason}`);
  }
  if (expected.masquerade !== undefined) {
    for (const end of ends.filter((at) => at.outcome === "delivered")) {
      if (isMasqueraded(end) === expected.masquerade) continue;
      unmet.push(
        expected.masquerade
          ? `expected masquerade, but ${end.server} sees the client's own address ${end.seenSource}`
          : `expected no masquerade, but ${end.server} sees ${end.seenSource}`,
      );
    }
  }
  const servers = new Set(ends.filter((end) => end.outcome === "delivered").map((end) => end.server));
  if (expected.endpoints !== undefined && servers.size !== expected.endpoints) {
    unmet.push(
      `expected ${expected.endpoints} endpoints, found ${servers.size}: ${[...servers].sort().join(", ")}`,
    );
  }
  return [...new Set(unmet)];
}
