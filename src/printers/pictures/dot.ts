import type { Box, BoxKind, Picture } from "../../graph/picture.ts";

const looks: Readonly<Record<BoxKind, string>> = {
  hook: 'shape=box, style="rounded,filled", fillcolor="#eef2f7"',
  chain: 'shape=box, style=filled, fillcolor="#ffffff"',
  "service-chain": 'shape=box, style=filled, fillcolor="#ddf4ff"',
  "endpoint-chain": 'shape=box, style=filled, fillcolor="#fff8c5"',
  endpoint: 'shape=box, style="rounded,filled", fillcolor="#dafbe1"',
  service: 'shape=box, style=filled, fillcolor="#ddf4ff"',
  host: 'shape=box, style="rounded,filled", fillcolor="#eef2f7"',
  masquerade: 'shape=hexagon, style=filled, fillcolor="#fbefff"',
  refusal: 'shape=octagon, style=filled, fillcolor="#ffebe9"',
  more: 'shape=plaintext, style=""',
};

/** A double-quoted string of DOT, whose only escape is of the quote; a backslash would begin one of its labels'. */
export function dotText(...lines: readonly string[]): string {
  const escaped = lines.map((line) =>
    line
      .replace(/[\u0000-\u001f\u007f]/g, " ")
      .replace(/\\/g, "\\\\")
      .replace(/"/g, '\\"')
      // Graphviz reads HTML's entities in plain labels.
      .replace(/&/g, "&amp;"),
  );
  return `"${escaped.join("\\n")}"`;
}

/** A digraph for Graphviz. */
export function printDot(picture: Picture): string {
  const ids = new Map(picture.boxes.map((box, index) => [box.id, `b${index}`]));
  const lines = [
    "digraph k8snet {",
    `  graph [rankdir=LR, label=${dotText(picture.title, ...picture.notes)}, labelloc=t, fontname="Helvetica", fontsize=12, color="#8c959f"];`,
    '  node [fontname="Helvetica", fontsize=11, color="#57606a"];',
    '  edge [fontname="Helvetica", fontsize=10, color="#57606a"];',
  ];
  for (const [group, boxes] of groupsOf(picture)) {
    const indent = group === undefined ? "  " : "    ";
    if (group !== undefined)
      lines.push(`  subgraph cluster_${lines.length} {`, `    label=${dotText(group)};`);
    for (const box of boxes) {
      lines.push(
        `${indent}${ids.get(box.id)} [label=${dotText(box.title, ...box.lines)}, ${looks[box.kind]}];`,
      );
    }
    lines.push(...rowLines(boxes, ids, indent));
    if (group !== undefined) lines.push("  }");
  }
  for (const { from, to, label } of picture.arrows) {
    const text = label === "" ? "" : ` [label=${dotText(...label.split("\n"))}]`;
    lines.push(`  ${ids.get(from)} -> ${ids.get(to)}${text};`);
  }
  lines.push("}");
  return `${lines.join("\n")}\n`;
}

/** The boxes by frame. Graphviz puts what no edge joins above what came before, so cards come from the last on. */
function groupsOf({ boxes }: Picture): readonly (readonly [string | undefined, readonly Box[]])[] {
  const cards = boxes.some((box) => box.card !== undefined);
  const groups = new Map<string | undefined, Box[]>();
  for (const box of cards ? [...boxes].reverse() : boxes)
    groups.set(box.group, [...(groups.get(box.group) ?? []), box]);
  return [...groups];
}

/** Cards stand in rows of so many, by edges that are not drawn. */
const cardsInRow = 5;

function rowLines(boxes: readonly Box[], ids: ReadonlyMap<string, string>, indent: string): string[] {
  const cards = boxes.filter((box) => box.card !== undefined).reverse();
  return cards.flatMap((card, index) =>
    index % cardsInRow === 0
      ? []
      : [`${indent}${ids.get(cards[index - 1]!.id)} -> ${ids.get(card.id)} [style=invis];`],
  );
}
