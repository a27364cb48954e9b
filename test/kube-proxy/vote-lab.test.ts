import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findTable } from "../../src/netfilter/ruleset.ts";
import { printList } from "../../src/printers/iptables/iptables-list.ts";
import { rulesOf } from "./render-texts.ts";

/** The lab's older cluster: `instavote/vote`, a port without a name, five pods. */
const folder = join(__dirname, "../../fixtures/vote-instavote/manifests");
const texts = readdirSync(folder)
  .sort()
  .map((name) => readFileSync(join(folder, name), "utf8"));
const nat = findTable(rulesOf(texts, { config: { release: "1.11" } }), "nat")!;

/** `iptables -nvL CHAIN -t nat` of that time. */
function listing(chain: string): string {
  const options = { family: 4, numeric: true, verbose: true, lineNumbers: false, chain } as const;
  const text = [...printList(nat, { ...options, release: { version: "older", backend: "legacy" } })].join("");
  return text.replace(/ +$/gm, "");
}

test("the Service's chain is as the document prints it", () => {
  expect(listing("KUBE-SVC-VIQHAVHDK4QE7NA4")).toBe(`Chain KUBE-SVC-VIQHAVHDK4QE7NA4 (2 references)
 pkts bytes target     prot opt in     out     source               destination
    0     0 KUBE-SEP-RFJGHFMXUDJXIEW6  all  --  *      *       0.0.0.0/0            0.0.0.0/0            /* instavote/vote: */ statistic mode random probability 0.20000000019
    0     0 KUBE-SEP-GBR5YQCVRYY3BA6U  all  --  *      *       0.0.0.0/0            0.0.0.0/0            /* instavote/vote: */ statistic mode random probability 0.25000000000
    0     0 KUBE-SEP-BAI3HQ7SV7RZ2CI6  all  --  *      *       0.0.0.0/0            0.0.0.0/0            /* instavote/vote: */ statistic mode random probability 0.33332999982
    0     0 KUBE-SEP-2EQSLPEP3WDOTI5J  all  --  *      *       0.0.0.0/0            0.0.0.0/0            /* instavote/vote: */ statistic mode random probability 0.50000000000
    0     0 KUBE-SEP-2CJQISP4W7F2HCRW  all  --  *      *       0.0.0.0/0            0.0.0.0/0            /* instavote/vote: */
`);
});

test("the chain of 10.32.0.6 too", () => {
  expect(listing("KUBE-SEP-BAI3HQ7SV7RZ2CI6")).toBe(`Chain KUBE-SEP-BAI3HQ7SV7RZ2CI6 (1 references)
 pkts bytes target     prot opt in     out     source               destination
    0     0 KUBE-MARK-MASQ  all  --  *      *       10.32.0.6            0.0.0.0/0            /* instavote/vote: */
    0     0 DNAT       tcp  --  *      *       0.0.0.0/0            0.0.0.0/0            /* instavote/vote: */ tcp to:10.32.0.6:80
`);
});
