import { execFile } from "node:child_process";
import { usageError } from "../../diagnostics/diagnostic.ts";

/** Most that git may answer; more is no list of manifests. */
const mostBytes = 256 * 1024 * 1024;

export interface GitCall {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/**
 * What the git program answers.
 * @throws InputError when there is no git, or when it fails
 */
export async function git(args: readonly string[], { cwd, env, stdin }: GitCall): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd, maxBuffer: mostBytes, encoding: "utf8", env: { ...process.env, ...env } } as const;
    const child = execFile("git", [...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === "ENOENT") reject(noGit());
      else {
        const reason = (stderr === "" ? error.message : stderr).trim().split("\n")[0];
        const hint = stderr.includes("safe.directory") ? notOwned : undefined;
        reject(usageError("git-failed", `git ${args[0]}: ${reason}`, hint));
      }
    });
    // Git may end before it has read all: it says why itself.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(stdin ?? "");
  });
}

/** As in a container that a checkout of somebody else is mounted into. */
const notOwned =
  'the checkout is another user\'s: `git config --global --add safe.directory "$PWD"` trusts it (in a container of a pipeline)';

function noGit(): Error {
  return usageError("no-git", "git:REV needs the git program", "install git, or compare folders");
}
