import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runK8snet } from "./run-k8snet.ts";

const dump = `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:PICK - [0:0]
-A PREROUTING -d 10.96.0.50/32 -p tcp -m tcp --dport 80 -j PICK
-A PICK -p tcp -m statistic --mode random --probability 0.50000000000 -m tcp -j DNAT --to-destination 10.244.0.5:80
-A PICK -p tcp -j DNAT --to-destination 10.244.0.6:80
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A FORWARD -d 10.244.0.5/32 -m set --match-set blocked src -j DROP
COMMIT
`;

describe("a match that is not evaluated: both ways, each with its condition", () => {
  const folder = mkdtempSync(join(tmpdir(), "k8snet-maybe-"));
  const file = join(folder, "minikube.txt");
  beforeAll(() => writeFileSync(file, dump));
  afterAll(() => rmSync(folder, { recursive: true }));

  const trace = async (...argv: string[]): Promise<string> => {
    const argvAll = ["trace", "10.96.0.50:80", "--dump", `minikube=${file}`, ...argv];
    const answer = await runK8snet(argvAll);
    expect(answer.status).toBe(0);
    return answer.stdout.replaceAll(file, "minikube.txt");
  };

  test("in the tree a fork's share is never the sum of what excludes each other", async () => {
    expect(await trace()).toContain(`├─ 50% to 10.96.0.50:80 => 10.244.0.5:80 DNAT
│  ├─ 50% if -m set --match-set blocked src on minikube
│  │    filter FORWARD #1 -> DROP
│  │    dropped: DROP in chain FORWARD
│  └─ 50% unless -m set --match-set blocked src on minikube
`);
  });

  test("the summary names the condition of each end", async () => {
    const lines = (await trace("-o", "summary")).split("\n").filter((line) => /^\d+%/.test(line));
    expect(lines).toEqual([
      "50% 1/2  if -m set --match-set blocked src on minikube: dropped: DROP in chain FORWARD",
      expect.stringMatching(
        /^50% 1\/2 {2}unless -m set --match-set blocked src on minikube: delivered to 10\.244\.0\.5:80/,
      ),
      expect.stringMatching(/^50% 1\/2 {2}delivered to 10\.244\.0\.6:80/),
    ]);
  });

  test("JSON has it as a sentence's part", async () => {
    const { ends } = JSON.parse(await trace("-o", "json")) as { ends: { condition?: string }[] };
    expect(ends.map((end) => end.condition)).toEqual([
      "if -m set --match-set blocked src on minikube",
      "unless -m set --match-set blocked src on minikube",
      undefined,
    ]);
  });
});

test("a question that makes no difference to how it ends is not asked in the summary", async () => {
  const folder = mkdtempSync(join(tmpdir(), "k8snet-maybe-"));
  const file = join(folder, "minikube.txt");
  writeFileSync(
    file,
    `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:PORTS - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j PORTS
-A PORTS -p tcp -m tcp --dport 30000 -j DNAT --to-destination 10.244.0.5:80
COMMIT
`,
  );
  const answer = await runK8snet(["trace", "10.96.0.50:80", "--dump", `minikube=${file}`, "-o", "summary"]);
  rmSync(folder, { recursive: true });
  // Whether the address is the node's decides which rules are passed, and nothing else.
  expect(answer.stdout.split("\n").filter((line) => line.startsWith("100% 1  "))).toEqual([
    expect.stringMatching(/^100% 1 {2}if something answers at 10\.96\.0\.50, [^:]*: leaves the cluster/),
    expect.stringMatching(/^100% 1 {2}unless something answers at 10\.96\.0\.50, [^:]*: unreachable/),
  ]);
});
