/**
 * Whether a text is a node's dump rather than manifests: iptables-save output, restore input, or what
 * `iptables -S` prints. Decided by its first line that is neither empty nor a comment.
 */
export function isDump(text: string): boolean {
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf("\n", at);
    const end = next === -1 ? text.length : next;
    const line = text.slice(at, Math.min(end, at + 200)).trim();
    if (line !== "" && !line.startsWith("#")) {
      return /^\*(?:nat|filter|mangle|raw|security)$|^-[PN] [A-Z][\w-]*(?: |$)/.test(line);
    }
    at = end + 1;
  }
  return false;
}
