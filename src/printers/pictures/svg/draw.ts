import type { PlacedArrow, PlacedBox, PlacedPicture, Point, Rectangle } from "../../../graph/layout.ts";
import type { DrawnRule } from "../../../graph/picture.ts";
import { saveRule } from "../../iptables/iptables-save.ts";
import { element, type SvgElement } from "./element.ts";

/** Sizes that the layout was made with, and how it cuts texts; handed over so that both agree. */
export interface DrawingMetrics {
  readonly sizes: {
    readonly title: { readonly line: number };
    readonly line: { readonly line: number };
    readonly label: { readonly line: number };
    readonly padding: number;
  };
  shortened(text: string): string;
  labelLines(label: string): readonly string[];
}

/** The parts of a placed picture: frames, arrows, boxes, the labels on top of all lines. */
export function drawPicture(placed: PlacedPicture, metrics: DrawingMetrics): readonly SvgElement[] {
  return [
    element("defs", {}, marker("arrow", "arrow-head"), marker("arrow-lit", "arrow-head lit")),
    ...placed.frames.map((frame) =>
      element(
        "g",
        { class: "frame" },
        element("rect", { ...rectangle(frame), rx: 8 }),
        element("text", { x: frame.x + 12, y: frame.y + 19 }, frame.title),
      ),
    ),
    ...placed.arrows.map((arrow, index) => drawArrow(arrow, index)),
    ...placed.boxes.map((box, index) => drawBox(box, index, metrics)),
    ...placed.arrows.flatMap((arrow, index) => drawLabel(arrow, index, metrics)),
  ];
}

function marker(id: string, className: string): SvgElement {
  return element(
    "marker",
    {
      id,
      viewBox: "0 0 10 10",
      refX: 9,
      refY: 5,
      markerUnits: "userSpaceOnUse",
      markerWidth: 9,
      markerHeight: 9,
      orient: "auto-start-reverse",
    },
    element("path", { d: "M0,0 L10,5 L0,10 z", class: className }),
  );
}

function rectangle({ x, y, width, height }: Rectangle): Readonly<Record<string, number>> {
  return { x, y, width, height };
}

function drawArrow({ arrow, points }: PlacedArrow, index: number): SvgElement {
  return element(
    "g",
    { class: "arrow", "data-arrow": index },
    ...(arrow.rules.length === 0 ? [] : [element("title", {}, rulesText(arrow.rules))]),
    element("path", { d: curve(points), "marker-end": "url(#arrow)" }),
  );
}

/** A line through the middles of the points' stretches, bent at the points. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let path = `M${first.x},${first.y}`;
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    if (next === undefined) path += index === 0 ? `L${point.x},${point.y}` : `T${point.x},${point.y}`;
    else {
      const middle = `${half(point.x, next.x)},${half(point.y, next.y)}`;
      path += `Q${point.x},${point.y} ${middle}`;
    }
  });
  return path.replace(/T(\S+)$/, "L$1");
}

function half(a: number, b: number): number {
  return Math.round((a + b) * 5) / 10;
}

function drawBox(
  { box, ...place }: PlacedBox,
  index: number,
  { sizes, shortened }: DrawingMetrics,
): SvgElement {
  const round = box.kind === "endpoint" || box.kind === "hook" || box.kind === "host" ? 14 : 4;
  const first = place.y + sizes.padding + 12;
  const full = [box.title, ...box.lines].join("\n");
  return element(
    "g",
    { class: `box ${box.kind}`, "data-box": index },
    element("title", {}, full),
    element("rect", { ...rectangle(place), rx: round }),
    element("text", { x: place.x + sizes.padding, y: first, class: "title" }, shortened(box.title)),
    ...box.lines.map((line, at) =>
      element(
        "text",
        { x: place.x + sizes.padding, y: first + sizes.title.line + at * sizes.line.line - 1, class: "line" },
        shortened(line),
      ),
    ),
  );
}

function drawLabel({ arrow, label }: PlacedArrow, index: number, metrics: DrawingMetrics): SvgElement[] {
  if (label === undefined) return [];
  const middle = label.x + label.width / 2;
  const lines = metrics.labelLines(arrow.label);
  return [
    element(
      "g",
      { class: "label", "data-arrow-label": index },
      element("rect", { ...rectangle(label), rx: 3 }),
      ...lines.map((line, at) =>
        element("text", { x: middle, y: label.y + 13 + at * metrics.sizes.label.line }, line),
      ),
    ),
  ];
}

/** Rules as `iptables -S` prints them, and why they are there. */
export function rulesText(rules: readonly DrawnRule[]): string {
  return rules
    .map(({ chain, rule }) =>
      rule.origin === undefined ? saveRule(chain, rule) : `${saveRule(chain, rule)}\n${rule.origin.reason}`,
    )
    .join("\n\n");
}
