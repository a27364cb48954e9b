import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { LoadedObject } from "../manifests/objects.ts";

interface Bounds {
  readonly least: number;
  readonly most: number;
}

interface Target {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/**
 * How many replicas HorizontalPodAutoscalers leave workloads: at least `minReplicas` (1 when not stated) and at most
 * `maxReplicas`, which they enforce before they look at a metric; a workload at 0 replicas they leave alone
 * (kube-controller-manager, podautoscaler/horizontal.go).
 */
export class Autoscalers {
  readonly #bounds = new Map<string, Bounds>();
  readonly #changed: string[] = [];

  constructor(others: readonly LoadedObject[], namespaceOf: (loaded: LoadedObject) => string) {
    for (const loaded of others) {
      if (loaded.kind !== "HorizontalPodAutoscaler" || loaded.role !== "other") continue;
      const spec = loaded.object["spec"] as LooseSpec | undefined;
      const target = spec?.scaleTargetRef;
      if (typeof target?.kind !== "string" || typeof target.name !== "string") continue;
      const least = typeof spec?.minReplicas === "number" ? spec.minReplicas : 1;
      const most = typeof spec?.maxReplicas === "number" ? spec.maxReplicas : Number.POSITIVE_INFINITY;
      this.#bounds.set(`${target.kind}/${namespaceOf(loaded)}/${target.name}`, { least, most });
    }
  }

  /** The replicas of a workload that states so many, or none. */
  replicasOf({ kind, namespace, name }: Target, stated: number | undefined): number {
    const bounds = this.#bounds.get(`${kind}/${namespace}/${name}`);
    if (bounds === undefined) return stated ?? 1;
    if (stated === undefined) return bounds.least;
    if (stated === 0) return 0;
    const replicas = Math.max(bounds.least, Math.min(bounds.most, stated));
    if (replicas !== stated) this.#changed.push(`${kind} ${namespace}/${name} from ${stated} to ${replicas}`);
    return replicas;
  }

  /** One note on the workloads that state other replicas than they get. */
  notes(): readonly Diagnostic[] {
    const shown = this.#changed.slice(0, 5);
    if (shown.length === 0) return [];
    const rest = this.#changed.length - shown.length;
    return [
      {
        code: "replicas-autoscaled",
        severity: "note",
        message: `autoscalers change the replicas of ${shown.join(", ")}${rest > 0 ? `, and ${rest} more` : ""}`,
        hint: "They keep workloads between minReplicas and maxReplicas; --scale says another number.",
      },
    ];
  }
}

interface LooseSpec {
  readonly scaleTargetRef?: { readonly kind?: unknown; readonly name?: unknown };
  readonly minReplicas?: unknown;
  readonly maxReplicas?: unknown;
}
