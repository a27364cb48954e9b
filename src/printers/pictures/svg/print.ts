import type { PlacedPicture } from "../../../graph/layout.ts";
import { type DrawingMetrics, drawPicture } from "./draw.ts";
import { element, printElement } from "./element.ts";
import { colorVariables, pictureStyle } from "./style.ts";

/** Height of the line with the title, and of each note below the picture. */
const headLine = 28;
const noteLine = 18;

/** A picture as an SVG file of its own: no script, no reference to anything outside. */
export function printSvg(placed: PlacedPicture, metrics: DrawingMetrics): string {
  const { picture } = placed;
  const texts = [picture.title, ...picture.notes];
  const width = Math.max(placed.width, ...texts.map((text) => Math.min(text.length, 120) * 8 + 32));
  const height = placed.height + headLine + picture.notes.length * noteLine;
  const root = element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      class: "picture",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
    },
    element("title", {}, picture.title),
    element("style", {}, `${colorVariables(".picture")}${pictureStyle}`.replace(/[<>&]/g, "")),
    element("rect", { width, height, style: "fill:var(--paper)" }),
    element("text", { x: 16, y: 22, style: "font-size:13px;font-weight:600" }, picture.title),
    element("g", { transform: `translate(0 ${headLine})` }, ...drawPicture(placed, metrics)),
    ...picture.notes.map((note, index) =>
      element("text", { x: 16, y: placed.height + headLine + index * noteLine + 8 }, note),
    ),
  );
  return printElement(root);
}
