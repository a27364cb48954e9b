import type { PlacedBox, Rectangle } from "./layout.ts";
import type { Box } from "./picture.ts";

/** What placing cards needs to know. All in CSS pixels. */
export interface ShelfOptions {
  /** Where the first row begins. */
  readonly top: number;
  /** At most so wide; undefined: about as wide as makes a page of a good form. */
  readonly width: number | undefined;
  sizeOf(box: Box): { readonly width: number; readonly height: number };
}

/** Cards in rows, those of a group in a frame of its own. */
export interface Shelves {
  readonly boxes: readonly PlacedBox[];
  readonly frames: readonly (Rectangle & { readonly title: string })[];
  readonly width: number;
  readonly height: number;
}

const margin = 16;
const gap = 10;
const frame = 12;
const frameTitle = 28;

/** Widths per height that a picture of many cards should have: that of a screen. */
const goodForm = 1.5;
const mostColumns = 8;

/** Places cards of one width in as many columns as there is room for. */
export function placeOnShelves(cards: readonly Box[], options: ShelfOptions): Shelves {
  const sizes = cards.map((card) => options.sizeOf(card));
  const cell = Math.max(...sizes.map(({ width }) => width));
  const columns = columnsFor(
    cards.length,
    cell,
    Math.max(...sizes.map(({ height }) => height)),
    options.width,
  );
  const width = columns * (cell + gap) - gap;
  const boxes: PlacedBox[] = [];
  const frames: (Rectangle & { title: string })[] = [];
  let y = options.top + gap;
  for (const [group, members] of byGroup(cards)) {
    const top = y;
    y += frameTitle;
    for (let first = 0; first < members.length; first += columns) {
      const row = members.slice(first, first + columns);
      const height = Math.max(...row.map((card) => options.sizeOf(card).height));
      row.forEach((box, index) => {
        boxes.push({ box, x: margin + frame + index * (cell + gap), y, width: cell, height });
      });
      y += height + gap;
    }
    y += frame - gap;
    frames.push({ title: group, x: margin, y: top, width: width + 2 * frame, height: y - top });
    y += gap;
  }
  return { boxes, frames, width: width + 2 * (frame + margin), height: y - gap + margin };
}

function columnsFor(cards: number, width: number, height: number, most: number | undefined): number {
  const room =
    most === undefined ? mostColumns : Math.floor((most - 2 * (frame + margin) + gap) / (width + gap));
  const wanted =
    most === undefined ? Math.ceil(Math.sqrt((cards * (height + gap) * goodForm) / (width + gap))) : room;
  return Math.max(1, Math.min(wanted, room, cards));
}

function byGroup(cards: readonly Box[]): Map<string, Box[]> {
  const groups = new Map<string, Box[]>();
  for (const card of cards) {
    const group = card.group ?? "others";
    groups.set(group, [...(groups.get(group) ?? []), card]);
  }
  return groups;
}
