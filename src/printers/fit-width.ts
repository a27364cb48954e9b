/** Select Graphic Rendition: what colours are written with. */
const paint = /\u001b\[([\d;]*)m/g;

/** What ends a paint: the first number is of the sequence, the others of those it ends. */
const endedBy: Readonly<Record<string, RegExp>> = {
  "22": /^[12]$/,
  "23": /^3$/,
  "24": /^4$/,
  "27": /^7$/,
  "39": /^(?:3[0-8]|9[0-7])/,
  "49": /^(?:4[0-8]|10[0-7])/,
};

/** Columns of a terminal that a text takes, without its colours: East Asian wide characters take two, marks none. */
export function displayWidth(text: string): number {
  let sum = 0;
  for (const character of text.replace(paint, "")) sum += characterWidth(character);
  return sum;
}

function characterWidth(character: string): number {
  const code = character.codePointAt(0)!;
  if (code < 0x300) return 1;
  if (/^\p{M}$/u.test(character)) return 0;
  const isWide =
    (code >= 0x1100 && code < 0x1160) ||
    (code >= 0x2e80 && code < 0xd7a4) ||
    (code >= 0xf900 && code < 0xfb00) ||
    (code >= 0xfe30 && code < 0xfe70) ||
    (code >= 0xff00 && code < 0xff61) ||
    code >= 0x1f300;
  return isWide ? 2 : 1;
}

/** A text without colours, cut with `…` where it is wider than so many columns. */
export function cutText(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let [shown, used] = ["", 0];
  for (const character of text) {
    used += characterWidth(character);
    if (used > width - 1) break;
    shown += character;
  }
  return `${shown}…`;
}

/**
 * Lines no wider than so many columns, broken at blanks, what follows indented below what it belongs to; the guides
 * of a tree go on. A word is never broken, so that addresses and chains' names stay whole.
 */
export function wrapLines(text: string, width: number): string {
  return text
    .split("\n")
    .map((line) => (displayWidth(line) <= width ? line : wrapLine(line, width)))
    .join("\n");
}

/** What a line begins with before its text: blanks, a tree's guides, and what paints them. */
const leading = /^(?:\u001b\[[\d;]*m|[\s│├└─])*/;

function wrapLine(line: string, width: number): string {
  const [lead = ""] = leading.exec(line) ?? [];
  const painted = new Paints();
  painted.see(lead);
  const guides = lead.replace(/├/g, "│").replace(/[└─]/g, " ") + painted.end();
  const indent = displayWidth(guides) + 2 < width / 2 ? `${guides}  ` : "";
  const lines: string[] = [];
  let current = lead;
  let used = displayWidth(lead);
  let gap = "";
  let words = 0;
  for (const word of line.slice(lead.length).split(/( +)/)) {
    if (/^ *$/.test(word)) {
      gap += word;
      continue;
    }
    const wide = displayWidth(word);
    if (words > 0 && used + gap.length + wide > width) {
      lines.push(current + painted.end());
      current = indent + painted.begin();
      used = displayWidth(indent);
      gap = "";
    }
    current += gap + word;
    used += gap.length + wide;
    gap = "";
    words++;
    painted.see(word);
  }
  return [...lines, current].join("\n");
}

/** The colours that are on at a place of a line. */
class Paints {
  #on: string[] = [];

  see(text: string): void {
    for (const [, codes = ""] of text.matchAll(paint)) {
      if (codes === "" || codes === "0") this.#on = [];
      else if (endedBy[codes] !== undefined) this.#on = this.#on.filter((at) => !endedBy[codes]!.test(at));
      else this.#on.push(codes);
    }
  }

  end(): string {
    return this.#on.length === 0 ? "" : "\u001b[0m";
  }

  begin(): string {
    return this.#on.map((codes) => `\u001b[${codes}m`).join("");
  }
}
