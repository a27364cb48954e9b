import type { IgnoreEntry } from "../../config/config-file.ts";
import { catalogue } from "../../diagnostics/catalogue.ts";
import { lintCodes } from "../../diagnostics/codes-lint.ts";
import { describeSubject, type Finding, fingerprint, type Suppression } from "../../diagnostics/finding.ts";
import { lineText, rangeBetween, type SourceRange, type SourceText } from "../../diagnostics/source.ts";
import type { LoadedObject } from "../../manifests/objects.ts";
import { fieldAt } from "./loose.ts";
import { didYouMean } from "./nearest-name.ts";

/** What the user does not want to hear. */
export interface SuppressionRules {
  readonly ignore: readonly IgnoreEntry[];
  /** Fingerprints of a baseline. */
  readonly baseline: ReadonlySet<string>;
}

export const annotationPrefix = "ignore-check.k8snet.io/";

/** `# k8snet-ignore CODE[, CODE…][: reason]` */
const comment =
  /(?:^|\s)#\s*k8snet-ignore[ \t]+([A-Za-z0-9-]+(?:[ \t]*,[ \t]*[A-Za-z0-9-]+)*)(?:[ \t]*:|[ \t]+--)?[ \t]*(.*)$/;

function codesInLine(line: string): { codes: string[]; reason: string } | undefined {
  const found = comment.exec(line);
  if (found === null) return undefined;
  return { codes: found[1]!.split(",").map((code) => code.trim()), reason: found[2]!.trim() };
}

const commented = new WeakMap<SourceText, boolean>();

function hasComments(source: SourceText): boolean {
  let answer = commented.get(source);
  if (answer === undefined) {
    answer = source.text.includes("k8snet-ignore");
    commented.set(source, answer);
  }
  return answer;
}

/** A comment for the code on the line where the range begins, or on the comment lines right above it. */
function commentNear(range: SourceRange, code: string): Suppression | undefined {
  const { source } = range;
  if (!hasComments(source)) return undefined;
  for (let line = range.start.line; line >= 1; line--) {
    const text = lineText(source, line);
    const own = line === range.start.line;
    if (!own && !text.trimStart().startsWith("#")) return undefined;
    const found = codesInLine(text);
    if (found?.codes.includes(code)) {
      return { by: "comment", ...(found.reason === "" ? {} : { reason: found.reason }) };
    }
  }
  return undefined;
}

function annotationsOf(object: LoadedObject): readonly [string, unknown][] {
  const annotations = fieldAt(object.object, "metadata", "annotations");
  if (typeof annotations !== "object" || annotations === null) return [];
  return Object.entries(annotations).filter(([key]) => key.startsWith(annotationPrefix));
}

function annotationFor(object: LoadedObject, code: string): Suppression | undefined {
  const found = annotationsOf(object).find(([key]) => key === annotationPrefix + code);
  if (found === undefined) return undefined;
  return {
    by: "annotation",
    ...(typeof found[1] === "string" && found[1] !== "" ? { reason: found[1] } : {}),
  };
}

function matchesGlob(pattern: string, text: string): boolean {
  const source = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${source.join(".*")}$`).test(text);
}

function entryFor(finding: Finding, entries: readonly IgnoreEntry[]): Suppression | undefined {
  const { subject } = finding;
  const found = entries.find((entry) => {
    if (entry.code !== finding.code) return false;
    if (entry.object === undefined) return true;
    if (subject === undefined) return false;
    const full = `${subject.namespace ?? ""}/${subject.name}`;
    return matchesGlob(entry.object, entry.object.includes("/") ? full : subject.name);
  });
  return found && { by: "config", ...(found.reason === undefined ? {} : { reason: found.reason }) };
}

/**
 * Why a finding is not to be reported: a comment at its field or at the head of its object, an annotation of
 * its object, an entry of `ignore:`, or the baseline; undefined when it is.
 */
export function suppressionOf(
  finding: Finding,
  object: LoadedObject | undefined,
  rules: SuppressionRules,
): Suppression | undefined {
  return (
    (finding.range === undefined ? undefined : commentNear(finding.range, finding.code)) ??
    (object === undefined ? undefined : commentNear(object.source.range(), finding.code)) ??
    (object === undefined ? undefined : annotationFor(object, finding.code)) ??
    entryFor(finding, rules.ignore) ??
    (rules.baseline.has(fingerprint(finding)) ? { by: "baseline" } : undefined)
  );
}

function unknownCode(code: string, where: string): Pick<Finding, "code" | "severity" | "message" | "hint"> {
  const hint = didYouMean(code, Object.keys(lintCodes)) ?? "`k8snet lint --list` shows all codes";
  return {
    code: "ignore-names-no-code",
    severity: "warning",
    message: `${where} names "${code}", which is no code: it suppresses nothing`,
    hint,
  };
}

/** Suppressions that name a code which does not exist. */
export function* unknownSuppressions(
  objects: Iterable<LoadedObject>,
  sources: readonly SourceText[],
  ignore: readonly IgnoreEntry[],
  namespaceOf: (object: LoadedObject) => string,
): Iterable<Finding> {
  for (const { code } of ignore) {
    if (!Object.hasOwn(catalogue, code)) yield unknownCode(code, "ignore: of k8snet.yaml");
  }
  for (const object of objects) {
    for (const [key] of annotationsOf(object)) {
      const code = key.slice(annotationPrefix.length);
      if (Object.hasOwn(catalogue, code)) continue;
      yield {
        ...unknownCode(code, "this annotation"),
        subject: { kind: object.kind, namespace: namespaceOf(object), name: object.name },
        range: object.source.range(["metadata", "annotations", key]),
      };
    }
  }
  for (const source of sources) yield* unknownComments(source);
}

function* unknownComments(source: SourceText): Iterable<Finding> {
  if (!hasComments(source)) return;
  let offset = 0;
  for (const line of source.text.split("\n")) {
    for (const code of codesInLine(line)?.codes ?? []) {
      if (Object.hasOwn(catalogue, code)) continue;
      const at = offset + line.indexOf(code, line.indexOf("k8snet-ignore") + "k8snet-ignore".length);
      yield { ...unknownCode(code, "this comment"), range: rangeBetween(source, at, at + code.length) };
    }
    offset += line.length + 1;
  }
}

/** The text of a baseline file: every finding by code, object and message, one line each. */
export function printBaseline(findings: readonly Finding[]): string {
  const entries = findings
    .map((finding) => ({
      code: finding.code,
      ...(finding.subject === undefined ? {} : { object: describeSubject(finding.subject) }),
      message: finding.message,
    }))
    .map((entry) => JSON.stringify(entry))
    .sort();
  const list = [...new Set(entries)].map((entry) => `    ${entry}`).join(",\n");
  return `{\n  "version": 1,\n  "findings": [${list === "" ? "" : `\n${list}\n  `}]\n}\n`;
}

/** The fingerprints of a baseline file; undefined when the text is none. */
export function parseBaseline(text: string): ReadonlySet<string> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const list = fieldAt(value, "findings");
  if (fieldAt(value, "version") !== 1 || !Array.isArray(list)) return undefined;
  return new Set(
    list.map((entry) =>
      [fieldAt(entry, "code"), fieldAt(entry, "object") ?? "", fieldAt(entry, "message")].join(" | "),
    ),
  );
}
