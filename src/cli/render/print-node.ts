import { describePosition } from "../../diagnostics/source.ts";
import { restoreDialect } from "../../kube-proxy/restore-dialect.ts";
import type { Rule, Ruleset, TableName } from "../../netfilter/ruleset.ts";
import type { Colors } from "../../printers/colors.ts";
import { escapeControls } from "../../printers/escape-controls.ts";
import { printBrief } from "../../printers/iptables/iptables-brief.ts";
import { printCommands } from "../../printers/iptables/iptables-commands.ts";
import { type PrintListOptions, printList } from "../../printers/iptables/iptables-list.ts";
import { printRestore } from "../../printers/iptables/iptables-restore.ts";
import { printSave, saveRule } from "../../printers/iptables/iptables-save.ts";
import type { IptablesRelease } from "../../printers/iptables/iptables-versions.ts";
import { paintRules } from "../../printers/iptables/paint-rules.ts";
import { printRulesetJson } from "../../printers/ruleset-json.ts";
import { printRulesetTree } from "../../printers/ruleset-tree.ts";
import type { ChainSelection, TableSelection } from "./rule-selection.ts";

export const renderFormats = ["list", "brief", "save", "restore", "commands", "tree", "json"] as const;
export type RenderFormat = (typeof renderFormats)[number];

/** How the rules of a node are shown. */
export interface NodeView {
  readonly node: string;
  readonly format: RenderFormat;
  readonly tables: readonly TableName[];
  /** `-t all`, `-t nat,filter`: each listing under its table's name. */
  readonly tableTitles: boolean;
  readonly verbose: boolean;
  readonly numeric: boolean;
  readonly explain: boolean;
  readonly release: IptablesRelease;
  readonly colors: Colors;
  /** Whose wording `restore` has. */
  readonly kubeProxyRelease: string;
  /** Some address in the rules is simulated. */
  readonly simulated: boolean;
  /** Lines of explanations in listings as they fit the terminal; absent: as they are. */
  explanation?(text: string): string;
}

/** Whether the text of a format names the node; else it is the same for the same rules. */
export function namesNode(format: RenderFormat): boolean {
  return format === "json";
}

/** The selected rules of one node as text, in chunks. */
export function* printNode(
  ruleset: Ruleset,
  selections: readonly TableSelection[],
  view: NodeView,
): Generator<string, void> {
  switch (view.format) {
    case "save":
    case "restore":
    case "commands":
      yield* paintRules(printAsText(ruleset, selections, view), view.colors);
      return;
    case "json":
      yield* printRulesetJson(narrowed(ruleset, selections), {
        node: view.node,
        tables: view.tables,
        simulated: view.simulated,
      });
      return;
    default:
      for (const [index, selection] of selections.entries()) {
        if (view.tableTitles)
          yield `${index > 0 ? "\n" : ""}${view.colors.strong(`# ${selection.table.name}`)}\n`;
        const text = printTable(ruleset, selection, view);
        yield* view.format === "list" ? paintRules(text, view.colors) : text;
      }
  }
}

function* printAsText(
  ruleset: Ruleset,
  selections: readonly TableSelection[],
  view: NodeView,
): Generator<string, void> {
  const shown = narrowed(ruleset, selections);
  const { tables } = view;
  if (view.format === "save") {
    yield* view.explain ? explainedSave(shown, view) : printSave(shown, { tables, release: view.release });
    return;
  }
  const commands = view.format === "commands";
  const text = commands
    ? printCommands(shown, { tables })
    : printRestore(shown, restoreDialect(view.kubeProxyRelease), { tables });
  if (view.simulated) yield* commands ? noteBehindFirstLine(text) : [simulatedNote, ...text];
  else yield* text;
}

const simulatedNote =
  "# Some addresses here are simulated: k8snet get nodes,pods,services -o wide says which.\n";

/** The note below `#!/bin/sh`, which must stay the first line. */
function* noteBehindFirstLine(text: Iterable<string>): Generator<string, void> {
  let first = true;
  for (const chunk of text) {
    yield first ? chunk.replace("\n", `\n${simulatedNote}`) : chunk;
    first = false;
  }
}

/** The ruleset with only what was selected. Rules keep their order; a chain left out is not declared. */
function narrowed(ruleset: Ruleset, selections: readonly TableSelection[]): Ruleset {
  if (selections.every((selection) => selection.whole)) return ruleset;
  return {
    ...ruleset,
    tables: selections.map(({ table, chains }) => ({
      ...table,
      chains: chains.map(({ chain, numbers }) =>
        numbers === undefined ? chain : { ...chain, rules: rulesAt(chain.rules, numbers) },
      ),
    })),
  };
}

function rulesAt(rules: readonly Rule[], numbers: readonly number[]): Rule[] {
  return numbers.map((number) => rules[number - 1]!);
}

/** A save with the reason before each rule, as comment lines that iptables-restore skips. */
function* explainedSave(ruleset: Ruleset, view: NodeView): Generator<string, void> {
  for (const table of ruleset.tables) {
    if (!view.tables.includes(table.name)) continue;
    yield `*${table.name}\n${table.chains.map((c) => `:${c.name} ${c.policy ?? "-"} [0:0]\n`).join("")}`;
    for (const chain of table.chains) {
      for (const rule of chain.rules) yield `${explanation(rule, view, "")}${saveRule(chain.name, rule)}\n`;
    }
    yield "COMMIT\n";
  }
}

function* printTable(ruleset: Ruleset, selection: TableSelection, view: NodeView): Generator<string, void> {
  const { table } = selection;
  if (view.format === "tree") {
    // Of a Service only its own rules, from where packets come in; chains that were named are roots themselves.
    const isOfService = selection.chains.some(({ numbers }) => numbers !== undefined);
    const shown = isOfService ? narrowed(ruleset, [selection]).tables[0]! : table;
    const roots =
      selection.whole || isOfService ? undefined : selection.chains.map(({ chain }) => chain.name);
    yield* printRulesetTree(shown, {
      family: ruleset.family,
      colors: view.colors,
      ...(roots === undefined ? {} : { roots }),
    });
    return;
  }
  if (selection.whole && !view.explain) {
    yield* view.format === "brief"
      ? printBrief(table, { family: ruleset.family, colors: view.colors })
      : printList(table, listOptions(ruleset, view));
    return;
  }
  const titled = view.format === "brief" && selection.chains.length > 1;
  for (const [index, chain] of selection.chains.entries()) {
    if (index > 0) yield "\n";
    if (titled) yield `${view.colors.strong(chain.chain.name)}\n`;
    yield* printChain(ruleset, selection, chain, view);
  }
}

/** One chain whose rules may be a selection and carry explanations; numbers stay those of the whole chain. */
function* printChain(
  ruleset: Ruleset,
  { table }: TableSelection,
  { chain, numbers }: ChainSelection,
  view: NodeView,
): Generator<string, void> {
  const listing = (): string =>
    [
      ...(view.format === "brief"
        ? printBrief(table, { family: ruleset.family, colors: view.colors, chains: [chain.name] })
        : printList(table, { ...listOptions(ruleset, view), chain: chain.name })),
    ].join("");
  if (numbers === undefined && !view.explain) {
    yield listing();
    return;
  }
  const lines = listing().split("\n");
  const all = chain.rules.length;
  const head = lines.slice(0, lines.length - 1 - all);
  const body = lines.slice(head.length, head.length + all);
  yield head.map((line) => `${line}\n`).join("");
  for (const number of numbers ?? chain.rules.map((_, index) => index + 1)) {
    yield `${body[number - 1]}\n`;
    if (!view.explain) continue;
    const text = explanation(chain.rules[number - 1]!, view, "     ");
    yield view.explanation?.(text) ?? text;
  }
}

/** Why a rule is there, and which line of which manifest says so; the empty string when nothing is known. */
function explanation(rule: Rule, view: NodeView, indent: string): string {
  const { origin } = rule;
  if (origin === undefined) return "";
  const range = origin.range?.();
  const place = range === undefined ? "" : ` (${describePosition(range)})`;
  return `${view.colors.dim(escapeControls(`${indent}# ${origin.reason}${place}`))}\n`;
}

function listOptions(ruleset: Ruleset, view: NodeView): PrintListOptions {
  return {
    family: ruleset.family,
    numeric: view.numeric,
    verbose: view.verbose,
    lineNumbers: true,
    release: view.release,
  };
}
