import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Command } from "commander";
import { InputError, usageError } from "../../diagnostics/diagnostic.ts";
import { hostPort, isIp } from "../../net/ip.ts";
import { noColors } from "../../printers/colors.ts";
import { printDiagnostics } from "../../printers/diagnostics-text.ts";
import type { ServeCommandOptions } from "../commands/serve.ts";
import { loadInput } from "../input/load-input.ts";
import type { CommandIo } from "../terminal/io.ts";
import { describeSystemError } from "../terminal/system-errors.ts";
import { watchFiles } from "../watch/watch-files.ts";
import { untilStopped, watchedInput } from "../watch/watched-input.ts";
import { printErrorPage, printPage } from "./page-file.ts";

/** The action of `k8snet serve`: ends when the user ends it. */
export async function runServe(options: ServeCommandOptions, command: Command, io: CommandIo): Promise<void> {
  const watched = await watchedInput(command, io);
  const readers = new Set<ServerResponse>();
  let page = "";
  const build = async (telling: CommandIo): Promise<void> => {
    page = await currentPage(options, command, telling);
  };
  await build(io);
  const server = createServer((request, response) => {
    if (!isMeant(request, options.host)) return refuse(response, 403, "open it by its address");
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405, "GET");
    const path = (request.url ?? "/").split("?")[0];
    if (path === "/events") return listen(response, readers);
    if (path !== "/") return refuse(response, 404, "there is /");
    response.writeHead(200, { ...safeHeaders, "content-type": "text/html; charset=utf-8" });
    response.end(request.method === "HEAD" ? undefined : page);
  });
  const stopped = untilStopped(io);
  const { port } = await listening(server, options);
  await io.stdout.write(`http://${hostPort(options.host, port)}/\n`);
  if (io.stderr.isTTY) await io.stderr.write("live as files change; Ctrl-C ends it\n");
  const quiet: CommandIo = { ...io, stderr: { isTTY: false, write: () => undefined } };
  let building = Promise.resolve();
  const watch = watchFiles(watched, () => {
    building = building.then(async () => {
      await build(quiet);
      for (const reader of readers) reader.write("event: change\ndata: 1\n\n");
    });
  });
  await stopped;
  watch.close();
  await building;
  for (const reader of readers) reader.end();
  server.closeAllConnections();
  await new Promise<void>((done) => server.close(() => done()));
}

/** The page of the input as it is now, or the page that says what is wrong with it. */
async function currentPage(options: ServeCommandOptions, command: Command, io: CommandIo): Promise<string> {
  try {
    const input = await loadInput(command, io);
    return await printPage(input, { ...options, live: true }, io);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const text = printDiagnostics(error.diagnostics, { colors: noColors });
    await io.stderr.write(text);
    return printErrorPage(text);
  }
}

const safeHeaders = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cross-origin-resource-policy": "same-origin",
} as const;

/** A request that names another host comes from a page elsewhere, whose name was made to lead here. */
function isMeant(request: IncomingMessage, host: string): boolean {
  const named = (request.headers.host ?? "").replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  return named === "localhost" || named === host || isIp(named);
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { ...safeHeaders, "content-type": "text/plain" }).end(`${why}\n`);
}

function listen(response: ServerResponse, readers: Set<ServerResponse>): void {
  response.writeHead(200, { ...safeHeaders, "content-type": "text/event-stream" });
  response.write(": k8snet\n\n");
  readers.add(response);
  response.on("close", () => readers.delete(response));
}

/** @throws InputError when the port is taken or the address is not this machine's */
function listening(server: Server, { host, port }: ServeCommandOptions): Promise<AddressInfo> {
  return new Promise((done, fail) => {
    server.once("error", (error) => fail(notListening(error, host, port)));
    server.listen(port, host, () => done(server.address() as AddressInfo));
  });
}

/** Why there is no server, and what to do. */
function notListening(error: NodeJS.ErrnoException, host: string, port: number): InputError {
  const { code } = error;
  const at = hostPort(host, port);
  if (code === "EADDRINUSE")
    return usageError(
      "not-listening",
      `${at} is taken by another program`,
      "--port 0 takes a port that is free",
    );
  if (code === "EACCES")
    return usageError("not-listening", `${at} is not permitted`, "ports below 1024 are the system's");
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND" || code === "EAI_AGAIN") {
    const hint = "--host 0.0.0.0 listens on all of its addresses, and lets others read the page";
    return usageError("not-listening", `${host} is no address of this machine`, hint);
  }
  return usageError("not-listening", `${at}: ${describeSystemError(error) ?? error.message}`);
}
