import type { Command } from "commander";
import type { IpFamily } from "../../net/ip.ts";
import { isTableName } from "../../netfilter/rule-text/table-builder.ts";
import type { TableName } from "../../netfilter/ruleset.ts";
import { escapeLines } from "../../printers/escape-controls.ts";
import { printSave } from "../../printers/iptables/iptables-save.ts";
import { CommandExit } from "../terminal/exit-status.ts";
import type { CommandIo } from "../terminal/io.ts";
import { rulesOfNode } from "./rules-of-node.ts";

interface SaveRequest {
  counters: boolean;
  table: string | undefined;
  version: boolean;
}

/** `k8snet iptables-save` and `k8snet ip6tables-save`. */
export async function runIptablesSave(
  argv: readonly string[],
  family: IpFamily,
  command: Command,
  io: CommandIo,
): Promise<void> {
  const name = family === 6 ? "ip6tables-save" : "iptables-save";
  const request = readSaveArguments(argv);
  if (typeof request === "string") return refuse(`${request.replaceAll("%", name)}`, io);
  const { ruleset, release } = await rulesOfNode(command, family, io);
  if (request.version) {
    await io.stdout.write(
      `${name} v${release.version} (${release.backend === "nft" ? "nf_tables" : "legacy"})\n`,
    );
    return;
  }
  let tables: readonly TableName[] | undefined;
  if (request.table !== undefined) {
    if (!isTableName(request.table)) return refuse(`Table \`${request.table}' does not exist`, io);
    tables = [request.table];
  }
  const options = { counters: request.counters, release, ...(tables === undefined ? {} : { tables }) };
  for (const chunk of printSave(ruleset, options)) await io.stdout.write(chunk);
}

async function refuse(message: string, io: CommandIo): Promise<never> {
  await io.stderr.write(`${escapeLines(message)}\n`);
  throw new CommandExit(1);
}

/** The request, or the message with which iptables-save refuses its arguments (`%` is its name). */
function readSaveArguments(argv: readonly string[]): SaveRequest | string {
  const request: SaveRequest = { counters: false, table: undefined, version: false };
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    const [option, attached] = word.startsWith("--")
      ? word.split(/=(.*)/s)
      : [word.slice(0, 2), word.length > 2 ? word.slice(2) : undefined];
    if (option === "-c" || option === "--counters") request.counters = true;
    else if (option === "-V" || option === "--version") request.version = true;
    else if (option === "-t" || option === "--table") {
      request.table = attached ?? argv[++at];
      if (request.table === undefined) return `%: option requires an argument -- 't'\n${manual}`;
    } else if (word.startsWith("-")) return `%: invalid option -- '${word.replace(/^-+/, "")}'\n${manual}`;
    else return "Unknown arguments found on commandline";
  }
  return request;
}

const manual = "Look at manual page `%.8' for more information.";
