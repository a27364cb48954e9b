import { wrapLines } from "../../printers/fit-width.ts";
import type { OutputStream } from "./io.ts";

/** Narrower terminals get lines of this width: below it, texts fall apart. */
const narrowest = 40;

/** Whole lines as they fit a terminal's width; in pipes and files as they are. */
export function fitTerminal(text: string, stream: OutputStream): string {
  if (!stream.isTTY || stream.columns === undefined) return text;
  return wrapLines(text, Math.max(narrowest, stream.columns));
}
