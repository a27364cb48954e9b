import type { TraceAnswer } from "../../analysis/trace/request.ts";
import type { Colors } from "../colors.ts";
import { displayWidth } from "../fit-width.ts";
import { conditionalShare, formatConditions, formatShareRange, type Shared } from "./conditional-share.ts";
import { detailedItems } from "./detailed-items.ts";
import { type TreeItem, type TreeOptions, treeItems } from "./tree-items.ts";
import { footer, headline } from "./wording.ts";

/** What happens to a packet on one of its ways. */
interface Way extends Shared {
  readonly items: readonly TreeItem[];
}

/** Items that ends have in common are one node of the tree. */
interface TreeNode {
  readonly item: TreeItem | undefined;
  readonly ways: Way[];
  readonly children: Map<string, TreeNode>;
}

function addWay(root: TreeNode, way: Way): void {
  let at = root;
  at.ways.push(way);
  for (const item of way.items) {
    let next = at.children.get(item.key);
    if (next === undefined) {
      next = { item, ways: [], children: new Map() };
      at.children.set(item.key, next);
    }
    next.ways.push(way);
    at = next;
  }
}

/** Lists of items as a tree: what they have in common stands once, with percentages where they part. */
export function printItemTree(
  ways: readonly (Shared & { readonly items: readonly TreeItem[] })[],
  colors: Colors,
): string[] {
  const root: TreeNode = { item: undefined, ways: [], children: new Map() };
  for (const way of ways) addWay(root, way);
  const lines: string[] = [];
  printChildren(root, "", lines, colors, new Set());
  return lines;
}

function printChildren(
  node: TreeNode,
  margin: string,
  lines: string[],
  colors: Colors,
  known: ReadonlySet<string>,
): void {
  let at = node;
  // A way without a fork goes straight down at the same margin.
  while (at.children.size === 1) {
    const [only] = at.children.values();
    printItem(only!, margin, lines, colors);
    at = only!;
  }
  if (at.children.size === 0) sayConditions(at, lines, known);
  const forks = [...at.children.values()];
  forks.forEach((fork, index) => {
    const last = index === forks.length - 1;
    const inner = `${margin}${last ? "  " : colors.dim("│ ")} `;
    const share = conditionalShare(fork.ways, known);
    const condition = formatConditions(share.conditions);
    const label = colors.strong(`${formatShareRange(share)}${condition}`);
    const item = fork.item!;
    const text = condition === "" || item.joins ? (item.branchText ?? item.text) : item.text;
    lines.push(`${margin}${colors.dim(last ? "└─" : "├─")} ${label}${condition === "" ? ` ${text}` : ""}`);
    // What is supposed is the condition itself.
    if (condition !== "" && item.isSupposition !== true) lines.push(`${inner}  ${text}`);
    explain(item, inner, lines, colors);
    const said = new Set([...known, ...share.conditions.map((each) => each.key)]);
    printChildren(fork, inner, lines, colors, said);
  });
}

/** A way that is never parted from others has its conditions at its end. */
function sayConditions({ ways }: TreeNode, lines: string[], known: ReadonlySet<string>): void {
  const share = conditionalShare(ways, known);
  if (share.conditions.length > 0)
    lines.push(`${lines.pop()} (${formatConditions(share.conditions).trim()})`);
}

function printItem(node: TreeNode, margin: string, lines: string[], colors: Colors): void {
  const item = node.item!;
  const before = lines.length - 1;
  if (item.joins && before >= 0 && item.explanation === undefined && canJoin(lines[before]!)) {
    lines[before] = `${lines[before]}${item.text}`;
    return;
  }
  lines.push(`${margin}${item.heading ? "" : "  "}${item.aloneText ?? item.text}`);
  explain(item, margin, lines, colors);
}

/** Lines longer than this are not continued. */
const widest = 160;

function canJoin(line: string): boolean {
  return displayWidth(line) < widest;
}

function explain(item: TreeItem, margin: string, lines: string[], colors: Colors): void {
  if (item.explanation !== undefined) lines.push(`${margin}      ${colors.dim(item.explanation)}`);
}

/** The default form: what happens on the way, as a tree that forks where chance or circumstances decide. */
export function printTraceTree(answer: TraceAnswer, options: TreeOptions, colors: Colors): string {
  const ways = answer.ends
    .filter((end) => end.when === "first")
    .map((end) => ({ ...end, items: treeItems(answer, end, options, colors) }));
  const lines = [headline(answer, colors), ...printItemTree(ways, colors), ...footer(answer, colors)];
  return `${lines.join("\n")}\n`;
}

/** Every rule that was tried, with why it did not match, and everything that the others did. */
export function printTraceDetailed(answer: TraceAnswer, options: TreeOptions, colors: Colors): string {
  const ways = answer.ends
    .filter((end) => end.when === "first")
    .map((end) => ({ ...end, items: detailedItems(answer, end, options, colors) }));
  const lines = [headline(answer, colors), ...printItemTree(ways, colors), ...footer(answer, colors)];
  return `${lines.join("\n")}\n`;
}
