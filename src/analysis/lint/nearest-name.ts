import { suggest } from "../../manifests/schema/suggest.ts";

/** The candidate that the text is probably a slip of; undefined when none is near. */
export function nearestName(text: string, candidates: Iterable<string>): string | undefined {
  return suggest(text, [...candidates]);
}

/** `did you mean "web"?`, when something is near. */
export function didYouMean(text: string, candidates: Iterable<string>): string | undefined {
  const nearest = nearestName(text, candidates);
  return nearest === undefined ? undefined : `did you mean "${nearest}"?`;
}
