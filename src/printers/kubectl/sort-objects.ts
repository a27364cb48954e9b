import type { Json } from "../../api-objects/json.ts";
import { goSort } from "./go-sort.ts";
import { compilePath } from "./jsonpath/evaluate.ts";
import { JsonPathError } from "./jsonpath/parse.ts";
import { naturalLess, parseQuantity } from "./natural-order.ts";

function fail(message: string): never {
  throw new JsonPathError("executing", message);
}

/** Whether the value `a` comes before `b`, as kubectl's sorter has it. */
function isLess(a: Json, b: Json): boolean {
  if (a === null || b === null) return a === null && b !== null;
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) if (!isLess(a[i], b[i])) return false;
    return true;
  }
  if (typeof a === "number" && typeof b === "number") return a < b;
  if (typeof a === "string" && typeof b === "string") {
    const x = parseQuantity(a);
    const y = x === undefined ? undefined : parseQuantity(b);
    return x === undefined || y === undefined ? naturalLess(a, b) : x < y;
  }
  const type = typeof a === "boolean" ? "bool" : typeof a === typeof b ? "map" : "interface";
  return fail(`unsortable type: ${type}`);
}

/**
 * Objects in the order of `--sort-by PATH`; those without the field come first. Equals stand as kubectl leaves them, whose
 * `sort.Sort` does not keep their order.
 * @throws JsonPathError when the path can't be read, none has it, or its values have no order
 */
export function sortObjects<Item>(
  items: readonly Item[],
  path: string,
  objectOf: (item: Item) => Json,
): readonly Item[] {
  const find = compilePath(path);
  const keyed = items.map((item) => ({ item, key: find(objectOf(item))[0] }));
  if (items.length > 0 && keyed.every(({ key }) => key === undefined)) {
    const written = `{.${path.replace(/^\{?\.?|\}$/g, "")}}`;
    fail(`couldn't find any field with path "${written}" in the list of objects`);
  }
  const less = (a: Json | undefined, b: Json | undefined): boolean =>
    a === undefined || (b !== undefined && isLess(a, b));
  return goSort(keyed, (a, b) => less(a.key, b.key)).map(({ item }) => item);
}
