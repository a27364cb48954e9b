import {
  conditionalShare,
  formatConditions,
  formatShareRange,
  type Shared,
} from "../../src/printers/trace/conditional-share.ts";
import { fraction } from "../../src/tracer/fraction.ts";

/** An end with its share and what it takes for granted: `A` holds, `!A` does not. */
function end(numerator: number, denominator: number, ...assumed: string[]): Shared {
  const assumptions = assumed.map((text) => {
    const name = text.replace("!", "");
    return { key: name, text: name, holds: name === text };
  });
  return { probability: fraction(numerator, denominator), assumptions };
}

describe("shares of ends that exclude each other", () => {
  test.each([
    ["one end, no question", [end(1, 1)], [], "100%"],
    ["two ends by chance", [end(1, 3), end(1, 3)], [], "66.7%"],
    ["an end on a condition", [end(1, 1, "A")], [], "100% if A"],
    ["an end on two", [end(1, 2, "!A", "B")], [], "50% unless A and if B"],
    ["what has been said is not said again", [end(1, 2, "!A", "B")], ["A"], "50% if B"],
    ["both answers lead here: they are not added up", [end(1, 1, "A"), end(1, 1, "!A")], [], "100%"],
    ["by chance and by both answers", [end(1, 3, "A"), end(1, 3, "!A"), end(1, 3)], [], "66.7%"],
    ["one answer alone leads here", [end(1, 2, "A"), end(1, 2)], [], "50% to 100%"],
    ["a question within a condition", [end(1, 2, "A", "B"), end(1, 2, "A", "C")], [], "up to 100% if A"],
  ])("%s", (_, ends, known, text) => {
    const share = conditionalShare(ends, new Set(known));
    expect(formatShareRange(share) + formatConditions(share.conditions)).toBe(text);
  });
});
