import { buildNetwork } from "../../cluster-network/build-network.ts";
import type { IpFamily } from "../../net/ip.ts";
import type { Network } from "../../tracer/network.ts";
import type { CommandIo } from "../terminal/io.ts";
import type { LoadedInput } from "./load-input.ts";
import { networkOptionsOf } from "./network-options.ts";
import { nodeRules } from "./node-rules.ts";

/** The families a command is about: `--ip-family`, or all that the cluster has. */
function familiesOf(input: LoadedInput): readonly IpFamily[] {
  const { ipFamily } = input.options;
  if (ipFamily !== undefined) return [ipFamily.endsWith("6") ? 6 : 4];
  const families = input.cluster.ranges.serviceCidrs.map((cidr) => cidr.family);
  return families.length === 0 ? [4] : [...new Set(families)];
}

/** The network with the nodes' rules, for each address family of the cluster. Notes are told once. */
export async function familyNetworks(
  input: LoadedInput,
  io: CommandIo,
): Promise<ReadonlyMap<IpFamily, Network>> {
  const networks = new Map<IpFamily, Network>();
  let telling = io;
  for (const family of familiesOf(input)) {
    const own = { ...input, options: { ...input.options, ipFamily: String(family) } };
    const rules = await nodeRules(own, telling);
    telling = { ...io, stderr: { ...io.stderr, write: () => undefined } };
    const network = buildNetwork(input.cluster, input.endpoints, networkOptionsOf(own, rules, family));
    networks.set(family, network);
  }
  return networks;
}
