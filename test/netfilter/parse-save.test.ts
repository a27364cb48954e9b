import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSave } from "../../src/netfilter/parse-save.ts";
import { printSave } from "../../src/printers/iptables-save.ts";

const recorded = join(__dirname, "../../fixtures/iptables/recorded");
const saves = readdirSync(recorded).filter((name) => /\.save.*\.txt$/.test(name));

function reprint(name: string, text: string): string {
  const version = /-(1\.8\.\d+)\./.exec(name)?.[1] ?? "1.8.9";
  const backend = name.includes("legacy") ? "legacy" : "nft";
  const counters = name.includes("save-c");
  return parseSave({ name, text })
    .rulesets.flatMap((ruleset) => [...printSave(ruleset, { counters, release: { version, backend } })])
    .join("");
}

describe("what iptables-save printed comes back byte for byte", () => {
  test.each(saves)("%s", (name) => {
    const text = readFileSync(join(recorded, name), "utf8");
    expect(reprint(name, text)).toBe(text);
  });
});

function read(text: string) {
  return parseSave({ name: "dump", text });
}

describe("what stands in a dump", () => {
  test("a rule in parts, with its place", () => {
    const { rulesets } = read(
      '*nat\n:A - [0:0]\n[3:180] -A A ! -s 10.244.0.0/16 -d 10.96.0.10/32 -p tcp -m comment --comment "a \\"b\\"" -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:80\nCOMMIT\n',
    );
    const rule = rulesets[0]?.tables[0]?.chains[0]?.rules[0];
    expect(rule).toMatchObject({
      source: { address: "10.244.0.0", mask: 16, inverted: true },
      destination: { address: "10.96.0.10", mask: 32, inverted: false },
      protocol: { name: "tcp", inverted: false },
      matches: [
        { kind: "comment", text: 'a "b"' },
        { kind: "tcp", destinationPort: { first: 80, last: 80, inverted: false } },
      ],
      target: { kind: "dnat", to: "10.0.0.1:80", random: false, persistent: false },
      counters: { packets: 3n, bytes: 180n },
    });
    expect(rule?.range?.start).toEqual({ line: 3, column: 1, offset: 16 });
  });

  test("what is not understood is kept as text and said to be", () => {
    const text =
      "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m frobnicate ! --deep 3 -m tcp --dport 1 -j FROB --at 1\nCOMMIT\n";
    const { rulesets, diagnostics } = read(text);
    expect([...printSave(rulesets[0]!)].join("")).toBe(text);
    expect(rulesets[0]?.tables[0]?.chains[0]?.rules[0]?.matches[0]).toEqual({
      kind: "unknown",
      module: "frobnicate",
      text: "! --deep 3",
    });
    expect(diagnostics.map((d) => d.code)).toContain("dump-extension-not-understood");
  });
});
