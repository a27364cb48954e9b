import type { NetworkOptions } from "../../cluster-network/options.ts";
import { socketsOfRules } from "../../cluster-network/sockets-of-rules.ts";
import { usageError } from "../../diagnostics/diagnostic.ts";
import { networkShapeOf } from "../../kube-proxy/network-shape.ts";
import type { IpFamily } from "../../net/ip.ts";
import type { Ruleset } from "../../netfilter/ruleset.ts";
import type { LoadedInput } from "./load-input.ts";
import type { NodeRules } from "./node-rules.ts";

/** The network that packets travel: the nodes' rules, and what kube-proxy's configuration says about its shape. */
export function networkOptionsOf(input: LoadedInput, rules: NodeRules, family: IpFamily): NetworkOptions {
  const nodes = new Map(input.cluster.nodes.map((node) => [node.name, node]));
  return {
    family,
    ...shapeOf(input, rules),
    rulesetOf: (name) => {
      const node = nodes.get(name);
      return node === undefined ? undefined : withNat(rules.of(node), name);
    },
  };
}

/** All but the rules: what kube-proxy's configuration says, and what is known of endpoints where there are but dumps. */
export function shapeOf(
  input: LoadedInput,
  { config }: NodeRules,
): Omit<NetworkOptions, "family" | "rulesetOf"> {
  return { ...networkShapeOf(config), ...socketsOfDumps(input) };
}

/** Without manifests all that is known of endpoints is what the dumps' rules send to. */
function socketsOfDumps(input: LoadedInput): { readonly socketsOfDumps?: readonly string[] } {
  if (input.ownDumps === undefined) return {};
  return { socketsOfDumps: socketsOfRules(input.ownDumps.dumps.map(({ ruleset }) => ruleset)) };
}

/** @throws InputError when a dump holds no nat table: what it would do to a Service's packet is unknown */
function withNat(ruleset: Ruleset, node: string): Ruleset {
  if (ruleset.tables.some((table) => table.name === "nat")) return ruleset;
  throw usageError(
    "table-missing",
    `the rules of node ${node} have no nat table, where Services are`,
    "dump all tables: iptables-save, without -t",
  );
}
