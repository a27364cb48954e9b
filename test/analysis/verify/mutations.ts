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

/** A mutation that writes a rule otherwise, where it has what is to be changed. */
function rewritten(change: (line: string, random: (below: number) => number) => string): Mutation {
  return (lines, at, random) => {
    const before = lines[at]!;
    lines[at] = change(before, random);
    return lines[at] === before ? "" : lines[at]!;
  };
}

const strangers = [
  "-d 10.244.0.2/32 -j DROP",
  "-s 10.244.2.0/24 -j DROP",
  "-p tcp -m tcp --dport 22 -j DROP",
  "-p tcp -m tcp --dport 3000 -j DROP",
  "-s 203.0.113.7/32 -j DROP",
  "-j ACCEPT",
];

/** Puts a rule of a stranger into a table that kube-proxy has no rules in, before all others. */
function strangerIn(table: "raw" | "mangle"): Mutation {
  return (lines, _, random) => {
    const rule = `-A PREROUTING ${strangers[random(strangers.length)]!}`;
    const start = lines.indexOf(`*${table}`);
    const chains = ["PREROUTING", "OUTPUT"].map((chain) => `:${chain} ACCEPT [0:0]`);
    if (start === -1) lines.unshift(`*${table}`, ...chains, rule, "COMMIT");
    else lines.splice(lines.indexOf("COMMIT", start), 0, rule);
    return rule;
  };
}

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
  "emptied chain": (lines, at) => {
    const chain = lines[at]!.split(" ")[1]!;
    if (!chain.startsWith("KUBE-")) return "";
    const table = lines.findLastIndex((line, index) => index < at && line.startsWith("*"));
    const end = lines.indexOf("COMMIT", at);
    const kept = lines.slice(table, end).filter((line) => !line.startsWith(`-A ${chain} `));
    lines.splice(table, end - table, ...kept);
    return `-F ${chain}`;
  },
  "endpoint left behind": (lines, at, random) => {
    const [, chain, address, port] =
      /^-A (KUBE-SEP-\S+) .*--to-destination ([\d.]+):(\d+)$/.exec(lines[at]!) ?? [];
    if (chain === undefined || address === undefined) return "";
    const other = `KUBE-SEP-LEFTBEHIND${10000 + random(9999)}`;
    lines.splice(at + 1, 0, `-A ${other} -p tcp -m tcp -j DNAT --to-destination ${address}:${port}`);
    const declared = lines.findIndex((line) => line.startsWith(`:${chain} `));
    lines.splice(declared, 0, `:${other} - [0:0]`);
    return `-N ${other}`;
  },
  "another endpoint": (lines, at, random) => {
    const before = lines[at]!;
    lines[at] = before.replace(/(--to-destination )[\d.]+/, `$110.244.9.${2 + random(200)}`);
    return lines[at] === before ? "" : lines[at]!;
  },
  "moved to the end": (lines, at) => {
    const [rule] = lines.splice(at, 1);
    lines.splice(lines.indexOf("COMMIT", at), 0, rule!);
    return rule!;
  },
  "another mark": rewritten((line) => line.replace(/(--set-xmark|--mark) 0x\w+\/0x\w+/, "$1 0x100/0x100")),
  "another share": rewritten((line, random) =>
    line.replace(/--probability [\d.]+/, `--probability 0.${random(2) === 0 ? "0" : "9"}5000000000`),
  ),
  "without destination": rewritten((line) => line.replace(/( !)? -d \S+/, "")),
  "without source": rewritten((line) => line.replace(/( !)? -s \S+/, "")),
  "no jump": rewritten((line, random) =>
    line.replace(/-j KUBE-\S+$/, random(2) === 0 ? "-j RETURN" : "-j ACCEPT"),
  ),
  "another policy": (lines, _, random) => {
    const start = lines.indexOf("*filter");
    const policies = ["INPUT", "FORWARD", "OUTPUT"].map((chain) =>
      lines.findIndex((line, index) => index > start && line.startsWith(`:${chain} ACCEPT`)),
    );
    const at = policies[random(3)]!;
    lines[at] = lines[at]!.replace("ACCEPT", "DROP");
    return lines[at]!;
  },
  "foreign rule in raw": strangerIn("raw"),
  "foreign rule in mangle": strangerIn("mangle"),
  "foreign rule in nat": (lines, _, random) => {
    const rule = [
      "-A PREROUTING -d 10.244.0.0/16 -j ACCEPT",
      "-A PREROUTING -m addrtype --dst-type LOCAL -j RETURN",
      "-A POSTROUTING -s 10.244.1.0/24 -j RETURN",
      "-A POSTROUTING -s 10.244.0.0/16 ! -d 10.244.0.0/16 -j MASQUERADE",
    ][random(4)]!;
    lines.splice(
      lines.findIndex((line, index) => index > lines.indexOf("*nat") && line.startsWith("-A ")),
      0,
      rule,
    );
    return rule;
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
      "-A FORWARD ! -i bridge+ -s 10.244.0.0/16 -j DROP",
    ][random(4)]!;
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
