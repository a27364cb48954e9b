import { type Command, InvalidArgumentError } from "commander";
import type { CommandModule } from "./index.ts";

/** The options of `serve` beside the input's. */
export interface ServeCommandOptions {
  readonly service?: string;
  readonly port: number;
  readonly host: string;
}

function portNumber(value: string): number {
  if (/^\d{1,5}$/.test(value) && Number(value) < 65536) return Number(value);
  throw new InvalidArgumentError(`"${value}" is no port from 0 to 65535.`);
}

const examples = `
Examples:
  k8snet serve -f manifests/
  k8snet serve --port 8080 -f manifests/`;

export const serveCommand: CommandModule = {
  register: (program, io) =>
    program
      .command("serve")
      .description("show the page of `graph -o html` on this machine, live as files change")
      .option("--service <ns/name>", "the Service to begin with")
      .option("--port <n>", "port to listen on; 0: any that is free", portNumber, 0)
      .option(
        "--host <address>",
        "address to listen on; others than 127.0.0.1 let others read it",
        "127.0.0.1",
      )
      .addHelpText("after", examples)
      .action(async (options: ServeCommandOptions, own: Command) => {
        const { runServe } = await import("../graph/run-serve.ts");
        await runServe(options, own, io);
      }),
};
