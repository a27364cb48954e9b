import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Colors } from "../../src/printers/colors.ts";
import { noColors } from "../../src/printers/colors.ts";
import { paintRules } from "../../src/printers/iptables/paint-rules.ts";

/** Colours one can read: `service(…)`. */
const named = Object.fromEntries(
  Object.keys(noColors).map((name) => [name, (text: string) => `${name}⟨${text}⟩`]),
) as unknown as Colors;

const paint = (...chunks: string[]): string => [...paintRules(chunks, named)].join("");
const strip = (text: string): string => text.replaceAll(/\p{L}+⟨|⟩/gu, "");

test.each([
  ["Chain KUBE-SERVICES (2 references)\n", "dim⟨Chain ⟩strong⟨KUBE-SERVICES⟩dim⟨ (2 references)⟩\n"],
  [
    "1    KUBE-SVC-X  tcp  --  0.0.0.0/0            10.96.0.1            /* a/b cluster IP */ tcp dpt:443\n",
    "dim⟨1    ⟩service⟨KUBE-SVC-X⟩  tcp  --  0.0.0.0/0            10.96.0.1            dim⟨/* a/b cluster IP */⟩ tcp dpt:443\n",
  ],
  [
    "12   DNAT       tcp  --  0.0.0.0/0            0.0.0.0/0            tcp to:10.244.1.2:3000\n",
    "dim⟨12   ⟩endpoint⟨DNAT⟩       tcp  --  0.0.0.0/0            0.0.0.0/0            tcp endpoint⟨to:10.244.1.2:3000⟩\n",
  ],
  // A rule that only counts has no target.
  [
    "1               all  --  0.0.0.0/0            0.0.0.0/0           \n",
    "dim⟨1    ⟩           all  --  0.0.0.0/0            0.0.0.0/0           \n",
  ],
  [
    '-A A -m comment --comment "a -j DROP" -j ACCEPT\n',
    '-A A -m comment dim⟨--comment "a -j DROP"⟩ -j verdict⟨ACCEPT⟩\n',
  ],
  [":KUBE-SEP-X - [0:0]\n", ":endpoint⟨KUBE-SEP-X⟩dim⟨ - [0:0]⟩\n"],
])("%j", (line, painted) => {
  expect(paint(line)).toBe(painted);
  // However the text is cut into chunks.
  expect(paint(...line)).toBe(painted);
});

const recorded = join(__dirname, "../../fixtures/iptables/recorded");
test("every recorded listing and save is the same text without its colours", () => {
  const files = readdirSync(recorded).filter((name) => name.endsWith(".txt"));
  expect(files.length).toBeGreaterThan(200);
  for (const name of files) {
    const text = readFileSync(join(recorded, name), "utf8");
    expect([name, strip(paint(text)) === text]).toEqual([name, true]);
  }
});

test("without colours nothing is touched", () => {
  expect([...paintRules(["Chain A", " (0 references)\n"], noColors)]).toEqual([
    "Chain A",
    " (0 references)\n",
  ]);
});
