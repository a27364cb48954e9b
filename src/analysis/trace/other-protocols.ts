import type { TraceAnswer } from "./request.ts";
import type { TraceRequest } from "./trace-packet.ts";

/**
 * An address and port may be there for several protocols: the answer with the ends of each, named. A person is shown
 * the first one and a note; JSON has all.
 * @param ask answers the same request for another protocol
 */
export function withOtherProtocols(
  answer: TraceAnswer,
  ask: (protocol: NonNullable<TraceRequest["protocol"]>) => TraceAnswer,
): TraceAnswer {
  const { protocol, otherProtocols = [] } = answer.target;
  if (otherProtocols.length === 0) return answer;
  const ends = [
    ...answer.ends.map((end) => ({ ...end, protocol })),
    ...otherProtocols.flatMap((other) => ask(other).ends.map((end) => ({ ...end, protocol: other }))),
  ];
  return { ...answer, ends };
}
