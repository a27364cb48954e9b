/**
 * A rule's line cut into words, as `iptables-restore` does it (add_param_to_argv): blanks separate; a double
 * quote opens a stretch in which a backslash takes the next character as it is; the closing quote ends the word.
 */
export class Words {
  /** The words without quotes and escapes. */
  readonly values: string[] = [];
  /** Offsets in the text where each word begins and ends. */
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  /** The text the words were cut from. */
  text = "";
  /** False when a quoted word never ends. */
  closed = true;

  /** Cuts `text` from `start` to `end` (exclusive, without the line end), replacing what was there. */
  read(text: string, start: number, end: number): void {
    this.text = text;
    this.closed = true;
    let count = 0;
    let at = start;
    while (at < end) {
      const code = text.charCodeAt(at);
      if (code === space || code === tab) {
        at++;
        continue;
      }
      let stop = at;
      let next = code;
      while (next !== space && next !== tab && next !== quote) {
        if (++stop >= end) break;
        next = text.charCodeAt(stop);
      }
      this.starts[count] = at;
      if (stop < end && next === quote) {
        at = this.readQuoted(count, text.slice(at, stop), stop + 1, end);
      } else {
        this.values[count] = text.slice(at, stop);
        at = stop;
      }
      this.ends[count] = at;
      count++;
    }
    // Shortening an array costs; the offsets of words that are not there are never asked for.
    if (this.values.length !== count) this.values.length = count;
  }

  private readQuoted(index: number, before: string, from: number, end: number): number {
    const { text } = this;
    const close = text.indexOf('"', from);
    if (close !== -1 && close < end) {
      const inner = text.slice(from, close);
      if (!inner.includes("\\")) {
        this.values[index] = before === "" ? inner : before + inner;
        return close + 1;
      }
    }
    let value = before;
    let at = from;
    for (; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code === quote) {
        this.values[index] = value;
        return at + 1;
      }
      if (code === backslash && at + 1 < end) at++;
      value += text[at];
    }
    // iptables-restore takes the line end into the word.
    this.values[index] = `${value}\n`;
    this.closed = false;
    return end;
  }

  /** The text of words `first` to `last` (exclusive) as it stood. */
  textBetween(first: number, last: number): string {
    if (first >= last) return "";
    return this.text.slice(this.starts[first], this.ends[last - 1]);
  }
}

const tab = 9;
const space = 32;
const quote = 34;
const backslash = 92;

/**
 * A word as `-S` and `iptables-save` print it (xtables_save_string): bare when it is of letters, digits, `_` and
 * `-`; else in double quotes with `"`, `\` and `'` escaped.
 */
export function quoteWord(word: string): string {
  let plain = word.length > 0;
  for (let i = 0; i < word.length; i++) {
    const code = word.charCodeAt(i);
    if (
      (code >= 97 && code <= 122) ||
      (code >= 65 && code <= 90) ||
      (code >= 48 && code <= 57) ||
      code === 95 ||
      code === 45
    )
      continue;
    plain = false;
    if (code === quote || code === backslash || code === 39)
      return `"${word.replace(/["\\']/g, (character) => `\\${character}`)}"`;
  }
  return plain ? word : `"${word}"`;
}

/**
 * The first `longest` bytes of a text's UTF-8. A character that is cut in two becomes U+FFFD, as it does when the
 * real tool's bytes are read as text.
 */
export function cutText(text: string, longest: number): string {
  if (text.length * 3 <= longest) return text;
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= longest) return text;
  return new TextDecoder().decode(bytes.subarray(0, longest));
}
