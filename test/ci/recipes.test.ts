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
import { delimiter, join } from "node:path";
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

test("golden files", () => {
  expect(sh(recipes.get("golden")!).status).toBe(0);
  breakBackend();
  const answer = sh("k8snet render -f manifests/ --check golden/");
  expect(answer.status).toBe(1);
  expect(answer.stdout).toMatch(/^jobs\/backend-service: 3 -> 0 endpoints, port 3000$/m);
}, 60_000);

describe("action.yml", () => {
  interface Action {
    readonly runs: {
      readonly using: string;
      readonly steps: readonly { readonly name: string; readonly run: string }[];
    };
  }
  const action = load(readFileSync(join(root, "action.yml"), "utf8")) as Action;
  const step = action.runs.steps.find(({ name }) => name === "Run k8snet")!;
  const run = (ARGS: string, SUMMARY = ""): ReturnType<typeof sh> =>
    sh(step.run, { ARGS, SUMMARY, K8SNET: program, GITHUB_STEP_SUMMARY: join(place, "summary.md") });

  test("passes the exit status on and shows the comment", () => {
    expect(action.runs.using).toBe("composite");
    breakBackend();
    const words =
      "diff git:origin/main -f manifests/ -o markdown --output-file comment.md --fail-on breaking";
    expect(run(words, "comment.md").status).toBe(1);
    expect(readFileSync(join(place, "summary.md"), "utf8")).toContain("**lost**");
  });

  test("a text of a pull request is no part of the script", () => {
    expect(step.run).not.toContain("${{");
    // biome-ignore lint/suspicious/noTemplateCurlyInString: bash would expand it
    expect(run("diff git:$(touch${IFS}owned) -f manifests/").status).toBe(2);
    expect(existsSync(join(checkout, "owned"))).toBe(false);
  });
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
