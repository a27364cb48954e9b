import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";

const root = join(__dirname, "..", "..", "..");

/** What runs on the terminal saw and left. */
export interface Seen {
  /** All that was written to the terminal, line ends as `\n`. */
  readonly screen: string;
  readonly status: number;
}

export interface TerminalOptions {
  readonly rows?: number;
  readonly columns?: number;
  /** Typed one after the other, each when nothing has been written for a second. */
  readonly keys?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

function missing(program: string, ...args: string[]): string | undefined {
  return spawnSync(program, args).status === 0 ? undefined : `${program} is not there`;
}

/** Why there is no terminal to test on; undefined when there is one. */
export const noTerminal =
  missing("python3", "-c", "import pty, os; os.waitstatus_to_exitcode") ?? missing("less", "--version");

/** Describes tests that need a terminal: skipped with a reason where there is none, but failed in CI. */
export function describeOnTerminal(name: string, tests: () => void): void {
  if (noTerminal === undefined) describe(name, tests);
  else if (process.env["CI"] === "true") {
    test(name, () => {
      throw new Error(`the tests on a terminal must run in CI: ${noTerminal}`);
    });
  } else {
    console.warn(`skipped: ${name}: ${noTerminal}`);
    describe.skip(name, tests);
  }
}

/** The command line as a program of its own, made of the sources as they are. */
export class Program {
  readonly #folder = mkdtempSync(join(tmpdir(), "k8snet-terminal-"));
  readonly #file = join(this.#folder, "k8snet.cjs");

  constructor() {
    buildSync({
      absWorkingDir: root,
      entryPoints: ["src/cli/bin.ts"],
      bundle: true,
      platform: "node",
      format: "cjs",
      outfile: this.#file,
      logLevel: "error",
    });
  }

  /** Runs it on a terminal. */
  run(args: readonly string[], options: TerminalOptions = {}): Seen {
    const { rows = 24, columns = 80, keys = [], env = {} } = options;
    const { CI: _, NO_COLOR: __, PAGER: ___, LESS: ____, ...own } = process.env;
    const words = [
      join(__dirname, "pty.py"),
      String(rows),
      String(columns),
      JSON.stringify(keys),
      process.execPath,
      this.#file,
      ...args,
    ];
    const out = execFileSync("python3", words, {
      cwd: root,
      encoding: "utf8",
      env: { ...own, TERM: "xterm", ...env },
    });
    const [, screen = "", status = ""] = /^(.*)\nstatus (.*)\n$/s.exec(out) ?? [];
    if (!/^-?\d+$/.test(status)) throw new Error(`${status}:\n${screen}`);
    return { screen: screen.replaceAll("\r\n", "\n"), status: Number(status) };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
