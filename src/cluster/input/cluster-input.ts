import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { LoadedObject, Manifests } from "../../manifests/objects.ts";
import type { ClusterOptions } from "../options.ts";
import { mergeObserved } from "./merge-observed.ts";
import { isMadeAnew } from "./simulated-mark.ts";

/** A loaded object of one role. */
export type OfRole<Role extends LoadedObject["role"]> = Extract<LoadedObject, { role: Role }>;

/** The input sorted by role, hooks and second objects of one name left out. */
export interface ClusterInput {
  readonly services: readonly OfRole<"service">[];
  readonly pods: readonly OfRole<"pod">[];
  readonly workloads: readonly OfRole<"workload">[];
  readonly nodes: readonly OfRole<"node">[];
  readonly slices: readonly OfRole<"endpointslice">[];
  readonly endpoints: readonly OfRole<"endpoints">[];
  readonly others: readonly OfRole<"other">[];
  /** All of them in the order of the input. */
  readonly order: readonly LoadedObject[];
  readonly namespaceOf: (loaded: LoadedObject) => string;
  /** The input is a cluster's own dump: it has the Service that every cluster has. */
  readonly observedCluster: boolean;
}

function isHook(loaded: LoadedObject): boolean {
  const annotations =
    loaded.role === "other"
      ? (loaded.object["metadata"] as { annotations?: Record<string, unknown> } | undefined)?.annotations
      : loaded.object.metadata.annotations;
  return annotations?.["helm.sh/hook"] !== undefined;
}

function hooksNote(hooks: readonly LoadedObject[]): Diagnostic {
  const shown = hooks.slice(0, 5).map((loaded) => `${loaded.kind} ${loaded.name}`);
  const rest = hooks.length > shown.length ? `, and ${hooks.length - shown.length} more` : "";
  return {
    code: "hooks-left-out",
    severity: "note",
    message: `left out ${hooks.length} Helm ${hooks.length === 1 ? "hook" : "hooks"} (${shown.join(", ")}${rest}): they run once, beside the release`,
    hint: "--include-hooks keeps them",
  };
}

const plurals: Readonly<Record<string, string>> = { Endpoints: "endpoints" };

/** The resource as the API server names it in messages: `services`, `deployments.apps`. */
function resourceOf(loaded: LoadedObject): string {
  const lower = loaded.kind.toLowerCase();
  const plural =
    plurals[loaded.kind] ??
    (lower.endsWith("y") ? `${lower.slice(0, -1)}ies` : `${lower}${/(s|x|ch)$/.test(lower) ? "es" : "s"}`);
  const slash = loaded.apiVersion.indexOf("/");
  return slash === -1 ? plural : `${plural}.${loaded.apiVersion.slice(0, slash)}`;
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/") + 1);
}

/** Two objects of one name, as the API server refuses to create the second. */
function alreadyExists(second: LoadedObject, first: LoadedObject): Diagnostic {
  const elsewhere = folderOf(second.source.file) !== folderOf(first.source.file);
  const overlays =
    elsewhere ||
    /overlays?|environments?|\b(?:dev|test|stag(?:e|ing)|prod(?:uction)?|qa)\b/i.test(second.source.file);
  return {
    code: "already-exists",
    severity: "error",
    message: `${resourceOf(second)} "${second.name}" already exists`,
    range: second.source.range(["metadata", "name"]),
    related: [{ message: "first created here", range: first.source.range(["metadata", "name"]) }],
    hint: overlays
      ? "If these are overlays of several environments, give one with -f each, or name them under environments: in k8snet.yaml and pick one with --env."
      : "Rename or remove one of them.",
  };
}

const clusterWide = new Set(["Node"]);

/** Which object has an identity: by API group, kind, namespace and name. */
class Identities {
  readonly #groups = new Map<string, string>();
  readonly #byKind = new Map<string, Map<string, Map<string, LoadedObject>>>();

  /** Takes the object's identity; answers the object that had it before. */
  claim(loaded: LoadedObject, namespace: string): LoadedObject | undefined {
    const byNamespace = inner(this.#byKind, this.#kindOf(loaded));
    const byName = inner(byNamespace, namespace);
    const first = byName.get(loaded.name);
    if (first === undefined) byName.set(loaded.name, loaded);
    return first;
  }

  /** Kind and group; the versions of a group serve the same objects. */
  #kindOf({ apiVersion, kind }: LoadedObject): string {
    const key = `${apiVersion}/${kind}`;
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = `${apiVersion.slice(0, Math.max(0, apiVersion.indexOf("/")))}/${kind}`;
      this.#groups.set(key, group);
    }
    return group;
  }
}

function inner<V>(map: Map<string, Map<string, V>>, key: string): Map<string, V> {
  let found = map.get(key);
  if (found === undefined) {
    found = new Map();
    map.set(key, found);
  }
  return found;
}

/** The objects in their order, those of one identity made one, hooks left out. */
function distinctObjects(
  manifests: Manifests,
  options: ClusterOptions,
  namespaceOf: (loaded: LoadedObject) => string,
  diagnostics: Diagnostic[],
): LoadedObject[] {
  const hooks: LoadedObject[] = [];
  const identities = new Identities();
  const merged = new Map<LoadedObject, LoadedObject>();
  const order: LoadedObject[] = [];
  for (const loaded of manifests.objects) {
    if (isMadeAnew(loaded)) continue;
    if (options.includeHooks !== true && isHook(loaded)) {
      hooks.push(loaded);
      continue;
    }
    if (loaded.role !== "other" && loaded.name !== "") {
      const first = identities.claim(loaded, clusterWide.has(loaded.kind) ? "" : namespaceOf(loaded));
      if (first !== undefined) {
        const one = merged.has(first) ? undefined : mergeObserved(first, loaded);
        if (one === undefined) diagnostics.push(alreadyExists(loaded, first));
        else merged.set(first, one);
        continue;
      }
    }
    order.push(loaded);
  }
  if (hooks.length > 0) diagnostics.push(hooksNote(hooks));
  return merged.size === 0 ? order : order.map((loaded) => merged.get(loaded) ?? loaded);
}

/** Sorts the input by role and tells what of it is left out or stands twice. */
export function sortInput(
  manifests: Manifests,
  options: ClusterOptions,
): { input: ClusterInput; diagnostics: Diagnostic[] } {
  const namespaceOf = (loaded: LoadedObject): string => loaded.namespace ?? options.defaultNamespace;
  const diagnostics: Diagnostic[] = [];
  const order = distinctObjects(manifests, options, namespaceOf, diagnostics);
  const sorted: { [Role in LoadedObject["role"]]: OfRole<Role>[] } = {
    service: [],
    pod: [],
    workload: [],
    node: [],
    endpointslice: [],
    endpoints: [],
    other: [],
  };
  for (const loaded of order) (sorted[loaded.role] as LoadedObject[]).push(loaded);
  const input: ClusterInput = {
    services: sorted.service,
    pods: sorted.pod,
    workloads: sorted.workload,
    nodes: sorted.node,
    slices: sorted.endpointslice,
    endpoints: sorted.endpoints,
    others: sorted.other,
    order,
    namespaceOf,
    observedCluster: sorted.service.some(
      (loaded) => loaded.name === "kubernetes" && namespaceOf(loaded) === "default",
    ),
  };
  return { input, diagnostics };
}

/** Namespaces that the input names, after those that every cluster has. */
export function namespacesOf(input: ClusterInput): string[] {
  const names = new Set(["default", "kube-system"]);
  for (const loaded of input.others) if (loaded.kind === "Namespace") names.add(loaded.name);
  for (const list of [input.services, input.workloads, input.pods, input.slices, input.endpoints]) {
    for (const loaded of list) names.add(input.namespaceOf(loaded));
  }
  return [...names];
}
