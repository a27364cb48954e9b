import type { Loaded, LoadedObject, NodeObject } from "../../manifests/objects.ts";
import { type Cidr, canonicalIp, familyOf, isIp, maskCidr, parseCidr } from "../../net/ip.ts";
import { simulatedMarks } from "../input/simulated-mark.ts";
import type { Node } from "../model.ts";

function addressesOf(node: NodeObject, type: string): string[] {
  return (
    (node.status?.addresses ?? [])
      // The API server keeps an entry without an address, as the empty text.
      .filter((entry) => entry.type === type && isIp(entry.address ?? ""))
      .map((entry) => canonicalIp(entry.address))
  );
}

/** The pod networks a Node object states. */
export function statedPodCidrs(node: NodeObject): Cidr[] {
  const texts = node.spec?.podCIDRs ?? (node.spec?.podCIDR === undefined ? [] : [node.spec.podCIDR]);
  return texts
    .map(parseCidr)
    .filter((cidr) => cidr !== undefined)
    .map(maskCidr);
}

/** A Node of the input; what it leaves open is given by the caller. */
export function buildStatedNode(
  loaded: Loaded<"node", NodeObject>,
  simulatedIps: readonly string[],
  simulatedCidrs: readonly Cidr[],
): Node {
  const { object } = loaded;
  const labels = object.metadata.labels ?? {};
  const internalIps = addressesOf(object, "InternalIP");
  const primary = simulatedIps[0] === undefined ? 4 : familyOf(simulatedIps[0]);
  internalIps.sort((a, b) => Number(familyOf(a) !== primary) - Number(familyOf(b) !== primary));
  const podCidrs = statedPodCidrs(object);
  const zone = labels["topology.kubernetes.io/zone"] ?? labels["failure-domain.beta.kubernetes.io/zone"];
  const readyCondition = object.status?.conditions?.find(({ type }) => type === "Ready");
  const hostname = object.status?.addresses?.find(({ type }) => type === "Hostname")?.address;
  return {
    name: loaded.name,
    internalIps: internalIps.length > 0 ? internalIps : simulatedIps,
    externalIps: addressesOf(object, "ExternalIP"),
    hostname: hostname ?? labels["kubernetes.io/hostname"] ?? loaded.name,
    podCidrs: podCidrs.length > 0 ? podCidrs : simulatedCidrs,
    ...(zone === undefined ? {} : { zone }),
    labels,
    taints: object.spec?.taints ?? [],
    unschedulable: object.spec?.unschedulable ?? false,
    ready: readyCondition === undefined || readyCondition.status === "True",
    simulated: simulatedMarks(loaded).includes("true"),
    source: loaded.source,
    object: loaded as LoadedObject,
  };
}
