import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const root = resolve(__dirname, "..");
const src = join(root, "src");

/** The table of docs/architecture.md: the rooms each room may import. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  net: [],
  diagnostics: [],
  manifests: ["net", "diagnostics"],
  config: ["manifests", "cluster", "net", "diagnostics"],
  cluster: ["manifests", "net", "diagnostics"],
  endpoints: ["cluster", "manifests", "net", "diagnostics"],
  dns: ["endpoints", "cluster", "manifests", "net", "diagnostics"],
  "api-objects": ["endpoints", "cluster", "manifests", "net", "diagnostics"],
  netfilter: ["net", "diagnostics"],
  "dump-objects": ["netfilter", "manifests", "net", "diagnostics"],
  "kube-proxy": ["endpoints", "cluster", "manifests", "netfilter", "diagnostics", "net"],
  "cluster-network": ["cluster", "endpoints", "netfilter", "tracer", "net", "diagnostics"],
  tracer: ["netfilter", "net", "diagnostics"],
  graph: ["analysis", "cluster", "endpoints", "tracer", "netfilter", "net"],
};

/** Rooms a printer may import from only as types. */
const printersMayUse = ["net", "diagnostics", "netfilter"];

const builtinOnlyIn = ["src/cli/", "src/manifests/read-sources.ts", "src/manifests/expand-glob.ts"];

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? sourceFiles(join(folder, entry.name))
      : entry.name.endsWith(".ts")
        ? [join(folder, entry.name)]
        : [],
  );
}

interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function importsOf(path: string): Import[] {
  const text = readFileSync(path, "utf8");
  const found: Import[] = [];
  for (const m of text.matchAll(/^(?:import|export)\s+(type\s+)?[^"';]*?from\s+"([^"]+)"/gm)) {
    found.push({ file: relative(root, path), specifier: m[2]!, typeOnly: m[1] !== undefined });
  }
  for (const m of text.matchAll(/\bimport\(\s*"([^"]+)"\s*\)|^import\s+"([^"]+)"/gm)) {
    found.push({ file: relative(root, path), specifier: (m[1] ?? m[2])!, typeOnly: false });
  }
  return found;
}

const imports = sourceFiles(src).flatMap(importsOf);

function roomOf(path: string): string {
  const parts = relative(src, path).split("/");
  return parts.length === 1 ? "." : parts[0]!;
}

function violation(item: Import): string | undefined {
  const from = roomOf(join(root, item.file));
  if (!item.specifier.startsWith(".")) {
    if (item.specifier.startsWith("node:") && !builtinOnlyIn.some((place) => item.file.startsWith(place))) {
      return `${item.file} imports ${item.specifier}`;
    }
    return undefined;
  }
  const to = roomOf(resolve(root, dirname(item.file), item.specifier));
  if (from === to || from === "cli" || from === ".") {
    return from === "." && to === "cli" ? `${item.file} imports the command line` : undefined;
  }
  if (to === "." && item.specifier.endsWith("version.ts")) return undefined;
  if (from === "page") return to === "cli" ? `${item.file} imports the command line` : undefined;
  if (from === "printers") {
    return item.typeOnly || printersMayUse.includes(to)
      ? undefined
      : `${item.file} imports ${to} for more than its types`;
  }
  if (from === "analysis") return to === "cli" || to === "." ? `${item.file} imports ${to}` : undefined;
  return allowed[from]?.includes(to) ? undefined : `${item.file}: ${from} may not import ${to}`;
}

test("every import is one that the table of rooms allows", () => {
  expect(imports.length).toBeGreaterThan(20);
  expect(imports.map(violation).filter((v) => v !== undefined)).toEqual([]);
});
