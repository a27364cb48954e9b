import type { Node } from "../../cluster/model.ts";
import { stableHash } from "../../cluster/stable-hash.ts";
import { type Diagnostic, hasErrors, InputError, usageError } from "../../diagnostics/diagnostic.ts";
import type { SourceText } from "../../diagnostics/source.ts";
import { withRuleOrigins } from "../../dump-objects/rule-origins.ts";
import type { KubeProxyConfig } from "../../kube-proxy/config.ts";
import { foreignProxyCodes } from "../../kube-proxy/configuration/foreign-proxy.ts";
import { decideKubeProxyConfig } from "../../kube-proxy/decide-config.ts";
import { readSources } from "../../manifests/read-sources.ts";
import type { IpFamily } from "../../net/ip.ts";
import { adoptOrigins } from "../../netfilter/adopt-origins.ts";
import { layOver } from "../../netfilter/lay-over.ts";
import { parseSave } from "../../netfilter/parse-save.ts";
import type { Ruleset } from "../../netfilter/ruleset.ts";
import { renderNode } from "../../pipeline.ts";
import { saveRule } from "../../printers/iptables/iptables-save.ts";
import { traitsOf } from "../../printers/iptables/iptables-versions.ts";
import type { CommandIo } from "../terminal/io.ts";
import { type LoadedInput, tell } from "./load-input.ts";
import { readNodeDumps } from "./node-dumps.ts";

/** The rules of the cluster's nodes: generated, or a node's own dump in their place. */
export interface NodeRules {
  readonly config: KubeProxyConfig;
  /** A mark of the rules that `--base-rules` names. */
  readonly otherRules?: string;
  of(node: Node): Ruleset;
}

/**
 * How the nodes of the input get their rules: from `--dump` where one is given, else as kube-proxy of the release
 * and configuration asked for writes them. Notes and warnings go to standard error.
 * @throws InputError for an unknown release, an unreadable configuration or dump, and with `--strict` where the
 *   rules are not those of the cluster
 */
export async function nodeRules(input: LoadedInput, io: CommandIo): Promise<NodeRules> {
  const { kubeProxyConfig, kubeProxyVersion, nfacct } = input.options;
  const answer = decideKubeProxyConfig(input.cluster, {
    family: familyOfOptions(input),
    nfacct,
    ...(kubeProxyVersion === undefined ? {} : { version: kubeProxyVersion }),
    ...(kubeProxyConfig === undefined ? {} : { configFile: await readOneFile(kubeProxyConfig, io) }),
  });
  const diagnostics: Diagnostic[] = [...answer.diagnostics, ...iptablesNotes(input)];
  const dumps = await readNodeDumps(input, answer.config.family, io, diagnostics);
  const file = input.options.baseRules;
  const other = file === undefined ? undefined : await readOneFile(file, io);
  const base = baseRules(input, other, answer.config.family, diagnostics);
  const refused = input.options.strict ? diagnostics.map(strictly) : diagnostics;
  if (hasErrors(refused)) throw new InputError(refused);
  await tell(refused, input.options, io);
  const { config } = answer;
  const rendered = new Map<string, Ruleset>();
  const withOrigins = (dumped: Ruleset, node: Node): Ruleset =>
    input.ownDumps !== undefined
      ? withRuleOrigins(dumped)
      : adoptOrigins(dumped, renderNode(input, node, config), (rule) => saveRule("", rule));
  return {
    config,
    ...(other === undefined
      ? {}
      : { otherRules: stableHash(other.text.replaceAll("\r\n", "\n")).toString(36) }),
    of(node) {
      let ruleset = rendered.get(node.name);
      if (ruleset === undefined) {
        const dumped = dumps.of(node.name);
        ruleset = dumped === undefined ? base(renderNode(input, node, config)) : withOrigins(dumped, node);
        rendered.set(node.name, ruleset);
      }
      return ruleset;
    },
  };
}

/** What `--base-rules` does to rendered rules: lays them over the rules that the file holds. */
function baseRules(
  input: LoadedInput,
  source: SourceText | undefined,
  family: IpFamily,
  diagnostics: Diagnostic[],
): (ruleset: Ruleset) => Ruleset {
  if (source === undefined) return (ruleset) => ruleset;
  const file = input.options.baseRules;
  const { rulesets, diagnostics: found } = parseSave(source);
  diagnostics.push(...found);
  if (rulesets.length === 0)
    throw usageError(
      "no-rules-in-dump",
      `${file} holds no iptables rules`,
      "it is what `iptables-save` printed",
    );
  const below = rulesets.find((ruleset) => ruleset.family === family);
  if (below === undefined) {
    // A cluster with both families asks for each in turn.
    const severity = input.cluster.ranges.serviceCidrs.length > 1 ? "note" : "error";
    const message = `--base-rules ${file} holds IPv${family === 6 ? 4 : 6} rules, and the IPv${family} rules are asked for`;
    diagnostics.push({ code: "dump-of-other-family", severity, message });
    return (ruleset) => ruleset;
  }
  return (ruleset) =>
    layOver(below, ruleset, (first, second) => saveRule("", first) === saveRule("", second));
}

/** `--ip-family` as a number. */
export function familyOfOptions(input: LoadedInput): IpFamily {
  const { ipFamily } = input.options;
  if (ipFamily !== undefined) return ipFamily.endsWith("6") ? 6 : 4;
  return input.cluster.ranges.serviceCidrs[0]?.family ?? 4;
}

function iptablesNotes(input: LoadedInput): Diagnostic[] {
  const answer = traitsOf(input.iptables);
  if (answer === undefined) {
    throw usageError(
      "unknown-iptables-release",
      `"${input.iptables.version}" is no release of iptables`,
      "such as 1.8.11",
    );
  }
  return answer.note === undefined
    ? []
    : [{ code: "nearest-iptables-release", severity: "note", message: answer.note }];
}

/** One text file named by a flag. */
async function readOneFile(file: string, io: CommandIo): Promise<SourceText> {
  const read = await readSources({
    filenames: [file],
    recursive: false,
    cwd: io.cwd,
    readStdin: () => io.readStdin(),
  });
  if (hasErrors(read.diagnostics)) throw new InputError(read.diagnostics);
  const [source] = [...read.manifests, ...read.dumps];
  if (source === undefined) throw usageError("empty-file", `${file} is empty`);
  return source;
}

/** Under `--strict` an answer that is not this cluster's is refused. */
function strictly(diagnostic: Diagnostic): Diagnostic {
  return foreignProxyCodes.has(diagnostic.code) || diagnostic.code === "node-not-iptables"
    ? { ...diagnostic, severity: "error" }
    : diagnostic;
}
