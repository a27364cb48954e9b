import type { Command } from "commander";
import { dumpNotes, notComparable } from "../../analysis/verify/dump/comparable.ts";
import { dumpFindings } from "../../analysis/verify/dump-findings.ts";
import { verifyDump } from "../../analysis/verify/verify-dump.ts";
import type { VerifyGround } from "../../analysis/verify/verify-node.ts";
import type { ClusterModel } from "../../cluster/model.ts";
import { outsideHost } from "../../cluster-network/build-network.ts";
import { verifyCodes } from "../../diagnostics/catalogue/codes-verify.ts";
import { type Diagnostic, InputError, usageError } from "../../diagnostics/diagnostic.ts";
import type { Finding } from "../../diagnostics/finding.ts";
import type { KubeProxyConfig } from "../../kube-proxy/config.ts";
import { findStatedConfig } from "../../kube-proxy/configuration/stated-config.ts";
import { saveRule } from "../../printers/iptables/iptables-save.ts";
import { type LoadedInput, loadInput, tell } from "../input/load-input.ts";
import { makeNetwork } from "../input/make-network.ts";
import { type NamedDump, readDumpArguments } from "../input/node-dumps.ts";
import { nodeRules } from "../input/node-rules.ts";
import { type FindingOptions, reportFindings } from "../output/report-findings.ts";
import type { CommandIo } from "../terminal/io.ts";

/** `k8snet verify`. */
export async function runVerify(
  words: readonly string[],
  options: FindingOptions,
  command: Command,
  io: CommandIo,
): Promise<void> {
  const input = await loadInput(command, io);
  const diagnostics: Diagnostic[] = [];
  const dumps = await readDumpArguments(words, input.cluster.nodes, io, diagnostics);
  const findings: Finding[] = [];
  const comparable = sift(dumps, input.cluster, diagnostics, findings);
  await tell(diagnostics, input.options, io);
  const config = await statedConfig(input, io);
  const ground: VerifyGround = {
    cluster: input.cluster,
    endpoints: input.endpoints,
    makeNetwork,
    outsideHost,
    ruleText: saveRule,
  };
  for (const dump of comparable) findings.push(...(await verifyOne(dump, ground, config, input, io)));
  await tellSimulated(findings, input, io);
  const report = { command: "verify", findings, suppressed: [], checked: Object.keys(verifyCodes) };
  await reportFindings(report, options, io, input.options.color);
}

/**
 * The dumps that can be held against the manifests. What is known of the others (a node in another mode) goes to
 * `findings`, what is to be known of these to `diagnostics`.
 * @throws InputError for a dump that is no input for these manifests
 */
function sift(
  dumps: readonly NamedDump[],
  cluster: ClusterModel,
  diagnostics: Diagnostic[],
  findings: Finding[],
): readonly NamedDump[] {
  return dumps.filter(({ ruleset, name }) => {
    const reason = notComparable(ruleset, cluster, name);
    if (reason === undefined) return true;
    const { because, ...diagnostic } = reason;
    if (because === "refused") throw new InputError([diagnostic]);
    (because === "finding" ? findings : diagnostics).push(diagnostic);
    return because === "no-services";
  });
}

async function verifyOne(
  dump: NamedDump,
  ground: VerifyGround,
  config: KubeProxyConfig | undefined,
  input: LoadedInput,
  io: CommandIo,
): Promise<Finding[]> {
  const node = dump.node ?? input.options.node;
  const release = input.options.kubeProxyVersion === undefined ? undefined : config?.release;
  const answer = verifyDump(ground, {
    dump: dump.ruleset,
    ...(node === undefined ? {} : { node }),
    ...(release === undefined ? {} : { release }),
    ...(config === undefined || !isStated(input) ? {} : { config }),
  });
  if (answer.nodes.length === 0) {
    const names = input.cluster.nodes.map((each) => each.name).join(", ");
    throw usageError(
      "unknown-node",
      `there is no node "${node}" to hold ${dump.name} against`,
      `the nodes are ${names}`,
    );
  }
  const notes = [...dumpNotes(dump.ruleset, answer.nodes[0]?.expected, dump.name)];
  if (answer.took.length > 0) {
    const message = `${dump.name}: taken from the dump: ${answer.took.join("; ")}`;
    notes.push({ code: "taken-from-dump", severity: "note", message });
  }
  await tell(notes, input.options, io);
  return [...dumpFindings(answer, dump.ruleset, input.cluster, dump.name, saveRule)];
}

/** Differences from addresses that were made up say nothing of the node. */
async function tellSimulated(findings: readonly Finding[], input: LoadedInput, io: CommandIo): Promise<void> {
  const { clusterIps, podIps } = input.cluster.provenance.simulated;
  if (clusterIps + podIps === 0 || findings.every(({ code }) => !ofAddresses.has(code))) return;
  const message =
    "the manifests leave addresses open, which are simulated, and a dump has the real ones: some of the differences may be of these";
  const hint = "kubectl get nodes,services,pods,endpointslices -A -o yaml states them";
  await tell([{ code: "simulated-addresses", severity: "warning", message, hint }], input.options, io);
}

const ofAddresses: ReadonlySet<string> = new Set(["rule-missing", "rule-extra", "chain-stale"]);

/** The configuration and release that are stated somewhere; undefined when all is to be found from the dump. */
async function statedConfig(input: LoadedInput, io: CommandIo): Promise<KubeProxyConfig | undefined> {
  if (!isStated(input) && input.options.kubeProxyVersion === undefined) return undefined;
  return (await nodeRules(input, io)).config;
}

function isStated(input: LoadedInput): boolean {
  return input.options.kubeProxyConfig !== undefined || findStatedConfig(input.cluster).stated !== undefined;
}
