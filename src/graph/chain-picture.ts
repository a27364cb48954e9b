import {
  type Chain,
  commentOf,
  findChain,
  findTable,
  type Rule,
  type Ruleset,
  type Table,
  type TableName,
} from "../netfilter/ruleset.ts";
import type { Arrow, Box, BoxKind, DrawnRule, Picture } from "./picture.ts";
import { conditionLabel, shareLabel } from "./rule-label.ts";

export interface ChainPictureOptions {
  /** Above the picture: the node's name. */
  readonly title: string;
  /** `namespace/name`: only the way to this Service. */
  readonly service?: string;
  /** Only the ways to Services that this agrees to. */
  wanted?(service: string): boolean;
  /** What is known about an `ip:port` behind a DNAT: the pod's name. */
  nameOf?(socket: string): string | undefined;
}

/** Chains deeper than any that kube-proxy makes; a dump's own circle ends here. */
const deepest = 64;

/**
 * The chains of a node as the articles draw them: built-in chain, KUBE-SERVICES, the Service's chain, the
 * endpoints' chains, the endpoints; of the filter table what refuses a Service's packets. Chains that only set a
 * mark are a line of their caller's box.
 */
export function buildChainPicture(ruleset: Ruleset, options: ChainPictureOptions): Picture {
  const drawing = new ChainDrawing(options);
  for (const name of ["nat", "filter"] as const) {
    const table = findTable(ruleset, name);
    if (table === undefined) continue;
    for (const chain of table.chains) if (chain.policy !== undefined) drawing.walk(table, chain, 0);
  }
  return drawing.picture();
}

class ChainDrawing {
  readonly #options: ChainPictureOptions;
  readonly #boxes = new Map<string, Box>();
  readonly #arrows = new Map<string, { from: string; to: string; labels: Set<string>; rules: DrawnRule[] }>();
  readonly #leads = new Map<string, boolean>();

  constructor(options: ChainPictureOptions) {
    this.#options = options;
  }

  /** Draws what a chain leads to; false, and nothing drawn, when it leads nowhere that is of interest. */
  walk(table: Table, chain: Chain, depth: number): boolean {
    const id = chainId(table.name, chain.name);
    const known = this.#leads.get(id);
    if (known !== undefined) return known;
    this.#leads.set(id, false);
    const lines: string[] = [];
    let leads = false;
    let left = 1;
    chain.rules.forEach((rule, index) => {
      const chance = chanceOf(rule);
      const share = chance === undefined ? left : left * chance;
      const isShare = chance !== undefined || (left < 1 && conditionLabel(rule) === "");
      if (chance !== undefined) left -= share;
      if (!this.#wanted(table, rule)) return;
      const marks = marksOnly(table, rule);
      if (marks !== undefined) {
        lines.push(`${markedLabel(rule)}: ${marks}`);
        return;
      }
      const to = this.#targetOf(table, rule, depth);
      if (to === undefined) return;
      leads = true;
      const label = isShare ? shareLabel(share) : conditionLabel(rule);
      this.#connect(id, to, label, { table: table.name, chain: chain.name, number: index + 1, rule });
    });
    this.#leads.set(id, leads);
    if (leads) this.#boxes.set(id, chainBox(id, table.name, chain, lines));
    return leads;
  }

  picture(): Picture {
    const boxes = [...this.#boxes.values()];
    const arrows: Arrow[] = [];
    for (const { from, to, labels, rules } of this.#arrows.values()) {
      if (this.#boxes.has(from) && this.#boxes.has(to))
        arrows.push({ from, to, label: joinLabels([...labels]), rules });
    }
    const ordered = inOrderOfWay(boxes, arrows);
    const rank = new Map(ordered.map((box, index) => [box.id, index]));
    arrows.sort((a, b) => rank.get(a.from)! - rank.get(b.from)!);
    return { title: this.#options.title, boxes: ordered, arrows, notes: [] };
  }

  #wanted(table: Table, rule: Rule): boolean {
    const service = serviceOf(rule);
    if (table.name === "filter" && rule.target?.kind !== "jump" && service === undefined) return false;
    if (service === undefined) return true;
    return (this.#options.service ?? service) === service && (this.#options.wanted?.(service) ?? true);
  }

  #targetOf(table: Table, rule: Rule, depth: number): string | undefined {
    const { target } = rule;
    if (target === undefined) return undefined;
    switch (target.kind) {
      case "jump": {
        const next = findChain(table, target.chain);
        if (next === undefined || depth > deepest || !this.walk(table, next, depth + 1)) return undefined;
        return chainId(table.name, next.name);
      }
      case "dnat":
        return this.#add({
          id: `endpoint ${target.to}`,
          kind: "endpoint",
          title: target.to,
          lines: linesOf(this.#options.nameOf?.(target.to)),
        });
      case "masquerade":
      case "snat":
        return this.#add({
          id: `${table.name} ${target.kind}`,
          kind: "masquerade",
          title: target.kind === "snat" ? `SNAT to ${target.to}` : "MASQUERADE",
          lines: ["the source becomes", "the node's address"],
        });
      case "reject":
        return this.#add(refusal(table.name, "REJECT", target.with));
      case "verdict":
        return target.verdict === "DROP" ? this.#add(refusal(table.name, "DROP", "")) : undefined;
      default:
        return undefined;
    }
  }

  #add(box: Box): string {
    this.#boxes.set(box.id, box);
    return box.id;
  }

  #connect(from: string, to: string, label: string, rule: DrawnRule): void {
    const key = `${from}\n${to}`;
    const known = this.#arrows.get(key);
    if (known === undefined) this.#arrows.set(key, { from, to, labels: new Set([label]), rules: [rule] });
    else {
      known.labels.add(label);
      known.rules.push(rule);
    }
  }
}

/** Identifier of a chain's box. */
export function chainId(table: TableName, chain: string): string {
  return `${table} ${chain}`;
}

function linesOf(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [text];
}

function refusal(table: TableName, title: string, how: string): Box {
  return { id: `${table} ${title} ${how}`, kind: "refusal", title, lines: how === "" ? [] : [how] };
}

function chanceOf(rule: Rule): number | undefined {
  const match = rule.matches.find((candidate) => candidate.kind === "statistic-random");
  return match?.kind === "statistic-random" && !match.inverted ? match.threshold / 2 ** 31 : undefined;
}

/** What a rule that only marks is for; undefined for any other. */
function marksOnly(table: Table, rule: Rule): string | undefined {
  if (rule.target?.kind !== "jump") return undefined;
  const chain = findChain(table, rule.target.chain);
  const marks = chain?.rules.length === 1 && chain.rules[0]?.target?.kind === "mark";
  if (!marks) return undefined;
  return rule.target.chain === "KUBE-MARK-DROP" ? "drop" : "masquerade";
}

/** The Service a rule is about: its origin's, or, in a dump, the one its comment begins with. */
export function serviceOf(rule: Rule): string | undefined {
  return rule.origin?.service ?? servicePortOf(rule)?.split(":")[0];
}

/** The Service port a rule is about: `ns/name:port` of the comments `ns/name:port cluster IP` and `ns/name:port -> 10.0.0.1:80`. */
export function servicePortOf(rule: Rule): string | undefined {
  const comment = commentOf(rule);
  if (comment === undefined) return undefined;
  return /(?:^|traffic for )([-a-z0-9.]+\/[-a-z0-9.]+(?::[-a-z0-9]+)?)(?=\s|$)/.exec(comment)?.[1];
}

function chainBox(id: string, table: TableName, chain: Chain, marks: readonly string[]): Box {
  const kind = chainKind(chain);
  const port = chain.rules.map(servicePortOf).find((label) => label !== undefined);
  const named = kind === "service-chain" || kind === "endpoint-chain";
  const label = named && port !== undefined ? [port] : [];
  const where = chain.policy === undefined && table === "nat" ? [] : [`${table} table`];
  return {
    id,
    kind,
    title: chain.name,
    lines: [...where, ...label, ...marks],
    chain: { table, name: chain.name },
    ...(named && port !== undefined ? { subject: port } : {}),
  };
}

function chainKind(chain: Chain): BoxKind {
  if (chain.policy !== undefined) return "hook";
  if (chain.name.startsWith("KUBE-SEP-")) return "endpoint-chain";
  return /^KUBE-(?:SVC|SVL|EXT|FW|XLB)-/.test(chain.name) ? "service-chain" : "chain";
}

/** Whose packets are marked; the Service's own address is said by the arrow that leads here. */
function markedLabel(rule: Rule): string {
  const { source, ...rest } = rule;
  if (source !== undefined) return conditionLabel({ source, matches: [] });
  return conditionLabel(rest) || "all";
}

/** At most three labels, and how many more there are. */
function joinLabels(labels: readonly string[]): string {
  const said = labels.filter((label) => label !== "");
  const shown = said.slice(0, 3).join("\n");
  return said.length > 3 ? `${shown}\n+ ${said.length - 3} more` : shown;
}

/** Boxes in the order in which a reader who follows the arrows meets them. */
function inOrderOfWay(boxes: readonly Box[], arrows: readonly Arrow[]): Box[] {
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const next = new Map<string, string[]>();
  const entered = new Set<string>();
  for (const { from, to } of arrows) {
    next.set(from, [...(next.get(from) ?? []), to]);
    entered.add(to);
  }
  const ordered = new Map<string, Box>();
  const pending = boxes
    .filter((box) => !entered.has(box.id))
    .map((box) => box.id)
    .sort((a, b) => hookRank(a) - hookRank(b));
  while (pending.length > 0) {
    const id = pending.shift()!;
    const box = byId.get(id);
    if (box === undefined || ordered.has(id)) continue;
    ordered.set(id, box);
    pending.push(...(next.get(id) ?? []));
  }
  return [...ordered.values()];
}

const hooks = ["PREROUTING", "OUTPUT", "INPUT", "FORWARD", "POSTROUTING"];

function hookRank(id: string): number {
  return hooks.indexOf(id.split(" ")[1]!) + (id.startsWith("nat") ? 0 : hooks.length);
}
