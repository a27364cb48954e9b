import { servicePortOf } from "./chain-picture.ts";
import type { Arrow, Box, DrawnRule, Picture } from "./picture.ts";
import { conditionLabel } from "./rule-label.ts";

/** What is known of one Service port, or of one Service, while its card is made. */
interface Entry {
  readonly title: string;
  readonly kind: "service" | "refusal";
  readonly ways: Set<string>;
  readonly chains: string[];
  readonly about: readonly string[];
  readonly endpoints: Set<string>;
  readonly rules: DrawnRule[];
}

/** The identifier of the box that stands for all cards. */
export const cardsId = "cards";

/**
 * The same picture with one box for each Service port (or Service) in place of its chains, endpoints and arrows:
 * what leads to it, its chain, how many endpoints it has. Services without any are there too, as refusals.
 * @param compact one line below each name
 */
export function buildOverview(picture: Picture, compact: boolean): Picture {
  const entries = new Entries(picture);
  const cards = [...entries.all()].map((entry) => cardOf(entry, compact));
  const { boxes, arrows } = entries.rest();
  const all: Box = {
    id: cardsId,
    kind: "more",
    title: count(cards.length, entries.what),
    lines: ["a box each"],
  };
  const note = `each ${entries.what} is one box; --service NS/NAME draws one's chains, --detail chains all of them`;
  return { ...picture, boxes: [...boxes, all, ...cards], arrows, notes: [...picture.notes, note] };
}

/** The picture with the first so many cards, and how many there are beside them. */
export function firstCards(picture: Picture, most: number): Picture {
  const cards = picture.boxes.filter((box) => box.card !== undefined);
  const kept = new Set(cards.slice(0, most));
  const left = cards.length - kept.size;
  return {
    ...picture,
    boxes: picture.boxes
      .filter((box) => box.card === undefined || kept.has(box))
      .map((box) => (box.id === cardsId ? { ...box, lines: [`the first ${kept.size} are drawn`] } : box)),
    notes: [...picture.notes, `${left} more are left out`],
  };
}

class Entries {
  readonly what: string;
  readonly #picture: Picture;
  readonly #byId: ReadonlyMap<string, Box>;
  readonly #next = new Map<string, string[]>();
  readonly #entries = new Map<string, Entry>();
  readonly #arrows = new Map<string, Arrow>();

  constructor(picture: Picture) {
    this.#picture = picture;
    this.#byId = new Map(picture.boxes.map((box) => [box.id, box]));
    for (const { from, to } of picture.arrows) this.#next.set(from, [...(this.#next.get(from) ?? []), to]);
    this.what = picture.boxes.some((box) => box.kind === "service") ? "Service" : "Service port";
    for (const box of picture.boxes) if (isService(box)) this.#addBox(box);
    for (const arrow of picture.arrows) this.#addArrow(arrow);
  }

  all(): Iterable<Entry> {
    return this.#entries.values();
  }

  /** The boxes that are no Service's, and the arrows between them and to the cards. */
  rest(): { readonly boxes: readonly Box[]; readonly arrows: readonly Arrow[] } {
    const arrows = [...this.#arrows.values()];
    const used = new Set(arrows.flatMap(({ from, to }) => [from, to]));
    return { boxes: this.#picture.boxes.filter((box) => used.has(box.id)), arrows };
  }

  #addBox(box: Box): void {
    const known = this.#entry(box.subject ?? box.title, "service", box.kind === "service" ? box.lines : []);
    if (box.kind === "service-chain") known.chains.push(box.title);
    for (const endpoint of this.#endpointsBehind(box.id)) known.endpoints.add(endpoint);
  }

  #entry(title: string, kind: Entry["kind"], about: readonly string[] = []): Entry {
    const known = this.#entries.get(title);
    if (known !== undefined) return known;
    const made: Entry = { title, kind, about, ways: new Set(), chains: [], endpoints: new Set(), rules: [] };
    this.#entries.set(title, made);
    return made;
  }

  #endpointsBehind(id: string): string[] {
    const found = new Set([id]);
    for (const at of found) for (const to of this.#next.get(at) ?? []) found.add(to);
    return [...found].flatMap((at) => {
      const box = this.#byId.get(at);
      return box?.kind === "endpoint" ? [box.title] : [];
    });
  }

  #addArrow(arrow: Arrow): void {
    const from = this.#byId.get(arrow.from);
    const to = this.#byId.get(arrow.to);
    if (from === undefined || to === undefined) return;
    if (isService(from) || isInner(from)) {
      this.#entries.get(from.subject ?? from.title)?.rules.push(...arrow.rules);
      return;
    }
    if (isService(to)) {
      const entry = this.#entry(to.subject ?? to.title, "service");
      for (const line of arrow.label.split("\n")) if (line !== "") entry.ways.add(line);
      entry.rules.push(...arrow.rules);
      this.#connect(arrow.from, cardsId, "", arrow.rules);
      return;
    }
    this.#connect(arrow.from, arrow.to, to.kind === "refusal" ? "" : arrow.label, arrow.rules);
    if (to.kind === "refusal") this.#addRefused(arrow);
  }

  /** Services whose packets a rule of the filter table refuses, since there is no endpoint. */
  #addRefused({ rules }: Arrow): void {
    for (const drawn of rules) {
      const subject = servicePortOf(drawn.rule);
      if (subject === undefined) continue;
      const entry = this.#entry(subject, "refusal");
      entry.rules.push(drawn);
      if (entry.kind === "refusal") entry.ways.add(conditionLabel(drawn.rule));
    }
  }

  #connect(from: string, to: string, label: string, rules: readonly DrawnRule[]): void {
    const key = `${from}\n${to}`;
    const known = this.#arrows.get(key);
    this.#arrows.set(
      key,
      known === undefined ? { from, to, label, rules } : { ...known, rules: [...known.rules, ...rules] },
    );
  }
}

function isService(box: Box): boolean {
  return box.kind === "service-chain" || box.kind === "service";
}

function isInner(box: Box): boolean {
  return box.kind === "endpoint" || box.kind === "endpoint-chain";
}

/** The most ways to a Service that its card names. */
const namedWays = 3;

function cardOf(entry: Entry, compact: boolean): Box {
  const { title, kind, ways, chains, about, endpoints, rules } = entry;
  const reached = kind === "refusal" ? "no endpoint: refused" : count(endpoints.size, "endpoint");
  const shown = [...about, ...[...ways].slice(0, namedWays)];
  if (ways.size > namedWays) shown.push(`+ ${ways.size - namedWays} more ways`);
  const [first = ""] = shown;
  const more = shown.length > 1 ? ` + ${shown.length - 1}` : "";
  const slash = title.indexOf("/");
  const namespace = slash === -1 ? undefined : title.slice(0, slash);
  return {
    id: `card ${title}`,
    kind,
    title: title.slice(slash + 1),
    lines: compact ? [`${first}${more} → ${reached}`] : [...shown, ...chains, reached],
    ...(namespace === undefined ? {} : { group: `namespace ${namespace}` }),
    subject: title,
    card: { rules },
  };
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}
