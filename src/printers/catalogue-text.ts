import type { CatalogueEntries, CatalogueEntry } from "../diagnostics/catalogue/catalogue-entry.ts";
import { type Colors, noColors } from "./colors.ts";

/** `lint --list`: every code with its severity and title. */
export function printCatalogueList(entries: CatalogueEntries, colors: Colors = noColors): string {
  const codes = Object.keys(entries);
  const width = Math.max(...codes.map((code) => code.length));
  return codes
    .map((code) => {
      const { severity, title } = entries[code]!;
      const paint =
        severity === "error" ? colors.error : severity === "warning" ? colors.warning : colors.note;
      return `${code.padEnd(width)}  ${paint(severity.padEnd(7))}  ${title}\n`;
    })
    .join("");
}

/** Words on lines of at most so many columns. */
function wrap(text: string, columns = 80): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => (line === "" ? "" : `    ${line}`))
    .join("\n");
}

/** `lint --explain CODE`: what it means, what to do, and manifests with and without it. */
export function printExplanation(code: string, entry: CatalogueEntry, colors: Colors = noColors): string {
  const parts = [
    `${colors.strong(code)} (${entry.severity})\n${entry.title}`,
    wrap(entry.explanation),
    ...(entry.mend === undefined ? [] : [`${colors.note("To mend it:")}\n${wrap(entry.mend)}`]),
    ...(entry.bad === undefined ? [] : [`${colors.warning("With it:")}\n${indent(entry.bad)}`]),
    ...(entry.good === undefined ? [] : [`${colors.success("Without it:")}\n${indent(entry.good)}`]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function section(code: string, entry: CatalogueEntry): string {
  const yaml = (title: string, text: string | undefined): string[] =>
    text === undefined ? [] : [`${title}\n\n\`\`\`yaml\n${text.trimEnd()}\n\`\`\``];
  return [
    `## ${code}`,
    `**${entry.severity}**: ${entry.title}.`,
    wrap(entry.explanation, 120),
    ...(entry.mend === undefined ? [] : [wrap(entry.mend, 120)]),
    ...yaml("With it:", entry.bad),
    ...yaml("Without it:", entry.good),
  ].join("\n\n");
}

const introduction = `# What \`k8snet lint\` finds

<!-- Printed from src/diagnostics/catalogue/lint; \`UPDATE_GOLDEN=1 npx jest test/printers/catalogue\` writes it anew. -->

What the API server refuses is an error of every command (exit status 2). What it accepts and will not work, or not as
it was probably meant, is a finding of \`k8snet lint\`. An **error** makes it exit with 1; a **warning** does with
\`--max-warnings N\`; an **info** never does. \`k8snet lint --explain CODE\` prints one of these sections.

A finding is suppressed, with a reason, by

- a comment \`# k8snet-ignore CODE: reason\` on the line of the field, right above it, or at the head of the object;
- an annotation \`ignore-check.k8snet.io/CODE: "reason"\` of the object, which rendering does not lose;
- an entry of \`ignore:\` in k8snet.yaml (\`{code: CODE, object: NAMESPACE/NAME, reason: …}\`, \`*\` for any stretch);
- a baseline: \`k8snet lint --baseline FILE --write-baseline\` writes what is found now, and \`--baseline FILE\` reports
  only what is new.

\`-o FORMAT[=FILE]\`, repeatable, prints findings as \`text\`, \`json\`, \`sarif\`, \`junit\`, \`github\` (the default in a GitHub
Actions job) or \`markdown\`. Findings in the output of \`helm template\` point at the chart's file and, where one line of it
reads the same, at that line; the chart is looked for below the current folder, or where \`--chart FOLDER\` says. Those in
the output of \`kustomize build\` point at the file that \`buildMetadata: [originAnnotations]\` names.
`;

/** docs/lint.md: every code with its explanation and examples. */
export function printCatalogueMarkdown(entries: CatalogueEntries): string {
  const codes = Object.keys(entries);
  const table = codes.map(
    (code) => `| [${code}](#${code}) | ${entries[code]!.severity} | ${entries[code]!.title} |`,
  );
  return [
    introduction,
    `| code | severity | finding |\n|---|---|---|\n${table.join("\n")}\n`,
    ...codes.map((code) => `${section(code, entries[code]!)}\n`),
  ].join("\n");
}
