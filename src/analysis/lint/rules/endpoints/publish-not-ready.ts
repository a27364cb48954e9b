import type { Workload } from "../../../../cluster/model.ts";
import type { Finding } from "../../../../diagnostics/finding.ts";
import { textAt } from "../../../loose.ts";
import {
  alsoAt,
  atService,
  finding,
  isHeadless,
  type LintContext,
  type LintRule,
  nameOf,
} from "../../rule.ts";

/** Whether a change of the template replaces the workload's pods one after the other while others serve. */
function rollsOver(workload: Workload): boolean {
  const spec = workload.object.object;
  switch (workload.kind) {
    case "Deployment":
      return textAt(spec, "spec", "strategy", "type") !== "Recreate";
    case "StatefulSet":
    case "DaemonSet":
      return textAt(spec, "spec", "updateStrategy", "type") !== "OnDelete";
    default:
      return false;
  }
}

function* check(context: LintContext): Iterable<Finding> {
  for (const service of context.services) {
    if (!service.publishNotReadyAddresses || isHeadless(service) || service.type === "ExternalName") continue;
    const rolling = context.selectedWorkloads(service).find(rollsOver);
    if (rolling === undefined) continue;
    yield finding(
      "publish-not-ready-rolling-update",
      atService(service, "spec", "publishNotReadyAddresses"),
      {
        message: `${nameOf(service)} sends to pods that are not ready, and ${rolling.kind} ${rolling.name} is replaced by a rolling update: connections reach pods that do not listen yet`,
        hint: "keep publishNotReadyAddresses to a headless Service by which peers find each other",
        related: [alsoAt(rolling, `${rolling.kind} ${rolling.name}`, "metadata", "name")],
      },
    );
  }
}

/** publishNotReadyAddresses where clients feel it. */
export const publishNotReady: LintRule = { codes: ["publish-not-ready-rolling-update"], check };
