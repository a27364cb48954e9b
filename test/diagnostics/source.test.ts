import { describePosition, lineText, positionAt, rangeBetween } from "../../src/diagnostics/source.ts";

const source = { name: "a.yaml", text: "kind: Service\r\nspec:\n  ports: []\n" };

test("line and column of an offset", () => {
  expect(positionAt(source, 0)).toEqual({ line: 1, column: 1, offset: 0 });
  expect(positionAt(source, source.text.indexOf("ports"))).toMatchObject({ line: 3, column: 3 });
  expect(positionAt(source, 10_000)).toMatchObject({ line: 4, column: 1 });
  expect(describePosition(rangeBetween(source, 15, 19))).toBe("a.yaml:2:1");
});

test("the text of a line has no line end", () => {
  expect(lineText(source, 1)).toBe("kind: Service");
  expect(lineText(source, 3)).toBe("  ports: []");
  expect(lineText(source, 9)).toBe("");
});
