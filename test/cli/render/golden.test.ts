import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Answer, runK8snet } from "../run-k8snet.ts";

const fixtures = join(__dirname, "../../../fixtures");
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "k8snet-golden-"));
  cpSync(join(fixtures, "jobs-app/manifests"), join(folder, "manifests"), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const render = (...words: string[]): Promise<Answer> => runK8snet(["render", ...words], { cwd: folder });
const write = async (...words: string[]): Promise<void> =>
  expect(await render("--output-dir", "golden", ...words)).toMatchObject({ status: 0, stdout: "" });
const check = (...words: string[]): Promise<Answer> => render("--check", "golden", ...words);
const clean = { status: 0, stdout: "" };

function files(at = "golden"): string[] {
  return (readdirSync(join(folder, at), { recursive: true }) as string[])
    .filter((path) => statSync(join(folder, at, path)).isFile())
    .map((path) => path.replaceAll("\\", "/"))
    .sort();
}

function edit(file: string, from: string | RegExp, to: string): void {
  const path = join(folder, file);
  const text = readFileSync(path, "utf8");
  const edited = text.replace(from, to);
  expect(edited).not.toBe(text);
  writeFileSync(path, edited);
}

test("--check finds no difference where nodes were added for their pods", async () => {
  await write("--scale", "deploy/backend-deployment=700");
  expect(files().length).toBeGreaterThan(3 * 6 + 1);
  expect(await check()).toMatchObject(clean);
});

describe("what --output-dir writes", () => {
  test("every node and table, and the index", async () => {
    await write();
    expect(files()).toEqual([
      "index.json",
      ...["minikube-m02", "minikube-m03", "minikube"].flatMap((node) =>
        ["filter", "mangle", "nat"].map((table) => `${node}/iptables-${table}.txt`),
      ),
    ]);
    const listed = await render("--node", "minikube-m02");
    expect(readFileSync(join(folder, "golden/minikube-m02/iptables-nat.txt"), "utf8")).toBe(listed.stdout);
    expect(await check()).toMatchObject(clean);
  });

  test("the same bytes twice, and from manifests with the line ends of Windows", async () => {
    await write();
    const before = files().map((path) => readFileSync(join(folder, "golden", path), "utf8"));
    for (const file of readdirSync(join(folder, "manifests")))
      writeFileSync(
        join(folder, "manifests", file),
        readFileSync(join(folder, "manifests", file), "utf8").replaceAll("\n", "\r\n"),
      );
    await write();
    expect(files().map((path) => readFileSync(join(folder, "golden", path), "utf8"))).toEqual(before);
  });

  test("IPv6 beside IPv4: both are made anew, and both are checked", async () => {
    await write("-t", "nat");
    await write("-t", "nat", "--ip-family", "6");
    expect(files().filter((path) => path.startsWith("minikube/"))).toEqual([
      "minikube/ip6tables-nat.txt",
      "minikube/iptables-nat.txt",
    ]);
    expect(await check()).toMatchObject(clean);
    expect(await check("--ip-family", "6")).toMatchObject(clean);
    edit("golden/minikube/ip6tables-nat.txt", "KUBE-SERVICES", "KUBE-SERVICE5");
    expect(await check("--ip-family", "4")).toMatchObject(clean);
    expect((await check()).status).toBe(1);
  });

  test("files of nodes and tables that are gone are removed, what is the user's own stays", async () => {
    await write();
    writeFileSync(join(folder, "golden/minikube-m02/notes.md"), "mine\n");
    cpSync(join(folder, "golden/minikube"), join(folder, "golden/gone"), { recursive: true });
    await write("-t", "nat");
    expect(files().filter((path) => !path.endsWith("/iptables-nat.txt"))).toEqual([
      "index.json",
      "minikube-m02/notes.md",
    ]);
    expect(readdirSync(join(folder, "golden"))).not.toContain("gone");
  });

  test.each([[["KUBE-SERVICES"]], [["--service", "jobs/backend-service"]], [["--output-file", "x"]]])(
    "whole tables only: %j is refused",
    async (words) => {
      const answer = await render("--output-dir", "golden", ...words);
      expect(answer).toMatchObject({ status: 2, stdout: "" });
      expect(answer.stderr).toContain("whole tables");
    },
  );
});

/** A Service whose addresses are all simulated, so that ranges and nodes matter. */
const simulated = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: web}]}}
`;

function useSimulated(): void {
  rmSync(join(folder, "manifests"), { recursive: true });
  mkdirSync(join(folder, "manifests"));
  writeFileSync(join(folder, "manifests/web.yaml"), simulated);
}

describe("--check makes the files as their index says", () => {
  test.each([
    [
      "releases",
      ["--kube-proxy-version", "1.30", "--iptables-version", "1.8.7", "--iptables-backend", "legacy"],
    ],
    ["ranges", ["--service-cidr", "10.100.0.0/16", "--cluster-cidr", "10.200.0.0/16"]],
    ["nodes", ["--nodes", "2"]],
    ["what-ifs", ["--scale", "deploy/web=5", "--default-namespace", "shop"]],
    ["the listing", ["-o", "save", "-t", "nat,filter", "--verbose"]],
    [
      "dual stack",
      ["--service-cidr", "10.96.0.0/12,fd00:10:96::/112", "--cluster-cidr", "10.244.0.0/16,fd00:10:244::/56"],
    ],
  ])("%s, with no flag given again or the same", async (_, flags) => {
    useSimulated();
    await write(...flags);
    expect(await check()).toMatchObject(clean);
    expect(await check(...flags)).toMatchObject(clean);
  });

  test("releases and ranges of another k8snet's defaults", async () => {
    useSimulated();
    const made = [
      "--kube-proxy-version",
      "1.28",
      "--service-cidr",
      "10.0.0.0/16",
      "--cluster-cidr",
      "10.4.0.0/14",
    ];
    await write(...made, "--nodes", "2", "--iptables-version", "1.8.9");
    // As if that release had made them with no flag at all.
    const index = JSON.parse(readFileSync(join(folder, "golden/index.json"), "utf8"));
    const defaults = { serviceCidrs: index.serviceCidrs, clusterCidrs: index.clusterCidrs, nodes: 2 };
    writeFileSync(join(folder, "golden/index.json"), JSON.stringify({ ...index, flags: {}, defaults }));
    expect(await check()).toMatchObject(clean);
  });

  test.each([
    [["--kube-proxy-version", "1.30"], "1.37"],
    [["--kubernetes-version", "1.30"], "1.37"],
    [["--iptables-version", "1.8.7"], "1.8.11"],
    [["--iptables-backend", "legacy"], "nft"],
    [["--service-cidr", "10.100.0.0/16"], "10.96.0.0/12"],
    [["--cluster-cidr", "10.200.0.0/16"], "10.244.0.0/16"],
    [["--nodes", "2"], "3"],
    [["-o", "save"], "list"],
    [["-t", "nat"], "nat,filter,mangle"],
    [["--ip-family", "6"], "4"],
    [["--scale", "deploy/backend=5"], "none"],
    [["--verbose"], "not given"],
  ])("%j is not what the index says: no difference but a wrong call", async (flags, was) => {
    await write();
    const answer = await check(...flags);
    expect(answer).toMatchObject({ status: 2, stdout: "" });
    expect(answer.stderr).toContain("is not what the golden files were made with");
    expect(answer.stderr).toContain(was);
  });

  test("a release that k8snet.yaml states is a change of the cluster, said in words", async () => {
    await write();
    writeFileSync(join(folder, "k8snet.yaml"), 'kubeProxyVersion: "1.30"\n');
    const answer = await check();
    expect(answer.status).toBe(1);
    expect(answer.stdout).toContain("kube-proxy: 1.37 -> 1.30\n");
  });
});

describe("what --check says", () => {
  test("scaling: words first, then a unified diff, exit 1", async () => {
    await write("-t", "nat");
    edit("manifests/backend.yaml", "replicas: 3", "replicas: 4");
    const answer = await check();
    expect(answer.status).toBe(1);
    expect(answer.stdout).toMatch(
      /^jobs\/backend-service: 3 -> 4 endpoints, port 3000\n\n--- a\/minikube-m02\//,
    );
    expect(answer.stdout).toMatch(/^\+.*KUBE-SEP-/m);
    expect(answer.stderr).toContain("3 files differ");
    await write("-t", "nat");
    expect(await check()).toMatchObject(clean);
  });

  test("a Service more: only lines of that Service", async () => {
    await write("-t", "nat,filter", "-o", "save");
    const one = "apiVersion: v1\nkind: Service\nmetadata: {name: aaa, namespace: default}\nspec:\n";
    writeFileSync(
      join(folder, "manifests/0-new.yaml"),
      `${one}  selector: {app: none}\n  ports: [{port: 80}]\n`,
    );
    const { stdout } = await check();
    expect(stdout).toMatch(/^default\/aaa: added\n\n/);
    const lines = stdout.split("\n").filter((line) => /^[-+](?![-+])/.test(line));
    // A Service without endpoints has rules in the table filter only.
    expect(lines.filter((line) => !line.includes("default/aaa"))).toEqual([]);
    const pods = "  selector: {app: aaa}\n  ports: [{port: 80}]\n---\napiVersion: v1\nkind: Pod\n";
    const spec = "metadata: {name: aaa, labels: {app: aaa}}\nspec: {containers: [{name: a, image: a}]}\n";
    writeFileSync(join(folder, "manifests/0-new.yaml"), `${one}${pods}${spec}`);
    const changed = (await check()).stdout.split("\n").filter((line) => /^[-+](?![-+])/.test(line));
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.filter((line) => line.startsWith("-"))).toEqual([]);
    expect(changed.filter((line) => !/default\/aaa|^\+:KUBE-(SVC|SEP)-/.test(line))).toEqual([]);
  });

  test("a node that is gone, and files of one that nothing makes", async () => {
    await write("-t", "nat");
    mkdirSync(join(folder, "golden/old-node"));
    writeFileSync(join(folder, "golden/old-node/iptables-nat.txt"), "Chain KUBE-SERVICES (0 references)\n");
    const answer = await check();
    expect(answer.status).toBe(1);
    expect(answer.stdout).toContain(
      "the cluster is the same; of the golden files 1 that nothing makes any more",
    );
    expect(answer.stdout).toContain("--- a/old-node/iptables-nat.txt\n+++ /dev/null\n");
    await write("-t", "nat");
    expect(files().filter((path) => path.startsWith("old-node"))).toEqual([]);
    expect(await check()).toMatchObject(clean);
  });

  test("files edited by hand", async () => {
    await write("-t", "nat");
    edit("golden/minikube/iptables-nat.txt", "KUBE-SERVICES", "KUBE-SERVICE5");
    const { status, stdout } = await check();
    expect(status).toBe(1);
    expect(stdout).toMatch(/^the cluster is the same; of the golden files 1 edited/);
  });

  test.each([
    ["no index", "has no index.json", () => rmSync(join(folder, "golden/index.json"))],
    ["another JSON", "is no index", () => writeFileSync(join(folder, "golden/index.json"), "{}")],
  ])("%s: exit 2", async (_, message, spoil) => {
    await write("-t", "nat");
    spoil();
    const answer = await check();
    expect(answer).toMatchObject({ status: 2, stdout: "" });
    expect(answer.stderr).toContain(message);
  });
});

describe("the order of Services in files is nobody's to depend on", () => {
  const service = (name: string): string =>
    `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {ports: [{port: 80}], selector: {app: backend}}\n`;
  beforeEach(() => {
    writeFileSync(join(folder, "manifests/a.yaml"), service("one"));
    writeFileSync(join(folder, "manifests/z.yaml"), service("two"));
  });

  test("a file that was renamed", async () => {
    await write();
    renameSync(join(folder, "manifests/a.yaml"), join(folder, "manifests/zz.yaml"));
    expect(await check()).toMatchObject(clean);
  });

  test("a Service that moved to another file, and one that is new", async () => {
    await write();
    rmSync(join(folder, "manifests/a.yaml"));
    writeFileSync(
      join(folder, "manifests/z.yaml"),
      [service("new"), service("two"), service("one")].join("---\n"),
    );
    const { status, stdout } = await check();
    expect(status).toBe(1);
    expect(stdout.split("\n\n")[0]).toBe("default/new: added");
    const rules = stdout.split("\n").filter((line) => /^[-+]\d/.test(line));
    // Numbers of rules move on where one comes in between.
    const named = rules.map((line) => line.replace(/^([-+])\d+ +/, "$1"));
    const moved = named.filter(
      (line) => !named.includes(`${line.startsWith("+") ? "-" : "+"}${line.slice(1)}`),
    );
    expect(moved.length).toBeGreaterThan(0);
    for (const line of moved) expect(line).toContain("default/new");
  });

  test("an index that does not tell the order", async () => {
    await write();
    edit("golden/index.json", /"order": \[[^\]]*\],\s*/, "");
    expect(await check()).toMatchObject(clean);
  });
});

describe("what is no object of the cluster is said in words as well", () => {
  test("the configuration of kube-proxy", async () => {
    const config = (all: boolean): void =>
      writeFileSync(
        join(folder, "kube-proxy.yaml"),
        `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\niptables: {masqueradeAll: ${all}}\n`,
      );
    config(false);
    const flag = ["--kube-proxy-config", "kube-proxy.yaml"];
    await write(...flag);
    expect(await check(...flag)).toMatchObject(clean);
    config(true);
    const { status, stdout } = await check(...flag);
    expect([status, stdout.split("\n\n")[0]]).toEqual([1, "kube-proxy's masqueradeAll: default -> true"]);
  });

  test("other rules", async () => {
    const rules = (port: number): void =>
      writeFileSync(
        join(folder, "other.rules"),
        `*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -p tcp -m tcp --dport ${port} -j DROP\nCOMMIT\n`,
      );
    rules(22);
    await write("--base-rules", "other.rules");
    rules(23);
    const { status, stdout } = await check("--base-rules", "other.rules");
    expect([status, stdout.split("\n\n")[0]]).toEqual([1, "the rules of --base-rules: changed"]);
  });

  test("a policy that a Service no longer states", async () => {
    edit(
      "manifests/backend.yaml",
      "  selector:\n    app: backend\n  ports",
      "  internalTrafficPolicy: Local\n$&",
    );
    await write();
    edit("manifests/backend.yaml", "  internalTrafficPolicy: Local\n", "");
    const { stdout } = await check();
    expect(stdout.split("\n\n")[0]).toBe("jobs/backend-service: internalTrafficPolicy Local -> Cluster");
  });

  test("of very many changes the first", async () => {
    const many = (port: number): void =>
      writeFileSync(
        join(folder, "manifests/many.yaml"),
        Array.from(
          { length: 60 },
          (_, index) =>
            `apiVersion: v1\nkind: Service\nmetadata: {name: web-${index}}\nspec: {ports: [{name: web, port: 80, targetPort: ${port}}], selector: {app: none}}\n`,
        ).join("---\n"),
      );
    many(80);
    await write();
    many(81);
    edit("manifests/backend.yaml", "replicas: 3", "replicas: 4");
    const head = (await check()).stdout.split("\n\n")[0]!.split("\n");
    expect([head.length, head.at(-1)]).toEqual([41, "and 21 more changes"]);
  });
});

describe("checkouts", () => {
  test("line ends of Windows in the golden files do not matter", async () => {
    await write();
    for (const path of files())
      writeFileSync(
        join(folder, "golden", path),
        readFileSync(join(folder, "golden", path), "utf8").replaceAll("\n", "\r\n"),
      );
    expect(await check()).toMatchObject(clean);
  });

  test("a symbolic link to the folder, to the manifests, or to all of the checkout", async () => {
    await write("-t", "nat");
    symlinkSync(join(folder, "golden"), join(folder, "link"));
    symlinkSync(join(folder, "manifests"), join(folder, "linked-manifests"));
    expect(await render("--check", "link", "-f", "linked-manifests")).toMatchObject(clean);
    const elsewhere = mkdtempSync(join(tmpdir(), "k8snet-link-"));
    symlinkSync(folder, join(elsewhere, "checkout"));
    const there = await runK8snet(["render", "--check", "golden"], { cwd: join(elsewhere, "checkout") });
    rmSync(elsewhere, { recursive: true });
    expect(there).toMatchObject(clean);
  });

  test("a git worktree", async () => {
    await write("-t", "nat", "--explain");
    const git = (...args: string[]): void =>
      void execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
        cwd: folder,
        stdio: "ignore",
      });
    git("init", "-q");
    git("add", ".");
    git("-c", "commit.gpgsign=false", "commit", "-q", "-m", "golden");
    git("worktree", "add", "-q", join(folder, "tree"));
    const there = await runK8snet(["render", "--check", "golden"], { cwd: join(folder, "tree") });
    expect(there).toMatchObject(clean);
  });
});
