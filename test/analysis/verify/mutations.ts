/** A small generator with a seed, so that a failure can be run again. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Changes one line of a save; gives the rule that it is about, or nothing where the line does not lend itself. */
type Mutation = (lines: string[], at: number, random: (below: number) => number) => string;

/** What happens to rules on real nodes: lost, written twice, out of order, stale, or behind somebody else's. */
export const mutations: Readonly<Record<string, Mutation>> = {
  dropped: (lines, at) => lines.splice(at, 1)[0]!,
  doubled: (lines, at) => {
    lines.splice(at, 0, lines[at]!);
    return lines[at]!;
  },
  swapped: (lines, at) => {
    const next = lines[at + 1];
    if (next?.split(" ")[1] !== lines[at]!.split(" ")[1]) return "";
    [lines[at], lines[at + 1]] = [next!, lines[at]!];
    return next!;
  },
  "another endpoint": (lines, at, random) => {
    const before = lines[at]!;
    lines[at] = before.replace(/(--to-destination )[\d.]+/, `$110.244.9.${2 + random(200)}`);
    return lines[at] === before ? "" : lines[at]!;
  },
  "foreign DROP": (lines, at, random) => {
    const table = lines.slice(0, at).findLast((line) => line.startsWith("*"));
    if (table !== "*filter") return "";
    const first = lines.findIndex(
      (line, index) => index > lines.indexOf("*filter") && line.startsWith("-A "),
    );
    const rule = [
      "-A FORWARD -d 10.244.0.2/32 -j DROP",
      "-A INPUT -p tcp -m tcp --dport 22 -j DROP",
      "-A FORWARD -s 10.244.0.0/16 -j DROP",
    ][random(3)]!;
    lines.splice(first, 0, rule);
    return rule;
  },
};

/** A save with one mutation of it. */
export interface Mutant {
  readonly kind: string;
  readonly rule: string;
  readonly text: string;
}

/** A mutant of a kind, or of any; undefined where the line that chance chose does not lend itself to it. */
export function mutantOf(
  text: string,
  random: (below: number) => number,
  wanted?: string,
): Mutant | undefined {
  const lines = text.split("\n");
  const rules = lines.flatMap((line, index) => (line.startsWith("-A ") ? [index] : []));
  const kinds = Object.keys(mutations);
  const kind = wanted ?? kinds[random(kinds.length)]!;
  const rule = mutations[kind]!(lines, rules[random(rules.length)]!, random);
  return rule === "" ? undefined : { kind, rule, text: lines.join("\n") };
}
