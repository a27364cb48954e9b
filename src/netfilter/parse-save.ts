import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { rangeBetween, type SourceText } from "../diagnostics/source.ts";
import type { IpFamily } from "../net/ip.ts";
import { lineRange, ParsedRule } from "./rule-text/parsed-rule.ts";
import { RuleProblem } from "./rule-text/problem.ts";
import { RuleParser } from "./rule-text/rule-parser.ts";
import { countersOf, type RuleParts } from "./rule-text/rule-parts.ts";
import { DumpBuilder, isTableName, type ParsedChain, TableBuilder } from "./rule-text/table-builder.ts";
import { Words } from "./rule-text/words.ts";
import type { Chain, Ruleset } from "./ruleset.ts";
import type { JumpTarget } from "./target.ts";

export interface ParseSaveOptions {
  /** The family of the rules; when not said, it is what the text shows (`ip6tables-save`, an IPv6 address). */
  readonly family?: IpFamily;
}

export interface ParsedDumps {
  /** One for each dump of the text, in its order: a file may hold IPv4 and IPv6, or several nodes. */
  readonly rulesets: readonly Ruleset[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads what `iptables-save`, `iptables-save -c` or `iptables -S` printed, alone or inside another text (a
 * support bundle). Never fails: a match or target that is not understood is kept as text, a line that is no
 * rule becomes a warning, and a text without any table has no rulesets.
 */
export function parseSave(source: SourceText, options: ParseSaveOptions = {}): ParsedDumps {
  return new SaveReader(source, options.family).read();
}

/** How much of a text is looked at to tell IPv6 from IPv4 before reading it. */
const familySample = 1 << 18;

class SaveReader {
  private readonly source: SourceText;
  private readonly forcedFamily: IpFamily | undefined;
  private readonly diagnostics: Diagnostic[] = [];
  private readonly dumps: DumpBuilder[] = [];
  private dump: DumpBuilder | undefined;
  private table: TableBuilder | undefined;
  private lastTable: TableBuilder | undefined;
  private chain: ParsedChain | undefined;
  private pendingComments: string[] = [];
  private readonly words = new Words();
  private readonly parser: RuleParser;
  private readonly around: {
    family: IpFamily;
    readonly strict: false;
    jumpTo(name: string): JumpTarget | undefined;
  };
  private readonly unknown = new Map<string, { count: number; offset: number }>();

  constructor(source: SourceText, family: IpFamily | undefined) {
    this.source = source;
    this.forcedFamily = family;
    this.around = {
      family: family ?? 4,
      strict: false,
      jumpTo: (name) => this.table?.chains.get(name)?.jump,
    };
    this.parser = new RuleParser(this.around);
  }

  read(): ParsedDumps {
    const { text } = this.source;
    let start = 0;
    while (start < text.length) {
      let end = text.indexOf("\n", start);
      const next = end === -1 ? text.length : end + 1;
      if (end === -1) end = text.length;
      if (end > start && text.charCodeAt(end - 1) === carriageReturn) end--;
      this.line(start, end);
      start = next;
    }
    this.finishTable(text.length);
    if (this.lastTable !== undefined) this.lastTable.footer.push(...this.pendingComments);
    this.reportUnknown();
    return { rulesets: this.dumps.map((dump) => dump.finish()), diagnostics: this.diagnostics };
  }

  private line(start: number, end: number): void {
    const { text } = this.source;
    let at = start;
    let first = text.charCodeAt(at);
    while ((first === 32 || first === 9) && at < end) first = text.charCodeAt(++at);
    if (at >= end) return;
    if (first === star) this.tableLine(at, end);
    else if (first === hash) this.commentLine(at, end);
    else if (this.table === undefined) this.outsideLine(at, end);
    else if (first === dash || first === bracket) this.ruleLine(at, end);
    else if (first === colon) this.chainLine(at, end);
    else if (text.startsWith("COMMIT", at) && text.slice(at, end).trimEnd() === "COMMIT") this.commit();
    else this.warn("dump-unreadable-line", "not a line of a dump; left out", at);
  }

  private tableLine(start: number, end: number): void {
    const name = this.source.text.slice(start + 1, end).trim();
    if (!isTableName(name)) return;
    if (this.table !== undefined) this.finishTable(start);
    const family = this.forcedFamily ?? this.familyAt(start);
    const shown = this.pendingComments.join("\n");
    const fresh =
      this.dump === undefined || this.dump.has(name) || (this.dump.family !== family && shown !== "");
    if (fresh) {
      this.dump = new DumpBuilder(family);
      this.dumps.push(this.dump);
      this.around.family = family;
    }
    this.table = new TableBuilder(name);
    this.table.header = this.pendingComments;
    this.pendingComments = [];
    this.dump?.tables.push(this.table);
    this.chain = undefined;
  }

  /** IPv6 when the comments say `ip6tables-save`, or, where none says what wrote it, by the file's name, or what stands below. */
  private familyAt(offset: number): IpFamily {
    const comments = this.pendingComments.join("\n");
    if (/ip6tables\S*-save/.test(comments)) return 6;
    if (/iptables\S*-save/.test(comments)) return 4;
    if (/ip6tables[^/\\]*$/.test(this.source.name)) return 6;
    const sample = this.source.text.slice(offset, offset + familySample);
    const commit = sample.indexOf("\nCOMMIT");
    return looksLikeIpv6.test(commit === -1 ? sample : sample.slice(0, commit)) ? 6 : 4;
  }

  private commentLine(start: number, end: number): void {
    const comment = this.source.text.slice(start, end);
    if (comment.includes("incompatible, use 'nft' tool"))
      this.warn("dump-table-left-out", `the dump lacks a table: ${comment.replace(/^#\s*/, "")}`, start);
    else if (comment.includes("tables present, use"))
      this.warn("dump-other-backend", comment.replace(/^#\s*(Warning:\s*)?/, ""), start);
    else if (this.table === undefined && !isDumpComment(comment)) {
      // A comment of the text around the dump: it belongs to no table.
      if (this.lastTable === undefined && this.pendingComments.length === 0) return;
    }
    if (this.table !== undefined) return;
    if (this.lastTable !== undefined && comment.startsWith("# Completed on"))
      this.lastTable.footer.push(...this.pendingComments.splice(0), comment);
    else this.pendingComments.push(comment);
  }

  /** Outside a table only `iptables -S` says something. */
  private outsideLine(start: number, end: number): void {
    const { text } = this.source;
    const command = text.charCodeAt(start) === dash ? text.slice(start, start + 3) : "";
    if (command === "-P " || command === "-N " || command === "-A ") {
      this.listedTable(start);
      this.ruleLine(start, end);
      return;
    }
    this.pendingComments = [];
  }

  /** `iptables -S` does not say its table: the built-in chains and targets do. */
  private listedTable(offset: number): void {
    const { text } = this.source;
    const chains = new Set<string>();
    const policy = /^-P (\S+) /gm;
    policy.lastIndex = offset;
    for (let found = policy.exec(text); found !== null; found = policy.exec(text)) {
      if (chains.has(found[1]!)) break;
      chains.add(found[1]!);
    }
    const name = chains.has("FORWARD")
      ? chains.has("PREROUTING")
        ? "mangle"
        : "filter"
      : chains.has("POSTROUTING") || /-j (DNAT|SNAT|MASQUERADE|REDIRECT)\b/.test(text)
        ? "nat"
        : chains.has("PREROUTING")
          ? "raw"
          : "filter";
    const family = this.forcedFamily ?? this.familyAt(offset);
    if (this.dump === undefined || this.dump.has(name) || this.dump.family !== family) {
      this.dump = new DumpBuilder(family);
      this.dumps.push(this.dump);
      this.around.family = family;
    }
    this.table = new TableBuilder(name);
    this.listed = true;
    this.dump.tables.push(this.table);
    this.note("dump-table-guessed", `\`iptables -S\` does not say its table; read as ${name}`, offset);
  }
  private listed = false;

  private chainLine(start: number, end: number): void {
    this.words.read(this.source.text, start + 1, end);
    const [name, policy, counters] = this.words.values;
    const zeroes = counters === "[0:0]";
    const bounds = zeroes || counters === undefined ? null : /^\[(\d+):(\d+)\]$/.exec(counters);
    if (name === undefined || policy === undefined || this.table === undefined || /\s/.test(name)) {
      this.warn("dump-unreadable-line", "a chain without a name or a policy; left out", start);
      return;
    }
    const chain = this.table.chain(name);
    setPolicy(chain, policy);
    if (zeroes) chain.counters = zero;
    else if (bounds !== null) chain.counters = countersOf(bounds[1]!, bounds[2]!);
  }

  private ruleLine(start: number, end: number): void {
    const { words, table } = this;
    words.read(this.source.text, start, end);
    let first = 0;
    let counters: RuleParts["counters"];
    if (words.values[0]!.charCodeAt(0) === bracket) {
      const bounds = /^\[(\d+):(\d+)\]$/.exec(words.values[0]!);
      if (bounds !== null) counters = countersOf(bounds[1]!, bounds[2]!);
      first = 1;
    }
    const [command, chainName] = [words.values[first], words.values[first + 1]];
    if (table === undefined || chainName === undefined || !words.closed) {
      // A broken rule does not end a listing: it would begin one again, and so for ever.
      if (command === "-A" || command === "-N" || command === "-P") this.warnUnreadable(start);
      else this.endOfListing(start, end);
      return;
    }
    if (/\s/.test(chainName)) {
      this.warnUnreadable(start);
      return;
    }
    if (command === "-A" || command === "--append") this.appendRule(chainName, first + 2, start, counters);
    else if (command === "-N") table.chain(chainName).counters ??= zero;
    else if (command === "-P") {
      const chain = table.chain(chainName);
      setPolicy(chain, words.values[first + 2] ?? "ACCEPT");
      const at = words.values.indexOf("-c");
      chain.counters =
        at === -1 ? zero : countersOf(words.values[at + 1] ?? "0", words.values[at + 2] ?? "0");
    } else this.endOfListing(start, end);
  }

  /** A line that is no rule ends an `iptables -S`; inside a save it is left out with a warning. */
  private endOfListing(start: number, end: number): void {
    if (this.listed && this.table !== undefined) {
      this.commit();
      this.outsideLine(start, end);
      return;
    }
    this.warnUnreadable(start);
  }

  private warnUnreadable(start: number): void {
    this.warn("dump-unreadable-line", "not a rule that can be read; left out", start);
  }

  private appendRule(chainName: string, first: number, start: number, counters: RuleParts["counters"]): void {
    let { chain } = this;
    if (chain === undefined || chain.name !== chainName) {
      chain = this.chainFor(chainName, start);
      this.chain = chain;
    }
    let parts: RuleParts;
    try {
      parts = this.parser.parse(this.words, first);
    } catch (problem) {
      if (!(problem instanceof RuleProblem)) throw problem;
      parts = this.keepAsText(first, problem, start);
    }
    if (counters !== undefined) parts.counters = counters;
    if (parts.unknown.length > 0) this.countUnknown(parts.unknown, start);
    chain.rules.push(new ParsedRule(parts, parts.source, parts.destination, this.source, start));
  }

  private chainFor(name: string, start: number): ParsedChain {
    const table = this.table!;
    const known = table.chains.get(name);
    if (known !== undefined) return known;
    const chain = table.chain(name);
    if (table.isBuiltin(name)) chain.policy = "ACCEPT";
    this.warn("dump-chain-undeclared", `a rule of chain ${name}, which the dump does not declare`, start);
    return chain;
  }

  /** A rule that can't be read at all stays a rule: its whole text is one match that is not understood. */
  private keepAsText(first: number, problem: RuleProblem, start: number): RuleParts {
    const word = problem.word ?? first;
    const from = this.words.starts[word] ?? start;
    this.diagnostics.push({
      code: "dump-rule-not-understood",
      severity: "warning",
      message: `rule kept as text: ${problem.message}`,
      range: rangeBetween(this.source, from, this.words.ends[word] ?? from),
    });
    return {
      ...emptyParts,
      matches: [
        { kind: "unknown", module: "", text: this.words.textBetween(first, this.words.values.length) },
      ],
    };
  }

  private countUnknown(names: readonly string[], offset: number): void {
    for (const name of names) {
      if (name === "") continue;
      const seen = this.unknown.get(name);
      if (seen === undefined) this.unknown.set(name, { count: 1, offset });
      else seen.count++;
    }
  }

  private reportUnknown(): void {
    for (const [name, { count, offset }] of this.unknown)
      this.note(
        "dump-extension-not-understood",
        `${count === 1 ? "one rule uses" : `${count} rules use`} ${name}, which is kept as text and not evaluated`,
        offset,
      );
  }

  private commit(): void {
    if (this.table === undefined) return;
    if (this.dump !== undefined && this.forcedFamily === undefined) this.dump.family = this.around.family;
    this.lastTable = this.table;
    this.table = undefined;
    this.chain = undefined;
    this.listed = false;
  }

  private finishTable(offset: number): void {
    if (this.table !== undefined && !this.listed)
      this.warn(
        "dump-truncated",
        `table ${this.table.name} has no COMMIT: the dump seems to be cut off`,
        Math.max(0, offset - 1),
      );
    this.commit();
  }

  private warn(code: string, message: string, offset: number): void {
    this.diagnostics.push({ code, severity: "warning", message, range: lineRange(this.source, offset) });
  }

  private note(code: string, message: string, offset: number): void {
    this.diagnostics.push({ code, severity: "note", message, range: lineRange(this.source, offset) });
  }
}

const looksLikeIpv6 = /(?:^|\s)(?:-[sd] [0-9a-f]*:|--to-destination \[|--mask [0-9a-f]*:)|icmp6/m;

/** Comments that iptables-save itself writes. */
function isDumpComment(comment: string): boolean {
  return /^# (Generated by|Completed on|Table|Warning:)/.test(comment);
}

function setPolicy(chain: ParsedChain, policy: string): void {
  const known: Chain["policy"] =
    policy === "ACCEPT" || policy === "DROP" || policy === "QUEUE" ? policy : undefined;
  chain.policy = known;
}

const zero = countersOf("0", "0");
const emptyParts: RuleParts = {
  source: undefined,
  destination: undefined,
  moreSources: [],
  moreDestinations: [],
  inInterface: undefined,
  outInterface: undefined,
  protocol: undefined,
  fragment: undefined,
  matches: [],
  target: undefined,
  counters: undefined,
  unknown: [""],
};

const carriageReturn = 13;
const hash = 35;
const star = 42;
const dash = 45;
const colon = 58;
const bracket = 91;
