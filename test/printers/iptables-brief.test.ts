import { parseSave } from "../../src/netfilter/parse-save.ts";
import { printBrief } from "../../src/printers/iptables/iptables-brief.ts";
import { printCommands } from "../../src/printers/iptables/iptables-commands.ts";

const { rulesets } = parseSave({
  name: "dump",
  text: `*nat
:PREROUTING ACCEPT [0:0]
:KUBE-SEP-O3HWD4DESFNXEYL6 - [0:0]
:KUBE-SVC-6R7RAWWNQI6ZLKMO - [0:0]
-A KUBE-SEP-O3HWD4DESFNXEYL6 -s 10.244.1.2/32 -m comment --comment "default/backend-service:backend" -j KUBE-MARK-MASQ
-A KUBE-SEP-O3HWD4DESFNXEYL6 -p tcp -m comment --comment "it's \\"it\\" \\$HOME" -m tcp -j DNAT --to-destination 10.244.1.2:3000
-A KUBE-SVC-6R7RAWWNQI6ZLKMO ! -s 10.244.0.0/16 -d 10.96.5.81/32 -p tcp -m comment --comment "default/backend-service:backend cluster IP" -m tcp --dport 3000 -j KUBE-MARK-MASQ
-A KUBE-SVC-6R7RAWWNQI6ZLKMO -m conntrack --ctstate NEW -m comment --comment "default/backend-service:backend -> 10.244.1.2:3000" -j KUBE-SEP-O3HWD4DESFNXEYL6
COMMIT
`,
});
const ruleset = rulesets[0]!;
const table = ruleset.tables[0]!;

test("one chain as articles show it: source only where a rule has one, comment before the match", () => {
  const text = [...printBrief(table, { family: 4, chains: ["KUBE-SVC-6R7RAWWNQI6ZLKMO"] })].join("");
  expect(text).toBe(
    `1  KUBE-MARK-MASQ             !10.244.0.0/16  /* default/backend-service:backend cluster IP */ tcp dpt:3000
2  KUBE-SEP-O3HWD4DESFNXEYL6                  /* default/backend-service:backend -> 10.244.1.2:3000 */ ctstate NEW
`,
  );
});

test("several chains stand under their names", () => {
  const text = [...printBrief(table, { family: 4 })].join("");
  expect(text.split("\n").filter((line) => !/^\d/.test(line))).toEqual([
    "PREROUTING",
    "",
    "KUBE-SEP-O3HWD4DESFNXEYL6",
    "",
    "KUBE-SVC-6R7RAWWNQI6ZLKMO",
    "",
  ]);
});

test("commands are for a shell: single quotes, so that nothing is expanded", () => {
  const lines = [...printCommands(ruleset)].join("").split("\n");
  expect(lines.slice(0, 5)).toEqual([
    "#!/bin/sh",
    "set -e",
    "iptables -t nat -N KUBE-SEP-O3HWD4DESFNXEYL6",
    "iptables -t nat -N KUBE-SVC-6R7RAWWNQI6ZLKMO",
    "iptables -t nat -N KUBE-MARK-MASQ # not shown here",
  ]);
  expect(lines[6]).toBe(
    `iptables -t nat -A KUBE-SEP-O3HWD4DESFNXEYL6 -p tcp -m comment --comment 'it'\\''s "it" $HOME' -m tcp -j DNAT --to-destination 10.244.1.2:3000`,
  );
});

test("commands make the counters that rules name, once", () => {
  const { rulesets: counting } = parseSave({
    name: "dump",
    text: "*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -m nfacct --nfacct-name drops -j DROP\n-A FORWARD -m nfacct --nfacct-name drops -j ACCEPT\nCOMMIT\n",
  });
  expect([...printCommands(counting[0]!)].join("").split("\n")).toEqual([
    "#!/bin/sh",
    "set -e",
    "nfacct add drops 2>/dev/null || true",
    "iptables -t filter -A FORWARD -m nfacct --nfacct-name drops -j DROP",
    "iptables -t filter -A FORWARD -m nfacct --nfacct-name drops -j ACCEPT",
    "",
  ]);
});
