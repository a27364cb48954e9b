import { run } from "../../src/cli/main.ts";
import type { CommandIo } from "../../src/cli/terminal/io.ts";

/** What a command line answered. */
export interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly isTTY?: boolean;
  /** Width of the terminal. */
  readonly columns?: number;
  /** Ends `serve` and `--watch`. */
  readonly stop?: AbortSignal;
  /** Sees what is written to standard output as it is written. */
  readonly onStdout?: (text: string) => void;
  readonly onStderr?: (text: string) => void;
}

/** Runs k8snet in this process with streams that are no terminal. */
export async function runK8snet(argv: readonly string[], options: RunOptions = {}): Promise<Answer> {
  const out: string[] = [];
  const err: string[] = [];
  const isTTY = options.isTTY ?? false;
  const io: CommandIo = {
    stdout: {
      isTTY,
      columns: options.columns,
      write: (text) => {
        out.push(text);
        options.onStdout?.(text);
      },
    },
    stderr: {
      isTTY,
      write: (text) => {
        err.push(text);
        options.onStderr?.(text);
      },
    },
    env: options.env ?? {},
    cwd: options.cwd ?? process.cwd(),
    ...(options.stop === undefined ? {} : { stop: options.stop }),
    readStdin: async () =>
      typeof options.stdin === "string" ? Buffer.from(options.stdin) : (options.stdin ?? new Uint8Array()),
  };
  const status = await run(argv, io);
  return { status, stdout: out.join(""), stderr: err.join("") };
}
