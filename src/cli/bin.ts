import { version } from "../version.ts";
import { exitStatus } from "./terminal/exit-status.ts";
import { ClosedPipeError, type CommandIo } from "./terminal/io.ts";
import { type ProcessStream, processStream } from "./terminal/process-stream.ts";

/** A stream that has no end must not fill the memory. */
const mostOfStdin = 256 * 1024 * 1024;

async function readStdin(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Uint8Array);
    length += (chunk as Uint8Array).length;
    if (length <= mostOfStdin) continue;
    const { usageError } = await import("../diagnostics/diagnostic.ts");
    throw usageError("file-too-big", "standard input is too long: at most 256 MiB are read");
  }
  return Buffer.concat(chunks);
}

async function status(argv: readonly string[], stdout: ProcessStream): Promise<number> {
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    await stdout.write(`${version}\n`);
    return exitStatus.ok;
  }
  const { run } = await import("./main.ts");
  const io: CommandIo = {
    stdout,
    stderr: processStream(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    ...(process.argv[1] === undefined ? {} : { self: [process.execPath, process.argv[1]] }),
    async startPager(command) {
      const { startPager } = await import("./terminal/start-pager.ts");
      return startPager(command, process.env);
    },
    readStdin,
  };
  return run(argv, io);
}

async function start(): Promise<void> {
  const stdout = processStream(process.stdout);
  process.exitCode = await status(process.argv.slice(2), stdout).catch((error: unknown) => {
    if (error instanceof ClosedPipeError) return exitStatus.ok;
    throw error;
  });
  const failure = await stdout.settle();
  if (failure === undefined) return;
  const { describeSystemError } = await import("./terminal/system-errors.ts");
  process.exitCode = exitStatus.badInput;
  process.stderr.write(
    `error: standard output can't be written: ${describeSystemError(failure) ?? failure.message}\n`,
  );
}

void start();
