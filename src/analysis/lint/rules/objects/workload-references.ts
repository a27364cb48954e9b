import type { Finding } from "../../../../diagnostics/finding.ts";
import { textAt } from "../../../loose.ts";
import { didYouMean } from "../../nearest-name.ts";
import { atObject, finding, type LintContext, type LintRule, nameOf } from "../../rule.ts";

/** Kinds that can't come from elsewhere than the manifests' own workloads. */
const scalable = ["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"];

function* checkAutoscalers(context: LintContext): Iterable<Finding> {
  for (const object of context.cluster.others) {
    if (object.kind !== "HorizontalPodAutoscaler") continue;
    const namespace = context.namespaceOf(object);
    const kind = textAt(object.object, "spec", "scaleTargetRef", "kind");
    const name = textAt(object.object, "spec", "scaleTargetRef", "name");
    if (kind === undefined || name === undefined || !scalable.includes(kind)) continue;
    const same = context.cluster.workloads.filter(
      (workload) => workload.kind === kind && workload.namespace === namespace,
    );
    if (same.some((workload) => workload.name === name)) continue;
    const hint = didYouMean(
      name,
      same.map((workload) => workload.name),
    );
    yield finding(
      "autoscaler-target-missing",
      atObject(object, namespace, "spec", "scaleTargetRef", "name"),
      {
        message: `HorizontalPodAutoscaler ${nameOf({ namespace, name: object.name })} scales ${kind} ${name}, which does not exist in namespace ${namespace}`,
        ...(hint === undefined ? {} : { hint }),
      },
    );
  }
}

/** Autoscalers that scale nothing. */
export const autoscalers: LintRule = { codes: ["autoscaler-target-missing"], check: checkAutoscalers };

function* checkStatefulSets(context: LintContext): Iterable<Finding> {
  for (const workload of context.cluster.workloads) {
    if (workload.kind !== "StatefulSet") continue;
    const name = textAt(workload.object.object, "spec", "serviceName");
    if (name === undefined || context.service(workload.namespace, name) !== undefined) continue;
    const hint = didYouMean(
      name,
      context.services.filter((each) => each.namespace === workload.namespace).map((each) => each.name),
    );
    yield finding(
      "stateful-set-service-missing",
      atObject(workload.object, workload.namespace, "spec", "serviceName"),
      {
        message: `StatefulSet ${nameOf(workload)} names the Service ${name}, which does not exist: its pods have no DNS names of their own`,
        ...(hint === undefined ? {} : { hint }),
      },
    );
  }
}

/** StatefulSets without their headless Service. */
export const statefulSets: LintRule = { codes: ["stateful-set-service-missing"], check: checkStatefulSets };
