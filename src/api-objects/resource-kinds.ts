/** A kind of object by the names the API and kubectl know it by. */
export interface ResourceKind {
  readonly kind: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly apiVersion: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  /** Part of kubectl's category `all`. */
  readonly inAll?: boolean;
}

function core(kind: string, plural: string, shortNames: readonly string[], more: object = {}): ResourceKind {
  return {
    kind,
    group: "",
    apiVersion: "v1",
    plural,
    singular: kind.toLowerCase(),
    shortNames,
    namespaced: true,
    ...more,
  };
}

function grouped(
  group: string,
  version: string,
  kind: string,
  plural: string,
  shortNames: readonly string[],
  more: object = {},
): ResourceKind {
  return { ...core(kind, plural, shortNames, more), group, apiVersion: `${group}/${version}` };
}

const inAll = { inAll: true };

/** Every kind that `get` shows; those of `all` in the order in which kubectl lists them. */
export const resourceKinds: readonly ResourceKind[] = [
  core("Pod", "pods", ["po"], inAll),
  core("ReplicationController", "replicationcontrollers", ["rc"], inAll),
  core("Service", "services", ["svc"], inAll),
  grouped("apps", "v1", "DaemonSet", "daemonsets", ["ds"], inAll),
  grouped("apps", "v1", "Deployment", "deployments", ["deploy"], inAll),
  grouped("apps", "v1", "ReplicaSet", "replicasets", ["rs"], inAll),
  grouped("apps", "v1", "StatefulSet", "statefulsets", ["sts"], inAll),
  grouped("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", ["hpa"], inAll),
  grouped("batch", "v1", "CronJob", "cronjobs", ["cj"], inAll),
  grouped("batch", "v1", "Job", "jobs", [], inAll),
  core("Endpoints", "endpoints", ["ep"]),
  grouped("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", []),
  core("Node", "nodes", ["no"], { namespaced: false }),
  core("Namespace", "namespaces", ["ns"], { namespaced: false }),
  core("ConfigMap", "configmaps", ["cm"]),
  grouped("networking.k8s.io", "v1", "Ingress", "ingresses", ["ing"]),
  grouped("networking.k8s.io", "v1", "IngressClass", "ingressclasses", [], { namespaced: false }),
  grouped("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", ["netpol"]),
];

/** All words a kind can be asked for by, with the group or without. */
function wordsFor(kind: ResourceKind): readonly string[] {
  const words = [kind.plural, kind.singular, ...kind.shortNames];
  if (kind.group === "") return words;
  const version = kind.apiVersion.slice(kind.group.length + 1);
  return [
    ...words,
    `${kind.plural}.${kind.group}`,
    `${kind.singular}.${kind.group}`,
    `${kind.plural}.${version}.${kind.group}`,
  ];
}

const byWord: ReadonlyMap<string, ResourceKind> = new Map(
  resourceKinds.flatMap((kind) => wordsFor(kind).map((word): [string, ResourceKind] => [word, kind])),
);

/** Kinds of every cluster that have nothing to show here, by the words kubectl knows them by. */
const kindsNotShown: readonly (readonly string[])[] = [
  ["events", "event", "ev"],
  ["secrets", "secret"],
  ["serviceaccounts", "serviceaccount", "sa"],
  ["persistentvolumes", "persistentvolume", "pv"],
  ["persistentvolumeclaims", "persistentvolumeclaim", "pvc"],
  ["storageclasses", "storageclass", "sc"],
  ["roles", "role"],
  ["rolebindings", "rolebinding"],
  ["clusterroles", "clusterrole"],
  ["clusterrolebindings", "clusterrolebinding"],
  ["resourcequotas", "resourcequota", "quota"],
  ["limitranges", "limitrange", "limits"],
  ["poddisruptionbudgets", "poddisruptionbudget", "pdb"],
  ["priorityclasses", "priorityclass", "pc"],
  ["customresourcedefinitions", "customresourcedefinition", "crd", "crds"],
  ["componentstatuses", "componentstatus", "cs"],
  ["leases", "lease"],
  ["controllerrevisions", "controllerrevision"],
  ["mutatingwebhookconfigurations", "mutatingwebhookconfiguration"],
  ["validatingwebhookconfigurations", "validatingwebhookconfiguration"],
  ["apiservices", "apiservice"],
];

/** The plural of a kind that every cluster has and that is not shown here; undefined for any other word. */
export function findKindNotShown(word: string): string | undefined {
  const name = word.toLowerCase().replace(/\..*$/, "");
  return kindsNotShown.find((words) => words.includes(name))?.[0];
}

/** Words that name a kind, without groups: what completion offers and suggestions are taken from. */
export const resourceWords: readonly string[] = resourceKinds.flatMap((kind) => [
  kind.plural,
  kind.singular,
  ...kind.shortNames,
]);

/** The kind a word of the command line names, in any case, as kubectl finds it. */
export function findResourceKind(word: string): ResourceKind | undefined {
  return byWord.get(word.toLowerCase());
}

/** The kind of an object; undefined for kinds that `get` does not show. */
export function resourceKindOf(kind: string): ResourceKind | undefined {
  return resourceKinds.find((candidate) => candidate.kind === kind);
}

/** `services`, `deployments.apps`: the resource as error messages name it. */
export function qualifiedPlural(kind: ResourceKind): string {
  return kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;
}

/** `service`, `deployment.apps`: what stands before the slash where several kinds are shown and in `-o name`. */
export function kindPrefix(kind: ResourceKind): string {
  const name = kind.kind.toLowerCase();
  return kind.group === "" ? name : `${name}.${kind.group}`;
}
