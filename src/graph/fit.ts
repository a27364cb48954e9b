import { collapseEndpoints } from "./collapse.ts";
import { buildOverview, firstCards } from "./overview.ts";
import type { Picture } from "./picture.ts";

/** Whose way is to be seen: every chain, one box a Service, or the former as long as it is clear at one look. */
export type Detail = "auto" | "chains" | "services";

/** More boxes than these, joined by arrows, are no picture any more but a wall. */
const clearBoxes = 60;

/** One arrow to REJECT that stands for more Services without endpoints says too little. */
const clearRefusals = 12;

/** More Services than these are told in a line each instead of three. */
const clearCards = 60;

/** The most cards that anyone looks through. */
const mostCards = 1000;

/** Up to so many Services their endpoints become one box before they themselves do. */
const fewServices = 4;

/**
 * The picture in the detail asked for; by `auto` in the most detail in which it is clear. Notes say what was left out.
 * @param fits what else a picture must be, such as no longer than a renderer takes
 */
export function fitPicture(
  picture: Picture,
  detail: Detail,
  fits: (picture: Picture) => boolean = () => true,
): Picture {
  if (detail === "chains") return picture;
  const isGood = (candidate: Picture): boolean => isClear(candidate) && fits(candidate);
  const subjects = new Set(picture.boxes.flatMap((box) => serviceOfBox(box.subject)));
  if (detail === "auto") {
    if (isGood(picture)) return picture;
    const collapsed = collapseEndpoints(picture);
    if (subjects.size <= fewServices && isGood(collapsed)) return collapsed;
  }
  const full = buildOverview(picture, false);
  if (cardsOf(full) === 0) return detail === "auto" ? collapseEndpoints(picture) : picture;
  if (cardsOf(full) <= clearCards && fits(full)) return full;
  const compact = buildOverview(picture, true);
  return cardsOf(compact) <= mostCards && fits(compact) ? compact : asManyAsFit(compact, fits);
}

function serviceOfBox(subject: string | undefined): string[] {
  return subject === undefined ? [] : [subject.split(":")[0]!];
}

function isClear({ boxes, arrows }: Picture): boolean {
  const refusals = new Set(boxes.flatMap((box) => (box.kind === "refusal" ? [box.id] : [])));
  const tellsEnough = arrows.every(({ to, rules }) => !refusals.has(to) || rules.length <= clearRefusals);
  return boxes.length <= clearBoxes && tellsEnough;
}

function cardsOf({ boxes }: Picture): number {
  return boxes.filter((box) => box.card !== undefined).length;
}

/** By halving: the most first cards that still fit. */
function asManyAsFit(picture: Picture, fits: (picture: Picture) => boolean): Picture {
  let [most, tooMany] = [0, Math.min(cardsOf(picture), mostCards) + 1];
  while (tooMany - most > 1) {
    const middle = (most + tooMany) >> 1;
    if (fits(firstCards(picture, middle))) most = middle;
    else tooMany = middle;
  }
  return firstCards(picture, most);
}
