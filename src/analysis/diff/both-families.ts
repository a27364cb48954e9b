import type { Difference } from "./diff.ts";

/** What the same two clusters differ in for each family of addresses, as one. */
export function bothFamilies(differences: readonly Difference[]): Difference {
  const [first] = differences as readonly [Difference];
  if (differences.length === 1) return first;
  const all = <T>(part: (difference: Difference) => readonly T[]): readonly T[] => differences.flatMap(part);
  const once = <T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] => [
    ...new Map(items.map((item) => [keyOf(item), item])).values(),
  ];
  const worstFirst = <T extends { readonly breaking: boolean }>(items: readonly T[]): readonly T[] => [
    ...items.filter(({ breaking }) => breaking),
    ...items.filter(({ breaking }) => !breaking),
  ];
  return {
    ...first,
    families: all(({ families }) => families),
    objects: once(
      all(({ objects }) => objects),
      ({ change, text }) => `${change} ${text}`,
    ),
    flows: worstFirst(all(({ flows }) => flows)),
    summaries: worstFirst(all(({ summaries }) => summaries)),
    renamed: once(
      all(({ renamed }) => renamed),
      ({ before, after }) => `${before} ${after}`,
    ),
    services: [...new Set(all(({ services }) => services))].sort(),
    otherRules: differences.some(({ otherRules }) => otherRules),
  };
}
