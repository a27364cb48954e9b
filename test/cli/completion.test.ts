import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { runK8snet } from "./run-k8snet.ts";

const cwd = join(__dirname, "../../fixtures/jobs-app");

/** What is offered at the end of a line; a final space begins a new word. */
async function offered(line: string): Promise<readonly string[]> {
  const answer = await runK8snet(["__complete", "--", ...line.split(" ")], { cwd });
  expect(answer).toMatchObject({ status: 0, stderr: "" });
  return answer.stdout.split("\n").flatMap((entry) => (entry === "" ? [] : [entry.split("\t")[0]!]));
}

test.each([
  ["res", ["resolve"]],
  ["get svc,endpointsl", ["svc,endpointslices"]],
  ["get svc -n jobs ", ["backend-service"]],
  ["get svc/ba -n jo", ["jobs"]],
  ["-n jobs get svc/ba", ["svc/backend-service"]],
  ["describe -f manifests -n jobs service b", ["backend-service"]],
  ["get svc b -f no-such-folder -n j", []],
  ["render --node minikube-m0", ["minikube-m02", "minikube-m03"]],
  ["get pods -n jo", ["jobs"]],
  ["render KUBE-SVC-6R", ["KUBE-SVC-6R7RAWWNQI6ZLKMO"]],
  ["render KUBE-SEP-O3", ["KUBE-SEP-O3HWD4DESFNXEYL6"]],
  ["render -t fil", ["filter"]],
  ["resolve back", ["backend-service.jobs"]],
  [
    "resolve --from pod/jobs/frontend-deployment-66dd585966-2",
    ["pod/jobs/frontend-deployment-66dd585966-2bjtt"],
  ],
  ["get -o ya", ["yaml"]],
  ["get --field-s", ["--field-selector"]],
  ["completion z", ["zsh"]],
  ["lint manif", []],
  ["lint --explain selector-matches-n", ["selector-matches-nothing"]],
  ["render --kube-proxy-version 1.3", ["1.30", "1.31", "1.33", "1.34", "1.35", "1.36", "1.37"]],
  ["render --iptables-version 1.8.9", ["1.8.9"]],
  ["help in", ["init", "input"]],
])("behind `k8snet %s` stands %j", async (line, expected) => {
  expect(await offered(line)).toEqual(expected);
});

test("hidden commands are not offered", async () => {
  const names = await offered("");
  expect(names).toContain("render");
  expect(names).not.toContain("__complete");
  expect(names).not.toContain("kubectl");
});

const bash = spawnSync("bash", ["--version"]).status === 0;
if (!bash) console.warn("bash is not here: its completion script is not tried");

(bash ? test : test.skip)("the bash script hands the words over and takes the answers", async () => {
  const script = (await runK8snet(["completion", "bash"])).stdout;
  const harness = `
    stub() { printf 'one\\tthe first\\ntwo\\n'; printf '%s|' "$@" >&3; }
    compopt() { :; }
    ${script}
    COMP_WORDS=(k8snet get svc ''); COMP_CWORD=3
    _k8snet stub
    printf '%s,' "\${COMPREPLY[@]}"`;
  const answer = spawnSync("bash", ["-c", harness], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  expect(answer.stderr).toBe("");
  expect(answer.stdout).toBe("one,two,");
  expect(answer.output[3]).toBe("__complete|--|get|svc||");
});

test.each(["bash", "zsh", "fish"])("%s has a script, other shells are refused", async (shell) => {
  expect((await runK8snet(["completion", shell])).stdout).toContain("__complete");
  expect(await runK8snet(["completion", `${shell}x`])).toMatchObject({ status: 2, stdout: "" });
});
