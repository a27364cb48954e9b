import type { CatalogueEntries } from "./catalogue-entry.ts";

/** Codes of what can be said about dumps and rulesets. */
export const netfilterCodes: CatalogueEntries = {
  "dump-unreadable-line": {
    severity: "warning",
    title: "A line of a dump that is neither a chain nor a rule",
    explanation:
      "Between `*table` and `COMMIT` stands a line that iptables-save does not print. It is left out; the rest of the dump is read.",
  },
  "dump-truncated": {
    severity: "warning",
    title: "A dump that ends in the middle of a table",
    explanation:
      "A table has no COMMIT, so the file was probably cut off. What is there is read; rules behind the cut are unknown.",
  },
  "dump-chain-undeclared": {
    severity: "warning",
    title: "A rule of a chain that the dump does not declare",
    explanation:
      "iptables-save declares every chain (`:NAME …`) before its rules. The chain is taken to exist; lines of the dump may be missing.",
  },
  "dump-table-left-out": {
    severity: "warning",
    title: "A table that iptables-save could not print",
    explanation:
      "The table holds rules that were made with nft directly, so iptables-save left it out. Packets may be changed or dropped by rules that are not in the dump.",
  },
  "dump-other-backend": {
    severity: "warning",
    title: "Rules of the other iptables backend exist",
    explanation:
      "Both iptables-nft and iptables-legacy have rules on the machine, and a dump shows those of one. Dump the other too.",
  },
  "dump-table-guessed": {
    severity: "note",
    title: "The table of an `iptables -S` listing was guessed",
    explanation:
      "`iptables -S` does not say which table it lists. The built-in chains and the targets tell; use iptables-save where it matters.",
  },
  "dump-lacks-table": {
    severity: "note",
    title: "A dump without one of kube-proxy's tables",
    explanation:
      "kube-proxy's rules are in nat and filter. The dump has one of them only: what the other does to packets is not known.",
  },
  "dump-of-other-family": {
    severity: "note",
    title: "A dump of the address family that no Service has",
    explanation:
      "On a node of an IPv4 cluster ip6tables-save prints rules too, but none of a Service (and the reverse).",
  },
  "foreign-programs": {
    severity: "note",
    title: "Rules of other programs in a dump",
    explanation:
      "Known by the names of their chains and their comments: kubelet, network plugins, Docker, firewalls. They are left alone; verify reports those that change what becomes of a packet to a Service.",
  },
  "dump-rule-not-understood": {
    severity: "warning",
    title: "A rule that is kept as text",
    explanation:
      "The rule's line can't be taken apart. It is printed back as it stood, and a trace that meets it says maybe.",
  },
  "dump-extension-not-understood": {
    severity: "note",
    title: "A match or target that is kept as text",
    explanation:
      "The module or one of its options is not known here. The rule is printed back as it stood, and a trace that meets it says maybe.",
  },
  "restore-refused": {
    severity: "error",
    title: "A line that iptables-restore or the kernel refuses",
    explanation:
      "iptables-restore takes a text whole or not at all: this line would make it fail, and none of the rules would be loaded.",
  },
  "rules-missing-chain": {
    severity: "error",
    title: "A jump to a chain that does not exist",
    explanation: "The kernel refuses such a rule, so in a dump it means that lines are missing.",
  },
  "rules-chain-loop": {
    severity: "error",
    title: "Chains that jump to each other in a circle",
    explanation: "The kernel refuses a table whose chains form a loop.",
  },
  "rules-unreachable": {
    severity: "warning",
    title: "A rule that no packet reaches",
    explanation:
      "An earlier rule of the chain takes every packet that this one would match, and ends the chain for it.",
  },
  "rules-chain-unused": {
    severity: "info",
    title: "A chain that nobody jumps to",
    explanation: "No packet passes its rules. It may be a remainder of something that was removed.",
  },
  "rules-chain-name-too-long": {
    severity: "error",
    title: "A chain name of more than 28 bytes",
    explanation: "The kernel keeps 29 bytes with the final zero, so iptables refuses the name.",
  },
  "rules-comment-too-long": {
    severity: "warning",
    title: "A comment of more than 255 bytes",
    explanation: "iptables cuts it off without a word, so a comparison by comment fails.",
  },
  "rules-misplaced": {
    severity: "error",
    title: "A match or target where the kernel does not take it",
    explanation:
      "Some matches and targets are for one table or hook only (DNAT: nat, PREROUTING or OUTPUT) or need `-p`. The kernel refuses the rule.",
  },
};
