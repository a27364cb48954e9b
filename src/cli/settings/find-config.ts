import { promises as fs } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { type InputError, usageError } from "../../diagnostics/diagnostic.ts";
import type { SourceText } from "../../diagnostics/source.ts";
import { describeReadError } from "../terminal/system-errors.ts";

const configNames = ["k8snet.yaml", "k8snet.yml"];

async function isFile(path: string): Promise<boolean> {
  return fs.stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return fs.stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

/** The k8snet.yaml of a folder or of the nearest one above it, up to the root of the repository. */
async function searchUpwards(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    for (const name of configNames) {
      const path = join(at, name);
      if (await isFile(path)) return path;
    }
    const repositoryRoot = await fs.stat(join(at, ".git")).then(
      () => true,
      () => false,
    );
    if (repositoryRoot || dirname(at) === at) return undefined;
  }
}

/** The folder that a name given by `-f` is in; undefined for standard input. */
async function folderOf(filename: string, cwd: string): Promise<string | undefined> {
  if (filename === "-") return undefined;
  const fixed = filename.replace(/[*?[{].*$/, "");
  const path = resolve(cwd, fixed === "" ? "." : fixed);
  return (await isFolder(path)) ? path : dirname(path);
}

/** A path as the user would write it. */
export function shownPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === ""
    ? "."
    : isAbsolute(short) || short.split(/[\\/]/).filter((part) => part === "..").length > 3
      ? path
      : short;
}

/** A k8snet.yaml that was found, with the folder that its paths are relative to. */
export interface FoundConfig {
  readonly source: SourceText;
  readonly folder: string;
}

/**
 * Finds and reads the configuration: `--config`, else the nearest k8snet.yaml above the first `-f`, else above
 * the current folder.
 * @throws InputError when the one that was named can't be read
 */
export async function findConfig(
  named: string | undefined,
  filenames: readonly string[],
  cwd: string,
): Promise<FoundConfig | undefined> {
  const path = named === undefined ? await search(filenames, cwd) : resolve(cwd, named);
  if (path === undefined) return undefined;
  const name = named ?? shownPath(path, cwd);
  try {
    const text = (await fs.readFile(path, "utf8")).replace(/^\uFEFF/, "");
    return { source: { name, text }, folder: dirname(path) };
  } catch (error) {
    const reason = describeReadError(error);
    if (reason === undefined) throw error;
    throw usageError("unreadable-config", `can't read "${name}": ${reason}`);
  }
}

async function search(filenames: readonly string[], cwd: string): Promise<string | undefined> {
  const first = filenames[0];
  const folder = first === undefined ? undefined : await folderOf(first, cwd);
  return (folder === undefined ? undefined : await searchUpwards(folder)) ?? (await searchUpwards(cwd));
}

/** `-f a.yaml,b.yaml` is two names, as with kubectl, where no file has a comma in its name. */
export async function separateNames(names: readonly string[], cwd: string): Promise<readonly string[]> {
  const separated: string[] = [];
  for (const name of names) {
    const isOne = !name.includes(",") || name.includes("{") || (await exists(resolve(cwd, name)));
    separated.push(...(isOne ? [name] : name.split(",")));
  }
  return separated;
}

async function exists(path: string): Promise<boolean> {
  return fs.stat(path).then(
    () => true,
    () => false,
  );
}

/** Whether the folder that is read without `-f` is there. */
export function hasManifestsFolder(cwd: string): Promise<boolean> {
  return isFolder(resolve(cwd, "manifests"));
}

/**
 * Nothing says what to read.
 * @param words those of the command that are no flags: a path among them was probably meant
 */
export async function nothingToRead(words: readonly string[], cwd: string): Promise<InputError> {
  const message = "nothing says which manifests to read";
  for (const word of words) {
    if (word !== "" && (await exists(resolve(cwd, word)))) {
      return usageError("nothing-to-read", message, `${word} is read with -f ${word}`);
    }
  }
  return usageError(
    "nothing-to-read",
    message,
    "Give -f FILE, FOLDER or - (standard input), or filename: in k8snet.yaml; without them the folder ./manifests is read, and there is none. `k8snet init` writes a k8snet.yaml.",
  );
}
