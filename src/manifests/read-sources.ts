import { type Dirent, promises as fs, type Stats } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { SourceText } from "../diagnostics/source.ts";
import { expandGlob } from "./expand-glob.ts";
import { isDump } from "./recognise.ts";
import { orderSources, stdinName } from "./source-order.ts";

export interface ReadSourcesOptions {
  /** Files, folders, globs, `-` for standard input, as given on the command line. */
  readonly filenames: readonly string[];
  /** Folders with their subfolders, as kubectl's `-R`. */
  readonly recursive: boolean;
  /** What relative names are relative to. */
  readonly cwd: string;
  /** All of standard input as bytes; asked for once at most. */
  readonly readStdin: () => Promise<Uint8Array>;
}

export interface ReadSourcesResult {
  readonly manifests: readonly SourceText[];
  /** Texts that are iptables-save output (or `-S`, or restore input), recognised by content. */
  readonly dumps: readonly SourceText[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A file bigger than this is no manifest (and more than a JavaScript string should hold). */
const maxBytes = 256 * 1024 * 1024;
const maxFolderDepth = 64;
const manifestName = /\.(?:ya?ml|json)(?:\.gz)?$/i;
const kustomizationNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
/** Keys of a kustomization that change no manifest. */
const listingKeys = new Set(["apiVersion", "kind", "metadata", "resources"]);
/** Files of our own that stand beside manifests. */
const ownFile = /^k8snet\.ya?ml$/;

/**
 * Reads what `-f` names. Every name that can't be read is an error in `diagnostics`; the others are read all
 * the same. The texts come in the order of their paths, whatever the order of names. Hidden files of folders are read
 * like others, as kubectl does.
 */
export async function readSources(options: ReadSourcesOptions): Promise<ReadSourcesResult> {
  const reading = new Reading(options);
  for (const name of options.filenames) await reading.add(name);
  const { manifests, dumps, diagnostics } = reading;
  return { manifests: orderSources(manifests), dumps: orderSources(dumps), diagnostics };
}

class Reading {
  readonly manifests: SourceText[] = [];
  readonly dumps: SourceText[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly #options: ReadSourcesOptions;
  /** Real paths of files already read: the same file by two names counts once, under the shorter. */
  readonly #seen = new Map<string, { name: string }>();
  /** Real paths of the folders listed for one name: links may lead in a circle. */
  readonly #folders = new Set<string>();
  #stdinRead = false;

  constructor(options: ReadSourcesOptions) {
    this.#options = options;
  }

  async add(name: string): Promise<void> {
    if (name === "-") return this.#addStdin();
    if (name === "") return this.#error("no-such-path", "-f is empty", "Is a variable unset?");
    const path = this.#path(name);
    const stats = await statOrUndefined(path);
    if (stats === undefined) return this.#addGlob(name);
    if (stats.isDirectory()) return this.#addFolder(name);
    return this.#addFile(name, stats);
  }

  #path(name: string): string {
    return isAbsolute(name) ? name : resolve(this.#options.cwd, name);
  }

  #error(code: string, message: string, hint?: string): void {
    this.diagnostics.push({ code, severity: "error", message, ...(hint === undefined ? {} : { hint }) });
  }

  async #addStdin(): Promise<void> {
    if (this.#stdinRead) return;
    this.#stdinRead = true;
    const bytes = await this.#options.readStdin();
    const before = this.manifests.length + this.dumps.length;
    await this.#addBytes(stdinName, bytes);
    const nothing = this.diagnostics.length === 0 && this.manifests.length + this.dumps.length === before;
    if (nothing)
      this.#error("empty-input", "standard input is empty", "Did the command before the pipe fail?");
  }

  async #addGlob(name: string): Promise<void> {
    if (/^https?:\/\//.test(name)) {
      this.#error("no-such-path", `${name}: k8snet reads no URL`, `curl -sSfL ${name} | k8snet render -f -`);
      return;
    }
    if (!/[*?[{]/.test(name)) {
      this.#error("no-such-path", `the path "${name}" does not exist`);
      return;
    }
    const matches = await expandGlob(name, this.#options.cwd);
    if (matches.length === 0) this.#error("no-such-path", `no file matches "${name}"`);
    for (const match of matches) await this.add(match);
  }

  async #addFile(name: string, stats: Stats): Promise<void> {
    const path = this.#path(name);
    if (!stats.isFile() && !stats.isFIFO() && !stats.isCharacterDevice()) {
      this.#error("not-a-file", `"${name}" is neither a file nor a folder`);
      return;
    }
    if (stats.size > maxBytes) return this.#tooBig(name, `${Math.round(stats.size / 1024 / 1024)} MiB`);
    try {
      if (stats.isFile()) {
        const real = await fs.realpath(path);
        const seen = this.#seen.get(real);
        if (seen !== undefined) {
          if (isShorter(name, seen.name)) seen.name = name;
          return;
        }
        const source = await this.#addBytes(name, await fs.readFile(path));
        this.#seen.set(real, source ?? { name });
        return;
      }
      const bytes = await readStream(path);
      if (bytes === undefined) return this.#tooBig(name, "without an end");
      await this.#addBytes(name, bytes);
    } catch (error) {
      this.#error("unreadable", `can't read "${name}": ${reason(error)}`);
    }
  }

  #tooBig(name: string, size: string): void {
    this.#error(
      "file-too-big",
      `"${name}" is ${size}; at most ${maxBytes / 1024 / 1024} MiB are read`,
      "Is it a manifest? Split it, or name the files that are.",
    );
  }

  /** Answers the text where it is one that counts. */
  async #addBytes(name: string, raw: Uint8Array): Promise<{ name: string } | undefined> {
    let bytes = raw;
    if (raw[0] === 0x1f && raw[1] === 0x8b) {
      try {
        bytes = await gunzip(raw);
      } catch (error) {
        this.#error("unreadable", `can't unpack "${name}": ${reason(error)}`);
        return undefined;
      }
    }
    const text = decodeText(bytes);
    if (text === undefined) {
      this.#error(
        "not-text",
        `"${name}" is not text`,
        "Manifests and dumps are UTF-8 or, with a byte order mark, UTF-16.",
      );
      return undefined;
    }
    if (text.trim() === "") return undefined;
    const source = { name, text };
    (isDump(text) ? this.dumps : this.manifests).push(source);
    return source;
  }

  async #addFolder(name: string): Promise<void> {
    this.#folders.clear();
    const files = await this.#listFolder(name, 0);
    if (files === undefined) return;
    const kustomization = files.kustomization;
    if (kustomization !== undefined && files.names.length === 0) {
      this.#kustomization("error", name, kustomization, ["resources"]);
      return;
    }
    if (files.names.length === 0) {
      this.#error(
        "empty-folder",
        `the folder "${name}" holds no .yaml, .yml or .json file`,
        files.hasSubfolders && !this.#options.recursive ? "It has subfolders: -R reads them too." : undefined,
      );
      return;
    }
    if (kustomization !== undefined) await this.#checkKustomization(name, kustomization);
    for (const file of files.names) {
      const stats = await statOrUndefined(this.#path(file));
      if (stats === undefined) this.#error("no-such-path", `"${file}" is a link to nothing`);
      else if (stats.isFile()) await this.#addFile(file, stats);
    }
  }

  /** A kustomization that only lists files changes nothing; one that does more makes other manifests than these. */
  async #checkKustomization(folder: string, file: string): Promise<void> {
    const text = await fs.readFile(this.#path(join(folder, file)), "utf8").catch(() => "");
    const keys = [...text.matchAll(/^([A-Za-z]+):/gm)].map((match) => match[1]!);
    const changing = keys.filter((key) => !listingKeys.has(key));
    this.#kustomization(changing.length > 0 ? "error" : "warning", folder, file, changing);
  }

  #kustomization(
    severity: "error" | "warning",
    folder: string,
    file: string,
    changing: readonly string[],
  ): void {
    const what =
      changing.length > 0
        ? `its ${changing.join(", ")} would not be applied`
        : "the manifests are read as they stand in the folder";
    this.diagnostics.push({
      code: "kustomization",
      severity,
      message: `"${join(folder, file)}" is a kustomization: ${what}`,
      hint: `kubectl kustomize ${folder} | k8snet render -f -`,
    });
  }

  /** The manifests of a folder by name; undefined when it can't be read. */
  async #listFolder(folder: string, depth: number): Promise<FolderListing | undefined> {
    const real = await fs.realpath(this.#path(folder)).catch(() => this.#path(folder));
    if (this.#folders.has(real)) return { names: [], hasSubfolders: false, kustomization: undefined };
    this.#folders.add(real);
    let entries: Dirent[];
    try {
      entries = await fs.readdir(this.#path(folder), { withFileTypes: true });
    } catch (error) {
      this.#error("unreadable", `can't read the folder "${folder}": ${reason(error)}`);
      return undefined;
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    const names: string[] = [];
    let hasSubfolders = false;
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        hasSubfolders = true;
        if (this.#options.recursive && depth < maxFolderDepth && !skippedFolder.test(entry.name)) {
          names.push(...((await this.#listFolder(path, depth + 1))?.names ?? []));
        }
      } else if (isManifestName(entry.name)) {
        if (entry.isFile() || entry.isSymbolicLink()) names.push(path);
      }
    }
    if (entries.some((entry) => entry.name === "Chart.yaml")) {
      this.#error(
        "helm-chart",
        `"${folder}" is a Helm chart: its files are templates`,
        `helm template NAME ${folder} | k8snet render -f -`,
      );
      return undefined;
    }
    const kustomization = kustomizationNames.find((name) => entries.some((entry) => entry.name === name));
    return { names, hasSubfolders, kustomization };
  }
}

function isManifestName(name: string): boolean {
  return manifestName.test(name) && !kustomizationNames.includes(name) && !ownFile.test(name);
}

function isShorter(a: string, b: string): boolean {
  return a.length < b.length || (a.length === b.length && a < b);
}

interface FolderListing {
  readonly names: readonly string[];
  readonly hasSubfolders: boolean;
  readonly kustomization: string | undefined;
}

/** Folders that never hold a project's own manifests. */
const skippedFolder = /^(?:\.git|node_modules)$/;

async function statOrUndefined(path: string): Promise<Stats | undefined> {
  try {
    return await fs.stat(path);
  } catch {
    return undefined;
  }
}

/** The operating system's reason without its own path and call. */
function reason(error: unknown): string {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  const words: Record<string, string> = {
    EACCES: "permission denied",
    EPERM: "permission denied",
    ELOOP: "too many symbolic links",
    EISDIR: "it is a folder",
    Z_BUF_ERROR: "it is no complete gzip file",
    Z_DATA_ERROR: "it is no gzip file",
    ERR_BUFFER_TOO_LARGE: `more than ${maxBytes / 1024 / 1024} MiB when unpacked`,
  };
  return words[code] ?? (error instanceof Error ? error.message : String(error));
}

/** Bytes as text: UTF-8, or UTF-16 by its byte order mark; undefined when they are no text. */
function decodeText(bytes: Uint8Array): string | undefined {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? "utf-16le"
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? "utf-16be"
        : "utf-8";
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Unpacks up to {@link maxBytes}. zlib is loaded for the few inputs that need it: it costs every start 3 ms. */
async function gunzip(packed: Uint8Array): Promise<Uint8Array> {
  const zlib = await import("node:zlib");
  return new Promise((resolve, reject) => {
    zlib.gunzip(packed, { maxOutputLength: maxBytes }, (error, bytes) =>
      error === null ? resolve(bytes) : reject(error),
    );
  });
}

/** All that a pipe or device has to give; undefined when that is more than {@link maxBytes}. */
async function readStream(path: string): Promise<Uint8Array | undefined> {
  const file = await fs.open(path);
  try {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      const { bytesRead, buffer } = await file.read(new Uint8Array(1 << 18), 0, 1 << 18, null);
      if (bytesRead === 0) break;
      chunks.push(buffer.subarray(0, bytesRead));
      length += bytesRead;
      if (length > maxBytes) return undefined;
    }
    const all = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  } finally {
    await file.close();
  }
}
