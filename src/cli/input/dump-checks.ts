import { otherCluster } from "../../analysis/verify/dump/comparable.ts";
import { proxyModeOf } from "../../analysis/verify/dump/proxy-mode.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { IpFamily } from "../../net/ip.ts";
import { checkJumps } from "../../netfilter/check-ruleset.ts";
import { findTable, type Ruleset } from "../../netfilter/ruleset.ts";
import type { LoadedInput } from "./load-input.ts";
import type { NamedDump } from "./node-dumps.ts";

/**
 * What is to be said before a dump's rules are taken for a node's: another address family, several dumps, a table that
 * is not there, another mode of kube-proxy, another cluster's manifests.
 */
export function dumpDiagnostics(
  dumps: readonly NamedDump[],
  family: IpFamily,
  input: LoadedInput,
): readonly Diagnostic[] {
  const byNode = new Map<string, NamedDump[]>();
  for (const dump of dumps) {
    const node = dump.node ?? input.options.node ?? input.cluster.nodes[0]?.name ?? "";
    byNode.set(node, [...(byNode.get(node) ?? []), dump]);
  }
  return [...byNode].flatMap(([node, own]) => {
    const fitting = own.filter(({ ruleset }) => ruleset.family === family);
    const [first] = fitting;
    if (first === undefined) return [otherFamily(own[0]!, family, node, input)];
    const message = `node ${node} has ${fitting.length} dumps of IPv${family} rules: ${first.name} is taken`;
    const several: Diagnostic = { code: "several-dumps", severity: "warning", message };
    const aboutServices = input.ownDumps === undefined;
    return [
      ...(fitting.length > 1 ? [several] : []),
      ...brokenJumps(first.ruleset),
      ...(aboutServices ? aboutKubeProxy(first.ruleset, first.name) : []),
      ...(aboutServices ? aboutOthers(first, input) : []),
    ];
  });
}

/** An error where the family asked for is all that the cluster has: rules of our own would pass for the dump's. */
function otherFamily(dump: NamedDump, family: IpFamily, node: string, input: LoadedInput): Diagnostic {
  const { ranges } = input.cluster;
  const both = ranges.serviceCidrs.some((cidr) => cidr.family === dump.ruleset.family);
  const message = `${dump.name} holds IPv${dump.ruleset.family} rules`;
  return both
    ? {
        code: "dump-of-other-family",
        severity: "note",
        message: `${message}: the IPv${family} rules of node ${node} are generated`,
      }
    : {
        code: "dump-of-other-family",
        severity: "error",
        message: `${message}, and the IPv${family} rules are asked for`,
        hint: `a dump of ${family === 6 ? "ip6tables-save" : "iptables-save"}, or --ip-family ${dump.ruleset.family}`,
      };
}

/** Broken jumps listed; the others are counted. */
const mostListed = 3;

/** Jumps to nowhere and loops: a packet that comes to one can't be followed, all others can. */
function brokenJumps(ruleset: Ruleset): Diagnostic[] {
  const found = checkJumps(ruleset).map(({ missingChain: _, ...diagnostic }) => diagnostic);
  const rest = found.length - mostListed;
  const message = `${rest} more jumps to chains that do not exist, or in a circle: the dump is cut or was edited`;
  return [
    ...found.slice(0, mostListed).map((diagnostic): Diagnostic => ({ ...diagnostic, severity: "warning" })),
    ...(rest > 0 ? [{ code: "rules-missing-chain", severity: "warning", message } as const] : []),
  ];
}

/** A warning where manifests, perhaps named by k8snet.yaml alone, are not those of the dump's cluster. */
function aboutOthers({ ruleset, name }: NamedDump, { cluster, settings }: LoadedInput): Diagnostic[] {
  const found = otherCluster(ruleset, cluster, name);
  const from = settings.effective.find((setting) => setting.name === "filename")?.from ?? "default";
  const origin = from === "default" ? "./manifests is there" : `${from} names manifests`;
  const hint = from.startsWith("-")
    ? "without manifests the dump's own rules tell its Services"
    : `${origin}; -f in place of --dump reads the dump alone`;
  return found === undefined ? [] : [{ ...found, hint }];
}

function aboutKubeProxy(ruleset: Ruleset, name: string): Diagnostic[] {
  const hasNat = findTable(ruleset, "nat") !== undefined;
  const mode = hasNat ? proxyModeOf(ruleset) : undefined;
  return [
    ...(mode === undefined || mode.mode === "iptables"
      ? []
      : [
          {
            code: "node-not-iptables",
            severity: "warning",
            message: `${name}: ${mode.message}`,
            hint: `what follows knows the rules of the dump only; ${mode.hint}`,
          } as const,
        ]),
    ...(hasNat && findTable(ruleset, "filter") === undefined
      ? [
          {
            code: "dump-lacks-table",
            severity: "note",
            message: `${name} has no table filter: it counts as empty`,
          } as const,
        ]
      : []),
  ];
}
