import { parseRestore } from "../../src/netfilter/parse-restore.ts";
import { printSave } from "../../src/printers/iptables/iptables-save.ts";

/** The rules that a line becomes, as iptables-save prints them. */
function becomes(line: string, table = "filter", family: 4 | 6 = 4): string[] {
  const text = `*${table}\n:A - [0:0]\n:B - [0:0]\n-A A ${line}\nCOMMIT\n`;
  const { ruleset, diagnostics } = parseRestore({ name: "restore", text }, { family });
  expect(diagnostics).toEqual([]);
  return [...printSave(ruleset!)]
    .join("")
    .split("\n")
    .flatMap((rule) => (rule.startsWith("-A A") ? [rule.slice(5)] : []));
}

describe("kube-proxy's forms", () => {
  test.each([
    [
      "-m comment --comment shop/web:http -m tcp -p tcp -d 10.96.0.10 --dport 80 ! -s 10.244.0.0/16 -j B",
      '! -s 10.244.0.0/16 -d 10.96.0.10/32 -p tcp -m comment --comment "shop/web:http" -m tcp --dport 80 -j B',
    ],
    ["-j MARK --or-mark 0x00004000", "-j MARK --set-xmark 0x4000/0x4000"],
    ["-j MARK --xor-mark 0x00004000", "-j MARK --set-xmark 0x4000/0x0"],
    ["-m mark ! --mark 0x00004000/0x00004000 -j RETURN", "-m mark ! --mark 0x4000/0x4000 -j RETURN"],
    [
      "-m statistic --mode random --probability 0.3333333333 -j B",
      "-m statistic --mode random --probability 0.33333333349 -j B",
    ],
    [
      "-m recent --name KUBE-SEP-X --rcheck --seconds 10800 --reap -j B",
      "-m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-X --mask 255.255.255.255 --rsource -j B",
    ],
    [
      "-m conntrack --ctstate NEW,ESTABLISHED,RELATED -j ACCEPT",
      "-m conntrack --ctstate NEW,RELATED,ESTABLISHED -j ACCEPT",
    ],
    ["-j REJECT", "-j REJECT --reject-with icmp-port-unreachable"],
    ["-p tcp --dport 80 -j B", "-p tcp -m tcp --dport 80 -j B"],
  ])("%s", (line, rule) => {
    expect(becomes(line)).toEqual([rule]);
  });
});

describe("other forms", () => {
  test.each([
    ["-s 10.1.2.3/8 -j B", ["-s 10.0.0.0/8 -j B"]],
    ["-s 10.1.2.3/255.255.0.0 -j B", ["-s 10.1.0.0/16 -j B"]],
    ["-s 0.0.0.0/0 -j B", ["-j B"]],
    [
      "-s 10.0.0.1,10.0.0.2 -d 1.1.1.1 -j B",
      ["-s 10.0.0.1/32 -d 1.1.1.1/32 -j B", "-s 10.0.0.2/32 -d 1.1.1.1/32 -j B"],
    ],
    ["--protocol TCP --jump B", ["-p tcp -j B"]],
    ["-ptcp --dpo=80 -jB", ["-p tcp -m tcp --dport 80 -j B"]],
    ["-p 6 --syn -g B", ["-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -g B"]],
    ['-m comment --comment "a \\"b\\" \\\\ c" -j B', ['-m comment --comment "a \\"b\\" \\\\ c" -j B']],
  ])("%s", (line, rules) => {
    expect(becomes(line)).toEqual(rules);
  });
});

describe("what iptables-restore or the kernel refuses is refused with its line", () => {
  test.each([
    ["-p tcp --dprt 80 -j B", 'unknown option "--dprt"', "4:13"],
    ["-p nonsense -j B", 'unknown protocol "nonsense" specified', "4:6"],
    ["-s 10.0.0.256 -j B", "host/network `10.0.0.256' not found", "4:6"],
    ["--dport 80 -j B", 'unknown option "--dport"', "4:6"],
    ["-m nosuch -j B", "Couldn't load match `nosuch'", "4:9"],
    ["-p tcp -m tcp --dport 90:80", "invalid portrange (min > max)", "4:20"],
    ["-m comment -j B", 'comment: option "--comment" must be specified', "4:9"],
    ["-j NOPE", "chain NOPE does not exist", "4:1"],
    ["-j INPUT", "INPUT is a built-in chain, which no rule can jump to", "4:1"],
    ["-m tcp --dport 80", "the tcp match needs -p tcp", "4:1"],
    ["-j DNAT --to-destination 10.0.0.1", "the dnat target works in table nat only", "4:1"],
    ["-m statistic --mode random", 'option "--probability" must be specified', "4:9"],
    ["-m mark --mark 0x1 --mark 0x2", 'mark: option "--mark" can only be used once.', "4:25"],
    ["! -j B", "cannot have ! before -j", "4:8"],
  ])("%s", (line, message, place) => {
    const text = `*filter\n:A - [0:0]\n:B - [0:0]\n-A A ${line}\nCOMMIT\n`;
    const { ruleset, diagnostics } = parseRestore({ name: "restore", text }, { family: 4 });
    expect(ruleset).toBeUndefined();
    const [first] = diagnostics;
    expect(first?.message).toBe(message);
    expect(`${first?.range?.start.line}:${first?.range?.start.column}`).toBe(place);
  });

  test.each([
    ["a rule outside a table", "-A INPUT -j DROP\n"],
    ["no COMMIT", "*filter\n-A INPUT -j DROP\n"],
    ["an unknown table", "*nope\nCOMMIT\n"],
    ["a rule of a chain that is not there", "*filter\n-A X -j DROP\nCOMMIT\n"],
    ["a loop", "*filter\n:A - [0:0]\n-A A -j A\nCOMMIT\n"],
    ["DROP in nat", "*nat\n-A OUTPUT -j DROP\nCOMMIT\n"],
    ["a chain named as a target", "*filter\n:LOG - [0:0]\nCOMMIT\n"],
    ["a chain name of 29 bytes", `*filter\n:${"X".repeat(29)} - [0:0]\nCOMMIT\n`],
    ["a chain that is still used", "*filter\n:A - [0:0]\n-A INPUT -j A\n-X A\nCOMMIT\n"],
    ["-o in INPUT", "*filter\n-A INPUT -o eth0 -j DROP\nCOMMIT\n"],
  ])("%s", (_, text) => {
    const { ruleset, diagnostics } = parseRestore({ name: "restore", text }, { family: 4 });
    expect(ruleset).toBeUndefined();
    expect(diagnostics.map(({ severity }) => severity)).toContain("error");
  });

  test("all errors are told, not the first only", () => {
    const text = "*filter\n-A INPUT -p x\n-A INPUT -j ACCEPT\n-A INPUT -m y\nCOMMIT\n";
    const { diagnostics } = parseRestore({ name: "restore", text }, { family: 4 });
    expect(diagnostics.map(({ range }) => range?.start.line)).toEqual([2, 4]);
  });
});

test("--noflush: chains that are not declared stay, declared ones are emptied", () => {
  const first = parseRestore(
    { name: "a", text: "*nat\n:OLD - [0:0]\n:NEW - [0:0]\n-A OLD -j RETURN\n-A NEW -j RETURN\nCOMMIT\n" },
    { family: 4 },
  ).ruleset!;
  const text = "*nat\n:NEW - [0:0]\n-A NEW -j ACCEPT\n-A OUTPUT -j NEW\nCOMMIT\n";
  const { ruleset } = parseRestore({ name: "b", text }, { family: 4, onto: first });
  const rules = [...printSave(ruleset!)]
    .join("")
    .split("\n")
    .filter((line) => line.startsWith("-A"));
  expect(rules).toEqual(["-A OUTPUT -j NEW", "-A NEW -j ACCEPT", "-A OLD -j RETURN"]);
});
