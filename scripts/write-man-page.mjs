// Writes man/k8snet.1 from the help of the commands themselves. usage: node scripts/write-man-page.mjs
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { loadChunk } from "./chunk-loader.cjs";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const main = readdirSync("bin/chunks").find((name) => /^main-\w+\.js$/.test(name));
const { run } = loadChunk(resolve("bin/chunks", main));

/** What k8snet answers to a command line, as a terminal of 78 columns gets it without colours. */
async function answer(...argv) {
  const parts = [];
  const stdout = { isTTY: false, columns: 78, write: (part) => void parts.push(part) };
  const stderr = { isTTY: false, write: (part) => process.stderr.write(part) };
  const io = { stdout, stderr, env: {}, cwd: ".", readStdin: async () => new Uint8Array() };
  if ((await run(argv, io)) !== 0) throw new Error(`k8snet ${argv.join(" ")} failed`);
  return parts.join("");
}

/** Text of a page: backslashes and leading dots and quotes mean something to troff. */
function troff(text) {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^([.'])/gm, "\\&$1");
}

const section = (title, text) => `.SH ${title.toUpperCase()}\n${text}`;
const literal = (text) => `.nf\n${troff(text.trimEnd())}\n.fi\n`;

const root = await answer("--help");
const names = [...root.matchAll(/^ {2}([a-z][a-z0-9-]*)\b/gm)].map((match) => match[1]);
const [, description] = root.split("\n\n");
const commands = [];
for (const name of names.filter((each) => each !== "help")) {
  const help = (await answer("help", name)).replace(/\nFlags on what is read.*\n/, "\n");
  commands.push(`.SS ${name}\n${literal(help)}`);
}

const page = [
  `.TH K8SNET 1 "" "k8snet ${version}" "User Commands"\n`,
  section("name", "k8snet \\- the network of a Kubernetes cluster, from its manifests\n"),
  section("synopsis", ".B k8snet\n.I command\n[flags]\n"),
  section("description", `${troff(description)}\n`),
  section("overview", literal(root.split("\n\n").slice(2).join("\n\n"))),
  section("commands", commands.join("")),
  section("input flags", literal(await answer("help", "input"))),
  section(
    "exit status",
    [
      ["0", "Clean; warnings and notes too."],
      ["1", "Findings: a difference, a failed expectation, a lint error."],
      ["2", "Bad usage or bad input."],
      ["3", "A bug in k8snet."],
    ]
      .map(([status, meaning]) => `.TP\n.B ${status}\n${troff(meaning)}\n`)
      .join(""),
  ),
  section("see also", ".BR iptables (8),\n.BR iptables\\-save (8),\n.BR kubectl (1)\n"),
].join("");
mkdirSync("man", { recursive: true });
writeFileSync("man/k8snet.1", page);
