/** An element of an SVG picture, as data: printed as text into a file, or made a node of a page's document. */
export interface SvgElement {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly (SvgElement | string)[];
}

export function element(
  tag: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly (SvgElement | string)[]
): SvgElement {
  return { tag, attributes, children };
}

/** Text as XML's content or attribute; what XML 1.0 can't hold becomes U+FFFD. */
export function xmlText(text: string): string {
  return text
    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      "\ufffd",
    )
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The element as XML, indented by one blank a level. */
export function printElement(node: SvgElement, indent = ""): string {
  const attributes = Object.entries(node.attributes)
    .map(([name, value]) => ` ${name}="${xmlText(String(value))}"`)
    .join("");
  const open = `${indent}<${node.tag}${attributes}`;
  if (node.children.length === 0) return `${open}/>\n`;
  if (node.children.every((child) => typeof child === "string")) {
    return `${open}>${node.children.map((child) => xmlText(String(child))).join("")}</${node.tag}>\n`;
  }
  const inner = node.children.map((child) =>
    typeof child === "string" ? xmlText(child) : printElement(child, `${indent} `),
  );
  return `${open}>\n${inner.join("")}${indent}</${node.tag}>\n`;
}
