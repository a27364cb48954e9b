import type { OutputStream } from "./io.ts";

/** Says on a terminal what takes so long; silent in pipes and for what is done within a second. */
export interface Progress {
  /** `update("rules", 1200, 5000)`; cheap enough to call for every item. */
  update(stage: string, done?: number, total?: number): void;
  /** Removes the line; call it before anything else is written to the terminal. */
  end(): void;
}

const silent: Progress = { update: () => undefined, end: () => undefined };

/** Milliseconds before the first line, and between two. */
const firstAfter = 1000;
const between = 100;

/** @param now a clock in milliseconds */
export function createProgress(stream: OutputStream, now: () => number = () => performance.now()): Progress {
  if (!stream.isTTY) return silent;
  let nextAt = now() + firstAfter;
  let shown = false;
  return {
    update(stage, done, total) {
      const time = now();
      if (time < nextAt) return;
      nextAt = time + between;
      const share = done === undefined || !total ? "" : ` ${Math.floor((100 * done) / total)} %`;
      const line = `${stage}${share}`.slice(0, (stream.columns ?? 80) - 1);
      void stream.write(`\r\u001b[2K${line}`);
      shown = true;
    },
    end() {
      if (shown) void stream.write("\r\u001b[2K");
      shown = false;
    },
  };
}
