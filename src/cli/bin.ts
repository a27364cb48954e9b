import { version } from "../version.ts";
import { ClosedPipeError, type CommandIo, type OutputStream } from "./io.ts";

/** A process stream as commands see it: waits while the pipe is full, and says when its reader has gone. */
function outputStream(stream: NodeJS.WriteStream): OutputStream {
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    failure = error.code === "EPIPE" ? new ClosedPipeError() : error;
    wake?.();
  });
  stream.on("drain", () => wake?.());
  return {
    isTTY: stream.isTTY === true,
    ...(stream.columns === undefined ? {} : { columns: stream.columns }),
    write(text) {
      if (failure !== undefined) throw failure;
      if (stream.write(text)) return;
      return new Promise<void>((resolve, reject) => {
        wake = () => (failure === undefined ? resolve() : reject(failure));
      });
    },
  };
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

async function start(): Promise<void> {
  const argv = process.argv.slice(2);
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    process.stdout.write(`${version}\n`);
    return;
  }
  const io: CommandIo = {
    stdout: outputStream(process.stdout),
    stderr: outputStream(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    readStdin,
  };
  const { run } = await import("./main.ts");
  process.exitCode = await run(argv, io);
}

void start();
