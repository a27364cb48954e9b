import { join } from "node:path";
import { expectGolden } from "../../golden.ts";
import { runK8snet } from "../run-k8snet.ts";

const root = join(__dirname, "../../..");
const applications = [
  "jobs-app",
  "jobs-app-one",
  "aks-jobs",
  "alpine-nodeport",
  "alpine-load-balancer",
  "vote",
  "vote-instavote",
];

const outputs: readonly (readonly [file: string, words: readonly string[]])[] = [
  ["nat.list.txt", []],
  ["all.save.txt", ["-t", "all", "-o", "save"]],
  ["nat.brief.txt", ["-o", "brief"]],
  ["nat.tree.txt", ["-o", "tree"]],
];

describe.each(applications)("%s", (application) => {
  const manifests = `fixtures/${application}/manifests`;

  test.each(outputs)("%s", async (file, words) => {
    const answer = await runK8snet(["render", "-f", manifests, ...words], { cwd: root });
    expect(answer.status).toBe(0);
    expectGolden(join(root, "fixtures", application, "golden", file), answer.stdout);
  });
});

const run = (...words: string[]): ReturnType<typeof runK8snet> => runK8snet(words, { cwd: root });

// What the articles print, as far as it is true (the fixtures' READMEs say what is not).
describe("the articles' own lines", () => {
  test("KUBE-SERVICES has the article's chains in its order", async () => {
    const { stdout } = await run(
      "render",
      "-f",
      "fixtures/jobs-app/manifests",
      "-o",
      "brief",
      "KUBE-SERVICES",
    );
    expect(stdout.split("\n").map((line) => line.split(/ +/)[1])).toEqual([
      "KUBE-SVC-NPX46M4PTMTKRN6Y",
      "KUBE-SVC-TCOU7JCQXEZGVUNU",
      "KUBE-SVC-ERIFXISQEP7F7OF4",
      "KUBE-SVC-JD5MR3NA4I4DYORP",
      "KUBE-SVC-6R7RAWWNQI6ZLKMO",
      "KUBE-NODEPORTS",
      undefined,
    ]);
  });

  test("one replica: no statistic match, KUBE-SEP-O3HWD4DESFNXEYL6 for 10.244.1.2:3000", async () => {
    const answer = await run(
      "render",
      "-f",
      "fixtures/jobs-app-one/manifests",
      "-o",
      "brief",
      "KUBE-SVC-6R7RAWWNQI6ZLKMO",
      "KUBE-SEP-O3HWD4DESFNXEYL6",
    );
    expect(answer.stdout).not.toContain("statistic");
    expect(answer.stdout).toContain("jobs/backend-service:backend -> 10.244.1.2:3000");
    expect(answer.stdout).toContain(
      "DNAT                        /* jobs/backend-service:backend */ tcp to:10.244.1.2:3000",
    );
  });

  test.each([
    [2, "0.50000000000"],
    [3, "0.33333333349"],
    [4, "0.25000000000"],
    [5, "0.20000000019"],
  ])("%i replicas: the first probability is %s", async (replicas, probability) => {
    const answer = await run(
      "render",
      "-f",
      "fixtures/vote/manifests",
      "--scale",
      `deploy/vote=${replicas}`,
      "-o",
      "save",
    );
    const first = answer.stdout
      .split("\n")
      .find((line) => line.includes("-A KUBE-SVC-U3NG4A3QTUGMYALW") && line.includes("statistic"));
    expect(first).toContain(`--probability ${probability} `);
  });

  test("the vote lab's chain as iptables -nvL printed it on its older cluster", async () => {
    const answer = await run(
      "-f",
      "fixtures/vote-instavote/manifests",
      "iptables",
      "-nvL",
      "KUBE-SVC-VIQHAVHDK4QE7NA4",
      "-t",
      "nat",
    );
    const rows = answer.stdout
      .split("\n")
      .slice(2, 7)
      .map((line) => [line.trim().split(/ +/)[2], line.slice(line.indexOf("/*"))]);
    expect(rows).toEqual([
      ["KUBE-SEP-RFJGHFMXUDJXIEW6", "/* instavote/vote: */ statistic mode random probability 0.20000000019"],
      ["KUBE-SEP-GBR5YQCVRYY3BA6U", "/* instavote/vote: */ statistic mode random probability 0.25000000000"],
      ["KUBE-SEP-BAI3HQ7SV7RZ2CI6", "/* instavote/vote: */ statistic mode random probability 0.33332999982"],
      ["KUBE-SEP-2EQSLPEP3WDOTI5J", "/* instavote/vote: */ statistic mode random probability 0.50000000000"],
      ["KUBE-SEP-2CJQISP4W7F2HCRW", "/* instavote/vote: */"],
    ]);
  });

  test("manifests that state neither namespace nor address give the same chain in --default-namespace jobs", async () => {
    const manifest = [
      "apiVersion: v1",
      "kind: Service",
      "metadata: {name: backend-service}",
      "spec:",
      "  selector: {app: backend}",
      "  ports: [{name: backend, port: 3000}]",
      "---",
      "apiVersion: apps/v1",
      "kind: Deployment",
      "metadata: {name: backend-deployment}",
      "spec:",
      "  selector: {matchLabels: {app: backend}}",
      "  template: {metadata: {labels: {app: backend}}, spec: {containers: [{name: api, image: api}]}}",
    ].join("\n");
    const answer = await runK8snet(["render", "-f", "-", "--default-namespace", "jobs"], {
      cwd: root,
      stdin: manifest,
    });
    expect(answer.stdout).toContain("Chain KUBE-SVC-6R7RAWWNQI6ZLKMO (1 references)");
    expect(answer.stderr).toMatch(/^note: simulated: 3 ClusterIPs, 2 pod IPs, 3 nodes/m);
  });
});
