import type { Arrow, Picture } from "./picture.ts";

/** The most endpoints that a collapsed box names. */
const named = 24;

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
    const title = sockets.length === 1 ? "1 endpoint" : `${sockets.length} endpoints`;
    boxes.push({ id, kind: "endpoint", title, lines });
    arrows.push({
      from,
      to: id,
      label: sockets.length > 1 && new Set(ways.map((way) => way.label)).size === 1 ? "shared equally" : "",
      rules: ways.flatMap((way) => way.rules),
    });
  }
  if (behind.size === 0) return picture;
  const note = "the endpoints of a Service are one box; --detail chains shows each with its chain";
  return { ...picture, boxes, arrows, notes: [...picture.notes, note] };
}
