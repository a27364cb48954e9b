import { version } from "../version.ts";
import { exitStatus } from "./exit-status.ts";
import type { CommandIo } from "./io.ts";
import { type ProcessStream, processStream } from "./process-stream.ts";

async function readStdin(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
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
    readStdin,
  };
  return run(argv, io);
}

async function start(): Promise<void> {
  const stdout = processStream(process.stdout);
  process.exitCode = await status(process.argv.slice(2), stdout);
  const failure = await stdout.settle();
  if (failure === undefined) return;
  const { describeSystemError } = await import("./system-errors.ts");
  process.exitCode = exitStatus.badInput;
  process.stderr.write(
    `error: standard output can't be written: ${describeSystemError(failure) ?? failure.message}\n`,
  );
}

void start();
