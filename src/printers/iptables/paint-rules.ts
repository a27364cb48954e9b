import { type Colors, noColors, type Paint } from "../colors.ts";

/**
 * Colours for rules as iptables prints them, by what words mean to a reader: Services, endpoints, marks and verdicts;
 * what is mechanical is dim. Only escapes are added: without them the text is what it was.
 */
export function* paintRules(chunks: Iterable<string>, colors: Colors): Generator<string, void> {
  if (colors === noColors) {
    yield* chunks;
    return;
  }
  const painter = new RulePainter(colors);
  let rest = "";
  for (const chunk of chunks) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    if (lines.length > 0) yield `${lines.map((line) => painter.line(line)).join("\n")}\n`;
  }
  if (rest !== "") yield painter.line(rest);
}

/** What a chain or target is to a reader. */
export function paintOfTarget(name: string, colors: Colors): Paint {
  if (/^(ACCEPT|DROP|REJECT|RETURN)$/.test(name)) return colors.verdict;
  if (/^(KUBE-SEP-\S*|DNAT)$/.test(name)) return colors.endpoint;
  if (/^(KUBE-MARK-\S*|MARK|MASQUERADE)$/.test(name)) return colors.mark;
  return colors.service;
}

/** Words of a rule's matches and target that carry meaning, in a listing and in a save. */
const listedWords = /(?<endpoint>\bto:\S+)|(?<mark>\bMARK \w+ 0x\S+)|(?<strong>\bprobability \S+)/g;
const savedWords =
  /(?<dim>--comment (?:"(?:\\.|[^"\\])*"|\S+))|(?<= -[jg] )(?<target>\S+)|(?<endpoint>--to-destination \S+)|(?<mark>--(?:set-x?mark|or-mark|xor-mark|and-mark) \S+)|(?<strong>--probability \S+)/g;

class RulePainter {
  readonly #colors: Colors;
  /** The listing has counters before its targets. */
  #counters = false;

  constructor(colors: Colors) {
    this.#colors = colors;
  }

  line(line: string): string {
    const { strong, dim } = this.#colors;
    // Painted already: an explanation.
    if (line === "" || line.includes("\u001b")) return line;
    const chain = /^(Chain )(\S+)( \(.*\))$/.exec(line);
    if (chain !== null) return `${dim(chain[1]!)}${strong(chain[2]!)}${dim(chain[3]!)}`;
    if (/^(?:num +)?(?: *pkts +bytes )?target +prot /.test(line)) {
      this.#counters = line.includes("pkts");
      return dim(line);
    }
    if (/^(?:\*\w+|COMMIT|#.*)$/.test(line)) return line.startsWith("*") ? strong(line) : dim(line);
    if (/^:|(?:^|\s)-[ANIFXZ] /.test(line)) return this.#saved(line);
    return this.#listed(line);
  }

  #saved(line: string): string {
    const declared = /^(:)(\S+)(.*)$/.exec(line);
    if (declared !== null)
      return `${declared[1]}${this.#name(declared[2]!)}${this.#colors.dim(declared[3]!)}`;
    return this.#words(line, savedWords);
  }

  #listed(line: string): string {
    const digits = /^\d*/.exec(line)![0].length;
    const number = digits === 0 ? 0 : Math.max(5, digits + 1);
    const counted = this.#counters ? /^ *\d+[KMGT]? +\d+[KMGT]? /.exec(line.slice(number)) : null;
    const start = number + (counted?.[0].length ?? 0);
    // A rule that only counts has no target: its column is blank.
    const target = /^\S*/.exec(line.slice(start))![0];
    const { dim } = this.#colors;
    return `${dim(line.slice(0, start))}${this.#name(target)}${this.#matches(line.slice(start + target.length))}`;
  }

  #matches(text: string): string {
    return text
      .split(/(\/\*.*?\*\/)/)
      .map((part) => (part.startsWith("/*") ? this.#colors.dim(part) : this.#words(part, listedWords)))
      .join("");
  }

  #name(name: string): string {
    return name === "" ? "" : paintOfTarget(name, this.#colors)(name);
  }

  #words(text: string, words: RegExp): string {
    const { endpoint, mark, strong, dim } = this.#colors;
    return text.replace(words, (word: string, ...more: unknown[]) => {
      const groups = more.at(-1) as Readonly<Record<string, string | undefined>>;
      if (groups["target"] !== undefined) return this.#name(word);
      if (groups["endpoint"] !== undefined) return endpoint(word);
      if (groups["mark"] !== undefined) return mark(word);
      return groups["strong"] === undefined ? dim(word) : strong(word);
    });
  }
}
