import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Pager } from "./pager.ts";

/** What a command may touch of the process. Tests pass their own; only `bin.ts` passes the real one. */
export interface CommandIo {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The words that start this program again; `k8snet` where they are not known. */
  readonly self?: readonly string[];
  /** Ends what runs until it is ended (`serve`, `--watch`); without it, the process's signals do. */
  readonly stop?: AbortSignal;
  /** Hears a mark of every warning and note about the input that is written. */
  readonly onTold?: (mark: string) => void;
  /** Whether a warning, or a note that is text alone, is not to be said: somebody says it elsewhere, or has. */
  readonly isTold?: (said: Diagnostic | string) => boolean;
  /** Runs a pager on the terminal; without it, texts are never paged. */
  startPager?(command: string): Promise<Pager>;
  /** All of standard input as bytes. */
  readStdin(): Promise<Uint8Array>;
}

export interface OutputStream {
  /** Resolves when the stream wants more; rejects with {@link ClosedPipeError} when the reader has gone. */
  write(text: string): Promise<void> | void;
  readonly isTTY: boolean;
  /** Width of the terminal in columns; undefined when it is none. */
  readonly columns?: number | undefined;
  /** Its height in lines. */
  readonly rows?: number | undefined;
}

/** The reader of our output went away (`| head`): not an error, the command just ends. */
export class ClosedPipeError extends Error {
  override readonly name = "ClosedPipeError";
}
