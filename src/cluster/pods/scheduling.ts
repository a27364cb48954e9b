import type { PodSpec, Toleration } from "../../manifests/objects.ts";
import { type Labels, matchesLabels, matchesRequirement } from "../labels.ts";
import type { Node } from "../model.ts";

/** Whether the scheduler leaves the pod alone until its gates are taken away. */
export function isGated({ schedulingGates }: PodSpec): boolean {
  return Array.isArray(schedulingGates) && schedulingGates.length > 0;
}

/** The part of `spec.affinity` that decides where a pod may run. */
interface NodeAffinity {
  readonly nodeAffinity?: {
    readonly requiredDuringSchedulingIgnoredDuringExecution?: {
      readonly nodeSelectorTerms?: readonly NodeSelectorTerm[];
    };
  };
}

interface NodeSelectorTerm {
  readonly matchExpressions?: readonly NodeRequirement[];
  readonly matchFields?: readonly NodeRequirement[];
}

interface NodeRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** What of a pod's spec decides where it may run. */
export interface Constraints {
  readonly nodeSelector: Labels;
  /** One of these must match; undefined when any node will do. */
  readonly terms?: readonly NodeSelectorTerm[];
  readonly tolerations: readonly Toleration[];
}

/** The scheduling constraints of a pod. */
export function constraintsOf(spec: PodSpec): Constraints {
  const affinity = spec.affinity as NodeAffinity | undefined | null;
  const terms =
    affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? undefined;
  return {
    nodeSelector: spec.nodeSelector ?? {},
    ...(terms === undefined ? {} : { terms }),
    tolerations: spec.tolerations ?? [],
  };
}

/** Whether the node's labels and name are what the pod asks for. A term without requirements matches nothing. */
export function selectsNode(constraints: Constraints, node: Node): boolean {
  if (!matchesLabels(constraints.nodeSelector, node.labels)) return false;
  if (constraints.terms === undefined) return true;
  return constraints.terms.some((term) => {
    const expressions = term.matchExpressions ?? [];
    const fields = term.matchFields ?? [];
    if (expressions.length + fields.length === 0) return false;
    return (
      expressions.every((requirement) => matchesRequirement(requirement, node.labels)) &&
      fields.every((requirement) => matchesRequirement(requirement, { "metadata.name": node.name }))
    );
  });
}

function tolerates(toleration: Toleration, taint: Node["taints"][number]): boolean {
  if (toleration.effect !== undefined && toleration.effect !== "" && toleration.effect !== taint.effect) {
    return false;
  }
  if (toleration.key !== undefined && toleration.key !== "" && toleration.key !== taint.key) return false;
  if (toleration.operator === "Exists") return true;
  return (
    toleration.key !== undefined && toleration.key !== "" && (toleration.value ?? "") === (taint.value ?? "")
  );
}

/**
 * Whether the pod may be scheduled in spite of the node's taints. `node.kubernetes.io/*` taints tell the
 * condition of the moment (a Node dumped while it started) and are ignored; so is PreferNoSchedule.
 */
export function toleratesNode(constraints: Constraints, node: Node): boolean {
  return node.taints.every(
    (taint) =>
      taint.effect === "PreferNoSchedule" ||
      taint.key.startsWith("node.kubernetes.io/") ||
      constraints.tolerations.some((toleration) => tolerates(toleration, taint)),
  );
}
