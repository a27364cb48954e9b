import { Graph, layout } from "@dagrejs/dagre";
import { placeOutline } from "./outline.ts";
import type { Arrow, Box, Picture } from "./picture.ts";
import { columnsOf, lanesOf, routeArrow } from "./route.ts";
import { placeOnShelves } from "./shelves.ts";

/** A point in CSS pixels from the picture's upper left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Rectangle extends Point {
  readonly width: number;
  readonly height: number;
}

export interface PlacedBox extends Rectangle {
  readonly box: Box;
}

export interface PlacedArrow {
  readonly arrow: Arrow;
  /** From the edge of one box to the edge of the other. */
  readonly points: readonly Point[];
  /** Where the label stands; absent without a label. */
  readonly label?: Rectangle;
}

/** A picture whose parts have places. */
export interface PlacedPicture {
  readonly picture: Picture;
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly PlacedBox[];
  readonly arrows: readonly PlacedArrow[];
  readonly frames: readonly (Rectangle & { readonly title: string })[];
}

/** Sizes in CSS pixels; widths of a character in a monospaced font of the size, a little generous. */
export const sizes = {
  title: { font: 12, character: 7.4, line: 17 },
  line: { font: 11, character: 6.8, line: 15 },
  label: { font: 11, character: 6.8, line: 14 },
  padding: 10,
  frame: 14,
  frameTitle: 18,
} as const;

/** Characters beyond which a line is cut; the whole text is in the tooltip. */
const longest = 46;

/** A line as it is drawn. */
export function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join("")}…`;
}

/** Columns of a monospaced font that a text takes: East Asian wide characters take two. */
function columns(text: string): number {
  let sum = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    sum += code >= 0x1100 && (code < 0x1160 || (code > 0x2e7f && code < 0xd7a4) || code > 0xf8ff) ? 2 : 1;
  }
  return sum;
}

function boxSize({ title, lines }: Box): { width: number; height: number } {
  const widths = [
    columns(shortened(title)) * sizes.title.character,
    ...lines.map((line) => columns(shortened(line)) * sizes.line.character),
  ];
  return {
    width: Math.ceil(Math.max(60, ...widths) + 2 * sizes.padding),
    height: sizes.title.line + lines.length * sizes.line.line + 2 * sizes.padding,
  };
}

/** Lines of a label as they are drawn. */
export function labelLines(label: string): string[] {
  return label === "" ? [] : label.split("\n").map(shortened);
}

function labelSize(label: string): { width: number; height: number } {
  const lines = labelLines(label);
  if (lines.length === 0) return { width: 0, height: 0 };
  return {
    width: Math.ceil(Math.max(...lines.map(columns)) * sizes.label.character) + 8,
    height: lines.length * sizes.label.line + 4,
  };
}

/** How a picture is laid out. */
export interface LayoutOptions {
  /** By layers from left to right, or, for narrow screens, one box below the other. */
  readonly form?: "layers" | "outline";
  /** Rows of cards are no wider than this; without it, as wide as makes a good page. */
  readonly width?: number;
}

/**
 * Gives every part its place: by layers from left to right (dagre), cards in rows below. The same picture gets the
 * same places.
 */
export function placePicture(picture: Picture, options: LayoutOptions = {}): PlacedPicture {
  const cards = picture.boxes.filter((box) => box.card !== undefined);
  const place = (part: Picture): PlacedPicture =>
    options.form === "outline" ? placeOutline(part, { box: boxSize, label: labelSize }) : placeLayers(part);
  if (cards.length === 0) return place(picture);
  const head = place({ ...picture, boxes: picture.boxes.filter((box) => box.card === undefined) });
  const shelves = placeOnShelves(cards, { top: head.height, sizeOf: boxSize, width: options.width });
  const places = new Map([...head.boxes, ...shelves.boxes].map((placed) => [placed.box, placed]));
  return {
    ...head,
    picture,
    boxes: picture.boxes.map((box) => places.get(box)!),
    frames: [...head.frames, ...shelves.frames],
    width: Math.max(head.width, shelves.width),
    height: shelves.height,
  };
}

function placeLayers(picture: Picture): PlacedPicture {
  const grouped = picture.boxes.some((box) => box.group !== undefined);
  const graph = new Graph({ compound: grouped });
  graph.setGraph({ rankdir: "LR", nodesep: 22, ranksep: 60, edgesep: 14, marginx: 16, marginy: 16 });
  const ids = new Map(picture.boxes.map((box, index) => [box.id, `b${index}`]));
  // Backwards: dagre's first order puts what comes last on top.
  for (const box of [...picture.boxes].reverse()) {
    const id = ids.get(box.id)!;
    graph.setNode(id, boxSize(box));
    if (box.group === undefined) continue;
    const frame = `group ${box.group}`;
    if (!graph.hasNode(frame)) graph.setNode(frame, {});
    graph.setParent(id, frame);
  }
  for (const { from, to, label } of [...picture.arrows].reverse()) {
    graph.setEdge(ids.get(from)!, ids.get(to)!, { ...labelSize(label), labelpos: "c" });
  }
  layout(graph);
  return read(graph, picture, ids);
}

function read(graph: Graph, picture: Picture, ids: ReadonlyMap<string, string>): PlacedPicture {
  const boxes = picture.boxes.map((box): PlacedBox => {
    const { x, y } = graph.node(ids.get(box.id)!) as Point;
    return { box, ...around(x, y, boxSize(box)) };
  });
  const placeOf = new Map(boxes.map((placed) => [placed.box.id, placed]));
  const edges = picture.arrows.map((arrow) => {
    const edge = graph.edge(ids.get(arrow.from)!, ids.get(arrow.to)!) as Point & { points: readonly Point[] };
    const label = arrow.label === "" ? undefined : around(edge.x, edge.y, labelSize(arrow.label));
    return { arrow, edge, label };
  });
  const columnEdges = columnsOf([...boxes, ...edges.flatMap(({ label }) => label ?? [])]);
  const lanes = lanesOf(boxes);
  const arrows = edges.map(({ arrow, edge, label }): PlacedArrow => {
    const [from, to] = [placeOf.get(arrow.from)!, placeOf.get(arrow.to)!];
    const bends = edge.points.slice(1, -1);
    const points = routeArrow({ from, to, label, bends, lane: lanes.get(from)! }, columnEdges);
    return label === undefined ? { arrow, points } : { arrow, points, label };
  });
  const frames = framesOf(boxes);
  const all = [...boxes, ...frames, ...arrows.flatMap(({ label }) => label ?? [])];
  const left = Math.min(0, ...all.map(({ x }) => x - 4));
  const top = Math.min(0, ...all.map(({ y }) => y - 4));
  const placed = {
    picture,
    boxes,
    arrows,
    frames,
    width: Math.ceil(Math.max(0, ...all.map((at) => at.x + at.width)) + 16),
    height: Math.ceil(Math.max(0, ...all.map((at) => at.y + at.height)) + 16),
  };
  return left < 0 || top < 0 ? moved(placed, -left, -top) : placed;
}

function around(x: number, y: number, size: { width: number; height: number }): Rectangle {
  return { x: round(x - size.width / 2), y: round(y - size.height / 2), ...size };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function framesOf(boxes: readonly PlacedBox[]): (Rectangle & { title: string })[] {
  const groups = new Map<string, PlacedBox[]>();
  for (const placed of boxes) {
    const { group } = placed.box;
    if (group !== undefined) groups.set(group, [...(groups.get(group) ?? []), placed]);
  }
  return [...groups].map(([title, members]) => {
    const x = Math.min(...members.map((at) => at.x)) - sizes.frame;
    const y = Math.min(...members.map((at) => at.y)) - sizes.frame - sizes.frameTitle;
    const right = Math.max(...members.map((at) => at.x + at.width)) + sizes.frame;
    const bottom = Math.max(...members.map((at) => at.y + at.height)) + sizes.frame;
    const width = Math.max(right - x, columns(title) * sizes.title.character + 2 * sizes.frame);
    return { title, x: round(x), y: round(y), width: round(width), height: round(bottom - y) };
  });
}

function moved(placed: PlacedPicture, right: number, down: number): PlacedPicture {
  const move = <T extends Point>(at: T): T => ({ ...at, x: round(at.x + right), y: round(at.y + down) });
  return {
    ...placed,
    width: Math.ceil(placed.width + right),
    height: Math.ceil(placed.height + down),
    boxes: placed.boxes.map(move),
    frames: placed.frames.map(move),
    arrows: placed.arrows.map((at) => ({
      ...at,
      points: at.points.map(move),
      ...(at.label === undefined ? {} : { label: move(at.label) }),
    })),
  };
}
