import type { SourceText } from "../diagnostics/source.ts";

/** The name that standard input goes by. */
export const stdinName = "<stdin>";

/**
 * The texts in the order in which their objects count: by path, folder by folder, whatever the order in which
 * they were named or the disk lists them; standard input last. Texts of one name go by their content.
 */
export function orderSources<Source extends SourceText>(sources: readonly Source[]): readonly Source[] {
  if (sources.length < 2) return sources;
  const keyed = sources.map((source) => ({ source, key: pathKey(source.name) }));
  keyed.sort(
    (a, b) =>
      compare(a.key, b.key) || compare(a.source.text, b.source.text) || compare(a.source.name, b.source.name),
  );
  return keyed.map(({ source }) => source);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * A text by which paths sort: the folders' names one after the other, so that `a/z.yaml` comes before `a.yaml` as
 * `a` does before `a.yaml` among the names of one folder. `./x` and `y/../x` are `x`.
 */
function pathKey(name: string): string {
  if (name === stdinName) return "\uffff";
  const parts: string[] = [];
  for (const part of name.replaceAll("\\", "/").split("/")) {
    if (part === "." || (part === "" && parts.length > 0)) continue;
    const last = parts.at(-1);
    if (part === ".." && last !== undefined && last !== ".." && last !== "") parts.pop();
    else parts.push(part);
  }
  return parts.join("\0");
}
