import { type CategorizeOptions, categorizeEndpoints } from "../../src/endpoints/categorize-endpoints.ts";
import type { Endpoint } from "../../src/endpoints/model.ts";

/** `a@n1/za` is endpoint a on node n1 in zone za; `!` not ready, `~` terminating and serving, `x` neither. */
function endpoint(text: string): Endpoint {
  const match = /^([!~x]?)(\w+)@(\w+)(?:\/(\w+))?(?:>(\w+)(?:,(\w+))?)?$/.exec(text)!;
  const [, state, name, nodeName, zone, zoneHint, nodeHint] = match;
  return {
    ip: name!,
    port: 80,
    nodeName: nodeName!,
    zone,
    ready: state === "",
    serving: state === "" || state === "~",
    terminating: state === "~" || state === "x",
    zoneHints: zoneHint === undefined ? undefined : [zoneHint],
    nodeHints: nodeHint === undefined ? undefined : [nodeHint],
  };
}

const cluster: Partial<CategorizeOptions> = { usesClusterEndpoints: true, usesLocalEndpoints: false };
const local: Partial<CategorizeOptions> = { usesClusterEndpoints: false, usesLocalEndpoints: true };
const both: Partial<CategorizeOptions> = { usesClusterEndpoints: true, usesLocalEndpoints: true };

type Row = readonly [
  what: string,
  endpoints: string,
  options: Partial<CategorizeOptions>,
  clusterNames: string,
  localNames: string,
  reachable: string,
  has: boolean,
];

// Seen from node n1 in zone za.
const rows: readonly Row[] = [
  ["no endpoints", "", both, "", "", "", false],
  ["ready ones", "a@n1 !b@n1 c@n2", cluster, "a c", "", "a c", true],
  ["only not ready", "!a@n1 !b@n2", both, "", "", "", false],
  ["local among ready", "a@n1 b@n2", both, "a b", "a", "a b", true],
  ["local alone", "a@n1 b@n2", local, "", "a", "a", true],
  ["none local", "b@n2", local, "", "", "", true],
  ["terminating stand in", "~a@n1 !b@n2 xc@n1", cluster, "a", "", "a", true],
  ["terminating give way to ready", "~a@n1 b@n2", cluster, "b", "", "b", true],
  ["terminating stand in locally", "~a@n1 b@n2", both, "b", "a", "a b", true],
  ["terminating elsewhere", "~a@n2", local, "", "", "", true],
  ["no stand-in in old releases", "~a@n1", { ...both, terminatingStandIn: false }, "", "", "", false],
  ["zone hints", "a@n2>za b@n3>zb", cluster, "a", "", "a", true],
  ["a hint is missing", "a@n2>za b@n3", cluster, "a b", "", "a b", true],
  ["no hint for this zone", "a@n2>zb b@n3>zc", cluster, "a b", "", "a b", true],
  ["hints of endpoints that are not ready do not count", "a@n2>za !b@n3", cluster, "a", "", "a", true],
  ["hints do not bind a Local policy", "a@n1>zb b@n2>za", both, "b", "a", "a b", true],
  ["node hints", "a@n1>za,n1 b@n2>za,n2", cluster, "a", "", "a", true],
  ["node hints for others fall back to zones", "a@n2>za,n2 b@n3>zb,n3", cluster, "a", "", "a", true],
  [
    "node hints before their release",
    "a@n1>za,n1 b@n2>za,n2",
    { ...cluster, hints: "zone" },
    "a b",
    "",
    "a b",
    true,
  ],
  ["hints are ignored", "a@n2>za b@n3>zb", { ...cluster, hints: "none" }, "a b", "", "a b", true],
  ["a node without a zone", "a@n2>za b@n3>zb", { ...cluster, zone: undefined }, "a b", "", "a b", true],
  ["terminating ones ignore hints", "~a@n2>zb", cluster, "a", "", "a", true],
];

test.each(rows)("%s: %s", (_, texts, options, clusterNames, localNames, reachable, has) => {
  const endpoints = texts.split(" ").filter(Boolean).map(endpoint);
  const answer = categorizeEndpoints(endpoints, {
    nodeName: "n1",
    zone: "za",
    usesClusterEndpoints: true,
    usesLocalEndpoints: true,
    hints: "zone-and-node",
    terminatingStandIn: true,
    ...options,
  });
  const names = (list: readonly Endpoint[]): string => list.map(({ ip }) => ip).join(" ");
  expect([names(answer.cluster), names(answer.local), names(answer.reachable), answer.hasEndpoints]).toEqual([
    clusterNames,
    localNames,
    reachable,
    has,
  ]);
});
