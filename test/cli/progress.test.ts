import { createProgress } from "../../src/cli/terminal/progress.ts";

function terminal(isTTY: boolean) {
  const written: string[] = [];
  return { written, stream: { isTTY, columns: 20, write: (text: string) => void written.push(text) } };
}

test("says nothing in a pipe, and nothing within a second", () => {
  const pipe = terminal(false);
  const tty = terminal(true);
  let time = 0;
  for (const { stream } of [pipe, tty]) {
    const progress = createProgress(stream, () => time);
    time += pipe.stream === stream ? 5000 : 900;
    progress.update("rules", 1, 10);
    progress.end();
  }
  expect([pipe.written, tty.written]).toEqual([[], []]);
});

test("shows one line, at most every 100 ms, cut to the terminal, and removes it", () => {
  const { written, stream } = terminal(true);
  let time = 0;
  const progress = createProgress(stream, () => time);
  for (; time <= 1210; time += 10) progress.update("rules", time, 2000);
  progress.update("a stage with a name that is long");
  progress.end();
  expect(written).toEqual([
    "\r\u001b[2Krules 50 %",
    "\r\u001b[2Krules 55 %",
    "\r\u001b[2Krules 60 %",
    "\r\u001b[2K",
  ]);
});
