import type { Box, BoxKind, Picture } from "../graph/picture.ts";

/** What GitHub's renderer takes: mermaid's own defaults `maxEdges` and `maxTextSize`. */
export const mermaidLimits = { arrows: 500, characters: 50_000 } as const;

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

/** A flowchart from left to right. */
export function printMermaid(picture: Picture): string {
  const ids = new Map(picture.boxes.map((box, index) => [box.id, `b${index}`]));
  const lines = [`%% ${mermaidText(picture.title)}`, "flowchart LR"];
  for (const note of picture.notes) lines.push(`  %% ${mermaidText(note)}`);
  const groups = new Map<string | undefined, Box[]>();
  for (const box of picture.boxes) groups.set(box.group, [...(groups.get(box.group) ?? []), box]);
  for (const [group, boxes] of groups) {
    const indent = group === undefined ? "  " : "    ";
    if (group !== undefined) lines.push(`  subgraph g${lines.length}["${mermaidText(group)}"]`);
    for (const box of boxes) lines.push(`${indent}${boxLine(box, ids)}`);
    if (group !== undefined) lines.push("  end");
  }
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

function boxLine(box: Box, ids: ReadonlyMap<string, string>): string {
  const [open, close] = forms[box.kind];
  const text = [box.title, ...box.lines].map(mermaidText).join("<br/>");
  return `${ids.get(box.id)}${open}"${text}"${close}`;
}

function className(kind: string): string {
  return kind.replace("-", "_");
}
