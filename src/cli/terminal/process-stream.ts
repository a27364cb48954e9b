import { ClosedPipeError, type OutputStream } from "./io.ts";

/** A stream of this process as commands see it, and how its writing ended. */
export interface ProcessStream extends OutputStream {
  /** Waits until all is written; the error when that was not possible (a full disk), unless the reader had gone. */
  settle(): Promise<Error | undefined>;
}

/**
 * Wraps a process stream. After a failure of any kind every further write throws {@link ClosedPipeError}, so that a
 * command ends early; what kind it was, `settle` tells.
 */
export function processStream(stream: NodeJS.WriteStream): ProcessStream {
  let failure: NodeJS.ErrnoException | undefined;
  let waiting: (() => void)[] = [];
  const wake = (): void => {
    const ready = waiting;
    waiting = [];
    for (const resume of ready) resume();
  };
  stream.on("error", (error: NodeJS.ErrnoException) => {
    failure ??= error;
    wake();
  });
  stream.on("drain", wake);
  return {
    isTTY: stream.isTTY === true,
    // Asked for each time: terminals change their size.
    get columns() {
      return stream.columns;
    },
    get rows() {
      return stream.rows;
    },
    write(text) {
      if (failure !== undefined) throw new ClosedPipeError();
      if (stream.write(text)) return;
      const drained = new Promise<void>((resolve, reject) => {
        waiting.push(() => (failure === undefined ? resolve() : reject(new ClosedPipeError())));
      });
      drained.catch(() => undefined); // The writer may not wait; the next write throws then.
      return drained;
    },
    async settle() {
      if (failure === undefined) await new Promise<void>((resolve) => stream.write("", () => resolve()));
      return failure?.code === "EPIPE" ? undefined : failure;
    },
  };
}
