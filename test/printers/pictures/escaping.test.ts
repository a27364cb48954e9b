import * as metrics from "../../../src/graph/layout.ts";
import { dotText, printDot } from "../../../src/printers/pictures/dot.ts";
import { mermaidText, printMermaid } from "../../../src/printers/pictures/mermaid.ts";
import { printSvg } from "../../../src/printers/pictures/svg/print.ts";
import { dangerousTexts, pictureOfText } from "../../graph/pictures.ts";

describe.each(dangerousTexts)("%j", (text) => {
  test("stays inside mermaid's quotes", () => {
    const lines = printMermaid(pictureOfText(text)).trimEnd().split("\n");
    const plain = printMermaid(pictureOfText("x")).trimEnd().split("\n");
    expect(lines).toHaveLength(plain.length);
    // What is not between quotes (or a comment) is the same whatever the text.
    const frame = (line: string): string => line.replace(/"[^"]*"/g, '""').replace(/%%.*/, "%%");
    expect(lines.map(frame)).toEqual(plain.map(frame));
    expect(mermaidText(text)).not.toMatch(/[<>"`[\]{}|\\\n\r]/);
  });

  test("stays inside DOT's quotes", () => {
    const strip = (dot: string): string => dot.replace(/"(?:[^"\\]|\\.)*"/gs, '""');
    expect(strip(printDot(pictureOfText(text)))).toBe(strip(printDot(pictureOfText("x"))));
    expect(dotText(text)).not.toMatch(/[\n\r]/);
  });
});

test("mermaid's entities are decimal and spell the text", () => {
  const spelled = mermaidText('<a> "b"; #c').replace(/#(\d+);/g, (_, code) =>
    String.fromCodePoint(Number(code)),
  );
  expect(spelled).toBe('<a> "b"; #c');
});

describe.each(dangerousTexts)("in SVG: %j", (text) => {
  const svg = printSvg(metrics.placePicture(pictureOfText(text)), metrics);

  test("only the picture's own elements and attributes are there", () => {
    const tags = new Set([...svg.matchAll(/<\/?([^\s>/]+)/g)].map(([, tag]) => tag));
    const own = ["svg", "title", "style", "rect", "text", "g", "defs", "marker", "path"];
    expect([...tags].filter((tag) => !own.includes(tag!))).toEqual([]);
    const markup = svg
      .match(/<[^>]*>/g)!
      .join("")
      .replace(/"[^"]*"/g, '""');
    expect(markup).not.toMatch(/\son\w+=|href/);
  });

  test("it is the same from run to run", () => {
    expect(printSvg(metrics.placePicture(pictureOfText(text)), metrics)).toBe(svg);
  });
});
