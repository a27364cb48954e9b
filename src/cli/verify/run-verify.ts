import type { Command } from "commander";
import { verifyFindings } from "../../analysis/verify/findings.ts";
import { verifyDump } from "../../analysis/verify/verify-dump.ts";
import type { VerifyGround } from "../../analysis/verify/verify-node.ts";
import { outsideHost } from "../../cluster-network/build-network.ts";
import { verifyCodes } from "../../diagnostics/codes-verify.ts";
import { usageError } from "../../diagnostics/diagnostic.ts";
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
  const dumps = await readDumpArguments(words, input, io);
  const config = await statedConfig(input, io);
  const ground: VerifyGround = {
    cluster: input.cluster,
    endpoints: input.endpoints,
    makeNetwork,
    outsideHost,
    ruleText: saveRule,
  };
  const findings: Finding[] = [];
  for (const dump of dumps) findings.push(...(await verifyOne(dump, ground, config, input, io)));
  const report = { command: "verify", findings, suppressed: [], checked: Object.keys(verifyCodes) };
  await reportFindings(report, options, io, input.options.color);
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
  if (answer.took.length > 0) {
    const message = `${dump.name}: taken from the dump: ${answer.took.join("; ")}`;
    await tell([{ code: "taken-from-dump", severity: "note", message }], input.options, io);
  }
  return answer.nodes.flatMap((verification) => verifyFindings(verification, saveRule));
}

/** The configuration and release that are stated somewhere; undefined when all is to be found from the dump. */
async function statedConfig(input: LoadedInput, io: CommandIo): Promise<KubeProxyConfig | undefined> {
  if (!isStated(input) && input.options.kubeProxyVersion === undefined) return undefined;
  return (await nodeRules(input, io)).config;
}

function isStated(input: LoadedInput): boolean {
  return input.options.kubeProxyConfig !== undefined || findStatedConfig(input.cluster).stated !== undefined;
}
