/**
 * YAML 1.2 wants the lines inside of a quoted text or a flow collection indented deeper than what holds it;
 * go-yaml, and so Kubernetes, does not care. Such lines are indented here before the text is parsed: white space
 * there means nothing, so the value stays the same.
 */

/** A text with some of its lines indented further. */
export class IndentedText {
  readonly #original: string;
  /** Spaces put before the line that begins at an offset of the original text. */
  readonly #pads = new Map<number, number>();
  /** Sorted: where the padding of a line ends in the padded text, and how much padding there is up to there. */
  #ends: number[] = [];
  #sums: number[] = [];
  #text: string;

  constructor(original: string) {
    this.#original = original;
    this.#text = original;
  }

  get text(): string {
    return this.#text;
  }

  /** The offset in the original text of an offset in the padded one. */
  original(offset: number): number {
    let low = 0;
    let high = this.#ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ends[middle]! <= offset) low = middle + 1;
      else high = middle;
    }
    return offset - (low === 0 ? 0 : this.#sums[low - 1]!);
  }

  /**
   * Indents the lines of what is open at an offset of the original text.
   * @returns false when nothing is open there that is closed later, or its lines are indented already
   */
  indentAt(offset: number): boolean {
    const opening = lastOpening(this.#original, offset);
    const closing = opening === undefined ? undefined : findClosing(this.#original, opening);
    if (opening === undefined || closing === undefined) return false;
    const width = opening - this.#original.lastIndexOf("\n", opening) + 1;
    const before = this.#pads.size;
    for (let at = this.#original.indexOf("\n", opening) + 1; at > 0 && at <= closing; ) {
      this.#pads.set(at, width);
      at = this.#original.indexOf("\n", at) + 1;
    }
    if (this.#pads.size === before) return false;
    this.#rebuild();
    return true;
  }

  #rebuild(): void {
    const parts: string[] = [];
    this.#ends = [];
    this.#sums = [];
    let from = 0;
    let sum = 0;
    for (const [at, width] of [...this.#pads].sort(([a], [b]) => a - b)) {
      parts.push(this.#original.slice(from, at), " ".repeat(width));
      sum += width;
      this.#ends.push(at + sum);
      this.#sums.push(sum);
      from = at;
    }
    parts.push(this.#original.slice(from));
    this.#text = parts.join("");
  }
}

/** The opening quote or bracket nearest before an offset that its line does not close. */
export function lastOpening(text: string, at: number): number | undefined {
  let end = at;
  for (let lines = 0; lines < 1000 && end >= 0; lines++) {
    const start = text.lastIndexOf("\n", end - 1) + 1;
    const line = text.slice(start, end);
    const value = /(?:^\s*|[:,-] +|[[{] *)(["'[{])/g;
    for (let found = value.exec(line); found !== null; found = value.exec(line)) {
      const place = found.index + found[0].length - 1;
      if (!closes(line.slice(place))) return start + place;
      value.lastIndex = Math.max(found.index + found[0].length, 1);
    }
    end = start - 1;
    if (start === 0) break;
  }
  return undefined;
}

function closes(rest: string): boolean {
  const first = rest.charAt(0);
  if (first === '"') return /^"(?:[^"\\]|\\.)*"/.test(rest);
  if (first === "'") return /^'(?:[^']|'')*'/.test(rest);
  const close = first === "[" ? "]" : "}";
  return rest.split(first).length === rest.split(close).length;
}

/** Where a quoted text or flow collection ends. */
function findClosing(text: string, opening: number): number | undefined {
  const first = text.charAt(opening);
  if (first === '"' || first === "'") return endOfQuote(text, opening);
  const open: string[] = [];
  for (let at = opening; at < text.length; at++) {
    const character = text.charAt(at);
    const before = text.charAt(at - 1);
    if ((character === '"' || character === "'") && /[\s,:[{]/.test(before)) {
      const end = endOfQuote(text, at);
      if (end === undefined) return undefined;
      at = end;
    } else if (character === "#" && /\s/.test(before)) {
      const end = text.indexOf("\n", at);
      if (end === -1) return undefined;
      at = end;
    } else if (character === "[" || character === "{") open.push(character === "[" ? "]" : "}");
    else if (character === "]" || character === "}") {
      if (open.pop() !== character) return undefined;
      if (open.length === 0) return at;
    }
  }
  return undefined;
}

function endOfQuote(text: string, opening: number): number | undefined {
  const quote = text.charAt(opening);
  for (let at = opening + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "\\" && quote === '"') at++;
    else if (character === quote) {
      if (quote === "'" && text.charAt(at + 1) === "'") at++;
      else return at;
    }
  }
  return undefined;
}
