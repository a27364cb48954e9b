import type { ChangedFlow } from "../../analysis/diff/compare-flows.ts";
import type { Difference } from "../../analysis/diff/diff.ts";
import type { DiffNotes } from "./options.ts";

/**
 * A difference as JSON, with every change of every Service.
 * @param describe puts a flow's end into words, `no such address` where there is none
 */
export function printDiffJson(
  difference: Difference,
  describe: (flow: ChangedFlow, side: "before" | "after") => string,
  { reasons, simulated }: DiffNotes = {},
): string {
  const flows = difference.flows.map((flow) => {
    const { kind, breaking, sources, nodes } = flow;
    const shown = (flow.before ?? flow.after)!;
    return {
      change: kind,
      breaking,
      service: shown.service,
      port: shown.port,
      address: shown.kind,
      family: shown.flow.address.includes(":") ? 6 : 4,
      ...(nodes === undefined ? {} : { nodes }),
      sources,
      example: {
        from: shown.flow.host,
        source: shown.answer?.from,
        to: shown.flow.address,
        port: shown.flow.port,
        protocol: shown.flow.protocol,
      },
      before: describe(flow, "before"),
      after: describe(flow, "after"),
    };
  });
  const { before, after, renamed, services, otherRules, unknownBalancers } = difference;
  const objects = difference.objects.map(({ change, service, text }) => ({ change, service, text }));
  const because = (reasons ?? []).map(({ code, message, hint, range }) => ({
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(range === undefined
      ? {}
      : { file: range.source.name, line: range.start.line, column: range.start.column }),
  }));
  return `${JSON.stringify({ before, after, simulated: simulated !== undefined, objects, flows, reasons: because, renamed, services, otherRules, unknownBalancers }, null, 2)}\n`;
}
