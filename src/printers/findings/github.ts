import type { Finding, FindingsReport } from "../../diagnostics/finding.ts";
import { escapeControls } from "../escape-controls.ts";

/** The text behind `::` of a workflow command (GitHub's toolkit, `escapeData`). */
export function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** A property's value of a workflow command (GitHub's toolkit, `escapeProperty`). */
export function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

const commands = { error: "error", warning: "warning", info: "notice", note: "notice" } as const;

/** One workflow command; properties in the order given. */
export function workflowCommand(
  name: "error" | "warning" | "notice",
  properties: Readonly<Record<string, string | number>>,
  message: string,
): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${name}${list.length === 0 ? "" : ` ${list.join(",")}`}::${escapeData(message)}\n`;
}

function propertiesOf(finding: Finding): Record<string, string | number> {
  if (finding.origin !== undefined) {
    const { file, line } = finding.origin;
    return { file, ...(line === undefined ? {} : { line }), title: finding.code };
  }
  if (finding.range === undefined) return { title: finding.code };
  const { source, start, end } = finding.range;
  const properties: Record<string, string | number> = {
    file: source.name,
    line: start.line,
    endLine: end.line,
  };
  // GitHub ignores columns of a stretch over several lines.
  if (end.line === start.line) Object.assign(properties, { col: start.column, endColumn: end.column });
  return { ...properties, title: finding.code };
}

/**
 * Findings as annotations on the lines of a pull request (GitHub Actions, workflow commands). A finding in
 * rendered output is put on the file it was rendered from, on the line that reads the same if there is one.
 */
export function printFindingsGithub(report: FindingsReport): string {
  return report.findings
    .map((finding) => {
      const hint = finding.hint === undefined ? [] : [`hint: ${finding.hint}`];
      const message = [finding.message, ...(finding.details ?? []), ...hint];
      const text = message.map(escapeControls).join("\n");
      return workflowCommand(commands[finding.severity], propertiesOf(finding), text);
    })
    .join("");
}
