import type { AnswerEnd, TraceAnswer } from "../../analysis/trace/request.ts";
import type { HookName, Rule, TableName } from "../../netfilter/ruleset.ts";
import type { RewriteStep, RuleStep, Step } from "../../tracer/model.ts";
import type { Colors } from "../colors.ts";
import {
  assumptionText,
  commentOf,
  explanationOf,
  hostLabel,
  outcomeText,
  shortChain,
  targetName,
} from "./wording.ts";

/** One thing on a packet's way that the tree shows. Equal keys in two ends' lists are the same thing. */
export interface TreeItem {
  readonly key: string;
  readonly text: string;
  /** Joins the line before with an arrow, as a jump from chain to chain does. */
  readonly joins: boolean;
  /** Begins a new host's part. */
  readonly heading: boolean;
  readonly explanation?: string;
}

export interface TreeOptions {
  readonly explain: boolean;
  /** Show the reply's way. */
  readonly reply: boolean;
}

/** The items of one end, from the client to where it ends. */
export function treeItems(
  answer: TraceAnswer,
  end: AnswerEnd,
  options: TreeOptions,
  colors: Colors,
): TreeItem[] {
  const items = new ItemList(answer, options, colors);
  for (const hop of end.hops) items.add(hop.text, { heading: false });
  const showReply = options.reply || end.outcome === "reply-lost";
  for (const step of end.steps) {
    if (step.direction === "reply" && !showReply) continue;
    items.step(step);
  }
  items.flush();
  items.add(`${outcomeText(answer, end, colors)}${assumptionText(end)}`, { heading: false });
  return items.items;
}

class ItemList {
  readonly items: TreeItem[] = [];
  readonly #answer: TraceAnswer;
  readonly #options: TreeOptions;
  readonly #colors: Colors;
  #node = "";
  #hook: { readonly table: TableName; readonly hook: HookName } | undefined;
  #inTable = false;
  /** Tables that let the packet pass without doing anything worth a line. */
  #quiet: string[] = [];
  #reply = false;

  constructor(answer: TraceAnswer, options: TreeOptions, colors: Colors) {
    this.#answer = answer;
    this.#options = options;
    this.#colors = colors;
  }

  add(text: string, options: { heading: boolean; joins?: boolean; explanation?: string | undefined }): void {
    this.items.push({
      key: text,
      text,
      joins: options.joins ?? false,
      heading: options.heading,
      ...(options.explanation === undefined ? {} : { explanation: options.explanation }),
    });
  }

  /** Puts down what passed quietly, in a line. */
  flush(): void {
    if (this.#quiet.length === 0) return;
    this.add(this.#colors.dim(`${this.#quiet.join(", ")}: passes`), { heading: false });
    this.#quiet = [];
  }

  step(step: Step): void {
    if (step.direction === "reply" && !this.#reply) {
      this.flush();
      this.#reply = true;
      this.#node = "";
      this.add(this.#colors.dim("the reply:"), { heading: true });
    }
    switch (step.kind) {
      case "hook":
        this.#enter(step.node, step.table, step.hook);
        break;
      case "rule":
        this.#rule(step);
        break;
      case "rewrite":
        this.#rewrite(step);
        break;
      case "route":
        this.#route(step);
        break;
    }
  }

  #enter(node: string, table: TableName, hook: HookName): void {
    if (node !== this.#node) {
      this.flush();
      this.#node = node;
      this.add(this.#colors.strong(node), { heading: true });
    }
    this.#hook = { table, hook };
    this.#inTable = false;
    if (table === "nat" || table === "filter") this.#quiet.push(`${table} ${hook}`);
  }

  /** The first thing that happens in a table takes the table out of the quiet ones and begins a line. */
  #begin(): boolean {
    if (this.#inTable) return true;
    this.#inTable = true;
    this.#quiet.pop();
    this.flush();
    return false;
  }

  #say(text: string, step: RuleStep): void {
    const joins = this.#begin();
    const where = joins ? "" : `${this.#colors.dim(`${this.#hook?.table} ${this.#hook?.hook}`)} -> `;
    const explanation = this.#options.explain ? explanationOf(step) : undefined;
    this.add(`${where}${text}`, { heading: false, joins, explanation });
  }

  #rule(step: RuleStep): void {
    const { rule, event } = step;
    if (step.assumed !== undefined) {
      this.#say(`${this.#colors.verdict("maybe")} ${event.chain}:${event.number} ${step.assumed}`, step);
    } else if (rule !== undefined && step.direction === "request") this.#saysTarget(step, rule);
  }

  #saysTarget(step: RuleStep, rule: Rule): void {
    const { chain, table } = step.event;
    const { target } = rule;
    const isDrop = target?.kind === "verdict" && target.verdict === "DROP";
    if (target?.kind === "reject" || isDrop) this.#saysVerdict(step);
    if (target?.kind !== "jump" || table !== "nat" || chain === "POSTROUTING") return;
    if (target.chain === "KUBE-POSTROUTING") return;
    const number = this.#colors.dim(
      `${chain.startsWith("KUBE-") ? ":" : `${chain}:`}${step.event.number} -> `,
    );
    if (target.chain === "KUBE-MARK-MASQ") {
      this.#say(`${number}${this.#colors.mark("mark for masquerade")}`, step);
      return;
    }
    const short = shortChain(target.chain, rule);
    const paint = short.startsWith("SEP ") ? this.#colors.endpoint : this.#colors.service;
    this.#say(`${number}${short === target.chain ? short : paint(short)}`, step);
  }

  #saysVerdict(step: RuleStep): void {
    const comment = commentOf(step.rule);
    const why = comment === undefined ? "" : ` ${this.#colors.dim(`"${comment}"`)}`;
    this.#say(
      `${step.event.chain}:${step.event.number} ${this.#colors.verdict(targetName(step.rule))}${why}`,
      step,
    );
  }

  #rewrite(step: RewriteStep): void {
    const colors = this.#colors;
    const arrow = `${step.from} => ${step.what === "destination" ? colors.endpoint(step.to) : colors.mark(step.to)}`;
    this.#begin();
    const how = step.how === "MASQUERADE" ? "masqueraded" : step.how === "reply" ? "turned back" : step.how;
    this.add(`${step.what === "destination" ? "to" : "from"} ${arrow} ${colors.dim(how)}`, {
      heading: false,
    });
  }

  #route(step: Extract<Step, { kind: "route" }>): void {
    if (step.hostKind !== "node" || step.way !== "send" || step.to === undefined) return;
    const to = this.#answer.hosts.get(step.to);
    if (to?.kind !== "node") return;
    this.flush();
    this.add(this.#colors.dim(`${step.device} -> wire -> ${hostLabel(this.#answer, step.to)}`), {
      heading: false,
    });
  }
}
