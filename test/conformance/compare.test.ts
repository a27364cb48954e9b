import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareTexts } from "../../scripts/conformance/compare.ts";

const root = join(__dirname, "../../fixtures/conformance");
const script = join(root, "compare.py");
const python = spawnSync("python3", ["--version"]).status === 0;
if (!python) console.warn("compare.test.ts: no python3 here, so compare.py itself is not run");

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const save = read("clusters/traffic-policy/1.37.0/edge-1/iptables-save.txt");
const restore = read("clusters/traffic-policy/1.37.0/edge-1/iptables-restore.txt");
const otherNode = read("clusters/traffic-policy/1.37.0/cp/iptables-save.txt");
const otherRelease = read("clusters/traffic-policy/1.24.17/edge-1/iptables-save.txt");

function swapLines(text: string, pattern: RegExp): string {
  const lines = text.split("\n");
  const at = lines.findIndex((line, index) => pattern.test(line) && pattern.test(lines[index + 1] ?? ""));
  expect(at).toBeGreaterThan(0);
  [lines[at], lines[at + 1]] = [lines[at + 1]!, lines[at]!];
  return lines.join("\n");
}

const lastRule = /-A KUBE-SERVICES .*NOTE: this must be the last rule.*\n/;

const cases: readonly (readonly [what: string, a: string, b: string, restore: boolean, equal: boolean])[] = [
  ["a text and itself", save, save, false, true],
  ["comment lines", save, `# made today\n${save}`, false, true],
  ["Services in another order", save, swapLines(save, /^-A KUBE-SERVICES .*cluster IP/), false, true],
  ["another node", save, otherNode, false, false],
  ["another release", save, otherRelease, false, false],
  ["one rule less", save, save.replace(/-A KUBE-SEP.*\n/, ""), false, false],
  ["another probability", save, save.replace("0.50000000000", "0.50000000001"), false, false],
  ["rules of a SVC chain in another order", save, swapLines(save, /^-A KUBE-SVC-.* -> /), false, false],
  ["chains in another order", save, swapLines(save, /^:KUBE-SEP/), false, false],
  ["chains in another order, restored", restore, swapLines(restore, /^:KUBE-SEP/), true, true],
  [
    "the last rule of KUBE-SERVICES first",
    save,
    save.replace(lastRule, "").replace(/-A KUBE-SERVICES/, `${lastRule.exec(save)![0]}-A KUBE-SERVICES`),
    false,
    false,
  ],
  ["a table more", save, `${save}*raw\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n`, false, false],
  ["a chain more", save, save.replace("*nat\n", "*nat\n:KUBE-EXTRA - [0:0]\n"), false, false],
];

test.each(cases)("%s", (_, a, b, isRestore, equal) => {
  expect(compareTexts(a, b, isRestore).length === 0).toBe(equal);
});

if (python) {
  test.each(cases)("%s: compare.py says the same", (_, a, b, isRestore, equal) => {
    const folder = mkdtempSync(join(tmpdir(), "compare-"));
    try {
      writeFileSync(join(folder, "a"), a);
      writeFileSync(join(folder, "b"), b);
      const args = [script, ...(isRestore ? ["--restore"] : []), join(folder, "a"), join(folder, "b")];
      const { status, stdout } = spawnSync("python3", args, { encoding: "utf8" });
      expect(status).toBe(equal ? 0 : 1);
      const ours = compareTexts(a, b, isRestore);
      expect(stdout.trimEnd().split("\n").sort()).toEqual((equal ? ["equal"] : ours).sort());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

test("text that is no save is not taken for one", () => {
  expect(() => compareTexts("hello", save)).toThrow("line outside a table");
});
