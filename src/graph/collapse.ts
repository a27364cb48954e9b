import type { Arrow, Box, Picture } from "./picture.ts";

/** How much fits: boxes, arrows, and characters where a renderer counts them. */
export interface PictureLimits {
  readonly boxes: number;
  readonly arrows: number;
}

/**
 * A picture with at most so many boxes and arrows, and a note on what was left out. First the endpoints of each
 * Service become one box; where that is not enough, Services at the end are counted instead of drawn.
 */
export function fitPicture(picture: Picture, limits: PictureLimits): Picture {
  if (fits(picture, limits)) return picture;
  const collapsed = collapseEndpoints(picture);
  return fits(collapsed, limits) ? collapsed : leaveOut(collapsed, limits);
}

function fits(picture: Picture, limits: PictureLimits): boolean {
  return picture.boxes.length <= limits.boxes && picture.arrows.length <= limits.arrows;
}

/** The most endpoints that a collapsed box names. */
const named = 4;

/** The endpoint chains and endpoints behind each chain as one box. */
export function collapseEndpoints(picture: Picture): Picture {
  const byId = new Map(picture.boxes.map((box) => [box.id, box]));
  const behind = new Map<string, Arrow[]>();
  const inner = (id: string): boolean => /^endpoint(-chain)?$/.test(byId.get(id)?.kind ?? "");
  for (const arrow of picture.arrows) {
    if (inner(arrow.to) && !inner(arrow.from))
      behind.set(arrow.from, [...(behind.get(arrow.from) ?? []), arrow]);
  }
  const endpointOf = new Map(
    picture.arrows.filter(({ from }) => inner(from)).map(({ from, to }) => [from, byId.get(to)?.title]),
  );
  const boxes = picture.boxes.filter((box) => !inner(box.id));
  const arrows = picture.arrows.filter(({ from, to }) => !inner(from) && !inner(to));
  for (const [from, ways] of behind) {
    const id = `endpoints of ${from}`;
    const sockets = [...new Set(ways.map(({ to }) => endpointOf.get(to) ?? byId.get(to)!.title))];
    const lines = sockets.slice(0, named);
    if (sockets.length > named) lines.push(`and ${sockets.length - named} more`);
    boxes.push({ id, kind: "endpoint", title: count(sockets.length, "endpoint"), lines });
    arrows.push({
      from,
      to: id,
      label: sockets.length > 1 && new Set(ways.map((way) => way.label)).size === 1 ? "shared equally" : "",
      rules: ways.flatMap((way) => way.rules),
    });
  }
  if (behind.size === 0) return picture;
  const note = "each Service's endpoints are one box; --service NS/NAME shows them with their chains";
  return { ...picture, boxes, arrows, notes: [...picture.notes, note] };
}

/** The first Services whole, in the order of the rules; of the rest a count. */
function leaveOut(picture: Picture, limits: PictureLimits): Picture {
  const next = new Map<string, Arrow[]>();
  for (const arrow of picture.arrows) next.set(arrow.from, [...(next.get(arrow.from) ?? []), arrow]);
  const isService = (box: Box): boolean => box.kind === "service-chain" || box.kind === "service";
  const kept = new Set(
    picture.boxes.filter((box) => !isService(box) && !behindService(box)).map((box) => box.id),
  );
  let arrows = picture.arrows.filter(({ from, to }) => kept.has(from) && kept.has(to)).length;
  let left = 0;
  for (const box of picture.boxes.filter(isService)) {
    const cluster = reachable(box.id, next).filter((id) => !kept.has(id));
    const more = picture.arrows.filter(
      ({ from, to }) => cluster.includes(from) || cluster.includes(to),
    ).length;
    if (left > 0 || kept.size + cluster.length >= limits.boxes || arrows + more >= limits.arrows) left++;
    else {
      for (const id of cluster) kept.add(id);
      arrows += more;
    }
  }
  const note = `${count(left, "chain")} of Services are not drawn: --service NS/NAME draws one`;
  return {
    ...picture,
    boxes: [
      ...picture.boxes.filter((box) => kept.has(box.id)),
      { id: "more", kind: "more", title: `and ${count(left, "chain")} of Services`, lines: [] },
    ],
    arrows: picture.arrows.filter(({ from, to }) => kept.has(from) && kept.has(to)),
    notes: [...picture.notes, note],
  };
}

function behindService(box: Box): boolean {
  return box.kind === "endpoint" || box.kind === "endpoint-chain";
}

function reachable(start: string, next: ReadonlyMap<string, readonly Arrow[]>): string[] {
  const found = new Set([start]);
  for (const id of found) for (const { to } of next.get(id) ?? []) found.add(to);
  return [...found];
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}
