/**
 * Compares a recorded iptables-save or iptables-restore text with ours as `fixtures/conformance/compare.py` does:
 * kube-proxy walks a hash map of Services, so in four chains the blocks of different Services come in any
 * order; the order inside the block of one Service, and in every other chain, must be equal. Counters and
 * comment lines are ignored.
 */

const openChains: ReadonlySet<string> = new Set([
  "KUBE-SERVICES",
  "KUBE-NODEPORTS",
  "KUBE-EXTERNAL-SERVICES",
  "KUBE-PROXY-FIREWALL",
]);

interface ReadTable {
  readonly chains: string[];
  readonly rules: Map<string, string[]>;
}

function readTables(text: string): Map<string, ReadTable> {
  const tables = new Map<string, ReadTable>();
  let table: ReadTable | undefined;
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    if (line.startsWith("*")) {
      const name = line.slice(1);
      table = tables.get(name) ?? { chains: [], rules: new Map() };
      tables.set(name, table);
    } else if (line === "COMMIT") table = undefined;
    else if (table === undefined) throw new Error(`line outside a table: ${line}`);
    else if (line.startsWith(":")) table.chains.push(line.slice(1).split(/\s+/).slice(0, 2).join(" "));
    else if (line.startsWith("-A ")) {
      const chain = line.split(/\s+/, 2)[1]!;
      const rules = table.rules.get(chain);
      if (rules === undefined) table.rules.set(chain, [line]);
      else rules.push(line);
    } else if (!line.startsWith("-X ")) throw new Error(`not understood: ${line}`);
  }
  return tables;
}

/** The Service port that a rule's comment begins with. */
function serviceOf(rule: string): string {
  const match = /--comment (?:"([^"]*)"|(\S+))/.exec(rule);
  return (match?.[1] || match?.[2] || "").split(" ")[0]!;
}

function blocks(rules: readonly string[]): Map<string, string[]> {
  const last = rules.filter((rule) => rule.includes("NOTE: this must be the last rule"));
  if (last.length > 0 && !sameList(rules.slice(-last.length), last)) return new Map([["", [...rules]]]);
  const found = new Map<string, string[]>();
  for (const rule of rules) {
    const service = serviceOf(rule);
    found.set(service, [...(found.get(service) ?? []), rule]);
  }
  return found;
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function sameBlocks(a: ReadonlyMap<string, string[]>, b: ReadonlyMap<string, string[]>): boolean {
  return a.size === b.size && [...a].every(([key, rules]) => sameList(rules, b.get(key) ?? []));
}

/**
 * The differences between two texts, one a line; empty when they are equal.
 * @param restore the texts are iptables-restore input, in which chains are declared in any order
 */
export function compareTexts(expected: string, actual: string, restore = false): string[] {
  const x = readTables(expected);
  const y = readTables(actual);
  const differences: string[] = [];
  for (const name of [...new Set([...x.keys(), ...y.keys()])].sort()) {
    const p = x.get(name);
    const q = y.get(name);
    if (p === undefined || q === undefined) {
      differences.push(`table ${name} only in ${p === undefined ? "actual" : "expected"}`);
    } else differences.push(...compareChains(name, p, q, restore), ...compareRules(name, p, q));
  }
  return differences;
}

function compareChains(name: string, expected: ReadTable, actual: ReadTable, restore: boolean): string[] {
  if (sameList(expected.chains, actual.chains)) return [];
  const missing = expected.chains.filter((chain) => !actual.chains.includes(chain));
  const extra = actual.chains.filter((chain) => !expected.chains.includes(chain));
  const differences = [
    ...missing.map((chain) => `${name}: chain missing ${chain}`),
    ...extra.map((chain) => `${name}: chain extra ${chain}`),
  ];
  if (!restore && sameList([...expected.chains].sort(), [...actual.chains].sort())) {
    differences.push(`${name}: chains in another order`);
  }
  return differences;
}

function compareRules(name: string, expected: ReadTable, actual: ReadTable): string[] {
  const differences: string[] = [];
  for (const chain of [...new Set([...expected.rules.keys(), ...actual.rules.keys()])].sort()) {
    const p = expected.rules.get(chain) ?? [];
    const q = actual.rules.get(chain) ?? [];
    if (openChains.has(chain) ? sameBlocks(blocks(p), blocks(q)) : sameList(p, q)) continue;
    differences.push(
      ...p.filter((rule) => !q.includes(rule)).map((rule) => `- ${rule}`),
      ...q.filter((rule) => !p.includes(rule)).map((rule) => `+ ${rule}`),
    );
    if (sameList([...p].sort(), [...q].sort())) differences.push(`${name} ${chain}: rules in another order`);
  }
  return differences;
}
