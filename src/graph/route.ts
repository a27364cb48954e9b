import type { Point, Rectangle } from "./layout.ts";

/** The left and right edge of a column of boxes or labels, in CSS pixels. */
export interface Column {
  readonly left: number;
  readonly right: number;
}

/** What an arrow joins, and where dagre bends it. */
export interface Unrouted {
  readonly from: Rectangle;
  readonly to: Rectangle;
  readonly label: Rectangle | undefined;
  readonly bends: readonly Point[];
  /** Where between two columns it goes up or down, from 0 (left) to 1: so that those of several boxes stay apart. */
  readonly lane: number;
}

/** The columns in which boxes or labels stand, from left to right: those whose middles are at the same place. */
export function columnsOf(boxes: readonly Rectangle[]): readonly Column[] {
  const columns = new Map<number, Column>();
  for (const { x, width } of boxes) {
    const middle = Math.round(x + width / 2);
    const known = columns.get(middle) ?? { left: x, right: x + width };
    columns.set(middle, { left: Math.min(known.left, x), right: Math.max(known.right, x + width) });
  }
  return [...columns.values()].sort((a, b) => a.left - b.left);
}

/** A lane for the arrows of each box: those of one column get different ones, a box alone the middle. */
export function lanesOf<T extends Rectangle>(boxes: readonly T[]): ReadonlyMap<T, number> {
  const columns = new Map<number, T[]>();
  for (const box of boxes) {
    const middle = Math.round(box.x + box.width / 2);
    columns.set(middle, [...(columns.get(middle) ?? []), box]);
  }
  const lanes = new Map<T, number>();
  for (const members of columns.values()) {
    members.sort((a, b) => a.y - b.y);
    members.forEach((box, index) => {
      lanes.set(box, members.length === 1 ? 0.5 : index / (members.length - 1));
    });
  }
  return lanes;
}

/**
 * The way of an arrow from the middle of a box's right side to the middle of another's left side: level wherever it
 * passes a column of boxes or its own label, up or down only between them. So it never runs behind a box.
 */
export function routeArrow({ from, to, label, bends, lane }: Unrouted, columns: readonly Column[]): Point[] {
  const end = { x: to.x, y: to.y + to.height / 2 };
  const start = { x: from.x + from.width, y: straightened(from.y + from.height / 2, end.y) };
  if (end.x <= start.x) return [start, ...bends, end].map(rounded); // A circle in a dump's own chains.
  const level: { left: number; right: number; y: number }[] = [];
  const pass = (x: number, y: number): void => {
    const column = columns.find(({ left, right }) => left <= x && x <= right);
    if (column !== undefined) level.push({ ...column, y: straightened(y, end.y) });
  };
  pass(from.x + from.width / 2, start.y);
  for (const { x, y } of bends) if (x > start.x && x < end.x) pass(x, y);
  if (label !== undefined) pass(label.x + label.width / 2, label.y + label.height / 2);
  pass(to.x + to.width / 2, end.y);
  level.sort((a, b) => a.left - b.left);
  const points: Point[] = [start];
  level.forEach(({ left, right, y }, index) => {
    if (index > 0) points.push({ x: Math.min(left, end.x), y });
    if (index === level.length - 1) return;
    points.push({ x: Math.max(right, start.x), y });
    const next = level[index + 1]!;
    const turn = right + Math.max(0, next.left - right) * (0.2 + 0.6 * lane);
    if (next.y !== y) points.push({ x: turn, y }, { x: turn, y: next.y });
  });
  points.push(end);
  return points.map(rounded);
}

/** A step too small to be seen as one is none. */
function straightened(y: number, to: number): number {
  return Math.abs(y - to) < 5 ? to : y;
}

function rounded({ x, y }: Point): Point {
  return { x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10 };
}
