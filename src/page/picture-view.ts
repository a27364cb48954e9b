/// <reference lib="dom" />
import { describePosition } from "../diagnostics/source.ts";
import * as layout from "../graph/layout.ts";
import type { DrawnRule, Picture } from "../graph/picture.ts";
import { saveRule } from "../printers/iptables/iptables-save.ts";
import { drawPicture } from "../printers/pictures/svg/draw.ts";
import { h, svgNode } from "./dom.ts";

/** A picture in the page, whose parts can be lit and asked about. */
export interface PictureView {
  readonly element: SVGElement;
  /** Lights the arrows of these rules (`nat KUBE-SERVICES 3`) and the boxes at their ends. */
  light(rules: ReadonlySet<string>, now?: string): void;
}

/** Names a rule on a node. */
export function ruleKey(at: {
  readonly table: string;
  readonly chain: string;
  readonly number: number;
}): string {
  return `${at.table} ${at.chain} ${at.number}`;
}

/** What happens with what the reader points at. */
export interface PictureActions {
  /** A box or an arrow is pointed at or has the focus. */
  explain(parts: readonly Node[]): void;
  /** The card of a Service (`ns/name`) was chosen. */
  choose(service: string): void;
}

/** Draws a picture in the form that suits the screen. */
export function viewPicture(
  picture: Picture,
  { explain, choose }: PictureActions,
  options: layout.LayoutOptions,
): PictureView {
  const placed = layout.placePicture(picture, options);
  const { width, height } = placed;
  const element = svgNode({
    tag: "svg",
    attributes: {
      class: "picture",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "group",
      "aria-label": picture.title,
    },
    children: drawPicture(placed, layout),
  });
  fitWidth(element, width);
  const rulesInto = new Map<string, DrawnRule[]>();
  for (const { to, rules } of picture.arrows) rulesInto.set(to, [...(rulesInto.get(to) ?? []), ...rules]);
  picture.boxes.forEach((box, index) => {
    const part = element.querySelector(`[data-box="${index}"]`)!;
    part.setAttribute("tabindex", "0");
    part.setAttribute("role", "img");
    part.setAttribute("aria-label", [box.title, ...box.lines].join(", "));
    const tell = (): void => {
      const from = picture.arrows.filter((arrow) => arrow.from === box.id).flatMap(({ rules }) => rules);
      const into = box.card?.rules ?? rulesInto.get(box.id) ?? [];
      explain([
        h("h3", {}, box.title),
        ...box.lines.map((line) => h("p", {}, line)),
        ...ruleList("Rules that lead here", into),
        ...ruleList("Rules in it that lead on", from),
      ]);
    };
    part.addEventListener("pointerenter", tell);
    part.addEventListener("focus", tell);
    if (box.card === undefined) return;
    part.setAttribute("role", "button");
    part.removeAttribute("aria-label"); // What is seen is its name.
    const chosen = (): void => choose((box.subject ?? box.title).split(":")[0]!);
    part.addEventListener("click", chosen);
    part.addEventListener("keydown", (event) => {
      if ((event as KeyboardEvent).key === "Enter") chosen();
    });
  });
  picture.arrows.forEach((arrow, index) => {
    const tell = (): void => explain([h("h3", {}, "On this way"), ...ruleList("Rules", arrow.rules)]);
    for (const part of element.querySelectorAll(`[data-arrow="${index}"],[data-arrow-label="${index}"]`)) {
      part.addEventListener("pointerenter", tell);
    }
  });
  return { element, light: (rules, now) => lightParts(element, picture, rules, now) };
}

/** As wide as there is room, while its texts stay legible; a wider one scrolls. */
function fitWidth(element: SVGElement, width: number): void {
  element.style.width = "100%";
  element.style.height = "auto";
  element.style.maxWidth = `${width}px`;
  element.style.minWidth = `${Math.round(width * 0.8)}px`;
}

function lightParts(element: SVGElement, picture: Picture, rules: ReadonlySet<string>, now?: string): void {
  element.classList.toggle("has-lit", rules.size > 0);
  const boxes = new Set<string>();
  picture.arrows.forEach((arrow, index) => {
    const keys = arrow.rules.map(ruleKey);
    const lit = keys.some((key) => rules.has(key));
    const part = element.querySelector(`[data-arrow="${index}"]`);
    part?.classList.toggle("lit", lit);
    part?.classList.toggle("now", now !== undefined && keys.includes(now));
    part?.querySelector("path")?.setAttribute("marker-end", lit ? "url(#arrow-lit)" : "url(#arrow)");
    element.querySelector(`[data-arrow-label="${index}"]`)?.classList.toggle("lit", lit);
    if (lit) boxes.add(arrow.from).add(arrow.to);
  });
  picture.boxes.forEach((box, index) => {
    const lit = boxes.has(box.id) || box.card?.rules.some((rule) => rules.has(ruleKey(rule))) === true;
    element.querySelector(`[data-box="${index}"]`)?.classList.toggle("lit", lit);
  });
}

/** Rules as iptables writes them, with why they are there and the manifest's line. */
function ruleList(title: string, rules: readonly DrawnRule[]): Node[] {
  if (rules.length === 0) return [];
  const shown = rules.slice(0, 12);
  const items = shown.map(({ chain, rule, number }) => {
    const range = rule.origin?.range?.() ?? rule.range;
    return h(
      "li",
      {},
      h("code", {}, saveRule(chain, rule)),
      h(
        "p",
        {},
        `${rule.origin?.reason ?? ""} ${range === undefined ? "" : `(${describePosition(range)}) `}rule ${number}`.trim(),
      ),
    );
  });
  const more = rules.length > shown.length ? [h("p", {}, `and ${rules.length - shown.length} more`)] : [];
  return [h("h4", {}, title), h("ul", { class: "rules" }, ...items), ...more];
}
