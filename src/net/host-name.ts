/** A DNS name, with or without its final dot. What ends in a number is none: it is a misspelt address. */
export function isHostName(text: string): boolean {
  const labels = text.replace(/\.$/, "").split(".");
  const isLabel = (label: string): boolean => /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/i.test(label);
  return labels.every(isLabel) && /[a-z]/i.test(labels.at(-1) ?? "");
}
