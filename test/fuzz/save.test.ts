import { parseSave } from "../../src/netfilter/parse-save.ts";
import { printDiagnostics } from "../../src/printers/diagnostics-text.ts";
import { printSave } from "../../src/printers/iptables/iptables-save.ts";
import { fixtureTexts } from "./fixture-texts.ts";
import { corpus, fuzz, mutateText } from "./fuzz.ts";

function printed(text: string): string {
  const { rulesets, diagnostics } = parseSave({ name: "fuzz.txt", text });
  expect(printDiagnostics(diagnostics)).not.toContain("\u001b");
  return rulesets.flatMap((ruleset) => [...printSave(ruleset, { counters: true })]).join("");
}

fuzz<string>("iptables-save", {
  seeds: [...corpus("save"), ...fixtureTexts(/save.*\.txt$|\.save$|rules.*\.txt$/)],
  mutate: (text, random) =>
    mutateText(text, random, [
      ..."-A -I -m -j -g -p -s -d -i -o ! --dport --sport --comment --probability --set-xmark --to-destination".split(
        " ",
      ),
      ..."* : COMMIT # *nat *raw tcp udp icmp 6 0 255 all 0.0.0.0/0 ::1/128 10.0.0.1/33 0x4000/0x4000 1:65535 65536".split(
        " ",
      ),
      ..."KUBE-SVC-X RETURN DROP comment conntrack recent statistic multiport set \" ' \\ [0:0] [1: --".split(
        " ",
      ),
      ...["\n", "\r\n", "\u0000", "\u001b[2J", "x".repeat(300)],
    ]),
  run(text) {
    // What was read and printed is read and printed as itself.
    const once = printed(text);
    expect(printed(once)).toBe(once);
  },
});
