import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { runK8snet } from "../run-k8snet.ts";

const fixtures = join(__dirname, "../../../fixtures");
const jobs = join(fixtures, "jobs-app/manifests");
const jobsOne = join(fixtures, "jobs-app-one/manifests");

// Whole commands are run, several in a test.
jest.setTimeout(60_000);

describe("diff", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "k8snet-diff-"));
    cpSync(jobs, join(folder, "manifests"), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const edit = (file: string, from: string, to: string): void => {
    const path = join(folder, "manifests", file);
    const text = readFileSync(path, "utf8");
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
  };
  const diff = (...words: string[]): ReturnType<typeof runK8snet> =>
    runK8snet(["diff", jobs, join(folder, "manifests"), ...words]);

  test("equal folders do not differ", async () => {
    expect(await diff()).toMatchObject({ status: 0, stdout: "no difference\n" });
  });

  test("scaling is a difference, and breaks nothing", async () => {
    const answer = await runK8snet(["diff", jobsOne, jobs]);
    expect(answer.status).toBe(1);
    expect(answer.stdout).toContain("jobs/backend-service: 1 -> 3 endpoints, port 3000/TCP");
    expect(answer.stdout).toContain("is  1/3 10.244.1.2:3000, 1/3 10.244.1.3:3000, 1/3 10.244.1.4:3000");
    expect((await runK8snet(["diff", jobsOne, jobs, "--fail-on", "breaking"])).status).toBe(0);
  });

  test("scaling down breaks nothing either, whatever share of a node's own traffic stays on the node", async () => {
    const backend = readFileSync(join(jobs, "backend.yaml"), "utf8");
    const [four, three] = [4, 3].map((replicas) => {
      const file = join(folder, `${replicas}.yaml`);
      writeFileSync(file, backend.replace("replicas: 3", `replicas: ${replicas}`));
      return file;
    });
    const answer = await runK8snet(["diff", four!, three!, "--fail-on", "breaking"]);
    expect(answer.status).toBe(0);
    expect(answer.stdout).toMatch(/^endpoints changed /m);
    expect(answer.stdout).not.toMatch(/^(newly masqueraded|source address now kept) /m);
  });

  test("flows that read the same are one change, whoever sends them", async () => {
    edit("backend.yaml", "port: 3000", "port: 3001");
    const { stdout } = await diff();
    expect(stdout.match(/^lost .* from .*$/gm)).toEqual([
      expect.stringMatching(/backend 3000\/TCP from any pod, any node, outside$/),
    ]);
  });

  test("a selector that selects nothing loses the flow, and is breaking", async () => {
    edit("backend.yaml", "  selector:\n    app: backend\n  ports", "  selector:\n    app: backnd\n  ports");
    const answer = await diff("--fail-on", "breaking");
    expect(answer.status).toBe(1);
    expect(answer.stdout).toMatch(
      /^lost +jobs\/backend-service cluster IP backend 3000\/TCP from any pod\b/m,
    );
    expect(answer.stdout).toMatch(/is +rejected$/m);
  });

  test("naming a port otherwise renames chains and changes no flow", async () => {
    edit("backend.yaml", "    - name: backend\n      protocol", "    - name: api\n      protocol");
    const answer = await diff("--fail-on", "breaking");
    expect(answer.status).toBe(0);
    expect(answer.stdout).toContain("1 chain renamed");
    expect(answer.stdout).toContain("KUBE-SVC-6R7RAWWNQI6ZLKMO -> KUBE-SVC-");
    expect(answer.stdout).toContain("no flow changes");
  });

  test("markdown escapes what manifests hold; json is json; plain is the rules' diff", async () => {
    edit("backend.yaml", "port: 3000", "port: 3001");
    const markdown = await diff("-o", "markdown");
    expect(markdown.stdout).toContain("| jobs/backend-service cluster IP backend 3000/TCP |");
    expect(markdown.stdout).toContain("| **lost** |");
    expect(markdown.stdout).toMatch(/^- changed |^- removed |^- added /m);
    const json = JSON.parse((await diff("-o", "json")).stdout);
    expect(json.flows[0]).toMatchObject({ change: "lost", breaking: true, service: "jobs/backend-service" });
    const plain = await diff("--plain");
    expect(plain.status).toBe(1);
    expect(plain.stdout).toMatch(/^-.*KUBE-SERVICES -d 10\.96\.5\.81.*--dport 3000/m);
    expect(plain.stdout).toMatch(/^\+.*KUBE-SERVICES -d 10\.96\.5\.81.*--dport 3001/m);
  });

  test("a node's dump is compared with the manifests it came from", async () => {
    const cluster = join(fixtures, "conformance/clusters/jobs-app");
    const dump = join(cluster, "1.37.0/minikube/iptables-save.txt");
    const answer = await runK8snet(["diff", dump, join(cluster, "cluster.yaml")]);
    expect(answer).toMatchObject({ status: 0, stdout: "no difference\n" });
    const two = await runK8snet(["diff", dump, dump]);
    expect(two).toMatchObject({ status: 0, stdout: "no difference\n" });
  });

  test("revisions of git, and a hint where a shallow clone lacks one", async () => {
    const git = (...args: string[]): void => void execFileSync("git", args, { cwd: folder, stdio: "ignore" });
    git("init", "-q");
    git(
      "-c",
      "user.name=a",
      "-c",
      "user.email=a@example.com",
      "-c",
      "commit.gpgsign=false",
      "commit",
      "-q",
      "--allow-empty",
      "-m",
      "0",
    );
    git("add", ".");
    git(
      "-c",
      "user.name=a",
      "-c",
      "user.email=a@example.com",
      "-c",
      "commit.gpgsign=false",
      "commit",
      "-q",
      "-m",
      "1",
    );
    edit("backend.yaml", "port: 3000", "port: 3001");
    const answer = await runK8snet(["diff", "git:HEAD", "--fail-on", "breaking"], { cwd: folder });
    expect(answer.status).toBe(1);
    expect(answer.stdout).toContain("port backend 3000/TCP to 3000");
    const same = await runK8snet(["diff", "git:HEAD:manifests", "git:HEAD:manifests"], { cwd: folder });
    expect(same).toMatchObject({ status: 0, stdout: "no difference\n" });
    // Paths are the repository's, as in git's own REV:PATH; `./` is here. In a worktree as well.
    git("worktree", "add", "-q", "tree");
    for (const word of ["git:HEAD:manifests", "git:HEAD:./"]) {
      const cwd = join(folder, "tree/manifests");
      const below = await runK8snet(["diff", word, "."], { cwd });
      expect([word, below.status, below.stdout]).toEqual([word, 0, "no difference\n"]);
    }
    for (const path of [jobs, relative(folder, jobs)]) {
      const outside = await runK8snet(["diff", "git:HEAD", path], { cwd: folder });
      expect(outside).toMatchObject({ status: 2, stdout: "" });
      expect(outside.stderr).toContain(" is outside of this repository");
      expect(outside.stderr).toContain("git:HEAD:PATH says what of it to compare");
    }
    const absolute = ["diff", "git:HEAD", join(folder, "manifests"), "--fail-on", "breaking"];
    expect((await runK8snet(absolute, { cwd: folder })).stdout).toBe(answer.stdout);
    const missing = await runK8snet(["diff", "git:v9.9"], { cwd: folder });
    expect(missing.status).toBe(2);
    expect(missing.stderr).toContain("fetch-depth");
  });

  describe("a repository with folders in folders", () => {
    const git = (...args: string[]): void =>
      void execFileSync(
        "git",
        ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false", ...args],
        { cwd: folder, stdio: "ignore", env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" } },
      );
    const run = (...words: string[]): ReturnType<typeof runK8snet> =>
      runK8snet(["diff", ...words], { cwd: folder });
    beforeEach(() => {
      git("init", "-q");
      mkdirSync(join(folder, "manifests/more"));
      renameSync(join(folder, "manifests/backend.yaml"), join(folder, "manifests/more/backend.yaml"));
      git("add", ".");
      git("commit", "-q", "-m", "1");
    });

    test.each([[[]], [["-R"]]])("a revision is read as deep as a folder: %j", async (flags) => {
      expect(await run("git:HEAD:manifests", "manifests", ...flags)).toMatchObject({
        status: 0,
        stdout: "no difference\n",
      });
    });

    test("without a path it is read where the other side is", async () => {
      const below = await run("git:HEAD", "manifests/more");
      expect(below).toMatchObject({ status: 0, stdout: "no difference\n" });
      expect(await run("git:HEAD", ".", "-R")).toMatchObject({ status: 0, stdout: "no difference\n" });
      const shallow = await run("git:HEAD", ".");
      expect(shallow).toMatchObject({ status: 2, stdout: "" });
      expect(shallow.stderr).toContain("-R reads them too");
    });

    test("a single file of a revision", async () => {
      const word = "git:HEAD:manifests/more/backend.yaml";
      expect(await run(word, "manifests/more")).toMatchObject({ status: 0, stdout: "no difference\n" });
    });

    test("line ends of Windows and a symbolic link are no difference", async () => {
      const file = join(folder, "manifests/more/backend.yaml");
      writeFileSync(file, readFileSync(file, "utf8").replaceAll("\n", "\r\n"));
      symlinkSync("manifests", join(folder, "link"));
      expect(await run("git:HEAD:manifests", "link", "-R")).toMatchObject({
        status: 0,
        stdout: "no difference\n",
      });
    });
  });

  describe("what there is to say of the input", () => {
    const deprecated = "spec.externalIPs is deprecated";
    const withExternalIps = (name: string): string => {
      const path = join(folder, name);
      cpSync(jobs, path, { recursive: true });
      const text = readFileSync(join(path, "backend.yaml"), "utf8");
      writeFileSync(
        join(path, "backend.yaml"),
        text.replace("  selector:\n    app: backend\n  ports", "  externalIPs: [192.0.2.1]\n$&"),
      );
      return path;
    };

    test("of both sides alike is said of the new one only", async () => {
      const [old, now] = [withExternalIps("old"), withExternalIps("new")];
      const { stderr } = await runK8snet(["diff", old, now]);
      expect(stderr.split(deprecated)).toHaveLength(2);
      expect(stderr).toContain(`${now}/backend.yaml`);
      expect((await runK8snet(["diff", old, jobs])).stderr).toContain(`${old}/backend.yaml`);
    });

    test("of both simulated clusters is told which is which", async () => {
      const { stderr } = await runK8snet(["diff", jobsOne, jobs]);
      expect(stderr).toBe(
        "note: before: simulated: 2 ClusterIPs, 1 pod IP, 3 nodes; stated: 1 ClusterIP, 1 pod IP\n" +
          "note: after: simulated: 2 ClusterIPs, 1 pod IP, 3 nodes; stated: 1 ClusterIP, 6 pod IPs\n",
      );
    });
  });

  test("what both sides simulate alike is said once", async () => {
    const { stderr } = await diff();
    expect(stderr.match(/note: simulated/g)).toHaveLength(1);
  });

  test.each([
    ["any", 1, 1],
    ["breaking", 0, 1],
    ["never", 0, 0],
  ])("--fail-on %s", async (what, scaled, broken) => {
    const scale = await runK8snet(["diff", jobsOne, jobs, "--fail-on", what]);
    edit("backend.yaml", "  selector:\n    app: backend\n  ports", "  selector:\n    app: none\n  ports");
    expect([scale.status, (await diff("--fail-on", what)).status]).toEqual([scaled, broken]);
  });

  describe("many Services on many nodes", () => {
    const service = (index: number, port: number): string =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: web-${index}}\n` +
      `spec: {selector: {app: web}, ports: [{port: ${port}}]}\n---\n`;
    const pods =
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n" +
      "  selector: {matchLabels: {app: web}}\n" +
      "  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}\n---\n";
    const world = (name: string, count: number, port: (index: number) => number): string => {
      const path = join(folder, name);
      writeFileSync(
        path,
        pods + Array.from({ length: count }, (_, index) => service(index, port(index))).join(""),
      );
      return path;
    };

    test("a comment stays below 65,536 characters and says what it leaves out", async () => {
      const sides = [world("old.yaml", 1000, () => 80), world("new.yaml", 1000, (index) => 9000 + index)];
      const { stdout } = await runK8snet(["diff", ...sides, "-o", "markdown"]);
      expect(stdout.length).toBeLessThan(65_536);
      expect(stdout.length).toBeGreaterThan(60_000);
      expect(stdout).toMatch(/\nNot shown here, for want of room: \d+ more changes to objects\. .*\n$/);
      // What breaks comes first.
      expect(stdout.split("\n")[4]).toContain("**lost**");
      const shown = stdout.match(/^- changed/gm)!.length;
      const left = Number(/(\d+) more changes to objects/.exec(stdout)![1]);
      const { objects } = JSON.parse((await runK8snet(["diff", ...sides, "-o", "json"])).stdout) as {
        objects: readonly unknown[];
      };
      expect(shown + left).toBe(objects.length);
    }, 60_000);

    test("the same change of many Services is told once; json has each", async () => {
      const sides = [world("old.yaml", 40, () => 80), world("new.yaml", 40, () => 81)];
      const { stdout } = await runK8snet(["diff", ...sides]);
      const some = "default/web-0, default/web-1, default/web-2 and 37 more";
      const named = some.replaceAll(/web-\d/g, "$& 80/TCP");
      expect(stdout).toBe(
        [
          `~ port 80/TCP to 80 -> 81/TCP to 81, in 40 Services: ${some}`,
          "",
          `lost    cluster IP of 40 Services (${named}) from any pod, any node, outside`,
          "        was 1/2 10.244.1.38:80, 1/2 10.244.2.130:80",
          "        is  no such address",
          `gained  cluster IP of 40 Services (${named.replaceAll(" 80/", " 81/")}) from any pod, any node, outside`,
          "        was no such address",
          "        is  1/2 10.244.1.38:81, 1/2 10.244.2.130:81, source address rewritten for some",
          "",
          `breaking for 40 Services: ${some}; flows: 40 × lost, 40 × gained; 40 changes to objects`,
          "",
        ].join("\n"),
      );
      const { objects, flows } = JSON.parse((await runK8snet(["diff", ...sides, "-o", "json"])).stdout);
      const services = flows.map(({ service }: { service: string }) => service);
      expect([objects.length, new Set(services).size]).toEqual([40, 40]);
      const markdown = (await runK8snet(["diff", ...sides, "-o", "markdown"])).stdout;
      expect(markdown.split("\n").filter((line) => line.startsWith("|"))).toHaveLength(4);
    });

    test("of many nodes only a few are named", async () => {
      const sides = [world("old.yaml", 1, () => 80), world("new.yaml", 1, () => 81)];
      const text = readFileSync(sides[1]!, "utf8");
      writeFileSync(
        sides[1]!,
        text.replace("ports:", "internalTrafficPolicy: Local, ports:").replace("81", "80"),
      );
      const { stdout } = await runK8snet(["diff", ...sides, "--nodes", "20"]);
      expect(stdout).toMatch(
        /^lost .* from any pod but those on minikube-m02 and minikube-m03, any node but /m,
      );
      // Either endpoint sees of the nodes what it saw: nobody's address is treated otherwise.
      expect(stdout).toMatch(/^endpoints changed .* nodes minikube-m02 and minikube-m03$/m);
      expect(stdout).not.toContain("masqueraded");
    });
  });
});
