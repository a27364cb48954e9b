import type { TraitHistory } from "../kube-proxy/versions.ts";

/** What of the table of releases is printed. */
export interface ReleaseTable {
  readonly releases: readonly { readonly release: string; readonly recorded?: string }[];
  readonly nearest: Readonly<Record<string, string>>;
  readonly histories: Readonly<Record<string, TraitHistory<unknown>>>;
}

const introduction = `# What changes from release to release of kube-proxy

<!-- Printed from src/kube-proxy/versions.ts; \`UPDATE_GOLDEN=1 npx jest test/kube-proxy/versions\` writes it anew. -->

\`--kube-proxy-version\` chooses whose rules are printed. What differs between releases is a table of named traits, and
nothing else in k8snet asks for a release's number. Rules of every recorded release equal those of the real kube-proxy:
\`npm run conformance\` compares them. Of 1.11 there is no recording, only the listing that the vote lab's document
prints: its rules are those of 1.15 with comments on the rules of endpoints.
`;

function valueText(value: unknown): string {
  if (value === true) return "yes";
  if (value === false) return "no";
  return `\`${String(value)}\``;
}

/** `yes, from 1.19 no` */
function stepsText({ steps }: TraitHistory<unknown>): string {
  return steps
    .map(([from, value], index) => (index === 0 ? valueText(value) : `from ${from} ${valueText(value)}`))
    .join(", ");
}

/** docs/kube-proxy-versions.md: the releases, and every trait with the releases in which it changed. */
export function printVersionsMarkdown({ releases, nearest, histories }: ReleaseTable): string {
  const recorded = releases.map(
    ({ release, recorded: patch }) => `| ${release} | ${patch ?? "from a document's listing"} |`,
  );
  const traits = Object.entries(histories).map(
    ([name, history]) => `| ${name} | ${history.about} | ${stepsText(history)} | ${history.shownBy} |`,
  );
  const substitutes = Object.entries(nearest).map(
    ([release, other]) =>
      `${release} could not be recorded: its rules are printed as those of ${other}, with a note.`,
  );
  return [
    introduction,
    "## Releases\n",
    "| release | recorded |\n|---|---|",
    ...recorded,
    "",
    ...substitutes,
    "A newer release is printed as the newest one here, with a note. 1.12 to 1.14 and all others are refused.",
    "",
    "## Traits\n",
    "Each trait with its value at first and the releases that changed it. Recordings are in `fixtures/conformance`.",
    "",
    "| trait | what it is about | values | shown by |\n|---|---|---|---|",
    ...traits,
    "",
  ].join("\n");
}

/** What `k8snet version` says about kube-proxy. */
export function printReleaseList({ releases, nearest }: Pick<ReleaseTable, "releases" | "nearest">): string {
  const names = releases.map(({ release }) => release).join(", ");
  const substitutes = Object.entries(nearest).map(([release, other]) => `${release} as ${other}`);
  return `kube-proxy ${names} (${substitutes.join(", ")}; newer as ${releases[releases.length - 1]?.release})\n`;
}
