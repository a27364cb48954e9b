import { usageError } from "../../diagnostics/diagnostic.ts";

/** One of our own commands and its words. */
export interface OwnCommand {
  readonly command: "get" | "describe" | "resolve";
  readonly words: readonly string[];
}

/** Flags of kubectl that take a value in a word of its own and may stand before the verb. */
const valued = new Set([
  "-n",
  "--namespace",
  "--context",
  "--cluster",
  "--kubeconfig",
  "--user",
  "-s",
  "--server",
]);
/** Flags that say which cluster, and mean nothing here. */
const ignored = new Set(["--context", "--cluster", "--kubeconfig", "--user", "-s", "--server"]);

/** Splits at the verb: flags before it, and the words behind it. */
function splitAtVerb(words: readonly string[]): {
  readonly before: readonly string[];
  readonly verb: string | undefined;
  readonly behind: readonly string[];
} {
  const before: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (!word.startsWith("-")) return { before, verb: word, behind: words.slice(at + 1) };
    const value = valued.has(word) ? [words[++at] ?? ""] : [];
    if (!ignored.has(word.split("=")[0]!)) before.push(word, ...value);
  }
  return { before, verb: undefined, behind: [] };
}

function withoutIgnored(words: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (!ignored.has(word.split("=")[0]!)) kept.push(word);
    else if (!word.includes("=")) at++;
  }
  return kept;
}

/** The value of `-n` or `--namespace` among words. */
function namespaceIn(words: readonly string[]): readonly string[] {
  for (const [at, word] of words.entries()) {
    if (word === "-n" || word === "--namespace") return ["-n", words[at + 1] ?? ""];
    if (word.startsWith("--namespace=")) return ["-n", word.slice("--namespace=".length)];
    if (/^-n[^-]/.test(word)) return ["-n", word.slice(2).replace(/^=/, "")];
  }
  return [];
}

/** The words of a command in a container, a shell's `-c` taken apart. */
function innerCommand(words: readonly string[]): readonly string[] {
  const shell = words[0]?.split("/").at(-1) ?? "";
  if (["sh", "bash", "ash"].includes(shell) && words[1] === "-c" && words[2] !== undefined) {
    return words[2].trim().split(/\s+/);
  }
  return words;
}

/** `nslookup NAME` or `cat /etc/resolv.conf` inside a pod. */
function readInner(inner: readonly string[], from: readonly string[]): OwnCommand | undefined {
  const [program, ...rest] = inner;
  if (program === "cat" && rest.length === 1 && rest[0] === "/etc/resolv.conf") {
    return { command: "resolve", words: ["--resolv-conf", ...from] };
  }
  if (program === "nslookup") return { command: "resolve", words: [...readNslookup(rest), ...from] };
  return undefined;
}

const recordTypes = /^-(?:type|query|querytype|q|ty)=(\w+)$/i;

/** nslookup's words as those of `resolve`; a second name is the server, which is always the cluster's here. */
export function readNslookup(words: readonly string[]): readonly string[] {
  const type = words.flatMap((word) => word.match(recordTypes)?.[1]?.toUpperCase() ?? []).at(-1);
  const names = words.filter((word) => !word.startsWith("-"));
  const [name] = names;
  if (name === undefined) throw usageError("no-name", "nslookup wants a name", "nslookup kubernetes.default");
  return [name, ...(type === undefined ? [] : ["--type", type])];
}

/** What stands behind `--`, and the words before it. */
function splitAtDashes(words: readonly string[]): readonly [readonly string[], readonly string[]] {
  const at = words.indexOf("--");
  return at === -1 ? [words, []] : [words.slice(0, at), words.slice(at + 1)];
}

function podOf(words: readonly string[]): string | undefined {
  const pod = words.find(
    (word, at) => !word.startsWith("-") && !/^-(n|c)$|^--(namespace|container)$/.test(words[at - 1] ?? ""),
  );
  return pod === undefined || pod.includes("/") ? pod : `pod/${pod}`;
}

/**
 * Reads kubectl's own words.
 * @throws InputError for verbs that change something or need a cluster
 */
export function readKubectl(words: readonly string[]): OwnCommand {
  const { before, verb, behind } = splitAtVerb(words);
  if (verb === "get" || verb === "describe") {
    return { command: verb, words: [...withoutIgnored(behind), ...before] };
  }
  if (verb === "exec" || verb === "run") {
    const [own, inside] = splitAtDashes(behind);
    const namespace = namespaceIn([...before, ...own]);
    const pod = verb === "exec" ? podOf(own) : undefined;
    const from = [...(pod === undefined ? [] : ["--from", pod]), ...namespace];
    const asked = readInner(innerCommand(inside), from);
    if (asked !== undefined) return asked;
  }
  throw usageError(
    "kubectl-needs-cluster",
    verb === undefined ? "kubectl without a verb" : `kubectl ${verb} is not answered from files`,
    "get and describe are, and nslookup or cat /etc/resolv.conf behind exec and run; `command kubectl …` runs kubectl itself",
  );
}
