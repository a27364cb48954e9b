import type { Observed } from "../../analysis/expectations/check-expectations.ts";
import { lint } from "../../analysis/lint/lint.ts";
import type { TraceAnswer } from "../../analysis/trace/request.ts";
import { type TraceGround, tracePacket } from "../../analysis/trace/trace-packet.ts";
import { InputError } from "../../diagnostics/diagnostic.ts";
import type { Finding } from "../../diagnostics/finding.ts";
import { familyOf, type IpFamily, isIpv6 } from "../../net/ip.ts";
import type { TableName } from "../../netfilter/ruleset.ts";
import { printRules } from "../../printers/iptables/iptables-save.ts";
import type { LoadedInput } from "../input/load-input.ts";
import { networkOptionsOf } from "../input/network-options.ts";
import { familyOfOptions, type NodeRules, nodeRules } from "../input/node-rules.ts";
import type { CommandIo } from "../terminal/io.ts";

/** What expectations ask for, each thing made when it is asked for the first time. */
export async function observe(input: LoadedInput, io: CommandIo): Promise<Observed> {
  const quiet = { ...io, stderr: { ...io.stderr, write: () => undefined } };
  const first = familyOfOptions(input);
  const byFamily = new Map<IpFamily, NodeRules>([[first, await nodeRules(input, io)]]);
  const second: IpFamily = first === 4 ? 6 : 4;
  if (
    input.options.ipFamily === undefined &&
    input.cluster.ranges.serviceCidrs.some(({ family }) => family === second)
  ) {
    const other = { ...input, options: { ...input.options, ipFamily: String(second) } };
    byFamily.set(second, await nodeRules(other, quiet));
  }
  const rules = byFamily.get(first)!;
  const nodes = new Map(input.cluster.nodes.map((node) => [node.name, node]));
  const lines = new Map<string, ReadonlyMap<TableName, readonly string[]>>();
  let findings: readonly Finding[] | undefined;
  const groundOf = (family: IpFamily): TraceGround => ({
    cluster: input.cluster,
    endpoints: input.endpoints,
    network: networkOptionsOf(input, byFamily.get(family) ?? rules, byFamily.has(family) ? family : first),
  });
  return {
    cluster: input.cluster,
    endpoints: input.endpoints,
    trace(question, namespace) {
      const stated = familyOfTarget(question.to);
      const families = stated === undefined ? [...byFamily.keys()] : [stated];
      const ask = (family: IpFamily): TraceAnswer =>
        tracePacket(groundOf(family), {
          target: question.to,
          ...(question.from === undefined ? {} : { from: question.from }),
          ...(question.protocol === undefined ? {} : { protocol: question.protocol }),
          namespace: namespace ?? input.options.namespace ?? input.settings.cluster.defaultNamespace,
          // A file's `namespace:` says where to look first, -n where to look at all.
          namespaceAsked: namespace === undefined && input.options.namespace !== undefined,
          options: { later: false },
        });
      return firstThatAnswers(families, ask);
    },
    rulesOf(name) {
      const known = lines.get(name);
      if (known !== undefined) return known;
      const node = nodes.get(name);
      const made = new Map<TableName, readonly string[]>();
      for (const table of node === undefined
        ? []
        : [...byFamily.values()].flatMap((each) => each.of(node).tables)) {
        const printed = [...printRules(table)].join("").split("\n");
        made.set(table.name, [...(made.get(table.name) ?? []), ...printed]);
      }
      lines.set(name, made);
      return made;
    },
    findings() {
      findings ??= lint(
        {
          cluster: input.cluster,
          endpoints: input.endpoints,
          defaultNamespace: input.settings.cluster.defaultNamespace,
          localDetector: rules.config.localDetector,
        },
        { ignore: input.settings.ignore },
      ).findings;
      return findings;
    },
  };
}

/** The family of a target that is an address; undefined for names. */
function familyOfTarget(target: string): IpFamily | undefined {
  const host = /^(?:[a-z]+:\/\/)?\[([^\]]+)\]/i.exec(target)?.[1] ?? target;
  if (isIpv6(host)) return 6;
  return /^(?:[a-z]+:\/\/)?\d+\.\d+\.\d+\.\d+/i.test(host) ? familyOf("0.0.0.0") : undefined;
}

/** A name may have an address of one family only. @throws InputError what the first family has to say */
function firstThatAnswers(
  families: readonly IpFamily[],
  ask: (family: IpFamily) => TraceAnswer,
): TraceAnswer {
  let refusal: InputError | undefined;
  for (const family of families) {
    try {
      return ask(family);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      refusal ??= error;
    }
  }
  throw refusal;
}
