import type { TraceAnswer } from "../../analysis/trace/request.ts";
import type { Fraction } from "../../tracer/fraction.ts";
import type { Colors } from "../colors.ts";
import { detailedItems } from "./detailed-items.ts";
import { addShares, formatPercent } from "./share.ts";
import { type TreeItem, type TreeOptions, treeItems } from "./tree-items.ts";
import { footer, headline } from "./wording.ts";

/** Items that ends have in common are one node of the tree. */
interface TreeNode {
  readonly item: TreeItem | undefined;
  probability: Fraction;
  readonly children: Map<string, TreeNode>;
}

const nothing: Fraction = { numerator: 0n, denominator: 1n };

function emptyNode(item: TreeItem | undefined): TreeNode {
  return { item, probability: nothing, children: new Map() };
}

function addWay(root: TreeNode, items: readonly TreeItem[], probability: Fraction): void {
  let at = root;
  at.probability = addShares(at.probability, probability);
  for (const item of items) {
    let next = at.children.get(item.key);
    if (next === undefined) {
      next = emptyNode(item);
      at.children.set(item.key, next);
    }
    next.probability = addShares(next.probability, probability);
    at = next;
  }
}

/** Lists of items as a tree: what they have in common stands once, with percentages where they part. */
export function printItemTree(
  ways: readonly { readonly items: readonly TreeItem[]; readonly probability: Fraction }[],
  colors: Colors,
): string[] {
  const root = emptyNode(undefined);
  for (const { items, probability } of ways) addWay(root, items, probability);
  const lines: string[] = [];
  printChildren(root, "", lines, colors);
  return lines;
}

function printChildren(node: TreeNode, margin: string, lines: string[], colors: Colors): void {
  let at = node;
  // A way without a fork goes straight down at the same margin.
  while (at.children.size === 1) {
    const [only] = at.children.values();
    printItem(only!, margin, lines, colors);
    at = only!;
  }
  const forks = [...at.children.values()];
  forks.forEach((fork, index) => {
    const last = index === forks.length - 1;
    const branch = colors.dim(last ? "└─" : "├─");
    const share = colors.strong(formatPercent(fork.probability));
    lines.push(`${margin}${branch} ${share} ${fork.item!.branchText ?? fork.item!.text}`);
    const inner = `${margin}${last ? "  " : colors.dim("│ ")} `;
    explain(fork.item!, inner, lines, colors);
    printChildren(fork, inner, lines, colors);
  });
}

function printItem(node: TreeNode, margin: string, lines: string[], colors: Colors): void {
  const item = node.item!;
  const before = lines.length - 1;
  if (item.joins && before >= 0 && item.explanation === undefined && canJoin(lines[before]!)) {
    lines[before] = `${lines[before]}${item.text}`;
    return;
  }
  lines.push(`${margin}${item.heading ? "" : "  "}${item.text}`);
  explain(item, margin, lines, colors);
}

/** Lines longer than this are not continued. */
const widest = 160;

function canJoin(line: string): boolean {
  return line.length < widest;
}

function explain(item: TreeItem, margin: string, lines: string[], colors: Colors): void {
  if (item.explanation !== undefined) lines.push(`${margin}      ${colors.dim(item.explanation)}`);
}

/** The default form: what happens on the way, as a tree that forks where chance or circumstances decide. */
export function printTraceTree(answer: TraceAnswer, options: TreeOptions, colors: Colors): string {
  const ways = answer.ends
    .filter((end) => end.when === "first")
    .map((end) => ({ items: treeItems(answer, end, options, colors), probability: end.probability }));
  const lines = [headline(answer, colors), ...printItemTree(ways, colors), ...footer(answer, colors)];
  return `${lines.join("\n")}\n`;
}

/** Every rule that was tried, with why it did not match, and everything that the others did. */
export function printTraceDetailed(answer: TraceAnswer, options: TreeOptions, colors: Colors): string {
  const ways = answer.ends
    .filter((end) => end.when === "first")
    .map((end) => ({ items: detailedItems(answer, end, options, colors), probability: end.probability }));
  const lines = [headline(answer, colors), ...printItemTree(ways, colors), ...footer(answer, colors)];
  return `${lines.join("\n")}\n`;
}
