import type { Finding, FindingOrigin } from "../../diagnostics/finding.ts";
import type { SourceRange, SourceText } from "../../diagnostics/source.ts";
import type { LoadedObject } from "../../manifests/objects.ts";
import { textAt } from "../loose.ts";

const mark = "# Source: ";
const rendered = new WeakMap<SourceText, boolean>();

function isRendered(source: SourceText): boolean {
  let answer = rendered.get(source);
  if (answer === undefined) {
    answer = source.text.startsWith(mark) || source.text.includes(`\n${mark}`);
    rendered.set(source, answer);
  }
  return answer;
}

/**
 * The chart's file of a place in `helm template` output: helm writes `# Source: CHART/templates/FILE` at the
 * head of every document.
 */
export function helmOrigin(range: SourceRange): FindingOrigin | undefined {
  const { source, start } = range;
  if (!isRendered(source)) return undefined;
  const document = source.text.lastIndexOf("\n---", Math.max(0, start.offset - 1)) + 1;
  const head = source.text.slice(document, start.offset);
  const at = head.startsWith(mark) ? 0 : head.indexOf(`\n${mark}`) + 1;
  if (at === 0 && !head.startsWith(mark)) return undefined;
  const line = head
    .slice(at + mark.length)
    .split("\n", 1)[0]!
    .trim();
  return line === "" ? undefined : { tool: "helm", file: line };
}

/**
 * The file of an object in `kustomize build` output, from the annotation `config.kubernetes.io/origin` (written
 * with `buildMetadata: [originAnnotations]`): YAML with `path:`, and `repo:` and `ref:` for remote bases.
 */
export function kustomizeOrigin(object: LoadedObject): FindingOrigin | undefined {
  const text = textAt(object.object, "metadata", "annotations", "config.kubernetes.io/origin");
  const path = text === undefined ? undefined : fieldOf(text, "path");
  if (text === undefined || path === undefined) return undefined;
  const repo = fieldOf(text, "repo");
  return { tool: "kustomize", file: repo === undefined ? path : `${repo}/${path}` };
}

function fieldOf(text: string, key: string): string | undefined {
  const found = new RegExp(`^${key}:[ \\t]*(.+)$`, "m").exec(text)?.[1]?.trim();
  return found?.replace(/^(["'])(.*)\1$/, "$2");
}

/** The finding with the file that its object was rendered from, where the input says so. */
export function withOrigin(finding: Finding, object: LoadedObject | undefined): Finding {
  const origin =
    (object === undefined ? undefined : kustomizeOrigin(object)) ??
    (finding.range === undefined ? undefined : helmOrigin(finding.range));
  return origin === undefined ? finding : { ...finding, origin };
}
