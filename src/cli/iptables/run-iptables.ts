import type { Command } from "commander";
import { usageError } from "../../diagnostics/diagnostic.ts";
import type { IpFamily } from "../../net/ip.ts";
import { parseRestore } from "../../netfilter/parse-restore.ts";
import { isTableName } from "../../netfilter/rule-text/table-builder.ts";
import { builtinChains, findChain, findTable, type Table, type TableName } from "../../netfilter/ruleset.ts";
import { escapeLines } from "../../printers/escape-controls.ts";
import { printList } from "../../printers/iptables/iptables-list.ts";
import { printRules, saveRule } from "../../printers/iptables/iptables-save.ts";
import { type IptablesRelease, traitsOf } from "../../printers/iptables/iptables-versions.ts";
import { CommandExit } from "../terminal/exit-status.ts";
import type { CommandIo } from "../terminal/io.ts";
import { type IptablesRequest, readIptablesArguments } from "./arguments.ts";
import { type RulesOfNode, rulesOfNode } from "./rules-of-node.ts";

/** Exit status of iptables itself. */
const status = { failed: 1, usage: 2, noTable: 3 };

/** `k8snet iptables ARGS…` and `k8snet ip6tables ARGS…`: what the real tool would print on the node. */
export async function runIptables(
  argv: readonly string[],
  family: IpFamily,
  command: Command,
  io: CommandIo,
): Promise<void> {
  const answer = readIptablesArguments(argv);
  if ("problem" in answer) refuseOwnFlag(argv, command);
  const rules = await rulesOfNode(command, family, io);
  const tool = new Tool(rules, family, io);
  if ("problem" in answer) return tool.refuse(answer.problem.message, status.usage, answer.problem.named);
  const { request } = answer;
  if (request.command === "version") {
    await io.stdout.write(`${tool.title}\n`);
    return;
  }
  await tool.run(request);
}

/**
 * A flag of ours behind the word `iptables` is no option of iptables.
 * @throws InputError saying where it belongs
 */
function refuseOwnFlag(argv: readonly string[], command: Command): void {
  const own = new Set(command.parent?.options.flatMap(({ long }) => long ?? []) ?? []);
  // To iptables -f means fragments, and takes no value.
  const isFile = (word: string, at: number): boolean => word === "-f" && /^[^-]/.test(argv[at + 1] ?? "");
  const words = argv.map((word) => word.replace(/=.*/s, ""));
  const flag = words.find((word, at) => own.has(word) || isFile(word, at));
  if (flag === undefined) return;
  throw usageError(
    "flag-misplaced",
    `${flag} is k8snet's own and stands behind ${command.name()}, whose options are iptables' own`,
    `k8snet ${flag} … ${command.name()} …`,
  );
}

class Tool {
  private readonly rules: RulesOfNode;
  private readonly family: IpFamily;
  private readonly io: CommandIo;
  private readonly release: IptablesRelease;
  private readonly name: string;
  /** `iptables v1.8.11 (nf_tables)`. */
  readonly title: string;

  constructor(rules: RulesOfNode, family: IpFamily, io: CommandIo) {
    this.rules = rules;
    this.family = family;
    this.io = io;
    this.release = rules.release;
    this.name = family === 6 ? "ip6tables" : "iptables";
    const backend = this.release.backend === "nft" ? "nf_tables" : "legacy";
    this.title = `${this.name} v${this.release.version} (${backend})`;
  }

  /** Ends the command with iptables' own message. */
  async refuse(message: string, code: number, named = true): Promise<never> {
    const hint =
      code === status.usage ? `Try \`${this.name} -h' or '${this.name} --help' for more information.\n` : "";
    await this.io.stderr.write(`${named ? `${this.title}: ` : ""}${escapeLines(message)}\n${hint}`);
    throw new CommandExit(code);
  }

  async run(request: Exclude<IptablesRequest, { command: "version" }>): Promise<void> {
    const table = await this.tableNamed(request.table);
    if (request.command === "check") return this.check(request, table);
    if (request.chain !== undefined && findChain(table, request.chain) === undefined)
      return this.missingChain(request.chain, table.name);
    const { release, family } = this;
    const text =
      request.command === "list"
        ? printList(table, { ...request, family, release })
        : printRules(table, { ...request, release });
    for (const chunk of text) await this.io.stdout.write(chunk);
  }

  /** A table that no rule was written to has its built-in chains all the same. */
  private async tableNamed(name: string): Promise<Table> {
    if (!isTableName(name)) {
      const message =
        this.release.backend === "nft"
          ? `table '${name}' does not exist`
          : `can't initialize ${this.name} table \`${name}': Table does not exist (do you need to insmod?)`;
      return this.refuse(
        `${message}\nPerhaps ${this.name} or your kernel needs to be upgraded.`,
        status.noTable,
      );
    }
    const table = findTable(this.rules.ruleset, name);
    const missing = builtinChains[name].filter(
      (hook) => table === undefined || findChain(table, hook) === undefined,
    );
    if (table !== undefined && missing.length === 0) return table;
    const empty = missing.map((hook) => ({ name: hook, policy: "ACCEPT" as const, rules: [] }));
    return { name, chains: [...empty, ...(table?.chains ?? [])] };
  }

  private missingChain(chain: string, table: TableName): Promise<never> {
    const traits = traitsOf(this.release)?.traits;
    if (this.release.backend === "nft" && traits?.missingChainNamesNft === true)
      return this.refuse(
        `chain \`${chain}' in table \`${table}' is incompatible, use 'nft' tool.`,
        status.failed,
      );
    return this.refuse(`${this.name}: No chain/target/match by that name.`, status.failed, false);
  }

  /** `-C`: 0 when the chain has the rule, 1 when not. */
  private async check(request: Extract<IptablesRequest, { command: "check" }>, table: Table): Promise<void> {
    const chain = findChain(table, request.chain);
    const words = request.words.map((word) => `"${word.replace(/["\\]/g, (character) => `\\${character}`)}"`);
    const declared = table.chains
      .filter(({ policy }) => policy === undefined)
      .map(({ name }) => `:${name} - [0:0]`);
    const text = `*${table.name}\n:WANTED - [0:0]\n${declared.join("\n")}\n-A WANTED ${words.join(" ")}\nCOMMIT\n`;
    const { family, release } = this;
    const wanted = parseRestore({ name: "arguments", text }, { family, backend: release.backend });
    const problem = wanted.diagnostics[0];
    if (problem !== undefined) return this.refuse(problem.message, status.usage);
    const [rule] = wanted.ruleset!.tables[0]!.chains.find(({ name }) => name === "WANTED")!.rules;
    const line = saveRule("", rule!);
    if (chain?.rules.some((other) => saveRule("", other) === line) === true) return;
    await this.refuse(
      `${this.name}: Bad rule (does a matching rule exist in that chain?).`,
      status.failed,
      false,
    );
  }
}
