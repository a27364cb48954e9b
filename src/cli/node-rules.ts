import type { Node } from "../cluster/model.ts";
import { type Diagnostic, hasErrors, InputError, usageError } from "../diagnostics/diagnostic.ts";
import type { SourceText } from "../diagnostics/source.ts";
import type { KubeProxyConfig } from "../kube-proxy/config.ts";
import { readKubeProxyConfig } from "../kube-proxy/read-config.ts";
import { findStatedConfig, readConfigText, type StatedConfigAnswer } from "../kube-proxy/stated-config.ts";
import { newestRelease, resolveRelease } from "../kube-proxy/versions.ts";
import { readSources } from "../manifests/read-sources.ts";
import type { IpFamily } from "../net/ip.ts";
import type { Ruleset } from "../netfilter/ruleset.ts";
import { renderNode } from "../pipeline.ts";
import { traitsOf } from "../printers/iptables-versions.ts";
import type { CommandIo } from "./io.ts";
import { type LoadedInput, tell } from "./load-input.ts";
import { readNodeDumps } from "./node-dumps.ts";

/** The rules of the cluster's nodes: generated, or a node's own dump in their place. */
export interface NodeRules {
  readonly config: KubeProxyConfig;
  of(node: Node): Ruleset;
}

/**
 * How the nodes of the input get their rules: from `--dump` where one is given, else as kube-proxy of the release
 * and configuration asked for writes them. Notes and warnings go to standard error.
 * @throws InputError for an unknown release, an unreadable configuration or dump, and with `--strict` where the
 *   rules are not those of the cluster
 */
export async function nodeRules(input: LoadedInput, io: CommandIo): Promise<NodeRules> {
  const diagnostics: Diagnostic[] = [];
  const release = releaseOf(input.options.kubeProxyVersion, diagnostics);
  const stated = await statedConfig(input, io);
  const answer = readKubeProxyConfig(stated.stated, input.cluster, {
    release,
    family: familyOfOptions(input),
    nfacct: input.options.nfacct,
  });
  diagnostics.push(...stated.diagnostics, ...answer.diagnostics, ...iptablesNotes(input));
  const dumps = await readNodeDumps(input, io, diagnostics);
  const refused = input.options.strict ? diagnostics.map(strictly) : diagnostics;
  if (hasErrors(refused)) throw new InputError(refused);
  await tell(refused, input.options, io);
  const { config } = answer;
  const rendered = new Map<string, Ruleset>();
  return {
    config,
    of(node) {
      let ruleset = rendered.get(node.name);
      if (ruleset === undefined) {
        ruleset = dumps.of(node.name, config.family) ?? renderNode(input, node, config);
        rendered.set(node.name, ruleset);
      }
      return ruleset;
    },
  };
}

/** `--ip-family` as a number. */
export function familyOfOptions(input: LoadedInput): IpFamily {
  const { ipFamily } = input.options;
  if (ipFamily !== undefined) return ipFamily.endsWith("6") ? 6 : 4;
  return input.cluster.ranges.serviceCidrs[0]?.family ?? 4;
}

function releaseOf(written: string | undefined, diagnostics: Diagnostic[]): string {
  if (written === undefined) return newestRelease;
  const answer = resolveRelease(written);
  if (answer.kind === "refused") throw usageError("unknown-kube-proxy-release", answer.message, answer.hint);
  if (answer.kind === "nearest") {
    diagnostics.push({ code: "nearest-kube-proxy-release", severity: "note", message: answer.note });
  }
  return answer.release;
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

async function statedConfig(input: LoadedInput, io: CommandIo): Promise<StatedConfigAnswer> {
  const file = input.options.kubeProxyConfig;
  if (file === undefined) return findStatedConfig(input.cluster);
  return readConfigText(await readOneFile(file, io));
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
  return diagnostic.code === "not-iptables-mode" ? { ...diagnostic, severity: "error" } : diagnostic;
}
