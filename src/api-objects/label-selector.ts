/** One requirement of `-l`: `key`, `!key`, `key=value`, `key in (a,b)`. */
interface Requirement {
  readonly key: string;
  readonly operator: "exists" | "absent" | "in" | "notin";
  readonly values: readonly string[];
}

/** A label selector as `kubectl get -l` takes it. */
export type LabelRequirements = readonly Requirement[];

const key = /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?$/;
const value = /^(?:[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?)?$/;

function requirement(text: string): Requirement | undefined {
  const set = text.match(/^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/);
  if (set !== null) {
    const values = set[3]!.split(",").map((item) => item.trim());
    return checked({ key: set[1]!, operator: set[2] === "in" ? "in" : "notin", values });
  }
  const equality = text.match(/^([^=!\s]+)\s*(==|=|!=)\s*(\S*)$/);
  if (equality !== null) {
    return checked({
      key: equality[1]!,
      operator: equality[2] === "!=" ? "notin" : "in",
      values: [equality[3]!],
    });
  }
  if (text.startsWith("!")) return checked({ key: text.slice(1).trim(), operator: "absent", values: [] });
  return checked({ key: text, operator: "exists", values: [] });
}

function checked(found: Requirement): Requirement | undefined {
  return key.test(found.key) && found.values.every((item) => value.test(item)) ? found : undefined;
}

/** @returns the part that can't be read, as text, when the selector is none */
export function parseLabelSelector(text: string): LabelRequirements | { readonly unreadable: string } {
  const requirements: Requirement[] = [];
  for (const part of text.split(/,(?![^(]*\))/)) {
    const trimmed = part.trim();
    if (trimmed === "") continue;
    const found = requirement(trimmed);
    if (found === undefined) return { unreadable: trimmed };
    requirements.push(found);
  }
  return requirements;
}

/** Whether labels meet every requirement; `!=` and `notin` are also met by an absent label. */
export function meetsRequirements(
  labels: Readonly<Record<string, unknown>>,
  requirements: LabelRequirements,
): boolean {
  return requirements.every((requirement) => meets(labels, requirement));
}

function meets(
  labels: Readonly<Record<string, unknown>>,
  { key: name, operator, values }: Requirement,
): boolean {
  const has = Object.hasOwn(labels, name);
  const listed = has && values.some((item) => item === labels[name]);
  switch (operator) {
    case "exists":
      return has;
    case "absent":
      return !has;
    case "in":
      return listed;
    case "notin":
      return !listed;
  }
}
