import { constants, rmSync } from "node:fs";
import { link, lstat, mkdir, open, readdir, realpath, rename, rm, unlink } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { usageError } from "../../diagnostics/diagnostic.ts";
import { describeSystemError } from "../terminal/system-errors.ts";

/** What is written: all at once, or piece by piece as it is made. */
export type Content = string | Iterable<string> | AsyncIterable<string>;

/** One file of an output folder. */
export interface OutputFile {
  /** Path below the folder, parts divided by `/`: `minikube/iptables-nat.txt`. */
  readonly path: string;
  readonly content: Content;
}

/**
 * Writes `--output-file`: the file is there with all of its content, or it is as it was before. A device or a
 * pipe (`/dev/null`, `/dev/stdout`, a FIFO) is written to as it is; a symbolic link is refused.
 * @throws InputError when the path can't be written, saying why
 */
export async function writeOutputFile(path: string, content: Content, cwd: string): Promise<void> {
  const target = resolve(cwd, path);
  await reportingFailure(path, async () => {
    if (await isStreamLike(target)) return write(target, constants.O_WRONLY | constants.O_APPEND, content);
    await refuseUnlessFileOrAbsent(target, path);
    const staged = join(dirname(target), `.${basename(target).slice(0, 100)}.${unique()}.tmp`);
    await withCleanup(staged, async () => {
      await write(staged, "wx", content);
      await rename(staged, target);
    });
  });
}

/**
 * A folder and those above it, where they are not there yet.
 * @throws InputError when it can't be made, saying why
 */
export async function makeFolder(path: string, cwd: string): Promise<void> {
  await reportingFailure(path, async () => {
    await mkdir(resolve(cwd, path), { recursive: true });
  });
}

/**
 * Writes `--output-dir`: every file with all of its content, or none. All of them are written beside the folder's
 * files first and moved into place only when the last one is complete; a new or empty folder appears in one step.
 * What else is in the folder stays as it is. No symbolic link inside the folder is followed.
 * @throws InputError when something can't be written, saying what and why
 */
export async function writeOutputDirectory(
  path: string,
  files: Iterable<OutputFile> | AsyncIterable<OutputFile>,
  cwd: string,
): Promise<void> {
  const folder = resolve(cwd, path);
  await reportingFailure(path, async () => {
    if (await isAbsentOrEmpty(folder)) {
      await mkdir(dirname(folder), { recursive: true });
      const staged = join(dirname(folder), `.${basename(folder).slice(0, 100)}.${unique()}.tmp`);
      await withCleanup(staged, async () => {
        await mkdir(staged);
        await stage(staged, files);
        await rename(staged, folder);
      });
      return;
    }
    const real = await realpath(folder);
    const staged = join(real, `.k8snet.${unique()}.tmp`);
    await withCleanup(staged, async () => {
      await mkdir(staged);
      const names = await stage(join(staged, "new"), files);
      for (const name of names) await refuseUnlessWritable(real, name);
      await moveIntoPlace(staged, real, names);
    });
  });
}

/** Writes the files below a folder of our own; returns their checked paths. */
async function stage(
  folder: string,
  files: Iterable<OutputFile> | AsyncIterable<OutputFile>,
): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const file of files) {
    refuseUnlessBelow(file.path);
    const target = join(folder, file.path);
    await mkdir(dirname(target), { recursive: true });
    await write(target, "wx", file.content);
    names.push(file.path);
  }
  return names;
}

/** Moves staged files over the present ones; when one can't be moved, those before it are put back. */
async function moveIntoPlace(staged: string, folder: string, names: readonly string[]): Promise<void> {
  const moved: { target: string; before: string | undefined }[] = [];
  await mkdir(join(staged, "old"));
  try {
    for (const [index, name] of names.entries()) {
      const target = join(folder, name);
      await mkdir(dirname(target), { recursive: true });
      const before = join(staged, "old", String(index));
      const existed = await link(target, before).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === "ENOENT") return false;
          throw error;
        },
      );
      await rename(join(staged, "new", name), target);
      moved.push({ target, before: existed ? before : undefined });
    }
  } catch (error) {
    for (const { target, before } of moved.reverse()) {
      await (before === undefined ? unlink(target) : rename(before, target)).catch(() => undefined);
    }
    throw error;
  }
}

/** Writes a file that is not there yet (`wx`), or to a device or pipe as it is. */
async function write(path: string, flags: string | number, content: Content): Promise<void> {
  const file = await open(path, flags);
  try {
    if (typeof content === "string") await file.writeFile(content);
    else for await (const piece of content) await file.writeFile(piece);
  } finally {
    await file.close();
  }
}

/** Devices, pipes and the process's own streams: there is nothing to replace, so they are written to. */
async function isStreamLike(path: string): Promise<boolean> {
  if (/^\/(dev\/(stdout|stderr|fd\/\d+)|proc\/self\/fd\/\d+)$/.test(path)) return true;
  const found = await statusOf(path);
  return found !== undefined && !found.isFile() && !found.isDirectory() && !found.isSymbolicLink();
}

async function isAbsentOrEmpty(folder: string): Promise<boolean> {
  const found = await statusOf(folder);
  if (found === undefined) return true;
  return found.isDirectory() && (await readdir(folder)).length === 0;
}

async function statusOf(path: string) {
  return lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

async function refuseUnlessFileOrAbsent(target: string, shown: string): Promise<void> {
  const found = await statusOf(target);
  if (found === undefined || found.isFile()) return;
  if (found.isSymbolicLink()) {
    throw usageError(
      "output-is-a-link",
      `${shown} is a symbolic link, and k8snet does not write through links`,
      "name the file that it points to",
    );
  }
  throw usageError("output-not-a-file", `${shown} is ${found.isDirectory() ? "a folder" : "no file"}`);
}

/** A name inside an output folder must stay inside it. */
function refuseUnlessBelow(path: string): void {
  const parts = path.split("/");
  if (parts.some((part) => part === "" || part === "." || part === ".." || /[\\\0]/.test(part))) {
    throw usageError("output-outside", `${JSON.stringify(path)} is no file name inside the output folder`);
  }
}

/** Every part of the path must be a real folder or absent, and its end a regular file or absent. */
async function refuseUnlessWritable(folder: string, path: string): Promise<void> {
  const parts = path.split("/");
  for (let length = 1; length < parts.length; length++) {
    const part = join(folder, ...parts.slice(0, length));
    const found = await statusOf(part);
    if (found === undefined) return;
    if (!found.isDirectory()) {
      throw usageError(
        found.isSymbolicLink() ? "output-is-a-link" : "output-not-a-folder",
        `${part} is ${found.isSymbolicLink() ? "a symbolic link, and k8snet does not write through links" : "no folder"}`,
      );
    }
  }
  await refuseUnlessFileOrAbsent(join(folder, path), join(folder, path));
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs `work`; what is left at `staged` is removed afterwards, also when the process is told to end. */
async function withCleanup(staged: string, work: () => Promise<void>): Promise<void> {
  const onSignal = (signal: NodeJS.Signals): void => {
    rmSync(staged, { recursive: true, force: true });
    for (const each of signals) process.off(each, onSignal);
    process.kill(process.pid, signal);
  };
  for (const signal of signals) process.once(signal, onSignal);
  try {
    await work();
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
    await rm(staged, { recursive: true, force: true });
  }
}

function unique(): string {
  return `${process.pid}-${Math.random().toString(36).slice(2, 10)}`;
}

async function reportingFailure(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const reason = describeSystemError(error);
    if (reason === undefined) throw error;
    throw usageError("output-unwritable", `${path} can't be written: ${reason}`);
  }
}
