import type { Box, BoxKind, Picture } from "../../graph/picture.ts";

/** What GitHub's renderer takes: mermaid's own defaults `maxEdges` and `maxTextSize`, which no diagram may raise. */
export const mermaidLimits = { arrows: 500, characters: 50_000 } as const;

/** How much a diagram is: its links, the invisible ones too, and its characters. */
export interface MermaidSize {
  readonly arrows: number;
  readonly characters: number;
}

/** The size of a picture as {@link printMermaid} writes it. */
export function mermaidSize(picture: Picture): MermaidSize {
  const text = printMermaid(picture);
  return { arrows: text.match(/^ *b\d+ (?:-->|~~~)/gm)?.length ?? 0, characters: text.length };
}

/** Why GitHub draws nothing of this size; undefined when it does. */
export function whyNotOnGitHub({ arrows, characters }: MermaidSize): string | undefined {
  if (arrows > mermaidLimits.arrows)
    return `GitHub draws at most ${mermaidLimits.arrows} arrows, and here are ${arrows}`;
  if (characters > mermaidLimits.characters)
    return `GitHub draws at most ${mermaidLimits.characters} characters, and here are ${characters}`;
  return undefined;
}

/** Chain names stay whole: mermaid's own width breaks them at their hyphens. */
const settings = '%%{init: {"flowchart": {"wrappingWidth": 600}}}%%';

/** Cards stand in rows of so many, by links that are not drawn. */
const cardsInRow = 4;

/** Forms by kind: what a box's text stands between. */
const forms: Readonly<Record<BoxKind, readonly [string, string]>> = {
  hook: ["([", "])"],
  chain: ["[", "]"],
  "service-chain": ["[", "]"],
  "endpoint-chain": ["[", "]"],
  endpoint: ["(", ")"],
  service: ["[", "]"],
  host: ["([", "])"],
  masquerade: ["{{", "}}"],
  refusal: ["{{", "}}"],
  more: ["[", "]"],
};

/** Colours that are legible on GitHub's light and dark pages: each fill brings its own text colour. */
const styles: Readonly<Partial<Record<BoxKind, string>>> = {
  hook: "fill:#eef2f7,stroke:#57606a,color:#1f2328",
  "service-chain": "fill:#ddf4ff,stroke:#0969da,color:#1f2328",
  service: "fill:#ddf4ff,stroke:#0969da,color:#1f2328",
  "endpoint-chain": "fill:#fff8c5,stroke:#9a6700,color:#1f2328",
  endpoint: "fill:#dafbe1,stroke:#1a7f37,color:#1f2328",
  masquerade: "fill:#fbefff,stroke:#8250df,color:#1f2328",
  refusal: "fill:#ffebe9,stroke:#cf222e,color:#1f2328",
};

/**
 * Text inside mermaid's double quotes: every character that mermaid, its HTML labels or its Markdown could read as
 * its own is written as an entity (`#35;`).
 */
export function mermaidText(text: string): string {
  return text.replace(/[^\p{L}\p{N} .,:/()+%=-]/gu, (character) => {
    const code = character.codePointAt(0)!;
    return code < 0x20 || code === 0x7f ? " " : `#${code};`;
  });
}

/** A flowchart from left to right; cards in rows. */
export function printMermaid(picture: Picture): string {
  const ids = new Map(picture.boxes.map((box, index) => [box.id, `b${index}`]));
  const lines = [`%% ${mermaidText(picture.title)}`, settings, "flowchart LR"];
  for (const note of picture.notes) lines.push(`  %% ${mermaidText(note)}`);
  const groups = groupsOf(picture);
  groups.forEach(([group, boxes], index) => {
    const indent = group === undefined ? "  " : "    ";
    if (group !== undefined) lines.push(`  subgraph g${index}["${mermaidText(group)}"]`);
    if (hasCards(picture)) lines.push(`${indent}direction LR`);
    for (const box of boxes) lines.push(`${indent}${boxLine(box, ids)}`);
    lines.push(...rowLines(boxes, ids, indent));
    if (group !== undefined) lines.push("  end", `  style g${index} fill:none,stroke:#8c959f`);
  });
  for (const { from, to, label } of picture.arrows) {
    const text = label.split("\n").map(mermaidText).join("<br/>");
    lines.push(`  ${ids.get(from)} -->${text === "" ? "" : `|"${text}"|`} ${ids.get(to)}`);
  }
  for (const [kind, style] of Object.entries(styles)) {
    const members = picture.boxes.filter((box) => box.kind === kind).map((box) => ids.get(box.id));
    if (members.length === 0) continue;
    lines.push(`  classDef ${className(kind)} ${style}`, `  class ${members.join(",")} ${className(kind)}`);
  }
  return `${lines.join("\n")}\n`;
}

function hasCards(picture: Picture): boolean {
  return picture.boxes.some((box) => box.card !== undefined);
}

/** The boxes by frame. Frames that no arrow joins are drawn from the last to the first, so cards' come reversed. */
function groupsOf(picture: Picture): readonly (readonly [string | undefined, readonly Box[]])[] {
  const groups = new Map<string | undefined, Box[]>();
  const cards = hasCards(picture);
  for (const box of picture.boxes) {
    const group = box.group ?? (cards ? picture.title : undefined);
    groups.set(group, [...(groups.get(group) ?? []), box]);
  }
  return cards ? [...groups].reverse() : [...groups];
}

/** Links that are not drawn keep cards in rows. */
function rowLines(boxes: readonly Box[], ids: ReadonlyMap<string, string>, indent: string): string[] {
  const cards = boxes.filter((box) => box.card !== undefined);
  return cards.flatMap((card, index) =>
    index % cardsInRow === 0 ? [] : [`${indent}${ids.get(cards[index - 1]!.id)} ~~~ ${ids.get(card.id)}`],
  );
}

function boxLine(box: Box, ids: ReadonlyMap<string, string>): string {
  const [open, close] = forms[box.kind];
  const text = [box.title, ...box.lines].map(mermaidText).join("<br/>");
  return `${ids.get(box.id)}${open}"${text}"${close}`;
}

function className(kind: string): string {
  return kind.replace("-", "_");
}
