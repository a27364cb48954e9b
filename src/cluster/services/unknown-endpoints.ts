import type { LoadedObject } from "../../manifests/objects.ts";
import type { ClusterInput } from "../input/cluster-input.ts";
import type { Labels } from "../labels.ts";
import type { Workload } from "../model.ts";
import type { PodDraft } from "../pods/pod-parts.ts";
import { LabelIndex } from "../pods/selector-index.ts";
import type { ServiceDraft } from "./build-service.ts";

/** API groups whose kinds make no pods (beside those the manifests room reads). */
const podlessGroups =
  /^(?:[a-z]+\.)*(?:k8s\.io|cert-manager\.io|monitoring\.coreos\.com|istio\.io|traefik\.io|traefik\.containo\.us|cilium\.io|projectcalico\.org|external-secrets\.io|bitnami\.com|kyverno\.io|toolkit\.fluxcd\.io)$/;

/** Kinds that make pods, in groups whose other kinds make none. */
const podMakers: ReadonlySet<string> = new Set([
  "monitoring.coreos.com/Alertmanager",
  "monitoring.coreos.com/Prometheus",
  "monitoring.coreos.com/PrometheusAgent",
  "monitoring.coreos.com/ThanosRuler",
  "install.istio.io/IstioOperator",
]);

/** Kubernetes' own groups have no dot or end in `.k8s.io`; none of their skipped kinds makes pods. */
function mayMakePods(loaded: LoadedObject): boolean {
  const slash = loaded.apiVersion.indexOf("/");
  if (slash === -1) return false;
  const group = loaded.apiVersion.slice(0, slash);
  return group.includes(".") && (!podlessGroups.test(group) || podMakers.has(`${group}/${loaded.kind}`));
}

type Json = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether some mapping inside the object holds every pair of the selector, as labels it gives to its pods. */
function holdsLabels(value: unknown, selector: Labels, depth: number): boolean {
  if (depth > 8) return false;
  if (Array.isArray(value)) return value.some((item) => holdsLabels(item, selector, depth + 1));
  if (!isMapping(value)) return false;
  if (Object.entries(selector).every(([key, wanted]) => value[key] === wanted)) return true;
  return Object.values(value).some((item) => holdsLabels(item, selector, depth + 1));
}

/**
 * An operator's object is met by a selector that carries its name, its kind's (`app.kubernetes.io/name: prometheus`),
 * or labels that stand in it.
 */
function meets(selector: Labels, loaded: LoadedObject): boolean {
  const values = Object.values(selector);
  if (loaded.name !== "" && values.includes(loaded.name)) return true;
  if (values.includes(loaded.kind.toLowerCase())) return true;
  return holdsLabels(loaded.object, selector, 0);
}

/**
 * Says of Services whose selector matches nothing we know, but meets an object of a kind that is not read, that
 * their endpoints are unknown: its operator may make pods for them. (An EndpointSlice or Endpoints object of the
 * input says what they are, and so does a dump of a whole cluster.)
 */
export function markUnknownEndpoints(
  services: readonly ServiceDraft[],
  input: ClusterInput,
  pods: readonly PodDraft[],
  workloads: readonly Workload[],
): void {
  const makers = new Map<string, LoadedObject[]>();
  for (const loaded of input.others) {
    if (!mayMakePods(loaded)) continue;
    const namespace = input.namespaceOf(loaded);
    makers.set(namespace, [...(makers.get(namespace) ?? []), loaded]);
  }
  if (makers.size === 0 || input.observedCluster) return;
  const podIndex = new LabelIndex(pods);
  const templates = new LabelIndex(
    workloads.map(({ namespace, podLabels }) => ({ namespace, labels: podLabels })),
  );
  const stated = statedServices(input);
  for (const service of services) {
    const { namespace, selector } = service;
    const candidates = makers.get(namespace);
    if (selector === undefined || candidates === undefined || service.unknownEndpoints !== undefined)
      continue;
    if (service.builtinEndpoints !== undefined || stated.has(`${namespace}/${service.name}`)) continue;
    if (podIndex.matching(namespace, selector).length > 0) continue;
    if (templates.matching(namespace, selector).length > 0) continue;
    const maker = candidates.find((loaded) => meets(selector, loaded));
    if (maker !== undefined) {
      service.unknownEndpoints = `its pods are made by ${maker.kind} ${maker.name}, a kind that is not read`;
    }
  }
}

/** Services whose endpoints the input states. */
function statedServices(input: ClusterInput): Set<string> {
  const names = new Set<string>();
  for (const loaded of input.slices) {
    const name = loaded.object.metadata.labels?.["kubernetes.io/service-name"];
    if (name !== undefined) names.add(`${input.namespaceOf(loaded)}/${name}`);
  }
  for (const loaded of input.endpoints) names.add(`${input.namespaceOf(loaded)}/${loaded.name}`);
  return names;
}
