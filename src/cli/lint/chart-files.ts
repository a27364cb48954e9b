import { readdir, readFile } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { usageError } from "../../diagnostics/diagnostic.ts";
import type { Finding, FindingsReport } from "../../diagnostics/finding.ts";
import { lineText } from "../../diagnostics/source.ts";

/** How deep below the current folder a chart is looked for, and among how many entries. */
const deepest = 3;
const mostEntries = 5000;

/** The files of the charts that `helm template` named: `web/templates/a.yaml` is below the folder of the chart `web`. */
class ChartFiles {
  readonly #cwd: string;
  readonly #stated: string | undefined;
  readonly #folders = new Map<string, string | undefined>();
  readonly #texts = new Map<string, readonly string[] | undefined>();

  constructor(cwd: string, stated: string | undefined) {
    this.#cwd = cwd;
    this.#stated = stated;
  }

  /** The path of a template as seen from the current folder, with its lines; undefined when it is not here. */
  async find(file: string): Promise<{ path: string; lines: readonly string[] } | undefined> {
    const slash = file.indexOf("/");
    if (slash === -1 || file.split("/").includes("..")) return undefined;
    const folder = this.#stated ?? (await this.#folderOf(file.slice(0, slash)));
    if (folder === undefined) return undefined;
    const path = join(folder, file.slice(slash + 1));
    const lines = await this.#lines(path);
    return lines && { path: path.split(sep).join("/"), lines };
  }

  async #folderOf(chart: string): Promise<string | undefined> {
    if (!this.#folders.has(chart)) this.#folders.set(chart, await findChart(this.#cwd, chart));
    return this.#folders.get(chart);
  }

  async #lines(path: string): Promise<readonly string[] | undefined> {
    if (!this.#texts.has(path)) {
      const text = await readFile(resolve(this.#cwd, path), "utf8").catch(() => undefined);
      this.#texts.set(path, text?.split(/\r?\n/));
    }
    return this.#texts.get(path);
  }
}

/** The folder whose Chart.yaml has that name, the nearest one first. */
async function findChart(cwd: string, name: string): Promise<string | undefined> {
  let level = [cwd];
  let seen = 0;
  for (let depth = 0; depth <= deepest && level.length > 0; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      seen += entries.length;
      if (seen > mostEntries) return undefined;
      if (entries.some((entry) => entry.isFile() && entry.name === "Chart.yaml")) {
        const text = await readFile(join(folder, "Chart.yaml"), "utf8").catch(() => "");
        if (/^name:[ \t]*["']?([^\s"'#]+)/m.exec(text)?.[1] === name) return relative(cwd, folder) || ".";
      }
      for (const entry of entries) {
        const hidden = entry.name.startsWith(".") || entry.name === "node_modules";
        if (entry.isDirectory() && !hidden) next.push(join(folder, entry.name));
      }
    }
    level = next.sort();
  }
  return undefined;
}

/** The one line of the template that reads as the rendered one does; undefined when there is none or several. */
function lineIn(lines: readonly string[], finding: Finding): number | undefined {
  if (finding.range === undefined) return undefined;
  const wanted = lineText(finding.range.source, finding.range.start.line).trim();
  const found = lines.flatMap((line, index) => (line.trim() === wanted ? [index + 1] : []));
  return found.length === 1 ? found[0] : undefined;
}

/**
 * Findings in rendered charts with the template's path from the current folder, and its line where one reads the
 * same. A chart that is not here keeps the path that helm printed.
 * @param stated the chart's folder, where the user says it
 * @throws InputError when the stated folder has no Chart.yaml
 */
export async function locateOrigins(
  report: FindingsReport,
  cwd: string,
  stated: string | undefined,
): Promise<FindingsReport> {
  if (stated !== undefined) {
    const chart = await readFile(resolve(cwd, stated, "Chart.yaml")).catch(() => undefined);
    if (chart === undefined) throw usageError("no-chart", `${stated} is no chart: it has no Chart.yaml`);
  }
  const charts = new ChartFiles(cwd, stated);
  const findings: Finding[] = [];
  for (const finding of report.findings) findings.push(await locate(finding, charts));
  return { ...report, findings };
}

async function locate(finding: Finding, charts: ChartFiles): Promise<Finding> {
  if (finding.origin?.tool !== "helm") return finding;
  const found = await charts.find(finding.origin.file);
  if (found === undefined) return finding;
  const line = lineIn(found.lines, finding);
  return {
    ...finding,
    origin: { ...finding.origin, file: found.path, ...(line === undefined ? {} : { line }) },
  };
}
