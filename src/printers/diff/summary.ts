import type { Difference } from "../../analysis/diff/diff.ts";
import { number, some } from "./together.ts";

/** A difference in one line: whose flows break, how many change in which way, and how many objects. */
export function summaryLine(difference: Difference): string {
  if (isEmpty(difference)) return "no difference";
  const { summaries, objects } = difference;
  const kinds = new Map<string, number>();
  for (const { kind } of summaries) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const flows = [...kinds].map(([kind, count]) => `${number(count)} × ${kind}`).join(", ");
  const broken = [...new Set(summaries.filter(({ breaking }) => breaking).map(({ service }) => service))];
  return [
    broken.length > 0
      ? `breaking for ${broken.length > 4 ? `${number(broken.length)} Services: ` : ""}${some(broken)}`
      : summaries.length > 0
        ? "nothing breaking"
        : "",
    flows === "" ? "no flow changes" : `flows: ${flows}`,
    objects.length === 0
      ? ""
      : `${number(objects.length)} ${objects.length === 1 ? "change" : "changes"} to objects`,
  ]
    .filter((part) => part !== "")
    .join("; ");
}

/** Where rules differ that no flow or object tells of, what that means. */
export function otherRulesLine(difference: Difference): string | undefined {
  const { objects, summaries, renamed, services, otherRules } = difference;
  const isSilent = objects.length + summaries.length + renamed.length === 0;
  const effect = isSilent ? ", with no change for any flow" : "";
  if (isSilent && services.length > 0) return `rules differ for ${some(services)}${effect}`;
  return otherRules ? `rules of no Service differ${effect}; --plain shows them` : undefined;
}

/** What can have changed and is not known. */
export function notComparedLine({ unknownBalancers }: Difference): string | undefined {
  const [first] = unknownBalancers;
  if (first === undefined) return undefined;
  const are = unknownBalancers.length === 1 ? "the load balancer" : "the load balancers";
  return `not compared: ${are} of ${some(unknownBalancers)}, with no address in status: --lb-ip svc/${first}=ADDRESS gives one`;
}

/** Whether there is nothing to tell. */
export function isEmpty({ objects, summaries, renamed, services, otherRules }: Difference): boolean {
  return objects.length + summaries.length + renamed.length + services.length === 0 && !otherRules;
}
