import { Chalk } from "chalk";
import fc from "fast-check";
import { cutText, displayWidth, wrapLines } from "../../src/printers/fit-width.ts";

const chalk = new Chalk({ level: 1 });

test.each([
  ["plain", 5],
  [chalk.red.bold("red"), 3],
  ["日本", 4],
  ["e\u0301", 1],
  ["├─ x", 4],
])("%j is %i columns wide", (text, width) => expect(displayWidth(text)).toBe(width));

test.each([
  ["short", 10, "short"],
  ["app=backend,tier=web", 10, "app=backe…"],
  ["日本語", 4, "日…"],
])("%j cut to %i columns: %j", (text, width, cut) => expect(cutText(text, width)).toBe(cut));

test.each([
  ["a sentence goes on below", "one two three four", 10, "one two\n  three\n  four"],
  [
    "a tree's guides go on",
    "│  ├─ tcp to 10.96.5.81:3000 → KUBE-SVC-6R7RAWWNQI6ZLKMO  jobs/backend cluster IP",
    52,
    "│  ├─ tcp to 10.96.5.81:3000 →\n│  │    KUBE-SVC-6R7RAWWNQI6ZLKMO  jobs/backend\n│  │    cluster IP",
  ],
  ["the last branch has none", "└─ one two three", 12, "└─ one two\n     three"],
  [
    "a word that is too long stays whole",
    "to KUBE-SVC-6R7RAWWNQI6ZLKMO now",
    10,
    "to\n  KUBE-SVC-6R7RAWWNQI6ZLKMO\n  now",
  ],
  ["what fits stays as it is", "a  b   c", 80, "a  b   c"],
])("%s", (_, text, width, wrapped) => expect(wrapLines(text, width)).toBe(wrapped));

test("colours end with the line and begin again on the next", () => {
  expect(wrapLines(`x ${chalk.dim("one two")} y`, 7)).toBe(
    "x \u001b[2mone\u001b[0m\n  \u001b[2mtwo\u001b[22m y",
  );
});

test("guides that are painted go on painted", () => {
  expect(wrapLines(`${chalk.dim("├─ ")}${chalk.green("one two")} three`, 14)).toBe(
    "\u001b[2m├─ \u001b[22m\u001b[32mone two\u001b[39m\n\u001b[2m│  \u001b[22m\u001b[32m\u001b[0m  three",
  );
});

test("no word is lost, broken or moved, and lines of more than one word fit", () => {
  const word = fc.stringMatching(/^[a-z0-9:./-]{1,20}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 10, max: 60 }), (words, width) => {
      const wrapped = wrapLines(words.join(" "), width);
      expect(wrapped.split(/\s+/)).toEqual(words);
      for (const line of wrapped.split("\n"))
        if (line.trim().includes(" ")) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    }),
  );
});
