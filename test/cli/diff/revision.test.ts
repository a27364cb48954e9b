import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Answer, runK8snet } from "../run-k8snet.ts";

const service = (name: string, port: number): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {selector: {app: web}, ports: [{port: ${port}}]}\n---\n`;
const web = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: web}]}}
---
${service("web", 80)}`;
const kubeProxy = (masqueradeAll: boolean): string =>
  `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\niptables: {masqueradeAll: ${masqueradeAll}}\n`;
const masquerades =
  /^~ kube-proxy's masqueradeAll default -> true\n\n(?:.*\n)*newly masqueraded {2}default\/web cluster IP 80\/TCP from any pod/m;

// Whole commands are run, several in a test.
jest.setTimeout(60_000);

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "k8snet-repository-"));
  git("init", "-q");
});
afterEach(() => rmSync(folder, { recursive: true }));

function git(...args: string[]): void {
  const identity = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"];
  execFileSync("git", [...identity, ...args], {
    cwd: folder,
    stdio: "ignore",
    env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" },
  });
}

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function commit(files: Readonly<Record<string, string>>): void {
  write(files);
  git("add", ".");
  git("commit", "-q", "-m", "1");
}

const diff = (...words: string[]): Promise<Answer> => runK8snet(["diff", ...words], { cwd: folder });
const same = { status: 0, stdout: "no difference\n" };

describe("a revision is read as in a checkout of it", () => {
  test("with the k8snet.yaml that it has", async () => {
    commit({ "k8snet.yaml": "filename: [deploy]\n", "deploy/web.yaml": web });
    write({ "k8snet.yaml": "filename: [deploy]\nserviceCidr: 10.32.0.0/16\n" });
    const { stdout } = await diff("git:HEAD");
    expect(stdout).toContain("~ Service range 10.96.0.0/12 -> 10.32.0.0/16\n");
  });

  test.each([
    ["k8snet.yaml names it", ["git:HEAD"]],
    ["a flag names it", ["git:HEAD", "--config", "k8snet.yaml", "--kube-proxy-config", "kube-proxy.conf"]],
  ])("with the configuration of kube-proxy that it has, where %s", async (_name, words) => {
    const config = "filename: [deploy]\nkubeProxyConfig: kube-proxy.conf\n";
    commit({ "k8snet.yaml": config, "kube-proxy.conf": kubeProxy(false), "deploy/web.yaml": web });
    write({ "kube-proxy.conf": kubeProxy(true) });
    expect((await diff(...words)).stdout).toMatch(masquerades);
  });

  test("with the other rules that it has", async () => {
    const rules = (port: number): string =>
      `*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -p tcp -m tcp --dport ${port} -j DROP\nCOMMIT\n`;
    commit({
      "k8snet.yaml": "filename: [deploy]\nbaseRules: cni.rules\n",
      "cni.rules": rules(22),
      "deploy/web.yaml": web,
    });
    write({ "cni.rules": rules(80) });
    const { stdout } = await diff("git:HEAD");
    expect(stdout).toContain("lost  default/web cluster IP 80/TCP from any pod");
    expect(stdout).toContain("\nrules of no Service differ; --plain shows them\n");
  });

  test("where its files were: a folder that was renamed since", async () => {
    commit({ "k8snet.yaml": "filename: [manifests]\n", "manifests/web.yaml": web });
    renameSync(join(folder, "manifests"), join(folder, "deploy"));
    write({ "k8snet.yaml": "filename: [deploy]\n" });
    expect(await diff("git:HEAD")).toMatchObject(same);
  });

  test("where it has no k8snet.yaml yet, today's", async () => {
    commit({ "deploy/web.yaml": web });
    write({
      "k8snet.yaml": "filename: [deploy]\nkubeProxyConfig: kube-proxy.conf\n",
      "kube-proxy.conf": kubeProxy(true),
    });
    expect(await diff("git:HEAD")).toMatchObject(same);
  });

  test("with all folders that -f or k8snet.yaml names, and globs", async () => {
    commit({
      "apps/web/k8s/web.yaml": web,
      "apps/pay/k8s/pay.yaml": service("pay", 443),
      "apps/pay/values.yaml": "a: 1\n",
    });
    expect(await diff("git:HEAD", "-f", "apps/*/k8s")).toMatchObject(same);
    expect(await diff("git:HEAD", "-f", "apps/web/k8s", "-f", "apps/pay/k8s")).toMatchObject(same);
    expect(await diff("git:HEAD", "-f", join(folder, "apps/web/k8s"))).toMatchObject(same);
    write({
      "k8snet.yaml": "filename: [apps/web/k8s, apps/pay/k8s]\n",
      "apps/pay/k8s/pay.yaml": service("pay", 444),
    });
    const { stdout } = await diff("git:HEAD");
    expect(stdout.match(/^[~+-] .*/gm)).toEqual(["~ default/pay: port 443/TCP to 443 -> 444/TCP to 444"]);
  });

  test("through links, with warnings under the name that git has for a file", async () => {
    commit({ "all/web.yaml": web.replace("ports:", "externalIPs: [192.0.2.1], ports:") });
    symlinkSync("../all/web.yaml", join(folder, "all/again.yaml"));
    mkdirSync(join(folder, "some"));
    symlinkSync("../all/web.yaml", join(folder, "some/web.yaml"));
    git("add", ".");
    git("commit", "-q", "-m", "links");
    const answer = await diff("git:HEAD:some", "git:HEAD:all");
    expect(answer).toMatchObject(same);
    expect(answer.stderr).toMatch(/^HEAD:all\/\S+\.yaml:11:/);
  });
});

test("a folder that is new counts as added; one that is nowhere is a mistake", async () => {
  commit({ "apps/web/web.yaml": web });
  write({ "apps/pay/pay.yaml": service("pay", 443) });
  for (const words of [["-f", "apps/pay"], ["apps/pay"], ["-f", "apps/web", "-f", "apps/pay"]]) {
    const added = await diff("git:HEAD", ...words);
    expect(added.stdout).toContain("+ Service default/pay (ClusterIP 443/TCP, ");
    expect(added.stderr).toContain("warning: HEAD has no apps/pay: all that is there now counts as added");
  }
  const nowhere = await diff("git:HEAD:apps/pya", "apps/pay");
  expect(nowhere).toMatchObject({ status: 2, stdout: "" });
  expect(nowhere.stderr).toContain("HEAD has no apps/pya");
});

test("a dump of a revision, and no more of a big repository than is asked for", async () => {
  const others = Object.fromEntries(
    Array.from({ length: 50 }, (_, index) => [`other/${index}.yaml`, "a: 1\n"]),
  );
  commit({ ...others, "deploy/web.yaml": web });
  const { stdout: rules } = await runK8snet(["iptables-save"], {
    cwd: folder,
    env: { K8SNET_FILENAME: "deploy" },
  });
  commit({ "node.rules": rules });
  expect(await diff("git:HEAD:node.rules", "deploy")).toMatchObject(same);
  expect(await diff("git:HEAD:node.rules", "git:HEAD:deploy")).toMatchObject(same);
  // A glob whose first part names nothing whole.
  expect(await diff("git:HEAD", "-f", "dep*/w*.yaml")).toMatchObject(same);
});

test("without a word: what is not committed yet", async () => {
  commit({ "manifests/web.yaml": web });
  expect(await diff()).toMatchObject(same);
  write({ "manifests/web.yaml": web.replace("port: 80", "port: 81") });
  expect((await diff()).stdout).toContain("~ default/web: port 80/TCP to 80 -> 81/TCP to 81");
  rmSync(join(folder, ".git"), { recursive: true });
  const nowhere = await diff();
  expect(nowhere).toMatchObject({ status: 2, stdout: "" });
  expect(nowhere.stderr).toContain("not a git repository");
});

test("nothing stays behind, and the repository's index is as it was", async () => {
  commit({ "deploy/web.yaml": web });
  write({ "deploy/web.yaml": web.replace("port: 80", "port: 81") });
  const left = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("k8snet-revision-"));
  const before = left();
  await diff("git:HEAD", "deploy");
  await diff("git:HEAD:nowhere", "deploy");
  expect(left()).toEqual(before);
  const status = execFileSync("git", ["status", "--short"], { cwd: folder, encoding: "utf8" });
  expect(status).toBe(" M deploy/web.yaml\n");
});

test("a checkout of another user: git refuses it, and the hint says how to trust it", async () => {
  commit({ "deploy/web.yaml": web });
  process.env["GIT_TEST_ASSUME_DIFFERENT_OWNER"] = "1";
  const answer = await diff("git:HEAD", "deploy").finally(() => {
    delete process.env["GIT_TEST_ASSUME_DIFFERENT_OWNER"];
  });
  expect(answer).toMatchObject({ status: 2, stdout: "" });
  expect(answer.stderr).toMatch(/^error: git rev-parse: fatal: detected dubious ownership /);
  expect(answer.stderr).toContain("git config --global --add safe.directory");
});
