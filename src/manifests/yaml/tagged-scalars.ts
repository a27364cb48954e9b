import { resolvePlain, ScalarProblem } from "./scalars.ts";

const yamlTag = "tag:yaml.org,2002:";

/** A tag without the prefix of YAML's own: `int` for `!!int`. */
export function shortTag(tag: string): string {
  if (tag.startsWith("!!")) return tag.slice(2);
  if (tag.startsWith(`!<${yamlTag}`)) return tag.slice(2 + yamlTag.length, -1);
  return tag;
}

/**
 * A scalar with a tag of YAML's own, as go-yaml decodes it.
 * @throws ScalarProblem when the text is none of the tag
 */
export function resolveTagged(tag: string, text: string): unknown {
  switch (tag) {
    case "int":
    case "float":
    case "bool":
    case "null": {
      const value = resolvePlain(text);
      const isFloat = /^[-+]?[\d_]*[.eE]/.test(text) || /^[-+]?0[\d_]*[89]/.test(text);
      if (tag === "int" && typeof value === "number" && isFloat) {
        throw new ScalarProblem(`yaml: cannot decode !!float \`${text}\` as a !!int`);
      }
      const fits = tag === "null" ? value === null : typeof value === (tag === "bool" ? "boolean" : "number");
      if (!fits) throw new ScalarProblem(`yaml: cannot decode !!str \`${text}\` as a !!${tag}`);
      return value;
    }
    case "binary":
      return decodeBase64(text);
    default:
      return text;
  }
}

function decodeBase64(text: string): string {
  const packed = text.replace(/[\r\n]/g, "");
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(packed)) {
    throw new ScalarProblem("yaml: !!binary value contains invalid base64 data");
  }
  const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}
