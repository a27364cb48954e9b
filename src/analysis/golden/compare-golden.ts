import { createTwoFilesPatch } from "diff";
import type { GoldenIndex } from "./golden-index.ts";

/** One file that is not what it was. */
export interface GoldenFileDifference {
  readonly path: string;
  readonly change: "added" | "removed" | "changed";
  /** Unified diff, from the file on disk to what the manifests give now. */
  readonly patch: string;
}

/** Compares files by path -> text; in order of their paths. */
export function compareGoldenFiles(
  expected: ReadonlyMap<string, string>,
  actual: ReadonlyMap<string, string>,
): readonly GoldenFileDifference[] {
  const paths = [...new Set([...expected.keys(), ...actual.keys()])].sort();
  const differences: GoldenFileDifference[] = [];
  for (const path of paths) {
    const before = expected.get(path);
    const after = actual.get(path);
    if (before === after) continue;
    const change = before === undefined ? "added" : after === undefined ? "removed" : "changed";
    const patch = createTwoFilesPatch(
      change === "added" ? "/dev/null" : `a/${path}`,
      change === "removed" ? "/dev/null" : `b/${path}`,
      before ?? "",
      after ?? "",
      undefined,
      undefined,
      { context: 3 },
    ).replace(/^=+\n/, "");
    differences.push({ path, change, patch });
  }
  return differences;
}

/** What changed between two clusters in words, a line each: Services, ports, endpoints, nodes, ranges. */
export function describeGoldenChanges(before: GoldenIndex, after: GoldenIndex): readonly string[] {
  return [
    ...describeServices(before, after),
    ...describeList("nodes", before.nodes, after.nodes),
    ...describeValue("Service range", before.serviceCidrs.join(","), after.serviceCidrs.join(",")),
    ...describeValue("pod range", before.clusterCidrs.join(","), after.clusterCidrs.join(",")),
    ...describeValue("node ports", before.nodePorts, after.nodePorts),
  ];
}

function describeServices(before: GoldenIndex, after: GoldenIndex): string[] {
  const names = [...new Set([...Object.keys(before.services), ...Object.keys(after.services)])].sort();
  return names.flatMap((name) => {
    const old = before.services[name];
    const now = after.services[name];
    if (old === undefined) return [`${name}: added`];
    if (now === undefined) return [`${name}: removed`];
    const ports = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
    return ports.flatMap((port) => describePort(`${name}`, port, old[port], now[port]));
  });
}

function describePort(
  service: string,
  port: string,
  old: readonly string[] | undefined,
  now: readonly string[] | undefined,
): string[] {
  if (old === undefined) return [`${service}: port ${port} added`];
  if (now === undefined) return [`${service}: port ${port} removed`];
  if (old.length !== now.length)
    return [`${service}: ${old.length} -> ${now.length} endpoints, port ${port}`];
  const moved = now.filter((endpoint) => !old.includes(endpoint));
  return moved.length === 0
    ? []
    : [`${service}: ${moved.length} of ${now.length} endpoints moved, port ${port}`];
}

function describeList(what: string, old: readonly string[], now: readonly string[]): string[] {
  return describeValue(what, old.join(", "), now.join(", "));
}

function describeValue(what: string, old: string, now: string): string[] {
  return old === now ? [] : [`${what}: ${old === "" ? "none" : old} -> ${now === "" ? "none" : now}`];
}
