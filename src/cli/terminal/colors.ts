import { Chalk } from "chalk";
import { type Colors, noColors } from "../../printers/colors.ts";
import type { CommandIo, OutputStream } from "./io.ts";

/**
 * The colours for a stream: `always` and `never` as said, `auto` on a terminal only, and never when `NO_COLOR`
 * is set (no-color.org).
 */
export function colorsFor(stream: OutputStream, env: CommandIo["env"], when: unknown): Colors {
  const wanted =
    when === "always" || (when !== "never" && stream.isTTY && !env["NO_COLOR"] && env["TERM"] !== "dumb");
  if (!wanted) return noColors;
  const chalk = new Chalk({ level: 1 });
  return {
    error: chalk.red.bold,
    warning: chalk.yellow.bold,
    note: chalk.blue,
    success: chalk.green,
    service: chalk.cyan,
    endpoint: chalk.green,
    mark: chalk.magenta,
    verdict: chalk.yellow,
    dim: chalk.dim,
    strong: chalk.bold,
  };
}
