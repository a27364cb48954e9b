import { objectKey, type Service } from "../../cluster/model.ts";
import type { IpFamily } from "../../net/ip.ts";
import type { RuleText } from "../rule-words.ts";
import { type FlowsToCompare, flowsToCompare } from "./alike-flows.ts";
import { changedServices } from "./changed-services.ts";
import { type ChangedFlow, compareFlows } from "./compare-flows.ts";
import { compareObjects, type ObjectChange } from "./compare-objects.ts";
import { withPinnedAddresses } from "./pinned-addresses.ts";
import { type RenamedChain, renamedChains } from "./renamed-chains.ts";
import { compareSourceRanges } from "./source-ranges.ts";
import { type FlowGroup, groupFlows } from "./telling/flow-groups.ts";
import { type FlowSummary, summarizeFlows } from "./telling/flow-summaries.ts";
import { markSimulatedPorts } from "./telling/simulated-ports.ts";
import type { World } from "./world.ts";

/** What two worlds differ in, by meaning. */
export interface Difference {
  readonly before: string;
  readonly after: string;
  /** Families of the addresses whose flows were compared. */
  readonly families: readonly IpFamily[];
  readonly objects: readonly ObjectChange[];
  /** Each change with everybody that sees it in the same words. */
  readonly flows: readonly FlowGroup[];
  /** The same, as a reader wants it told. */
  readonly summaries: readonly FlowSummary[];
  readonly renamed: readonly RenamedChain[];
  /** Services whose rules differ on some node, `namespace/name`, sorted. */
  readonly services: readonly string[];
  /** Rules of no Service differ. */
  readonly otherRules: boolean;
  /** Services that differ and have a load balancer whose address is not known: flows through it are not compared. */
  readonly unknownBalancers: readonly string[];
}

/** Whether the worlds differ in anything that was asked about. */
export function isDifferent(difference: Difference): boolean {
  const { objects, flows, renamed, services, otherRules } = difference;
  return objects.length + flows.length + renamed.length + services.length > 0 || otherRules;
}

/** Whether a flow that worked before fares worse. */
export function isBreaking(difference: Difference): boolean {
  return difference.flows.some((flow) => flow.breaking);
}

/**
 * Compares two worlds: objects, flows of every Service whose rules differ, chains with new names.
 * @param namespace only Services of this one; nodes and ranges are told in any case
 */
export function diffWorlds(before: World, after: World, text: RuleText, namespace?: string): Difference {
  const isWanted = (service: string): boolean =>
    namespace === undefined || service.startsWith(`${namespace}/`);
  const changed = changedServices(before, after, text);
  const objects = compareObjects(before, after);
  const named = new Set([...changed.services, ...objects.flatMap(({ service }) => service ?? [])]);
  const isChanged = (service: string): boolean => changed.others || named.has(service);
  const flows = (): Pick<Difference, "flows" | "summaries"> => {
    const compared = flowsToCompare(...withPinnedAddresses(before, after), text);
    const told = changedFlows(compared, isChanged, isWanted, () =>
      compareSourceRanges(before, after, (service) => isWanted(service) && isChanged(service)),
    );
    return { ...told, summaries: markSimulatedPorts(told.summaries, before, after) };
  };
  return {
    before: before.name,
    after: after.name,
    families: [after.family],
    objects: objects.filter(({ service }) => service === undefined || isWanted(service)),
    ...(changed.others || named.size > 0 ? flows() : { flows: [], summaries: [] }),
    renamed: renamedChains(before, after).filter(({ service }) => isWanted(service)),
    services: [...changed.services].filter(isWanted).sort(),
    otherRules: changed.others,
    unknownBalancers: after.cluster.services
      .filter(hasUnknownBalancer)
      .map(objectKey)
      .filter((service) => isWanted(service) && named.has(service)),
  };
}

function hasUnknownBalancer({ type, loadBalancerIngress }: Service): boolean {
  return type === "LoadBalancer" && loadBalancerIngress.every(({ ip }) => ip === undefined);
}

/** The flows that changed, of wanted Services whose packets can meet rules of a changed one. */
function changedFlows(
  flows: FlowsToCompare,
  isChanged: (service: string) => boolean,
  isWanted: (service: string) => boolean,
  more: () => readonly ChangedFlow[],
): Pick<Difference, "flows" | "summaries"> {
  const changes = [
    ...compareFlows(
      flows,
      (service) =>
        isWanted(service) && flows.reaches.some((reach) => [...reach.from(service)].some(isChanged)),
    ),
    ...more(),
  ];
  return {
    flows: groupFlows(changes, flows.nodes),
    summaries: summarizeFlows(changes, flows.nodes),
  };
}
