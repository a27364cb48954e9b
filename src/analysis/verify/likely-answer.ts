import type { FlowAnswer } from "../flows/flow.ts";

/** A port that the kernel picked at random is one of some few: it is not, but for one connection in thousands. */
const byLot = /^(?:the (?:source|destination) port is \d+|-m multiport --(?:[sd]ports|ports) [\d,]+)$/;

/**
 * An answer's key without what hangs on a port picked by lot: a rule against port 3000 meets the answers to a masqueraded
 * connection when NAT picks just that port for it.
 */
export function likelyKey(answer: FlowAnswer | undefined): string | undefined {
  return answer?.ends
    .filter(({ assumed }) => !assumed.some((text) => byLot.test(text)))
    .map(({ when, outcome, server, seenSource, probability, assumed }) => {
      const rest = assumed.filter((text) => !byLot.test(text.replace(/^not: /, "")));
      const share = `${probability.numerator}/${probability.denominator}`;
      return [when, outcome, server ?? "", seenSource ?? "", share, ...rest].join("|");
    })
    .sort()
    .join("\n");
}
