import type { AnswerEnd, TraceAnswer } from "../../analysis/trace/request.ts";
import { commentOf, type HookName, type Rule, type TableName } from "../../netfilter/ruleset.ts";
import type { RewriteStep, RuleStep, Step } from "../../tracer/model.ts";
import type { Colors } from "../colors.ts";
import { explanationOf, hostLabel, outcomeText, replyText, shortChain, targetName } from "./wording.ts";

/** One thing on a packet's way that the tree shows. Equal keys in two ends' lists are the same thing. */
export interface TreeItem {
  readonly key: string;
  readonly text: string;
  /** Text where the item begins a branch, when that is shorter. */
  readonly branchText?: string;
  /** Text where an item that joins begins a line all the same: with the chain it is of. */
  readonly aloneText?: string;
  /** Continues the line before, as a jump from chain to chain does. */
  readonly joins: boolean;
  /** Begins a new host's part. */
  readonly heading: boolean;
  readonly explanation?: string;
  /** Says what is supposed, where a match is not understood. */
  readonly isSupposition?: boolean;
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
  for (const hop of end.hops) items.add(hop.text);
  const showReply = options.reply || end.outcome === "reply-lost";
  const outcome = outcomeText(answer, end, colors);
  const reply = replyText(answer, end, showReply, colors);
  for (const step of end.steps) {
    const isReply = step.direction === "reply";
    if (isReply && !showReply) continue;
    if (isReply && reply !== undefined) items.once(outcome);
    items.step(step);
  }
  items.flush();
  items.add(reply ?? outcome);
  return items.items;
}

/** How an address is rewritten, where it is not the target's name that says so best. */
const rewriteWords: Readonly<Partial<Record<RewriteStep["how"], string>>> = {
  MASQUERADE: "masqueraded",
  reply: "turned back",
  conntrack: "as conntrack knows the connection",
};

/** An item that is not put down yet; a jump names the chain it enters. */
interface PendingItem extends TreeItem {
  readonly enters?: string;
}

class ItemList {
  readonly items: TreeItem[] = [];
  readonly #answer: TraceAnswer;
  readonly #options: TreeOptions;
  readonly #colors: Colors;
  #node = "";
  #hook: { readonly table: TableName; readonly hook: HookName } | undefined;
  /** What the table at hand did so far; shown only if it comes to something. */
  #pending: PendingItem[] = [];
  #effective = false;
  /** The chain the last item ended in: what happens next in it continues the line. */
  #lastChain: string | undefined;
  readonly #chainNames = new Map<string, string>();
  /** Tables that let the packet pass without doing anything worth a line. */
  #quiet: string[] = [];
  #reply = false;

  constructor(answer: TraceAnswer, options: TreeOptions, colors: Colors) {
    this.#answer = answer;
    this.#options = options;
    this.#colors = colors;
  }

  add(text: string, options: Partial<Omit<TreeItem, "key" | "text">> = {}): void {
    this.items.push({ key: text, text, joins: false, heading: false, ...options });
  }

  /** A line that ends the request's way, before the first step of the reply's. */
  once(text: string): void {
    if (this.#reply) return;
    this.flush();
    this.add(text);
  }

  /** Puts down what happened in the table at hand, and what passed quietly before, in a line. */
  flush(): void {
    this.#leaveTable();
    if (this.#quiet.length === 0) return;
    this.add(this.#colors.dim(`${this.#quiet.join(", ")}: passes`));
    this.#quiet = [];
  }

  #leaveTable(): void {
    const hook = this.#hook;
    this.#hook = undefined;
    if (hook === undefined) return;
    if (this.#effective) this.items.push(...this.#pending);
    else if (hook.table === "nat" || hook.table === "filter") this.#quiet.push(`${hook.table} ${hook.hook}`);
    this.#pending = [];
    this.#effective = false;
    this.#lastChain = undefined;
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
    this.#leaveTable();
    if (node !== this.#node) {
      this.flush();
      this.#node = node;
      this.add(this.#colors.strong(node), { heading: true });
    }
    this.#hook = { table, hook };
  }

  /** The table turns out to matter: what passed before it is put down first. */
  #matters(): void {
    if (this.#effective) return;
    this.#effective = true;
    if (this.#quiet.length === 0) return;
    this.add(this.#colors.dim(`${this.#quiet.join(", ")}: passes`));
    this.#quiet = [];
  }

  /** Something that a rule of a chain does: `KUBE-SERVICES:5 -> …`, or `:5 -> …` where the line is there already. */
  #say(step: RuleStep, text: string, endsIn?: string, isSupposition = false): void {
    const { chain, number } = step.event;
    const joins = this.#lastChain === chain;
    const isBuiltin = chain === this.#hook?.hook;
    const name = isBuiltin ? `${this.#hook?.table} ${chain}` : (this.#chainNames.get(chain) ?? chain);
    const before = this.#colors.dim(joins ? ` #${number} -> ` : `${name} #${number} -> `);
    const explanation = this.#options.explain ? explanationOf(step) : undefined;
    this.#pending.push({
      key: `${chain}:${number} ${text}`,
      text: `${before}${text}`,
      branchText: text,
      ...(joins ? { aloneText: `${this.#colors.dim(`${name} #${number} -> `)}${text}` } : {}),
      joins,
      heading: false,
      isSupposition,
      ...(explanation === undefined ? {} : { explanation }),
      ...(endsIn === undefined ? {} : { enters: endsIn }),
    });
    this.#lastChain = explanation === undefined ? endsIn : undefined;
  }

  #rule(step: RuleStep): void {
    const { rule } = step;
    if (step.assumed !== undefined) {
      this.#matters();
      this.#say(step, `${this.#colors.verdict("maybe")} ${step.assumed}`, undefined, true);
    }
    if (step.event.kind === "return" && step.depth > 0) this.#returned(step.event.chain);
    else if (rule !== undefined && step.direction === "request") this.#saysTarget(step, rule);
  }

  /** A chain that the packet left without anything having happened is not worth its jump. */
  #returned(chain: string): void {
    const at = this.#pending.findLastIndex((item) => item.enters === chain);
    if (at === -1 || this.#pending.slice(at).some((item) => item.enters === undefined)) return;
    this.#pending = this.#pending.slice(0, at);
    this.#lastChain = undefined;
  }

  #saysTarget(step: RuleStep, rule: Rule): void {
    const { target } = rule;
    const isDrop = target?.kind === "verdict" && target.verdict === "DROP";
    if (target?.kind === "reject" || isDrop) this.#saysVerdict(step);
    if (target?.kind !== "jump") return;
    if (target.chain === "KUBE-MARK-MASQ") {
      this.#matters();
      this.#say(step, this.#colors.mark("mark for masquerade"));
      return;
    }
    const short = shortChain(target.chain, rule);
    this.#chainNames.set(target.chain, short);
    const paint = short.startsWith("SEP ") ? this.#colors.endpoint : this.#colors.service;
    this.#say(step, short === target.chain ? short : paint(short), target.chain);
  }

  #saysVerdict(step: RuleStep): void {
    const comment = step.rule && commentOf(step.rule);
    const why = comment === undefined ? "" : ` ${this.#colors.dim(`"${comment}"`)}`;
    this.#matters();
    this.#say(step, `${this.#colors.verdict(targetName(step.rule))}${why}`);
  }

  #rewrite(step: RewriteStep): void {
    const colors = this.#colors;
    const arrow = `${step.from} => ${step.what === "destination" ? colors.endpoint(step.to) : colors.mark(step.to)}`;
    const how = rewriteWords[step.how] ?? step.how;
    const side = step.what === "destination" ? "to" : "from";
    const text =
      step.from === step.to
        ? `${side} ${colors.mark(step.to)} ${colors.dim(`${how}, the same address`)}`
        : `${side} ${arrow} ${colors.dim(how)}`;
    // Of the masquerading chain only its effect is worth a line.
    if (step.how === "MASQUERADE") this.#pending = [];
    if (this.#hook === undefined) {
      this.flush();
      this.add(text);
      return;
    }
    this.#matters();
    this.#pending.push({ key: text, text, joins: false, heading: false });
    this.#lastChain = undefined;
  }

  #route(step: Extract<Step, { kind: "route" }>): void {
    if (step.hostKind !== "node" || step.way !== "send" || step.to === undefined) return;
    const to = this.#answer.hosts.get(step.to);
    if (to?.kind !== "node") return;
    this.flush();
    this.add(this.#colors.dim(`${step.device} -> wire -> ${hostLabel(this.#answer, step.to)}`));
  }
}
