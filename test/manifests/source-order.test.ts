import fc from "fast-check";
import { orderSources } from "../../src/manifests/source-order.ts";

function order(...names: string[]): string[] {
  return orderSources(names.map((name) => ({ name, text: "" }))).map(({ name }) => name);
}

test.each([
  ["as names in a folder", ["b.yaml", "a.yaml", "B.yaml"], ["B.yaml", "a.yaml", "b.yaml"]],
  ["folder by folder", ["m/a.yaml", "m/a/z.yaml", "m-2/a.yaml"], ["m/a/z.yaml", "m/a.yaml", "m-2/a.yaml"]],
  [
    "however they are written",
    ["./b.yaml", "x/../c.yaml", "a//d.yaml"],
    ["a//d.yaml", "./b.yaml", "x/../c.yaml"],
  ],
  [
    "absolute paths and those above first",
    ["a.yaml", "../b.yaml", "/c.yaml"],
    ["/c.yaml", "../b.yaml", "a.yaml"],
  ],
  ["standard input last", ["<stdin>", "z.yaml", "~.yaml"], ["z.yaml", "~.yaml", "<stdin>"]],
  ["folders of Windows", ["m\\a.yaml", "m\\a\\z.yaml"], ["m\\a\\z.yaml", "m\\a.yaml"]],
])("%s", (_, names, expected) => {
  expect(order(...names)).toEqual(expected);
});

test("any order of any texts is the same order", () => {
  const source = fc.record({
    name: fc.constantFrom("a", "b/c", "./a", "b", "<stdin>"),
    text: fc.constantFrom("1", "2"),
  });
  fc.assert(
    fc.property(fc.array(source), fc.infiniteStream(fc.nat()), (sources, random) => {
      const shuffled = sources.map((one) => ({ one, at: random.next().value as number }));
      const other = shuffled.sort((a, b) => a.at - b.at).map(({ one }) => one);
      const keys = (list: readonly { name: string; text: string }[]) =>
        orderSources(list).map(({ name, text }) => `${name} ${text}`);
      expect(keys(other)).toEqual(keys(sources));
    }),
  );
});
