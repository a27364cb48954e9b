import { type ClusterModel, objectKey, type Service } from "../../cluster/model.ts";
import { type Cidr, cidrAddress, cidrContains, cidrSize, type IpFamily, parseCidr } from "../../net/ip.ts";
import type { FlowsToCompare } from "./alike-flows.ts";
import { type ChangedFlow, compareFlows } from "./compare-flows.ts";
import { WorldFlows } from "./flow-classes.ts";
import { followingSide, type Side } from "./side.ts";
import type { World } from "./world.ts";

/** Blocks for documentation: addresses of nobody, to ask with where a range is wide. */
const nobodys = ["203.0.113.9", "198.51.100.9", "2001:db8:ffff::9"];

/**
 * The flows that changed from clients in the `loadBalancerSourceRanges` of some Services, one client for each range
 * of either side: the client outside that all other flows have is in none of them, as a rule.
 */
export function compareSourceRanges(
  before: World,
  after: World,
  isWanted: (service: string) => boolean,
): readonly ChangedFlow[] {
  const guarded = new Map<string, Set<string>>();
  for (const { cluster } of [before, after]) {
    for (const service of cluster.services.filter(isGuarded)) {
      const key = objectKey(service);
      if (!isWanted(key)) continue;
      const ranges = guarded.get(key) ?? new Set();
      guarded.set(key, ranges);
      for (const range of service.loadBalancerSourceRanges) ranges.add(range.trim());
    }
  }
  const all = [...new Set([...guarded.values()].flatMap((ranges) => [...ranges]))].sort();
  // Nodes and pods ask in any case, and are nobody outside.
  const ours = new Set([before, after].flatMap(({ cluster }) => ownAddresses(cluster)));
  return all.flatMap((range) => {
    const client = clientIn(range, all, after.family);
    if (client === undefined || ours.has(client)) return [];
    const isAsked = (service: Service): boolean => guarded.get(objectKey(service))?.has(range) === true;
    const [old, now] = [before, after].map((world) => asked(world, client, isAsked)) as [World, World];
    const changes = compareFlows(fromOutside(old, now), () => true);
    return changes.filter(isFromOutsideToBalancer).map((change) => ({
      ...change,
      from: change.from.map((source) => ({ ...source, range })),
    }));
  });
}

function ownAddresses({ nodes, pods }: ClusterModel): readonly string[] {
  return [
    ...nodes.flatMap((node) => [...node.internalIps, ...node.externalIps]),
    ...pods.flatMap((pod) => pod.ips),
  ];
}

function isGuarded({ loadBalancerSourceRanges, loadBalancerIngress }: Service): boolean {
  return loadBalancerSourceRanges.length > 0 && loadBalancerIngress.some(({ ip }) => ip !== undefined);
}

function isFromOutsideToBalancer({ before, after, from }: ChangedFlow): boolean {
  return (before ?? after)!.kind === "load balancer" && from[0]?.kind === "outside";
}

/** The flows of the client outside alone: no node is a source, so none is compared with others. */
function fromOutside(before: World, after: World): FlowsToCompare {
  const sideOf = (world: World): Side => followingSide(new WorldFlows(world));
  return { before: sideOf(before), after: sideOf(after), classesOf: () => [], nodes: [], reaches: [] };
}

/** A world with the client's address outside and, for speed, the Services that it asks alone; the rules are all there. */
function asked(world: World, client: string, isAsked: (service: Service) => boolean): World {
  return {
    ...world,
    cluster: { ...world.cluster, services: world.cluster.services.filter(isAsked) },
    shape: { ...world.shape, outsideAddress: client },
    rulesetOf: (node) => world.rulesetOf(node),
  };
}

/** An address in a range and, where there is one, in no narrower range. */
function clientIn(range: string, others: readonly string[], family: IpFamily): string | undefined {
  const cidr = parseCidr(range);
  if (cidr === undefined || cidr.family !== family) return undefined;
  const narrower = others
    .filter((other) => other !== range)
    .map(parseCidr)
    .filter((other): other is Cidr => other !== undefined && other.prefix > cidr.prefix);
  const size = cidrSize(cidr);
  // Not the first: that is often a gateway.
  const inside = size > 2n ? [size / 2n, size - 2n, 1n] : [0n];
  const candidates = [
    ...nobodys.filter((address) => address.includes(":") === (family === 6) && cidrContains(cidr, address)),
    ...inside.map((offset) => cidrAddress(cidr, offset)),
  ];
  return (
    candidates.find((address) => !narrower.some((other) => cidrContains(other, address))) ?? candidates[0]
  );
}
