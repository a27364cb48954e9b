import type { PlacedArrow, PlacedBox, PlacedPicture, Point, Rectangle } from "./layout.ts";
import type { Arrow, Box, Picture } from "./picture.ts";

/** Sizes in CSS pixels, as the other layout has them. */
export interface OutlineSizes {
  box(box: Box): { readonly width: number; readonly height: number };
  label(text: string): { readonly width: number; readonly height: number };
}

const margin = 12;
/** How much further right what follows stands. */
const indent = 22;
/** Where below a box its way on begins, from its left side. */
const stem = 9;
const gap = 12;
const laneGap = 9;
/** More ways back than these share their lanes. */
const lanes = 6;

/**
 * A picture for narrow screens: every box on a line of its own below the one it is reached from, as a file manager
 * draws folders. Ways to a box that is already there run along the right side.
 */
export function placeOutline(picture: Picture, sizes: OutlineSizes): PlacedPicture {
  const walk = new OutlineWalk(picture, sizes);
  const entered = new Set(picture.arrows.map(({ to }) => to));
  for (const box of picture.boxes) if (!entered.has(box.id)) walk.visit(box);
  for (const box of picture.boxes) walk.visit(box); // What is only in circles.
  return walk.placed();
}

class OutlineWalk {
  readonly #picture: Picture;
  readonly #sizes: OutlineSizes;
  readonly #byId: ReadonlyMap<string, Box>;
  readonly #places = new Map<string, PlacedBox>();
  readonly #first = new Map<Arrow, PlacedArrow>();
  #y = margin;

  constructor(picture: Picture, sizes: OutlineSizes) {
    this.#picture = picture;
    this.#sizes = sizes;
    this.#byId = new Map(picture.boxes.map((box) => [box.id, box]));
  }

  visit(box: Box, depth = 0, by?: Arrow): void {
    if (this.#places.has(box.id)) return;
    const x = margin + depth * indent;
    const label =
      by === undefined || by.label === "" ? undefined : { x, y: this.#y, ...this.#sizes.label(by.label) };
    if (label !== undefined) this.#y += label.height + 2;
    const place: PlacedBox = { box, x, y: this.#y, ...this.#sizes.box(box) };
    this.#places.set(box.id, place);
    this.#y += place.height + gap;
    if (by !== undefined) {
      const points = elbow(this.#places.get(by.from)!, place);
      this.#first.set(by, { arrow: by, points, ...(label === undefined ? {} : { label }) });
    }
    for (const arrow of this.#picture.arrows) {
      const next = arrow.from === box.id ? this.#byId.get(arrow.to) : undefined;
      if (next !== undefined) this.visit(next, depth + 1, arrow);
    }
  }

  placed(): PlacedPicture {
    const boxes = this.#picture.boxes.map((box) => this.#places.get(box.id)!);
    const labels = [...this.#first.values()].flatMap(({ label }) => label ?? []);
    const right = Math.max(0, ...[...boxes, ...labels].map((at: Rectangle) => at.x + at.width));
    let used = 0;
    const arrows = this.#picture.arrows.map((arrow): PlacedArrow => {
      const known = this.#first.get(arrow);
      if (known !== undefined) return known;
      const lane = right + laneGap * (1 + (used++ % lanes));
      return { arrow, points: around(this.#places.get(arrow.from)!, this.#places.get(arrow.to)!, lane) };
    });
    const width = Math.ceil(right + laneGap * Math.min(used, lanes) + margin);
    return { picture: this.#picture, boxes, arrows, frames: [], width, height: Math.ceil(this.#y) };
  }
}

/** Down from a box's left part and right into another's side. */
function elbow(from: Rectangle, to: Rectangle): Point[] {
  const x = from.x + stem;
  const y = to.y + to.height / 2;
  return [
    { x, y: from.y + from.height },
    { x, y: y - stem },
    { x, y },
    { x: to.x, y },
  ];
}

/** Out at a box's right side, along a lane, and into another's right side. */
function around(from: Rectangle, to: Rectangle, lane: number): Point[] {
  const start = from.y + from.height / 2;
  const end = to.y + to.height / 2;
  const turn = end > start ? stem : -stem;
  return [
    { x: from.x + from.width, y: start },
    { x: lane, y: start },
    { x: lane, y: start + turn },
    { x: lane, y: end - turn },
    { x: lane, y: end },
    { x: to.x + to.width, y: end },
  ];
}
