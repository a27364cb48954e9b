import type { Colors } from "../printers/colors.ts";

/** A unified diff in colours. */
export function paintPatch(patch: string, colors: Colors): string {
  return patch
    .split("\n")
    .map((line) => {
      if (line.startsWith("@@")) return colors.service(line);
      if (line.startsWith("+")) return colors.success(line);
      return line.startsWith("-") ? colors.error(line) : line;
    })
    .join("\n");
}
