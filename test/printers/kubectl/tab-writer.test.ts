import { alignTabs, describeLayout, getLayout, tableCell } from "../../../src/printers/kubectl/tab-writer.ts";

test("columns are as wide as their widest cell and three spaces, the last is not padded", () => {
  expect(alignTabs("NAME\tAGE\nweb\t6s\na-longer-name\t<unknown>\n", getLayout)).toBe(
    "NAME            AGE\nweb             6s\na-longer-name   <unknown>\n",
  );
});

test("a narrow column is six characters wide", () => {
  expect(alignTabs("A\tB\n1\t2\n", getLayout)).toBe("A     B\n1     2\n");
});

test("an empty last cell leaves the padding of the one before", () => {
  expect(alignTabs("AGE\tVERSION\n6s\t\n", getLayout)).toBe("AGE   VERSION\n6s    \n");
});

test("a column ends where a line has no such cell", () => {
  expect(
    alignTabs("Port:\thttp\t80/TCP\nTargetPort:\t8080/TCP\nNodePort:\ta-name\t30000/TCP\n", describeLayout),
  ).toBe("Port:        http  80/TCP\nTargetPort:  8080/TCP\nNodePort:    a-name  30000/TCP\n");
});

test.each([
  ["two\nlines", "two..."],
  ["\u001b[31mred", "^[[31mred"],
])("a cell of %j shows as %s", (text, expected) => {
  expect(tableCell(text)).toBe(expected);
});
