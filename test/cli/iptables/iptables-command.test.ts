import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runK8snet } from "../run-k8snet.ts";

const fixtures = join(__dirname, "../../../fixtures");
const recorded = join(fixtures, "iptables/recorded");
let empty: string;
beforeAll(() => {
  empty = mkdtempSync(join(tmpdir(), "k8snet-"));
});
afterAll(() => rmSync(empty, { recursive: true, force: true }));

/** Runs against a dump, in a folder without manifests. */
function onDump(dump: string, ...words: string[]) {
  return runK8snet(["--dump", join(recorded, dump), ...words], { cwd: empty });
}

describe("the tool's own command lines, on a dump of a node", () => {
  test.each([
    ["kp4.nft-1.8.11.L-nat.txt", "1.8.11", "iptables -t nat -L"],
    ["kp4.nft-1.8.11.L-n-ln-nat.txt", "1.8.11", "iptables -t nat -L -n --line-numbers"],
    ["kp4.nft-1.8.11.L-n-ln-nat.txt", "1.8.11", "iptables -t nat -nL --line-n"],
    ["kp4.nft-1.8.7.nvL-nat.txt", "1.8.7", "iptables -nvL -t nat"],
    ["kp4.nft-1.8.11.nvL-filter.txt", "1.8.11", "iptables -nvL"],
    ["kp4.nft-1.8.11.nvxL-filter.txt", "1.8.11", "iptables --list --numeric -v --exact"],
    ["kp4.nft-1.8.11.Sv-nat.txt", "1.8.11", "iptables -tnat -S -v"],
    ["kp6.nft-1.8.11.L-n-nat.txt", "1.8.11", "ip6tables --table=nat -L -n"],
    ["kp6.nft-1.8.11.S-filter.txt", "1.8.11", "ip6tables --list-rules"],
    ["kp4.nft-1.8.11.save-c.txt", "1.8.11", "iptables-save -c"],
    ["kp4.nft-1.8.11.save-nat.txt", "1.8.11", "iptables-save -t nat"],
  ])("%s", async (file, version, line) => {
    const save = file.replace(/\.[^.]+\.txt$/, ".save-c.txt");
    const answer = await onDump(save, "--iptables-version", version, ...line.split(" "));
    const withoutDate = (text: string) => text.replace(/^#.*\n/gm, "");
    expect(answer.stderr).toBe("");
    expect(withoutDate(answer.stdout)).toBe(withoutDate(readFileSync(join(recorded, file), "utf8")));
    expect(answer.status).toBe(0);
  });
});

describe("what the tool refuses, in its words and with its exit status", () => {
  const usage = "Try `iptables -h' or 'iptables --help' for more information.\n";
  const title = "iptables v1.8.11 (nf_tables)";
  test.each([
    ["-t nat -L NOPE", 1, "iptables: No chain/target/match by that name.\n"],
    [
      "-t foo -L",
      3,
      `${title}: table 'foo' does not exist\nPerhaps iptables or your kernel needs to be upgraded.\n`,
    ],
    ["-t nat", 2, `${title}: no command specified\n${usage}`],
    ["-L -Q", 2, `${title}: unknown option "-Q"\n${usage}`],
    ["-L --bogus", 2, `${title}: unknown option "--bogus"\n${usage}`],
    ["foo", 2, `Bad argument \`foo'\n${usage}`],
    ["-L INPUT 1 2", 2, `Bad argument \`2'\n${usage}`],
    ["-S -v INPUT", 2, `Bad argument \`INPUT'\n${usage}`],
    ["-L INPUT 0", 2, `${title}: Invalid rule number \`0'\n${usage}`],
    ["-L INPUT abc", 2, `${title}: Invalid rule number \`abc'\n${usage}`],
    ["-L -S", 2, `${title}: Cannot use -S with -L\n${usage}`],
    ["-S -n", 2, `${title}: Illegal option \`-n' with this command\n${usage}`],
    ["-S --line-numbers", 2, `${title}: Illegal option \`-0' with this command\n${usage}`],
    ["-L -p tcp", 2, `${title}: Illegal option \`-p' with this command\n${usage}`],
    ["-t", 2, `${title}: option "-t" requires an argument\n${usage}`],
    [
      "-t nat -C KUBE-MARK-MASQ -j RETURN",
      1,
      "iptables: Bad rule (does a matching rule exist in that chain?).\n",
    ],
    ["-A INPUT -j DROP", 2, `${title}: -A would change rules, and these are only shown\n${usage}`],
    ["-F", 2, `${title}: -F would change rules, and these are only shown\n${usage}`],
  ])("iptables %s", async (line, status, stderr) => {
    const answer = await onDump("kp4.nft-1.8.11.save-c.txt", "iptables", ...line.split(" "));
    expect(answer).toEqual({ status, stdout: "", stderr });
  });

  test("a missing chain in the words of 1.8.9", async () => {
    const words = ["--iptables-version", "1.8.9", "iptables", "-nL", "NOPE"];
    const answer = await onDump("kp4.nft.save-c.txt", ...words);
    expect(answer.stderr).toBe(
      "iptables v1.8.9 (nf_tables): chain `NOPE' in table `filter' is incompatible, use 'nft' tool.\n",
    );
  });

  test.each([
    ["-t nope", "Table `nope' does not exist\n"],
    ["foo", "Unknown arguments found on commandline\n"],
    [
      "-Q",
      "iptables-save: invalid option -- 'Q'\nLook at manual page `iptables-save.8' for more information.\n",
    ],
  ])("iptables-save %s", async (line, stderr) => {
    const answer = await onDump("kp4.nft-1.8.11.save-c.txt", "iptables-save", ...line.split(" "));
    expect(answer).toEqual({ status: 1, stdout: "", stderr });
  });
});

describe("parts of a listing", () => {
  test.each([
    [
      "-t nat -L KUBE-MARK-MASQ 1 -n",
      "MARK       all  --  0.0.0.0/0            0.0.0.0/0            MARK or 0x4000\n",
    ],
    ["-t nat -S KUBE-MARK-MASQ 1", "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000\n"],
    ["-t nat -L KUBE-MARK-MASQ 99", ""],
    ["-t nat -C KUBE-MARK-MASQ -j MARK --or-mark 0x00004000", ""],
    ["-V", "iptables v1.8.11 (nf_tables)\n"],
    ["-t raw -S", "-P PREROUTING ACCEPT\n-P OUTPUT ACCEPT\n"],
  ])("iptables %s", async (line, stdout) => {
    const answer = await onDump("kp4.nft-1.8.11.save-c.txt", "iptables", ...line.split(" "));
    expect(answer).toEqual({ status: 0, stdout, stderr: "" });
  });
});

describe("on rendered rules", () => {
  const manifests = join(fixtures, "jobs-app/manifests");

  test("the article's KUBE-SERVICES", async () => {
    const words = ["-f", manifests, "iptables", "-t", "nat", "-L", "KUBE-SERVICES", "-n", "--line-numbers"];
    const { stdout, status } = await runK8snet(words, { cwd: empty });
    expect(status).toBe(0);
    expect(stdout).toContain("1    KUBE-SVC-NPX46M4PTMTKRN6Y  tcp  --  0.0.0.0/0            10.96.0.1 ");
    expect(stdout).toContain("/* kube-system/kube-dns:metrics cluster IP */ tcp dpt:9153\n");
  });

  test("--base-rules lie below ours: the article's PREROUTING with Docker's rules behind", async () => {
    const base = join(empty, "base.txt");
    writeFileSync(
      base,
      `*nat
:PREROUTING ACCEPT [5:300]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:DOCKER - [0:0]
:DOCKER_OUTPUT - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A PREROUTING -d 192.168.49.1/32 -j DOCKER_OUTPUT
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
COMMIT
`,
    );
    const words = ["-f", manifests, "--base-rules", base, "iptables", "-t", "nat", "-S", "PREROUTING"];
    const { stdout } = await runK8snet(words, { cwd: empty });
    expect(stdout.split("\n")).toEqual([
      "-P PREROUTING ACCEPT",
      '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
      "-A PREROUTING -d 192.168.49.1/32 -j DOCKER_OUTPUT",
      "-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
      "",
    ]);
  });
});

test("a flag of k8snet behind the word iptables: where it belongs is said", async () => {
  const answer = await runK8snet(["iptables", "-t", "nat", "-L", "--dump", "node.txt"], { cwd: empty });
  expect(answer).toMatchObject({ status: 2, stdout: "" });
  expect(answer.stderr).toContain("hint: k8snet --dump … iptables …");
});

test("so it is of -f with a file; without one it is iptables' own", async () => {
  const answer = await runK8snet(["iptables", "-f", "manifests/", "-L"], { cwd: empty });
  expect(answer).toMatchObject({ status: 2, stdout: "" });
  expect(answer.stderr).toContain("hint: k8snet -f … iptables …");
});
