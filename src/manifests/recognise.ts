/**
 * Whether a text is a node's dump rather than manifests: iptables-save output, restore input, or what
 * `iptables -S` prints. Decided by its first line that is neither empty nor a comment; where other words stand
 * around a save (a support bundle), by a table's first and last line, which no manifest has at a line's beginning.
 */
export function isDump(text: string): boolean {
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf("\n", at);
    const end = next === -1 ? text.length : next;
    const line = text.slice(at, Math.min(end, at + 200)).trim();
    if (line !== "" && !line.startsWith("#")) {
      const dump = /^\*(?:nat|filter|mangle|raw|security)$|^-[PN] [A-Z][\w-]*(?: |$)/.test(line);
      return dump || holdsTable(text);
    }
    at = end + 1;
  }
  return false;
}

function holdsTable(text: string): boolean {
  return (
    text.includes("\nCOMMIT") &&
    /\nCOMMIT\s*?(?:\n|$)/.test(text) &&
    /^\*(?:nat|filter|mangle|raw|security)\s*?$/m.test(text)
  );
}
