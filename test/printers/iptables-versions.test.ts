import { parseSave } from "../../src/netfilter/parse-save.ts";
import { printList } from "../../src/printers/iptables/iptables-list.ts";
import { traitsOf } from "../../src/printers/iptables/iptables-versions.ts";

test.each([
  ["1.8.7", undefined],
  ["1.8.9", undefined],
  ["1.8.11", undefined],
  ["v1.8.11", undefined],
  ["1.8.8", "1.8.7"],
  ["1.8.12", "1.8.11"],
  ["1.6.1", "1.8.7"],
  ["1.9.0", "1.8.13"],
  ["older", undefined],
])("release %s is printed as itself or as the nearest, with a note", (version, nearest) => {
  const answer = traitsOf({ version, backend: "nft" });
  expect(answer).toBeDefined();
  if (nearest === undefined) expect(answer?.note).toBeUndefined();
  else expect(answer?.note).toContain(`printed as ${nearest} prints`);
});

test.each(["", "newest", "2", "1.8.x"])("%j is no release", (version) => {
  expect(traitsOf({ version, backend: "nft" })).toBeUndefined();
});

test("the listing of an older iptables, as a course on services shows it", () => {
  const { rulesets } = parseSave({
    name: "dump",
    text: `*nat
:KUBE-SEP-BAI3HQ7SV7RZ2CI6 - [0:0]
:KUBE-SVC-VIQHAVHDK4QE7NA4 - [0:0]
-A KUBE-SEP-BAI3HQ7SV7RZ2CI6 -s 10.32.0.6/32 -m comment --comment "instavote/vote:" -j KUBE-MARK-MASQ
-A KUBE-SEP-BAI3HQ7SV7RZ2CI6 -p tcp -m comment --comment "instavote/vote:" -m tcp -j DNAT --to-destination 10.32.0.6:80
-A KUBE-SVC-VIQHAVHDK4QE7NA4 -m comment --comment "instavote/vote:" -m statistic --mode random --probability 0.33332999982 -j KUBE-SEP-BAI3HQ7SV7RZ2CI6
COMMIT
`,
  });
  const release = { version: "older", backend: "legacy" } as const;
  const text = [...printList(rulesets[0]!.tables[0]!, { family: 4, verbose: true, release })].join("");
  expect(text.split("\n").filter((line) => line.startsWith("    "))).toEqual([
    "    0     0 KUBE-MARK-MASQ  all  --  *      *       10.32.0.6            0.0.0.0/0            /* instavote/vote: */",
    "    0     0 DNAT       tcp  --  *      *       0.0.0.0/0            0.0.0.0/0            /* instavote/vote: */ tcp to:10.32.0.6:80",
    "    0     0 KUBE-SEP-BAI3HQ7SV7RZ2CI6  all  --  *      *       0.0.0.0/0            0.0.0.0/0            /* instavote/vote: */ statistic mode random probability 0.33332999982",
  ]);
});
