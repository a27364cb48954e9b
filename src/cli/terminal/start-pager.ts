import { spawn } from "node:child_process";
import { once } from "node:events";
import { ClosedPipeError } from "./io.ts";
import type { Pager } from "./pager.ts";

/**
 * Runs a pager on this process's terminal, by the shell as git does. While it runs Ctrl-C is the pager's: this process
 * waits until the reader quits.
 */
export function startPager(command: string, env: NodeJS.ProcessEnv): Pager {
  const ignore = (): void => undefined;
  process.on("SIGINT", ignore);
  const child = spawn(command, {
    shell: true,
    stdio: ["pipe", "inherit", "inherit"],
    // What git sets: quit when it fits, keep colours, leave the screen as it is.
    env: { LESS: "FRX", LV: "-c", ...env },
  });
  let hasQuit = false;
  const exited = new Promise<number>((done) => {
    child.once("error", () => done(127));
    child.once("exit", (status) => done(status ?? 0));
  }).finally(() => {
    hasQuit = true;
    process.off("SIGINT", ignore);
  });
  child.stdin.on("error", () => {
    hasQuit = true; // EPIPE: the reader has seen enough.
  });
  return {
    async write(text) {
      if (hasQuit) throw new ClosedPipeError();
      if (child.stdin.write(text)) return;
      await Promise.race([once(child.stdin, "drain").catch(ignore), exited]);
    },
    async end() {
      child.stdin.end();
      return exited;
    },
  };
}
