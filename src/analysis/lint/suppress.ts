import type { IgnoreEntry } from "../../config/config-file.ts";
import { catalogue } from "../../diagnostics/catalogue/catalogue.ts";
import { lintCodes } from "../../diagnostics/catalogue/codes-lint.ts";
import { describeSubject, type Finding, fingerprint, type Suppression } from "../../diagnostics/finding.ts";
import { lineText, rangeBetween, type SourceRange, type SourceText } from "../../diagnostics/source.ts";
import type { LoadedObject } from "../../manifests/objects.ts";
import { fieldAt } from "../loose.ts";
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

/** The line of a comment for the code: where the range begins, or among the comment lines right above it. */
function commentNear(range: SourceRange, code: string): { line: number; reason: string } | undefined {
  const { source } = range;
  if (!hasComments(source)) return undefined;
  for (let line = range.start.line; line >= 1; line--) {
    const text = lineText(source, line);
    const own = line === range.start.line;
    if (!own && !text.trimStart().startsWith("#")) return undefined;
    const found = codesInLine(text);
    if (found?.codes.includes(code)) return { line, reason: found.reason };
  }
  return undefined;
}

function annotationsOf(object: LoadedObject): readonly [string, unknown][] {
  const annotations = fieldAt(object.object, "metadata", "annotations");
  if (typeof annotations !== "object" || annotations === null) return [];
  return Object.entries(annotations).filter(([key]) => key.startsWith(annotationPrefix));
}

function matchesGlob(pattern: string, text: string): boolean {
  const source = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${source.join(".*")}$`).test(text);
}

function covers(entry: IgnoreEntry, { code, subject }: Finding): boolean {
  if (entry.code !== code) return false;
  if (entry.object === undefined) return true;
  if (subject === undefined) return false;
  const full = `${subject.namespace ?? ""}/${subject.name}`;
  return matchesGlob(entry.object, entry.object.includes("/") ? full : subject.name);
}

function withReason(by: Suppression["by"], reason: unknown): Suppression {
  return { by, ...(typeof reason === "string" && reason !== "" ? { reason } : {}) };
}

/** Names of suppressions as written: which comment, annotation or entry it is. */
const nameOf = {
  comment: (source: SourceText, line: number, code: string) => `comment ${source.name}:${line} ${code}`,
  annotation: (object: LoadedObject, code: string) =>
    `annotation ${object.kind} ${object.namespace ?? ""}/${object.name} ${code}`,
  entry: (index: number) => `entry ${index}`,
};

/** Says of findings whether they are to be reported, and afterwards which suppressions did nothing. */
export class Suppressions {
  readonly #rules: SuppressionRules;
  readonly #used = new Set<string>();

  constructor(rules: SuppressionRules) {
    this.#rules = rules;
  }

  /**
   * Why a finding is not to be reported: a comment at its field or at the head of its object, an annotation of
   * its object, an entry of `ignore:`, or the baseline; undefined when it is.
   */
  of(finding: Finding, object: LoadedObject | undefined): Suppression | undefined {
    const found = [...this.#comments(finding, object), ...this.#others(finding, object)];
    return found[0] ?? (this.#rules.baseline.has(fingerprint(finding)) ? { by: "baseline" } : undefined);
  }

  *#comments({ range, code }: Finding, object: LoadedObject | undefined): Iterable<Suppression> {
    for (const place of [range, object?.source.range()]) {
      const found = place && commentNear(place, code);
      if (found === undefined) continue;
      this.#used.add(nameOf.comment(place!.source, found.line, code));
      yield withReason("comment", found.reason);
    }
  }

  *#others(finding: Finding, object: LoadedObject | undefined): Iterable<Suppression> {
    const { code } = finding;
    if (object !== undefined) {
      for (const [key, reason] of annotationsOf(object)) {
        if (key !== annotationPrefix + code) continue;
        this.#used.add(nameOf.annotation(object, code));
        yield withReason("annotation", reason);
      }
    }
    for (const [index, entry] of this.#rules.ignore.entries()) {
      if (!covers(entry, finding)) continue;
      this.#used.add(nameOf.entry(index));
      yield withReason("config", entry.reason);
    }
  }

  /** Findings about suppressions themselves: those that name no code, and those that no finding met. */
  *findings(
    objects: Iterable<LoadedObject>,
    sources: readonly SourceText[],
    namespaceOf: (object: LoadedObject) => string,
  ): Iterable<Finding> {
    for (const { name, code, where, ...place } of this.#written(objects, sources, namespaceOf)) {
      if (!Object.hasOwn(catalogue, code)) yield { ...unknownCode(code, where), ...place };
      else if (Object.hasOwn(lintCodes, code) && code !== unused && !this.#used.has(name)) {
        yield { ...unusedSuppression(code, where), ...place };
      }
    }
  }

  *#written(
    objects: Iterable<LoadedObject>,
    sources: readonly SourceText[],
    namespaceOf: (object: LoadedObject) => string,
  ): Iterable<WrittenSuppression> {
    for (const [index, { code, object }] of this.#rules.ignore.entries()) {
      const of = object === undefined ? "" : ` (object: ${object})`;
      yield { name: nameOf.entry(index), code, where: `ignore: of k8snet.yaml${of}` };
    }
    for (const object of objects) {
      for (const [key] of annotationsOf(object)) {
        const code = key.slice(annotationPrefix.length);
        yield {
          name: nameOf.annotation(object, code),
          code,
          where: "this annotation",
          subject: { kind: object.kind, namespace: namespaceOf(object), name: object.name },
          range: object.source.range(["metadata", "annotations", key]),
        };
      }
    }
    for (const source of sources) yield* writtenComments(source);
  }
}

/** A suppression as it stands in the input. */
interface WrittenSuppression extends Pick<Finding, "subject" | "range"> {
  readonly name: string;
  readonly code: string;
  /** In the words of a message. */
  readonly where: string;
}

function* writtenComments(source: SourceText): Iterable<WrittenSuppression> {
  if (!hasComments(source)) return;
  let offset = 0;
  for (const [index, line] of source.text.split("\n").entries()) {
    for (const code of codesInLine(line)?.codes ?? []) {
      const at = offset + line.indexOf(code, line.indexOf("k8snet-ignore") + "k8snet-ignore".length);
      const range = rangeBetween(source, at, at + code.length);
      yield { name: nameOf.comment(source, index + 1, code), code, where: "this comment", range };
    }
    offset += line.length + 1;
  }
}

type Told = Pick<Finding, "code" | "severity" | "message" | "hint">;

function unknownCode(code: string, where: string): Told {
  const hint = didYouMean(code, Object.keys(lintCodes)) ?? "`k8snet lint --list` shows all codes";
  return {
    code: "ignore-names-no-code",
    severity: "warning",
    message: `${where} names "${code}", which is no code: it suppresses nothing`,
    hint,
  };
}

const unused = "unused-suppression";

function unusedSuppression(code: string, where: string): Told {
  return {
    code: unused,
    severity: "info",
    message: `${where} suppresses ${code}, which is not found here`,
    hint: "remove it, so that it does not hide the next one",
  };
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
