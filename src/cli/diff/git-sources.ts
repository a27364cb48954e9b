import { execFile } from "node:child_process";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { promisify } from "node:util";
import { usageError } from "../../diagnostics/diagnostic.ts";
import type { SourceText } from "../../diagnostics/source.ts";

const run = promisify(execFile);

/** Most a revision's manifests may be together; more is no folder of manifests. */
const mostBytes = 256 * 1024 * 1024;

/** `git:REV[:PATH]` in its parts; undefined for any other text. */
export function parseGitSpec(text: string): { revision: string; path: string } | undefined {
  const match = /^git:([^:]+)(?::(.*))?$/.exec(text);
  return match === null ? undefined : { revision: match[1]!, path: match[2] ?? "" };
}

/**
 * The YAML and JSON files of a revision, through the git program; of subfolders too when `recursive`, as `-f` reads them.
 * @param fallback the folder read where the spec names none, relative to `cwd`
 * @throws InputError when git, the repository, the revision or the path is not there
 */
export async function readGitSources(
  spec: { revision: string; path: string },
  fallback: string,
  { cwd, recursive }: { readonly cwd: string; readonly recursive: boolean },
): Promise<readonly SourceText[]> {
  const { revision } = spec;
  await git(["rev-parse", "--verify", "--quiet", `${revision}^{commit}`], cwd).catch(async () => {
    await git(["rev-parse", "--git-dir"], cwd);
    throw usageError(
      "unknown-revision",
      `git knows no revision "${revision}" here`,
      "a shallow clone has only the last commit: fetch the others (actions/checkout: fetch-depth: 0)",
    );
  });
  const path = spec.path === "" ? fallback : spec.path;
  if (spec.path === "") await refuseOutside(fallback, revision, cwd);
  // As git itself reads REV:PATH: from the repository's root, or from here with a leading `./`.
  const fromRoot = spec.path !== "" && !/^\.\.?(\/|$)/.test(spec.path);
  const scope = fromRoot ? "--full-tree" : "--full-name";
  const place = path === "" ? "." : path.replace(/\/+$/, "");
  const list = async (...words: string[]): Promise<string[]> =>
    (await git(["ls-tree", "-z", "--name-only", scope, ...words], cwd)).split("\0");
  const all = (await list("-r", revision, "--", place)).filter((file) => /\.(ya?ml|json)$/i.test(file));
  const isFile = all.length === 1 && all[0]?.split("/").at(-1) === place.split("/").at(-1);
  const direct = recursive || isFile ? all : await list(revision, "--", `${place}/`);
  const files = all.filter((file) => direct.includes(file));
  if (files.length === 0) {
    throw usageError(
      "nothing-in-revision",
      `${revision} has no YAML or JSON file in ${path === "" ? "this folder" : path}`,
      all.length > 0 ? "It has subfolders: -R reads them too." : "git:REV:PATH says where in the repository",
    );
  }
  const prefix = (await git(["rev-parse", "--show-toplevel"], cwd)).trim();
  const texts: SourceText[] = [];
  for (const file of files) {
    const text = await git(["show", `${revision}:${file}`], prefix);
    texts.push({ name: `${revision}:${file}`, text: text.replace(/^\ufeff/, "") });
  }
  return texts;
}

/** @throws InputError for a folder that no revision of this repository can hold */
async function refuseOutside(folder: string, revision: string, cwd: string): Promise<void> {
  const root = resolve(cwd, (await git(["rev-parse", "--show-cdup"], cwd)).trim());
  const path = relative(root, resolve(cwd, folder));
  if (path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path)) return;
  throw usageError(
    "outside-repository",
    `${folder} is outside of this repository: git:${revision} has no such folder`,
    `git:${revision}:PATH says what of it to compare`,
  );
}

async function git(args: readonly string[], cwd: string): Promise<string> {
  try {
    const { stdout } = await run("git", [...args], { cwd, maxBuffer: mostBytes, encoding: "utf8" });
    return stdout;
  } catch (error) {
    const failure = error as NodeJS.ErrnoException & { stderr?: string };
    if (failure.code === "ENOENT")
      throw usageError("no-git", "git:REV needs the git program", "install git, or compare folders");
    throw usageError(
      "git-failed",
      `git ${args[0]}: ${(failure.stderr ?? failure.message).trim().split("\n")[0]}`,
    );
  }
}
