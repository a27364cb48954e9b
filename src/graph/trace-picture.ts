import type { AnswerEnd, TraceAnswer } from "../analysis/trace/request.ts";
import type { RuleStep, Step } from "../tracer/model.ts";
import { chainId } from "./chain-picture.ts";
import type { Arrow, Box, DrawnRule, Picture } from "./picture.ts";
import { conditionLabel, shareLabel } from "./rule-label.ts";

/** A rule that a packet took, and what it did to the packet. */
interface Visit {
  readonly step: RuleStep;
  readonly at: number;
}

/**
 * The way of one packet: who sends it, the chains whose rules decide, what they rewrite, where it ends; a share on
 * every way that not all packets take.
 */
export function buildTracePicture(answer: TraceAnswer): Picture {
  const drawing = new WayDrawing();
  for (const end of answer.ends) if (end.when === "first") drawing.end(answer, end);
  return drawing.picture(`${answer.source.label} to ${answer.target.text}`, answer.notes);
}

/** What goes over an arrow. */
interface Way {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  share: number;
  readonly rules: DrawnRule[];
}

class WayDrawing {
  readonly #boxes = new Map<string, Box>();
  readonly #ways = new Map<string, Way>();

  end(answer: TraceAnswer, end: AnswerEnd): void {
    const share = Number(end.probability.numerator) / Number(end.probability.denominator);
    const source = this.#source(answer);
    let at = source;
    let label = end.hops.map((hop) => hop.text).join("\n");
    let rules: DrawnRule[] = [];
    const go = (to: string): void => {
      this.#way(at, to, label, rules, share);
      at = to;
      label = "";
      rules = [];
    };
    for (const visit of decidingVisits(end.steps)) {
      go(this.#chain(visit, end.steps));
      label = whatHappens(visit, end.steps);
      rules = [drawnRule(visit.step)];
    }
    go(this.#last(answer, end));
  }

  picture(title: string, notes: readonly string[]): Picture {
    const arrows = [...this.#ways.values()].map(({ from, to, label, share, rules }): Arrow => {
      const part = share > 0.999999 ? "" : shareLabel(share);
      return { from, to, label: [part, label].filter((text) => text !== "").join("\n"), rules };
    });
    return { title, boxes: [...this.#boxes.values()], arrows, notes };
  }

  #source({ source, sourceAddress, nodeOf }: TraceAnswer): string {
    const node = nodeOf.get(source.label);
    const lines = [sourceAddress, ...(node === undefined ? [] : [`on ${node}`])];
    const title = source.pod?.name ?? source.label;
    return this.#add({ id: "source", kind: "host", title, lines });
  }

  #chain({ step, at }: Visit, steps: readonly Step[]): string {
    const { node, table, chain, dst } = step.event;
    const policy = step.depth === 0;
    const kind = policy
      ? "hook"
      : chain.startsWith("KUBE-SEP-")
        ? "endpoint-chain"
        : /^KUBE-(?:SVC|SVL|EXT|FW|XLB)-/.test(chain)
          ? "service-chain"
          : "chain";
    const marked = steps.slice(0, at).some((other) => isMarkIn(other, steps, step));
    const lines = [policy ? `${table} table of ${node}` : `rule ${step.event.number}`];
    if (marked) lines.push("marks for masquerade");
    const id = `${node} ${chainId(table, chain)} ${dst}`;
    return this.#add({ id, kind, title: chain, lines, chain: { table, name: chain } });
  }

  #last(answer: TraceAnswer, end: AnswerEnd): string {
    if (end.outcome !== "delivered" || end.server === undefined) {
      const what = end.outcome.toUpperCase().replace("-", " ");
      const id = `end ${end.outcome} ${end.host} ${end.reason}`;
      return this.#add({ id, kind: "refusal", title: what, lines: [end.reason, `at ${end.host}`] });
    }
    const node = answer.nodeOf.get(end.serverName ?? "") ?? "";
    const lines = [
      ...(end.serverName === undefined ? [] : [end.serverName.replace(/^pod\/[^/]+\//, "")]),
      ...(node === "" ? [] : [`on ${node}`]),
      ...(end.seenSource === undefined ? [] : [`sees ${end.seenSource}`]),
    ];
    const id = `end ${end.server} ${end.serverName ?? ""} ${end.seenSource ?? ""}`;
    return this.#add({ id, kind: "endpoint", title: end.server, lines });
  }

  #add(box: Box): string {
    this.#boxes.set(box.id, box);
    return box.id;
  }

  #way(from: string, to: string, label: string, rules: DrawnRule[], share: number): void {
    const key = `${from}\n${to}\n${label}`;
    const known = this.#ways.get(key);
    if (known === undefined) this.#ways.set(key, { from, to, label, share, rules });
    else known.share += share;
  }
}

function drawnRule({ event, rule }: RuleStep): DrawnRule {
  return { table: event.table, chain: event.chain, number: event.number, rule: rule! };
}

/** The rules that decide something, and those that led to them. */
function decidingVisits(steps: readonly Step[]): Visit[] {
  const visits: Visit[] = [];
  steps.forEach((step, at) => {
    if (step.kind === "rule" && step.direction === "request" && step.rule !== undefined)
      visits.push({ step, at });
  });
  const kept = new Set<Visit>();
  visits.forEach((visit, index) => {
    if (!decides(visit.step)) return;
    kept.add(visit);
    let depth = visit.step.depth;
    for (let before = index - 1; before >= 0 && depth > 0; before--) {
      const { step } = visits[before]!;
      if (step.event.table !== visit.step.event.table || step.event.node !== visit.step.event.node) break;
      if (step.depth >= depth) continue;
      depth = step.depth;
      kept.add(visits[before]!);
    }
  });
  return visits.filter((visit) => kept.has(visit));
}

function decides({ rule }: RuleStep): boolean {
  switch (rule?.target?.kind) {
    case "dnat":
    case "snat":
    case "masquerade":
    case "redirect":
    case "netmap":
    case "reject":
      return true;
    case "verdict":
      return rule.target.verdict === "DROP";
    default:
      return false;
  }
}

/** A rewrite that the rule did, else what the rule asked of the packet. */
function whatHappens({ step, at }: Visit, steps: readonly Step[]): string {
  if (!decides(step)) return conditionLabel(step.rule!);
  const next = steps[at + 1];
  if (next?.kind !== "rewrite") return "";
  return next.what === "destination" ? `${next.how} to ${next.to}` : `source becomes ${next.to}`;
}

/** Whether a step marks the packet on behalf of the chain of another step. */
function isMarkIn(step: Step, steps: readonly Step[], of: RuleStep): boolean {
  if (step.kind !== "mark" || step.direction !== "request" || step.node !== of.event.node) return false;
  const at = steps.indexOf(step);
  for (let before = at - 1; before >= 0; before--) {
    const other = steps[before]!;
    if (other.kind === "rule" && other.rule?.target?.kind === "jump") {
      const { event } = other;
      return event.table === of.event.table && event.chain === of.event.chain;
    }
  }
  return false;
}
