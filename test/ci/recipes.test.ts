import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { load } from "js-yaml";

const root = join(__dirname, "../..");
const program = join(root, "bin/k8snet.js");
const docs = readFileSync(join(root, "docs/ci.md"), "utf8");

/** The commands of docs/ci.md, by the name in the comment above them. */
const recipes = new Map(
  [...docs.matchAll(/<!-- recipe: (\w+) -->\n```sh\n([\s\S]*?)```/g)].map((found) => [found[1]!, found[2]!]),
);

let place = "";
let checkout = "";
const env = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${join(place, "bin")}${delimiter}${process.env["PATH"]}`,
  GIT_CONFIG_GLOBAL: "/dev/null",
});
const git = (...args: string[]): void =>
  void execFileSync(
    "git",
    ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false", ...args],
    { cwd: checkout, stdio: "ignore", env: env() },
  );
const sh = (
  script: string,
  more: NodeJS.ProcessEnv = {},
): ReturnType<typeof spawnSync> & { stdout: string } =>
  spawnSync("bash", ["-e", "-c", script], { cwd: checkout, env: { ...env(), ...more }, encoding: "utf8" });

/** A program of that name which prints the manifests below its last argument that is a folder, as the real ones do. */
function standIn(name: string, script: string): void {
  const path = join(place, "bin", name);
  writeFileSync(path, `#!/bin/bash\n${script}\n`);
  chmodSync(path, 0o755);
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: bash's own
const printFolder = 'for f in "${@: -1}"/*.yaml; do cat "$f"; echo ---; done';

beforeAll(() => {
  // A clone that was never built has no program yet.
  if (!existsSync(program)) execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: root });
}, 120_000);

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "k8snet-recipes-"));
  checkout = join(place, "checkout");
  mkdirSync(join(place, "bin"));
  mkdirSync(join(checkout, "overlays"), { recursive: true });
  const manifests = join(root, "fixtures/jobs-app/manifests");
  for (const folder of ["chart", "overlays/prod", "manifests"])
    cpSync(manifests, join(checkout, folder), { recursive: true });
  standIn("k8snet", `exec "${process.execPath}" "${program}" "$@"`);
  standIn("helm", printFolder);
  standIn("kustomize", printFolder);
  standIn("argocd", `[[ "$*" == *live* ]] && set -- "$LIVE" || set -- chart; ${printFolder}`);
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-q", "-m", "base");
  git("update-ref", "refs/remotes/origin/main", "HEAD");
});
afterEach(() => rmSync(place, { recursive: true }));

/** The selector of the backend selects nothing any more, wherever the manifests are. */
function breakBackend(): void {
  for (const folder of ["chart", "overlays/prod", "manifests"]) {
    const path = join(checkout, folder, "backend.yaml");
    const text = readFileSync(path, "utf8");
    writeFileSync(
      path,
      text.replace("  selector:\n    app: backend\n  ports", "  selector:\n    app: none\n  ports"),
    );
  }
}

test.each(["helm", "kustomize", "git", "argocd"])(
  "%s: a broken Service fails, with the reason in the comment; an equal state does not",
  (name) => {
    const live = { LIVE: join(root, "fixtures/jobs-app/manifests") };
    const equal = sh(recipes.get(name)!, live);
    expect([equal.status, equal.stderr]).toEqual([0, expect.anything()]);
    if (existsSync(join(place, "base-checkout"))) git("worktree", "remove", "--force", "../base-checkout");
    breakBackend();
    expect(sh(recipes.get(name)!, live).status).toBe(1);
    const comment = readFileSync(join(checkout, "comment.md"), "utf8");
    expect(comment).toContain("jobs/backend-service");
    expect(comment).toContain("**lost**");
  },
  60_000,
);

test("monorepo: all folders together, or the Services of a namespace", () => {
  const settings = /<!-- settings: monorepo -->\n```yaml\n([\s\S]*?)```/.exec(docs)![1]!;
  const other = readFileSync(join(checkout, "manifests/backend.yaml"), "utf8").replaceAll("jobs", "other");
  for (const [name, text] of [
    ["jobs", undefined],
    ["other", other.replace(/clusterIP: .*/, "")],
  ] as const) {
    mkdirSync(join(checkout, "apps", name), { recursive: true });
    if (text === undefined)
      cpSync(join(checkout, "manifests"), join(checkout, "apps/jobs/manifests"), { recursive: true });
    else {
      mkdirSync(join(checkout, "apps/other/manifests"));
      writeFileSync(join(checkout, "apps/other/manifests/backend.yaml"), text);
    }
  }
  writeFileSync(join(checkout, "k8snet.yaml"), settings);
  git("add", ".");
  git("commit", "-q", "-m", "apps");
  git("update-ref", "refs/remotes/origin/main", "HEAD");
  expect(sh(recipes.get("monorepo")!).status).toBe(0);
  const edit = (name: string, from: string, to: string): void => {
    const path = join(checkout, "apps", name, "manifests/backend.yaml");
    const text = readFileSync(path, "utf8");
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
  };
  edit("other", "  selector:\n    app: backend\n  ports", "  selector:\n    app: none\n  ports");
  expect(sh(recipes.get("monorepo")!).status).toBe(0);
  expect(sh("k8snet diff git:origin/main --fail-on breaking").stdout).toMatch(
    /^lost {2}other\/backend-service /m,
  );
  edit("jobs", "  selector:\n    app: backend\n  ports", "  selector:\n    app: none\n  ports");
  expect(sh(recipes.get("monorepo")!).status).toBe(1);
}, 60_000);

test("golden files", () => {
  expect(sh(recipes.get("golden")!).status).toBe(0);
  breakBackend();
  const answer = sh("k8snet render -f manifests/ --check golden/");
  expect(answer.status).toBe(1);
  expect(answer.stdout).toMatch(/^jobs\/backend-service: 3 -> 0 endpoints, port 3000$/m);
}, 60_000);

/** What the steps of an action or a workflow may have. */
interface Step {
  readonly if?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
  readonly "working-directory"?: string;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}
const action = load(readFileSync(join(root, "action.yml"), "utf8")) as Action;

/** The YAML of docs/ci.md by the name in the comment above it. */
const workflows = new Map(
  [...docs.matchAll(/<!-- workflow: (\w+) -->\n```yaml\n([\s\S]*?)```/g)].map((found) => [
    found[1]!,
    load(found[2]!) as never,
  ]),
);

/** `${{ name }}` replaced as GitHub does; a name that is not known fails. */
function expand(text: string, known: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{ *([\w.-]+) *\}\}/g, (_, name: string) => {
    if (known[name] === undefined) throw new Error(`${name} is not known here`);
    return known[name];
  });
}

/** Runs steps as a GitHub runner: the first that fails ends the job, but for steps that always run. */
function runSteps(
  steps: readonly Step[],
  known: Readonly<Record<string, string>>,
): { status: number; text: string } {
  let status = 0;
  let text = "";
  for (const step of steps) {
    if (status !== 0 && step.if !== "always()") continue;
    if (step.uses?.startsWith("actions/")) continue;
    const values = Object.entries(step.env ?? {}).map(([name, value]) => [name, expand(value, known)]);
    const answer =
      step.uses === undefined ? inShell(step, Object.fromEntries(values), known) : runAction(step, known);
    status = Math.max(status, answer.status);
    text += answer.text;
  }
  return { status, text };
}

function inShell(
  step: Step,
  more: NodeJS.ProcessEnv,
  known: Readonly<Record<string, string>>,
): { status: number; text: string } {
  const where = expand(step["working-directory"] ?? ".", known);
  const answer = spawnSync("bash", ["-e", "-o", "pipefail", "-c", expand(step.run!, known)], {
    cwd: resolve(checkout, where),
    env: { ...env(), GITHUB_STEP_SUMMARY: join(place, "summary.md"), ...more },
    encoding: "utf8",
  });
  return { status: answer.status ?? 255, text: answer.stdout + answer.stderr };
}

/** Our own action, with its inputs' defaults. */
function runAction(step: Step, known: Readonly<Record<string, string>>): { status: number; text: string } {
  expect(action.runs.using).toBe("composite");
  const inputs = Object.entries(action.inputs).map(([name, { default: value }]) => [
    `inputs.${name}`,
    step.with?.[name] === undefined ? (value ?? "") : expand(step.with[name], known),
  ]);
  return runSteps(action.runs.steps, {
    "github.action_path": known["github.action_path"] ?? root,
    ...Object.fromEntries(inputs),
  });
}

describe("action.yml", () => {
  const run = (args: string, more: Readonly<Record<string, string>> = {}): ReturnType<typeof runAction> =>
    runAction({ with: { args, ...more } }, {});

  test("passes the exit status on and shows the comment", () => {
    breakBackend();
    const words =
      "diff git:origin/main -f manifests/ -o markdown --output-file comment.md --fail-on breaking";
    expect(run(words, { summary: "comment.md" }).status).toBe(1);
    expect(readFileSync(join(place, "summary.md"), "utf8")).toContain("**lost**");
  });

  test("takes words from several lines", () => {
    breakBackend();
    expect(run("diff git:origin/main\n-f manifests/\n--fail-on never\n").status).toBe(0);
    expect(run("diff git:origin/main\n-f manifests/\n--fail-on breaking\n").status).toBe(1);
  });

  test("runs where it is told to", () => {
    expect(run("lint -f .", { "working-directory": "manifests" }).status).toBe(0);
  });

  test("installs itself where it was never built", () => {
    standIn("npm", 'echo "npm $*" >> "$PWD/npm.txt"; mkdir bin; touch bin/k8snet.js; chmod +x bin/k8snet.js');
    const fresh = join(place, "fresh");
    mkdirSync(fresh);
    expect(runAction({ with: { args: "version" } }, { "github.action_path": fresh }).status).toBe(0);
    expect(readFileSync(join(fresh, "npm.txt"), "utf8")).toBe("npm ci --no-audit --no-fund\n");
  });

  test("a text of a pull request is no part of the script", () => {
    for (const step of action.runs.steps) expect(step.run).not.toContain("${{");
    // biome-ignore lint/suspicious/noTemplateCurlyInString: bash would expand it
    expect(run("diff git:$(touch${IFS}owned) -f manifests/").status).toBe(2);
    expect(existsSync(join(checkout, "owned"))).toBe(false);
  });
});

describe("GitHub's workflow", () => {
  const { jobs } = workflows.get("github") as unknown as { jobs: { network: { steps: readonly Step[] } } };
  const known = {
    "github.event.pull_request.number": "7",
    "github.token": "none",
  };
  /** As `actions/checkout` leaves it: the pull request merged into its base. */
  const merge = (): void => {
    git("checkout", "-q", "-b", "change");
    git("commit", "-q", "--allow-empty", "-a", "-m", "change");
    git("checkout", "-q", "main");
    git("merge", "-q", "--no-ff", "-m", "merge", "change");
  };
  /** @param id of the comment that there is already */
  const gh = (id: string): void =>
    standIn("gh", `[[ "$*" == *--paginate* ]] && { echo "${id}"; exit; }; echo "gh $*"; cat comment.md`);
  const run = (): ReturnType<typeof runSteps> => runSteps(jobs.network.steps, known);

  test("makes no comment where nothing differs", () => {
    gh("");
    merge();
    expect(run()).toEqual({ status: 0, text: expect.not.stringContaining("gh pr comment") });
  }, 60_000);

  test("says that nothing differs any more where there is a comment", () => {
    gh("99");
    merge();
    expect(run()).toEqual({
      status: 0,
      text: expect.stringMatching(/^gh api --method PATCH .*\/comments\/99 .*\n### k8snet: no difference$/m),
    });
  }, 60_000);

  test.each([
    ["", "gh pr comment 7 --body-file comment.md"],
    ["99", "gh api --method PATCH repos//issues/comments/99 --field body=@comment.md"],
  ])(
    "a broken Service fails, and the comment says why: comment %j",
    (id, call) => {
      gh(id);
      breakBackend();
      merge();
      const broken = run();
      expect(broken.status).toBe(1);
      expect(broken.text).toContain(`${call}\n### k8snet: breaking for jobs/backend-service`);
      expect(broken.text).toContain("**because** no pod in namespace jobs has the labels app=none");
    },
    60_000,
  );

  test("a wrong call makes no comment", () => {
    gh("99");
    writeFileSync(join(checkout, "manifests/backend.yaml"), "kind: [");
    merge();
    expect(run()).toEqual({ status: 2, text: expect.not.stringContaining("gh ") });
  }, 60_000);
});

test("GitLab's job: a broken Service fails, and there is a report", () => {
  interface Job {
    readonly before_script: readonly string[];
    readonly script: readonly string[];
    readonly artifacts: { readonly reports: { readonly junit: string } };
  }
  const { network } = workflows.get("gitlab") as unknown as { network: Job };
  standIn("npm", 'echo "npm $*"');
  const job = [...network.before_script, ...network.script].join("\n");
  const base = execFileSync("git", ["rev-parse", "main"], { cwd: checkout, encoding: "utf8" }).trim();
  const variables = { CI_MERGE_REQUEST_DIFF_BASE_SHA: base };
  const equal = sh(job, variables);
  expect([equal.status, equal.stdout]).toEqual([0, expect.stringContaining("npm install --global k8snet")]);
  expect(readFileSync(join(checkout, network.artifacts.reports.junit), "utf8")).toMatch(/^<\?xml/);
  breakBackend();
  expect(sh(network.script[1]!, variables).status).toBe(1);
}, 60_000);

test("the repository is named alike wherever it is named", () => {
  const { repository } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    repository?: string | { url: string };
  };
  const url = typeof repository === "string" ? repository : repository?.url;
  // Without a repository in package.json there is none to name: the docs say OWNER.
  const expected = url === undefined ? "OWNER/k8snet" : /([\w-]+\/[\w-]+?)(?:\.git)?$/.exec(url)?.[1];
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const named = [...`${docs}${readme}`.matchAll(/(?:uses: |github\.com\/)([\w-]+\/k8snet)\b/g)];
  expect(named.length).toBeGreaterThan(1);
  for (const [, name] of named) expect(name).toBe(expected);
});

test("pre-commit's hooks run as docs/ci.md configures them", () => {
  const hooks = load(readFileSync(join(root, ".pre-commit-hooks.yaml"), "utf8")) as readonly {
    readonly id: string;
    readonly entry: string;
  }[];
  const argsOf: Readonly<Record<string, string>> = Object.fromEntries(
    [...docs.matchAll(/- id: (\S+)\n\s+args: \[(.*)\]/g)].map((found) => [
      found[1]!,
      found[2]!.replaceAll(",", ""),
    ]),
  );
  expect(Object.keys(argsOf).sort()).toEqual(hooks.map(({ id }) => id).sort());
  expect(sh("k8snet render -f manifests/ --output-dir golden/").status).toBe(0);
  for (const { id, entry } of hooks) expect([id, sh(`${entry} ${argsOf[id]}`).status]).toEqual([id, 0]);
});

test("a revision that a shallow clone lacks: the hint names fetch-depth", () => {
  git("commit", "-q", "--allow-empty", "-m", "head");
  execFileSync("git", ["clone", "-q", "--depth", "1", `file://${checkout}`, join(place, "shallow")], {
    env: env(),
  });
  const answer = spawnSync(process.execPath, [program, "diff", "git:HEAD~1", "-f", "manifests"], {
    cwd: join(place, "shallow"),
    encoding: "utf8",
  });
  expect(answer.status).toBe(2);
  expect(answer.stderr).toContain("fetch-depth");
});
