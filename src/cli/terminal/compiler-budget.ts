import type { SourceText } from "../../diagnostics/source.ts";

/** Characters of input from which on a run is long enough for V8 to optimise most of the program. */
const bigInput = 1_000_000;

/** Characters of input in this run so far; `diff` reads two inputs. */
let read = 0;

/**
 * Tells V8's optimising compiler to inline less when the input is big. It optimises hundreds of functions that run for
 * a second and no more, each with what it calls: compiling takes a third of the processor time of such a run. With less
 * to compile a run of 10,000 Services takes a tenth less, a diff of 1,000 Services that all changed a seventh, and one
 * of 250,000 endpoints takes as long as before. Asked of the release of V8 that it was measured with only; others have
 * other compilers.
 */
export async function compileLess(texts: readonly SourceText[]): Promise<void> {
  if (!process.versions.v8.startsWith("11.3.")) return;
  for (const { text } of texts) read += text.length;
  if (read < bigInput) return;
  const { setFlagsFromString } = await import("node:v8");
  setFlagsFromString("--max-inlined-bytecode-size-cumulative=200");
}
