import type { MatrixSource } from "../../matrix/model.ts";

/** So many nodes are named, and so many left out by name. */
const mostNames = 3;
const mostExceptions = 2;

/** Some of the nodes, as few words as possible. */
type Part =
  | { readonly kind: "all" }
  | { readonly kind: "named" | "all but"; readonly names: string }
  | { readonly kind: "many"; readonly text: string };

function partOf(some: ReadonlySet<string>, nodes: readonly string[]): Part {
  const names = nodes.filter((node) => some.has(node));
  if (names.length === nodes.length && nodes.length > 1) return { kind: "all" };
  if (names.length <= mostNames) return { kind: "named", names: listed(names) };
  const others = nodes.filter((node) => !some.has(node));
  if (others.length <= mostExceptions) return { kind: "all but", names: listed(others) };
  const text = `${names.length} of ${nodes.length} nodes (${names.slice(0, mostNames).join(", ")}, …)`;
  return { kind: "many", text };
}

/** Some of the nodes, in few words; undefined where it is all of several. */
export function describeNodes(some: ReadonlySet<string>, nodes: readonly string[]): string | undefined {
  const part = partOf(some, nodes);
  if (part.kind === "all") return undefined;
  if (part.kind === "many") return part.text;
  return part.kind === "named" ? part.names : `all nodes but ${part.names}`;
}

/** Who calls, in few words: `any pod` where it is a pod on whichever of the nodes. */
export function describeSources(
  sources: readonly MatrixSource[],
  nodes: readonly string[],
): readonly string[] {
  const on = (kind: MatrixSource["kind"]): ReadonlySet<string> =>
    new Set(sources.filter((source) => source.kind === kind).map((source) => source.node ?? ""));
  return [
    ...describePods(on("pod"), nodes),
    ...describeCallingNodes(on("node"), nodes),
    ...describeOutside(sources),
  ];
}

/** Clients outside: whichever they are, or those of some ranges. */
export function describeOutside(sources: readonly MatrixSource[]): readonly string[] {
  const outside = sources.filter(({ kind }) => kind === "outside");
  if (outside.length === 0) return [];
  const ranges = [...new Set(outside.flatMap(({ range }) => range ?? []))];
  if (outside.some(({ range }) => range === undefined)) return ["outside"];
  const more = ranges.length - mostNames;
  return [`outside in ${more > 0 ? `${ranges.slice(0, mostNames).join(", ")}, …` : listed(ranges)}`];
}

/** Pods on some nodes as callers; nothing where there is no node. */
export function describePods(on: ReadonlySet<string>, nodes: readonly string[]): readonly string[] {
  if (on.size === 0) return [];
  const part = partOf(on, nodes);
  if (part.kind === "all") return ["any pod"];
  if (part.kind === "many") return [`pods on ${part.text}`];
  return [`${part.kind === "named" ? "pods on" : "any pod but those on"} ${part.names}`];
}

/** Nodes themselves as callers; nothing where there is no node. */
export function describeCallingNodes(on: ReadonlySet<string>, nodes: readonly string[]): readonly string[] {
  if (on.size === 0) return [];
  const part = partOf(on, nodes);
  if (part.kind === "all") return ["any node"];
  if (part.kind === "many") return [part.text];
  if (part.kind === "all but") return [`any node but ${part.names}`];
  return [`${on.size === 1 ? "node" : "nodes"} ${part.names}`];
}

function listed(names: readonly string[]): string {
  if (names.length < 3) return names.join(" and ");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
