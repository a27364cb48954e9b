import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkRuleset } from "../../src/netfilter/check-ruleset.ts";
import { parseSave } from "../../src/netfilter/parse-save.ts";

/** Codes and lines of what is found in a filter table of these rules; line 5 is the first rule. */
function found(rules: string, table = "filter"): string[] {
  const builtin = table === "nat" ? ["PREROUTING", "POSTROUTING"] : ["INPUT", "FORWARD"];
  const chains = `:${builtin[0]} ACCEPT [0:0]\n:${builtin[1]} ACCEPT [0:0]\n:A - [0:0]\n`;
  const { rulesets } = parseSave({ name: "dump", text: `*${table}\n${chains}${rules}\nCOMMIT\n` });
  return rulesets.flatMap(checkRuleset).map(({ code, range }) => `${range?.start.line ?? "-"} ${code}`);
}

describe("what is wrong with a table", () => {
  test.each([
    ["nothing", "-A INPUT -s 10.0.0.0/8 -j A\n-A A -j ACCEPT", []],
    ["a missing chain", "-A INPUT -j NOPE", ["5 rules-missing-chain"]],
    ["a loop", "-A INPUT -j A\n-A A -p tcp -j A", ["6 rules-chain-loop"]],
    ["a chain nobody jumps to", "-A A -j ACCEPT", ["5 rules-chain-unused"]],
    [
      "a rule behind an unconditional verdict",
      "-A INPUT -m comment --comment x -j DROP\n-A INPUT -j A",
      ["6 rules-unreachable"],
    ],
    [
      "a rule behind its like",
      "-A INPUT -p tcp -j DROP\n-A INPUT -p tcp -m tcp --dport 80 -j ACCEPT",
      ["6 rules-unreachable"],
    ],
    [
      "a network in a network",
      "-A INPUT -s 10.0.0.0/8 -j DROP\n-A INPUT -s 10.1.0.0/16 -p udp -j ACCEPT",
      ["6 rules-unreachable"],
    ],
    [
      "an interface in a pattern",
      "-A INPUT -i veth+ -j DROP\n-A INPUT -i veth1 -j ACCEPT",
      ["6 rules-unreachable"],
    ],
    [
      "the same port",
      "-A INPUT -p tcp -m tcp --dport 80 -j DROP\n-A INPUT -p tcp -m comment --comment a -m tcp --dport 80 -j ACCEPT",
      ["6 rules-unreachable"],
    ],
    ["a jump comes back", "-A INPUT -j A\n-A INPUT -j A", []],
    ["a mark does not end the chain", "-A INPUT -j LOG\n-A INPUT -j A", []],
    [
      "chance lets others pass",
      "-A INPUT -m statistic --mode random --probability 0.50000000000 -j DROP\n-A INPUT -j A",
      [],
    ],
    [
      "the wider behind the narrower",
      "-A INPUT -s 10.1.0.0/16 -j DROP\n-A INPUT -s 10.0.0.0/8 -j ACCEPT",
      [],
    ],
    [
      "another port",
      "-A INPUT -p tcp -m tcp --dport 80 -j DROP\n-A INPUT -p tcp -m tcp --dport 81 -j ACCEPT",
      [],
    ],
    ["a negation", "-A INPUT ! -s 10.0.0.0/8 -j DROP\n-A INPUT -s 10.0.0.0/8 -j ACCEPT", []],
    ["a target of another table", "-A INPUT -p tcp -j DNAT --to-destination 10.0.0.1", ["5 rules-misplaced"]],
    ["a match that needs -p", "-A INPUT -m tcp --dport 80 -j DROP", ["5 rules-misplaced"]],
    ["a long comment", `-A INPUT -m comment --comment ${"x".repeat(256)}`, ["5 rules-comment-too-long"]],
  ])("%s", (_, rules, expected) => {
    expect(found(rules)).toEqual(expected);
  });

  test("a target in the wrong hook, through a jump", () => {
    expect(found("-A POSTROUTING -j A\n-A A -j DNAT --to-destination 10.0.0.1", "nat")).toEqual([
      "6 rules-misplaced",
    ]);
    expect(found("-A PREROUTING -j A\n-A A -j DNAT --to-destination 10.0.0.1", "nat")).toEqual([]);
  });

  test("a chain name that is too long", () => {
    const name = "X".repeat(29);
    expect(found(`:${name} - [0:0]\n-A INPUT -j ${name}`)).toEqual(["- rules-chain-name-too-long"]);
  });

  test("many rules of one chain are counted", () => {
    const rules = [
      "-A INPUT -j DROP",
      ...Array.from({ length: 9 }, (_, i) => `-A INPUT -s 10.0.0.${i}/32 -j A`),
    ];
    const codes = found(rules.join("\n"));
    expect(codes).toEqual([
      "6 rules-unreachable",
      "7 rules-unreachable",
      "8 rules-unreachable",
      "- rules-unreachable",
    ]);
  });
});

test.each(["kp4.nft.save.txt", "kp6.legacy.save.txt"])("real rules have no errors: %s", (name) => {
  const text = readFileSync(join(__dirname, "../../fixtures/iptables/recorded", name), "utf8");
  const findings = parseSave({ name, text }).rulesets.flatMap(checkRuleset);
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
});
