import { describeOnTerminal, Program } from "./terminal.ts";

jest.setTimeout(60_000);

const jobs = ["-f", "fixtures/jobs-app/manifests"];
const plain = { NO_COLOR: "1" };
const end = "MASQUERADE"; // Of the last rule of the listing.

describeOnTerminal("on a terminal", () => {
  let program: Program;
  beforeAll(() => {
    program = new Program();
  });
  afterAll(() => program?.remove());

  test("what is taller than the screen is paged: the first page, and quiet when it is left early", () => {
    const { screen, status } = program.run(["render", ...jobs], { rows: 12, keys: ["q"], env: plain });
    expect(screen).toContain("Chain PREROUTING");
    expect(screen).not.toContain("KUBE-SVC-6R7RAWWNQI6ZLKMO (");
    expect(screen).not.toMatch(/EPIPE|Error|bug/);
    expect(status).toBe(0);
  });

  test("the reader reaches the end, in colours", () => {
    const { screen, status } = program.run(["trace", "svc/backend-service", ...jobs], {
      rows: 12,
      keys: [" ", " ", "G", "q"],
    });
    expect(screen).toContain("10.244.1.4:3000");
    expect(screen).toContain("\u001b[32m");
    expect(status).toBe(0);
  });

  test("Ctrl-C is the pager's, which goes on until q", () => {
    const { screen, status } = program.run(["render", ...jobs], {
      rows: 12,
      keys: ["\u0003", "G", "q"],
      env: plain,
    });
    expect(screen).toContain("(END)");
    expect(screen).toContain("Chain KUBE-SVC-TCOU7JCQXEZGVUNU");
    expect(status).toBe(0);
  });

  test.each([
    ["what fits the screen", ["render", "KUBE-SERVICES", ...jobs], {}, { rows: 60 }],
    ["--no-pager", ["render", ...jobs, "--no-pager"], {}, {}],
    ["an empty K8SNET_PAGER", ["render", ...jobs], { K8SNET_PAGER: "", PAGER: "false" }, {}],
    ["PAGER=cat", ["render", ...jobs], { PAGER: "cat" }, {}],
    ["a job of CI", ["render", ...jobs], { CI: "true" }, {}],
    ["a dumb terminal", ["render", ...jobs], { TERM: "dumb" }, {}],
  ])("no pager for %s", (_, args, env, size) => {
    const { screen, status } = program.run(args, { rows: 12, env, ...size });
    expect(screen).toContain(args.includes("KUBE-SERVICES") ? "KUBE-NODEPORTS" : end);
    expect(screen).not.toContain("\u001b[?1h");
    expect(status).toBe(0);
  });

  test("K8SNET_PAGER goes before PAGER, both as the shell reads them", () => {
    const env = { ...plain, K8SNET_PAGER: "sed -n '1s/^/paged: /p'", PAGER: "false" };
    const { screen, status } = program.run(["render", ...jobs], { rows: 12, env });
    expect(screen).toContain("paged: Chain PREROUTING");
    expect(status).toBe(0);
  });

  test("a pager that is not there: said, and the text is written as it is", () => {
    const env = { PAGER: "no-such-pager" };
    const { screen, status } = program.run(["render", ...jobs], { rows: 12, env });
    expect(screen).toContain('note: the pager "no-such-pager" is not there');
    expect(screen).toContain(end);
    expect(status).toBe(0);
  });

  test("a failed expectation still ends with 1, after the pager", () => {
    const args = ["trace", "svc/backend-service", "--expect", "rejected", ...jobs];
    const { status } = program.run(args, { rows: 8, keys: ["q"] });
    expect(status).toBe(1);
  });

  test("lines are as wide as the terminal, with every address and name whole", () => {
    const { screen } = program.run(["trace", "svc/backend-service", "--explain", "--no-pager", ...jobs], {
      columns: 60,
      env: { NO_COLOR: "1" },
    });
    expect(screen).toContain("pod/jobs/backend-deployment-6c84d55bc6-v7tcq");
    const long = screen.split("\n").filter((line) => line.length > 60 && line.trim().includes(" "));
    expect(long.filter((line) => !/^[\s│]*\S+$/.test(line))).toEqual([]);
  });

  test("iptables' own listing is not touched", () => {
    const { screen } = program.run(["render", "KUBE-SERVICES", "--no-pager", ...jobs], {
      columns: 60,
      env: plain,
    });
    expect(screen).toContain(
      "    KUBE-SVC-6R7RAWWNQI6ZLKMO  tcp  --  0.0.0.0/0            10.96.5.81           /* jobs/backend-service:backend cluster IP */ tcp dpt:3000\n",
    );
  });
});
