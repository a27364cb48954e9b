import fc from "fast-check";
import { readJson } from "../../../src/manifests/json/read-json.ts";
import { composeDocument } from "../../../src/manifests/yaml/compose.ts";

test.each([
  ["a List", '{"items": [{"a": 1},\n  {"b": "]}"}, [2] ,3], "kind": "List"}'],
  ["items that are no array", '{"items": {"a": [1, {"items": [2]}]}}'],
  ["an empty List", '{"items": [ ]}'],
  ["quotes and backslashes", '{"a\\\\": "\\\\\\"", "items": ["\\\\", "\\"items\\": ["]}'],
])("reads what the complete reader reads: %s", (_, text) => {
  const fast = readJson(text, 0, text.length);
  const complete = composeDocument(text, 0);
  expect(fast?.value).toEqual(complete.value);
  const inside = complete.node.entries?.get("items")?.node.items;
  const alone = fast?.items?.map(({ start, end }) => composeDocument(text.slice(start, end), start).node);
  if (fast?.items !== undefined) expect(alone).toEqual(inside);
  expect(fast?.items?.length).toBe(inside?.length);
});

test.each([
  ["a key that stands twice", '{"a": {"b": 1, "b": 2}}'],
  ["a key that stands twice, once escaped", '{"a": 1, "\\u0061": 2}'],
  ["an error", '{"a": 1,}'],
  ["YAML that begins like JSON", "{a: 1}"],
  ["a second document", '{"a": 1} {"b": 2}'],
  ["no object", "[1]"],
  ["nothing", "  "],
  ["a number beyond JavaScript's", '{"a": 1e999}'],
  ["deep nesting", `{"a": ${"[".repeat(10_000)}${"]".repeat(10_000)}}`],
])("leaves to the complete reader: %s", (_, text) => {
  expect(readJson(text, 0, text.length)).toBeUndefined();
});

test("reads any object as JSON.parse does, whatever its layout", () => {
  const layout = fc.constantFrom(undefined, 1, 4, "\t");
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), layout, (object, indent) => {
      const text = `\n ${JSON.stringify(object, undefined, indent)}\n`;
      expect(readJson(text, 0, text.length)?.value).toEqual(JSON.parse(text));
    }),
  );
});

test("finds the entries of items, wherever they stand", () => {
  const items = fc.array(fc.jsonValue(), { maxLength: 5 });
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), items, (rest, entries) => {
      const text = JSON.stringify({ ...rest, items: entries }, undefined, 2);
      const found = readJson(text, 0, text.length)?.items ?? [];
      expect(found.map(({ start, end }) => JSON.parse(text.slice(start, end)))).toEqual(
        JSON.parse(JSON.stringify(entries)),
      );
    }),
  );
});
