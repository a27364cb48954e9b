import type { GoldenIndex, GoldenPort, GoldenService } from "./golden-index.ts";

/** What changed between two clusters in words, a line each: Services, ports, endpoints, nodes, ranges, releases. */
export function describeGoldenChanges(before: GoldenIndex, after: GoldenIndex): readonly string[] {
  const releaseOf = ({ iptables }: GoldenIndex): string => `${iptables.version} (${iptables.backend})`;
  return [
    ...describeServices(before, after),
    ...describeNodes(before.nodes, after.nodes),
    ...describeValue("Service range", before.serviceCidrs.join(", "), after.serviceCidrs.join(", ")),
    ...describeValue("pod range", before.clusterCidrs.join(", "), after.clusterCidrs.join(", ")),
    ...describeValue("range of node ports", before.nodePorts, after.nodePorts),
    ...describeValue("kube-proxy", before.kubeProxy, after.kubeProxy),
    ...describeConfiguration(before.configuration, after.configuration),
    ...describeValue("iptables", releaseOf(before), releaseOf(after)),
    ...(before.otherRules === after.otherRules ? [] : ["the rules of --base-rules: changed"]),
  ];
}

/** An index of before these were written down says nothing. */
function describeConfiguration(
  before: GoldenIndex["configuration"],
  after: GoldenIndex["configuration"] = {},
): string[] {
  if (before === undefined) return [];
  return keysOf(before, after).flatMap((name) =>
    describeValue(`kube-proxy's ${name}`, before[name] ?? "default", after[name] ?? "default"),
  );
}

function keysOf(before: object, after: object): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}

function describeServices(before: GoldenIndex, after: GoldenIndex): string[] {
  return keysOf(before.services, after.services)
    .sort()
    .flatMap((name) => {
      const old = before.services[name];
      const now = after.services[name];
      if (old === undefined) return [`${name}: added`];
      if (now === undefined) return [`${name}: removed`];
      return describeService(old, now).map((text) => `${name}: ${text}`);
    });
}

function describeService(old: GoldenService, now: GoldenService): string[] {
  const fields = keysOf(old.fields, now.fields).flatMap((field) =>
    describeValue(field, old.fields[field] ?? usual(field), now.fields[field] ?? usual(field), " "),
  );
  const ports = keysOf(old.ports, now.ports).flatMap((port) =>
    describePort(port, old.ports[port], now.ports[port]),
  );
  return [...fields, ...ports];
}

/** What holds where a Service says nothing of a field. */
function usual(field: string): string {
  return field.endsWith("TrafficPolicy") ? "Cluster" : "";
}

function describePort(port: string, old: GoldenPort | undefined, now: GoldenPort | undefined): string[] {
  if (old === undefined) return [`port ${port} added`];
  if (now === undefined) return [`port ${port} removed`];
  const texts = describeValue(`port ${port}`, old.text, now.text);
  if (old.endpoints.length !== now.endpoints.length)
    return [...texts, `${old.endpoints.length} -> ${now.endpoints.length} endpoints, port ${port}`];
  const moved = now.endpoints.filter((endpoint) => !old.endpoints.includes(endpoint)).length;
  if (moved === 0) return texts;
  return [...texts, `${moved} of ${now.endpoints.length} endpoints moved, port ${port}`];
}

function describeNodes(old: readonly string[], now: readonly string[]): string[] {
  return [
    ...now.filter((node) => !old.includes(node)).map((node) => `node ${node}: added`),
    ...old.filter((node) => !now.includes(node)).map((node) => `node ${node}: removed`),
  ];
}

function describeValue(what: string, old: string, now: string, colon = ": "): string[] {
  return old === now ? [] : [`${what}${colon}${old === "" ? "none" : old} -> ${now === "" ? "none" : now}`];
}
