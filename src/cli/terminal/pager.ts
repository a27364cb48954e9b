import { displayWidth } from "../../printers/fit-width.ts";
import type { CommandIo, OutputStream } from "./io.ts";

/** A program that shows a text page by page, as the process runs it. */
export interface Pager {
  /** Resolves when it takes more; rejects with `ClosedPipeError` when the reader has quit. */
  write(text: string): Promise<void>;
  /** Tells it that there is no more, and waits until the reader has quit. The exit status. */
  end(): Promise<number>;
}

/** Exit status of a shell that finds no program of the name. */
const notFound = 127;

/** So much of the text is kept until it is known that the pager runs. */
const keptLength = 1 << 20;

/**
 * The pager that is wanted: `K8SNET_PAGER`, `PAGER`, else less, for a text that is taller than the screen of a
 * terminal. None where either is empty or `cat`, in CI jobs and on terminals that can't move the cursor.
 */
export function pagerCommand({ env, stdout, startPager }: CommandIo): string | undefined {
  const isFit = stdout.isTTY && stdout.rows !== undefined && startPager !== undefined;
  const inCi = env["CI"] !== undefined && !["", "false", "0"].includes(env["CI"]);
  if (!isFit || inCi || env["TERM"] === "dumb") return undefined;
  const command = (env["K8SNET_PAGER"] ?? env["PAGER"] ?? "less -FRX").trim();
  return command === "" || command === "cat" ? undefined : command;
}

/** Runs a command's action with a standard output that goes through a pager where {@link pagerCommand} wants one. */
export async function withPager(
  io: CommandIo,
  wanted: boolean,
  action: (io: CommandIo) => Promise<void>,
): Promise<void> {
  const command = wanted ? pagerCommand(io) : undefined;
  if (command === undefined) return action(io);
  const paged = new PagedOutput(io, command);
  try {
    await action({ ...io, stdout: paged });
  } finally {
    await paged.end();
  }
}

/** Holds a text back until it is taller than the screen; then it goes to the pager, else to the terminal. */
class PagedOutput implements OutputStream {
  readonly isTTY = true;
  readonly columns: number | undefined;
  readonly rows: number | undefined;
  readonly #io: CommandIo;
  readonly #command: string;
  #kept = "";
  #height = 0;
  #pager: Pager | undefined;

  constructor(io: CommandIo, command: string) {
    this.#io = io;
    this.#command = command;
    this.columns = io.stdout.columns;
    this.rows = io.stdout.rows;
  }

  async write(text: string): Promise<void> {
    if (this.#kept.length <= keptLength) this.#kept += text;
    if (this.#pager !== undefined) return this.#pager.write(text);
    this.#height += this.#heightOf(text);
    if (this.#height < (this.rows ?? 24)) return;
    this.#pager = await this.#io.startPager!(this.#command);
    await this.#pager.write(this.#kept);
  }

  /** Ends the pager; where it could not be started, its text is written as it is. */
  async end(): Promise<void> {
    if (this.#pager === undefined) return this.#io.stdout.write(this.#kept);
    const status = await this.#pager.end();
    if (status !== notFound) return;
    await this.#io.stderr.write(`note: the pager "${this.#command}" is not there (K8SNET_PAGER, PAGER)\n`);
    await this.#io.stdout.write(this.#kept);
  }

  /** Lines of the terminal, wider ones counted as often as they wrap. */
  #heightOf(text: string): number {
    const width = this.columns ?? 80;
    let height = 0;
    for (const line of text.split("\n").slice(0, -1))
      height += Math.max(1, Math.ceil(displayWidth(line) / width));
    return height;
  }
}
