/// <reference lib="dom" />
import type { SvgElement } from "../printers/pictures/svg/element.ts";

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An HTML element. Texts become text nodes: nothing is ever read as markup. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  setAttributes(made, attributes);
  made.append(...children);
  return made;
}

function setAttributes(target: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false)
      target.setAttribute(name, value === true ? "" : String(value));
  }
}

/** A drawn element as a node of the document. */
export function svgNode(drawn: SvgElement): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", drawn.tag);
  setAttributes(made, drawn.attributes);
  made.append(...drawn.children.map((child) => (typeof child === "string" ? child : svgNode(child))));
  return made;
}

/** The element of an id that the page's own frame has. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}
