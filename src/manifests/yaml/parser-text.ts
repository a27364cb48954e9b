/** The text as the parser wants it, of the same length: what YAML 1.1 takes and the parser does not is written otherwise. */
export function parserText(text: string): string {
  return withoutTabsBeforeValues(withPlainLineBreaks(text));
}

/**
 * YAML 1.1 breaks lines at NEL, LS and PS too, which the parser takes for text; and it does not expect white
 * space alone on the last line. Offsets stay the same.
 */
function withPlainLineBreaks(text: string): string {
  return text.replace(/[\u0085\u2028\u2029]/g, "\n").replace(/(^|[\r\n]) +$/, "$1");
}

/** The parser wants spaces before a flow collection where YAML takes tabs too. */
function withoutTabsBeforeValues(text: string): string {
  if (!/:[ ]*\t/.test(text)) return text;
  const before = /^([ ]*(?:- +)*(?:[\w./-]+|"[^"\n\\]*"|'[^'\n]*'):)([ \t]*\t[ \t]*)(?=[[{|>&!])/gm;
  return text.replace(before, (_, key: string, space: string) => key + " ".repeat(space.length));
}
