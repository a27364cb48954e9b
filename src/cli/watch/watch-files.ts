import { existsSync, type FSWatcher, statSync, watch } from "node:fs";
import { basename, dirname, resolve } from "node:path";

/** What to watch: files and folders as the user named them; globs count from their first fixed folder on. */
export interface WatchedPaths {
  readonly paths: readonly string[];
  readonly cwd: string;
  /** Folders with all that is below them. */
  readonly recursive: boolean;
  /** Files and folders the command itself writes: they are no change. */
  readonly written: readonly string[];
}

/** A running watch. */
export interface Watch {
  close(): void;
}

/** Milliseconds of quiet after a change: editors write a file in several steps. */
const quiet = 120;

/** Calls back once after every burst of changes. A file is watched by its folder, since editors replace it. */
export function watchFiles(watched: WatchedPaths, changed: () => void): Watch {
  let timer: NodeJS.Timeout | undefined;
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, quiet);
  };
  const watchers: FSWatcher[] = [];
  for (const [folder, { names, recursive }] of foldersOf(watched)) {
    const watcher = watch(folder, { recursive }, (_, name) => {
      if (name !== null && isOwn(resolve(folder, name), watched)) return;
      if (names === undefined || name === null || names.has(basename(name))) later();
    });
    watcher.on("error", later); // The folder was removed: the next run says so.
    watchers.push(watcher);
  }
  return {
    close() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

/** Whether the command wrote it: its output, or the file that becomes it when it is complete. */
function isOwn(path: string, { written, cwd }: WatchedPaths): boolean {
  if (/^\..*\.tmp$/.test(basename(path))) return true;
  return written.some((output) => {
    const full = resolve(cwd, output);
    return path === full || path.startsWith(`${full}/`);
  });
}

interface FolderWatch {
  /** Undefined: everything in it. */
  names: Set<string> | undefined;
  recursive: boolean;
}

function foldersOf({ paths, cwd, recursive }: WatchedPaths): Map<string, FolderWatch> {
  const folders = new Map<string, FolderWatch>();
  const add = (folder: string, name: string | undefined, below: boolean): void => {
    if (!existsSync(folder)) return;
    const known = folders.get(folder);
    if (known === undefined) {
      folders.set(folder, { names: name === undefined ? undefined : new Set([name]), recursive: below });
      return;
    }
    if (name === undefined) known.names = undefined;
    else known.names?.add(name);
    known.recursive ||= below;
  };
  for (const path of paths) {
    const fixed = path.split(/[*?[{]/)[0]!;
    const isGlob = fixed !== path;
    const full = resolve(cwd, isGlob ? (fixed.endsWith("/") ? fixed : dirname(fixed)) : path);
    if (isGlob) add(full, undefined, true);
    else if (existsSync(full) && statSync(full).isDirectory()) add(full, undefined, recursive);
    else add(dirname(full), basename(full), false);
  }
  return folders;
}
