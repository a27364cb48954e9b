/** Comments that say something to k8snet: suppressed findings, and the chart's file a rendered text came from. */
const read = /^#\s*(?:k8snet|Source:)/;

/**
 * Writes `x` over YAML's comments, which may hold what was never meant to be passed on.
 * @param characters the text, one entry a character; changed in place
 * @param spared whether the character at an offset must stay, as inside a text that is read
 */
export function hideComments(characters: string[], spared: (offset: number) => boolean): void {
  const text = characters.join("");
  let line = 0;
  while (line < text.length) {
    const end = text.indexOf("\n", line);
    const stop = end === -1 ? text.length : end;
    const at = commentIn(text.slice(line, stop));
    if (at !== -1 && !spared(line + at) && !read.test(text.slice(line + at, stop))) {
      for (let offset = line + at + 1; offset < stop; offset++)
        if (!/\s/.test(characters[offset]!)) characters[offset] = "x";
    }
    line = stop + 1;
  }
}

/** Where a line's comment begins; -1 without one. A quote opens a text only where a value can begin. */
function commentIn(line: string): number {
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    const before = at === 0 ? " " : line[at - 1]!;
    if (quote !== "") {
      if (character === "\\" && quote === '"') at++;
      else if (character === quote) quote = "";
    } else if ((character === '"' || character === "'") && /[\s[{,:]/.test(before)) quote = character;
    else if (character === "#" && /\s/.test(before)) return at;
  }
  return -1;
}
