import { type Dirent, promises as fs } from "node:fs";
import { join } from "node:path";
import { type InputError, usageError } from "../../diagnostics/diagnostic.ts";

/** Folders that manifests usually are in, where nothing says so. */
const usualFolders = ["manifests", "k8s", "kubernetes", "deploy", "deployment", "kube"];

/** Folders that hold other people's files. */
const notSearched: ReadonlySet<string> = new Set(["node_modules", "vendor", "dist", "build", "target"]);

/** How deep folders are searched, and how much of a file is looked at. */
const deepest = 4;
const mostFiles = 2000;
const glance = 64 * 1024;

/** What to read of a folder that says nothing about it. */
export interface FoundManifests {
  readonly filenames: readonly string[];
  readonly recursive: boolean;
}

/** Files that are there, by what they are. */
interface Files {
  /** Those with an object of Kubernetes, by folder: `.` is the folder itself. */
  readonly manifests: Map<string, string[]>;
  readonly charts: string[];
  readonly kustomizations: string[];
  seen: number;
}

/**
 * Looks for manifests below a folder: in the usual folders, else beside each other in the folder itself, else in the one
 * folder that has any.
 * @throws InputError saying what is there instead, where it is not one of these
 */
export async function findManifests(cwd: string): Promise<FoundManifests> {
  const files: Files = { manifests: new Map(), charts: [], kustomizations: [], seen: 0 };
  await search(cwd, ".", 0, files);
  const folders = [...files.manifests.keys()];
  for (const usual of usualFolders) {
    const below = folders.filter((folder) => folder === usual || folder.startsWith(`${usual}/`));
    const isPlain = ![...files.charts, ...files.kustomizations].some((folder) => isIn(folder, usual));
    if (below.length > 0 && isPlain)
      return { filenames: [usual], recursive: below.some((folder) => folder !== usual) };
  }
  const own = files.manifests.get(".");
  if (own !== undefined && !files.kustomizations.includes(".")) return { filenames: own, recursive: false };
  const [only, ...others] = folders;
  if (only !== undefined && others.length === 0 && !files.kustomizations.some((folder) => isIn(only, folder)))
    return { filenames: [only], recursive: false };
  throw nothingFound(files, folders);
}

function isIn(folder: string, parent: string): boolean {
  return parent === "." || folder === parent || folder.startsWith(`${parent}/`);
}

function nothingFound({ charts, kustomizations }: Files, folders: readonly string[]): InputError {
  const [chart] = charts;
  const [kustomization] = kustomizations;
  if (chart !== undefined)
    return usageError(
      "no-manifests",
      `there is a Helm chart in ${shown(chart)}, and manifests are made of it`,
      `mkdir -p manifests && helm template ${chart} > manifests/all.yaml, and k8snet init again; or k8snet init -f FILE`,
    );
  if (kustomization !== undefined)
    return usageError(
      "no-manifests",
      `there is a kustomization in ${shown(kustomization)}, and manifests are made of it`,
      `mkdir -p manifests && kustomize build ${kustomization} > manifests/all.yaml, and k8snet init again; or k8snet init -f FILE`,
    );
  if (folders.length > 0) {
    const some = folders.slice(0, 5).map(shown).join(", ");
    return usageError(
      "no-manifests",
      `there are manifests in several folders: ${some}${folders.length > 5 ? `, and ${folders.length - 5} more` : ""}`,
      `-f names those to read, such as k8snet init ${folders
        .slice(0, 2)
        .map((folder) => `-f ${folder}`)
        .join(" ")}, or -R -f for a folder with all below it`,
    );
  }
  return usageError(
    "no-manifests",
    "there are no Kubernetes manifests here or in a folder below",
    "k8snet init -f FILE or FOLDER names them; `kubectl get nodes,services,pods,endpointslices -A -o yaml > cluster.yaml` makes some of a cluster",
  );
}

function shown(folder: string): string {
  return folder === "." ? "this folder" : folder;
}

async function search(cwd: string, folder: string, depth: number, files: Files): Promise<void> {
  const entries = await readFolder(join(cwd, folder));
  const names = entries.map(({ name }) => name);
  // What is below a chart or a kustomization is material for it.
  if (names.includes("Chart.yaml")) {
    files.charts.push(folder);
    return;
  }
  if (names.some((name) => /^kustomization\.ya?ml$|^Kustomization$/.test(name)))
    files.kustomizations.push(folder);
  for (const entry of entries) {
    const path = folder === "." ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      const isHidden = entry.name.startsWith(".") || notSearched.has(entry.name);
      if (!isHidden && depth < deepest) await search(cwd, path, depth + 1, files);
    } else if (entry.isFile() && /\.ya?ml$|\.json$/.test(entry.name) && files.seen++ < mostFiles) {
      if (!(await isManifest(join(cwd, path)))) continue;
      files.manifests.set(folder, [...(files.manifests.get(folder) ?? []), path]);
    }
  }
}

async function readFolder(path: string): Promise<readonly Dirent[]> {
  const entries = await fs.readdir(path, { withFileTypes: true }).catch((): Dirent[] => []);
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether a file begins like one with an object of Kubernetes that k8snet did not make itself. */
async function isManifest(path: string): Promise<boolean> {
  const text = await fs.readFile(path, "utf8").then(
    (whole) => whole.slice(0, glance),
    () => "",
  );
  const has = (key: string): boolean => new RegExp(`^\\s*["']?${key}["']?\\s*:`, "m").test(text);
  const isOurs = /^apiVersion:\s*["']?k8snet\//m.test(text);
  return has("apiVersion") && has("kind") && !isOurs && !/^kind:\s*Kustomization\b/m.test(text);
}
