import { type Colors, noColors } from "../../src/printers/colors.ts";
import { printMatrixText } from "../../src/printers/matrix/text.ts";

test("headings are painted and say the same on a terminal as in a pipe", () => {
  const view = {
    columns: ["from pods"],
    rows: [
      {
        service: "a/b",
        port: "80/TCP",
        kind: "cluster IP",
        address: "10.96.0.9:80",
        columns: [[{ text: "delivered", where: undefined, state: "good" as const }]],
      },
    ],
    notes: [],
  };
  const painted: Colors = { ...noColors, strong: (...words: unknown[]) => `<${words.join(" ")}>` };
  expect(printMatrixText(view, painted).replace(/[<>]/g, "").replace(/ +/g, " ")).toBe(
    printMatrixText(view).replace(/ +/g, " "),
  );
});
