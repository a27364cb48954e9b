import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runK8snet } from "./run-k8snet.ts";

const fixtures = join(__dirname, "../../fixtures");

test("the functions name the input and the folder they answer from", async () => {
  const cwd = join(fixtures, "jobs-app");
  const answer = await runK8snet(
    ["shell", "-f", "manifests", "--node", "minikube", "--scale", "deploy/jobs/backend-deployment=2"],
    { cwd },
  );
  expect(answer).toMatchObject({ status: 0, stderr: expect.stringMatching(/^note: simulated: .*\n$/) });
  expect(answer.stdout).toMatch(/\(cd \S+ && K8SNET_TOLD=\w+ command k8snet --filename manifests/);
  expect(answer.stdout).toContain(` --node minikube --scale deploy/jobs/backend-deployment=2 "$@")`);
});

test("fish gets functions of its own", async () => {
  const answer = await runK8snet(["shell"], { env: { SHELL: "/usr/bin/fish" }, cwd: fixtures });
  expect(answer.stdout).toContain("function iptables; k8snet_ask iptables $argv; end");
});

test.each([
  ["--node", "nowhere", "[unknown-node]"],
  ["--from", "nobody", "[unknown-pod]"],
])("%s %s is told at once", async (flag, value, code) => {
  const answer = await runK8snet(["shell", "-f", "manifests", flag, value], {
    cwd: join(fixtures, "jobs-app"),
  });
  expect(answer.stderr).toContain(code);
  expect(answer.stdout).toContain("k8snet_ask");
});

describe("what is to be said of the input", () => {
  const manifests = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}], externalIPs: [203.0.113.1]}
`;
  let cwd = "";
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), "k8snet-told-"));
    writeFileSync(join(cwd, "web.yaml"), manifests);
  });
  afterEach(() => rmSync(cwd, { recursive: true }));

  test.each(["sh", "fish"])("is said once, not by each command: %s", async (kind) => {
    const made = await runK8snet(["shell", "-f", "web.yaml", "--shell", kind], { cwd });
    expect(made.stderr).toContain("externalIPs is deprecated");
    expect(made.stderr).toContain("note: simulated");
    const told = made.stdout.match(/K8SNET_TOLD=([a-z0-9,]+)/)?.[1] ?? "";
    const env = { K8SNET_TOLD: told };
    for (const words of [
      ["kubectl", "get", "svc"],
      ["iptables", "-t", "nat", "-S"],
      ["ip", "route"],
    ]) {
      const answer = await runK8snet(["-f", "web.yaml", ...words], { cwd, env });
      expect(answer).toMatchObject({ status: 0, stderr: "" });
    }
    writeFileSync(join(cwd, "web.yaml"), manifests.replaceAll("web", "api"));
    const changed = await runK8snet(["-f", "web.yaml", "kubectl", "get", "svc"], { cwd, env });
    expect(changed.stderr).toBe("");
    writeFileSync(join(cwd, "web.yaml"), `# moved\n${manifests}`);
    const moved = await runK8snet(["-f", "web.yaml", "kubectl", "get", "svc"], { cwd, env });
    expect(moved.stderr).toBe("");
    writeFileSync(join(cwd, "more.yaml"), manifests.replaceAll("web", "more"));
    const more = await runK8snet(["-f", "more.yaml", "kubectl", "get", "svc"], { cwd, env });
    expect(more.stderr).toContain("externalIPs is deprecated");
  });

  test("an error is said at once, and the functions are there all the same", async () => {
    writeFileSync(join(cwd, "web.yaml"), "kind: [");
    const made = await runK8snet(["shell", "-f", "web.yaml"], { cwd });
    expect(made.stderr).toContain("yaml-syntax");
    expect(made.stdout).toContain("kubectl() { k8snet_ask");
    const asked = await runK8snet(["-f", "web.yaml", "kubectl", "get", "svc"], { cwd });
    expect(asked).toMatchObject({ status: 2, stdout: "" });
  });
});

test("flags with control characters are refused, and shown escaped", async () => {
  const answer = await runK8snet(["shell", "--config=\u001b[31m"], { cwd: fixtures });
  expect(answer).toMatchObject({ status: 2, stdout: "" });
  expect(answer.stderr).toContain("\\x1b[31m");
});

test("standard input can't be read again and again", async () => {
  expect(await runK8snet(["shell", "-f", "-"])).toMatchObject({ status: 2, stdout: "" });
});

const words = /^\S+/;

test.each([
  [
    ["kubectl", "get", "svc", "-n", "jobs"],
    ["get", "svc", "-n", "jobs"],
  ],
  [
    ["kubectl", "-n", "jobs", "get", "svc"],
    ["get", "svc", "-n", "jobs"],
  ],
  [
    ["kubectl", "--context", "prod", "get", "svc", "-A"],
    ["get", "svc", "-A"],
  ],
  [
    ["kubectl", "get", "pod", "-l", "app=backend", "-o", "wide", "-n", "jobs"],
    ["get", "pod", "-l", "app=backend", "-o", "wide", "-n", "jobs"],
  ],
  [
    ["kubectl", "describe", "svc", "backend-service", "--namespace=jobs"],
    ["describe", "svc", "backend-service", "--namespace", "jobs"],
  ],
  [
    ["ip", "route", "show"],
    ["get", "routes"],
  ],
  [
    ["ip", "-4", "r"],
    ["get", "routes"],
  ],
  [
    ["nslookup", "-type=SRV", "backend-service.jobs"],
    ["resolve", "backend-service.jobs", "--type", "SRV"],
  ],
  [
    ["nslookup", "--from", "deploy/frontend-deployment", "backend-service"],
    ["resolve", "backend-service", "--from", "deploy/frontend-deployment"],
  ],
  [
    [
      "kubectl",
      "run",
      "-n",
      "jobs",
      "-i",
      "dnsutils",
      "--image=x",
      "--rm",
      "--",
      "sh",
      "-c",
      "nslookup backend-service",
    ],
    ["resolve", "backend-service", "-n", "jobs"],
  ],
  [
    [
      "kubectl",
      "exec",
      "-it",
      "backend-deployment-6c84d55bc6-v7tcq",
      "-n",
      "jobs",
      "--",
      "cat",
      "/etc/resolv.conf",
    ],
    ["resolve", "--resolv-conf", "--from", "pod/backend-deployment-6c84d55bc6-v7tcq", "-n", "jobs"],
  ],
])("%j is answered as %j", async (foreign, own) => {
  const input = ["-f", join(fixtures, "jobs-app/manifests")];
  const expected = await runK8snet([...input, ...own]);
  expect(expected.stdout).toMatch(words);
  expect(await runK8snet([...input, ...foreign])).toEqual(expected);
});

test.each([
  [["kubectl", "delete", "svc", "web"]],
  [["kubectl", "apply", "-f", "x.yaml"]],
  [["kubectl"]],
  [["kubectl", "exec", "pod", "--", "sh"]],
  [["ip", "route", "get", "10.0.0.1"]],
  [["ip", "addr"]],
  [["nslookup"]],
])("%j is refused and never passed on", async (foreign) => {
  const answer = await runK8snet(["-f", join(fixtures, "jobs-app/manifests"), ...foreign]);
  expect(answer).toMatchObject({ status: 2, stdout: "" });
  expect(answer.stderr).toContain("hint:");
});

describe.each(["bash", "dash", "zsh"].filter((shell) => spawnSync(shell, ["-c", ":"]).status === 0))(
  "in %s",
  (shell) => {
    // Stands for the program: prints the folder and the words it was given.
    let folder = "";
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), "k8snet-shell-"));
      writeFileSync(join(folder, "k8snet"), `#!/bin/sh\npwd\nfor w in "$@"; do printf '%s|' "$w"; done\n`, {
        mode: 0o755,
      });
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    const run = async (line: string): Promise<string> => {
      const { stdout } = await runK8snet(["shell", "-f", "a b.yaml", "--node", "it's"], { cwd: folder });
      const answer = spawnSync(shell, ["-c", `${stdout}\n${line}`], {
        encoding: "utf8",
        cwd: "/",
        env: { ...process.env, PATH: `${folder}:${process.env["PATH"]}` },
      });
      return answer.stdout.replace(`${folder}\n`, "");
    };
    const input = "--filename|a b.yaml|--node|it's|";

    test.each([
      ["iptables -t nat -L -n", "iptables|-t|nat|-L|-n|"],
      ["sudo iptables -nvL", "iptables|-nvL|"],
      ["ip route show", "ip|route|show|"],
      ["kubectl get svc 'a b'", "kubectl|get|svc|a b|"],
      ["nslookup web", "nslookup|web|"],
    ])("%s asks %s", async (line, asked) => {
      expect(await run(line)).toBe(input + asked);
    });

    test("pipes work, and k8snet_off takes all back", async () => {
      expect(await run("iptables -S | tr '|' ' ' | grep -c iptables")).toBe("1\n");
      expect(await run("k8snet_off; command -v k8snet_ask || echo gone")).toBe("gone\n");
    });

    test("names with a dash", async () => {
      const line = shell === "dash" ? "\niptables-save -t nat" : "iptables-save -t nat";
      expect(await run(line)).toBe(`${input}iptables-save|-t|nat|`);
    });
  },
);
