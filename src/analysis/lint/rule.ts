import type { ClusterModel, Pod, Service, ServicePort, Workload } from "../../cluster/model.ts";
import { catalogue } from "../../diagnostics/catalogue/catalogue.ts";
import type { RelatedRange, Severity } from "../../diagnostics/diagnostic.ts";
import type { Finding, FindingSubject } from "../../diagnostics/finding.ts";
import type { SourceRange } from "../../diagnostics/source.ts";
import type { ResolvedEndpoints, ServicePortEndpoints } from "../../endpoints/model.ts";
import type { LocalDetector } from "../../kube-proxy/config.ts";
import type { FieldPath, LoadedObject, ObjectSource } from "../../manifests/objects.ts";

/** What is linted. */
export interface LintInput {
  readonly cluster: ClusterModel;
  readonly endpoints: ResolvedEndpoints;
  /** Namespace of objects that state none. */
  readonly defaultNamespace: string;
  /** How kube-proxy tells pods from strangers; undefined: by the cluster's own ranges. */
  readonly localDetector?: LocalDetector;
}

/** The input with the questions that several rules ask. */
export interface LintContext extends LintInput {
  /** The Services of the input; simulated ones are nobody's to mend. */
  readonly services: readonly Service[];
  /** The workloads that nobody else made: not the ReplicaSets of Deployments, not the Jobs of CronJobs. */
  readonly workloads: readonly Workload[];
  service(namespace: string, name: string): Service | undefined;
  /** Pods that the Service's selector matches and that have not ended; empty without a selector. */
  selectedPods(service: Service): readonly Pod[];
  /** Workloads whose pod template the Service's selector matches, with or without pods. */
  selectedWorkloads(service: Service): readonly Workload[];
  /** Services whose selector matches the pod. */
  servicesOf(pod: Pod): readonly Service[];
  podsIn(namespace: string): readonly Pod[];
  podsOf(workload: Workload): readonly Pod[];
  endpointsOf(service: Service): readonly ServicePortEndpoints[];
  namespaceOf(object: LoadedObject): string;
}

/** One rule: looks at the whole cluster and says what it finds. A pure function. */
export interface LintRule {
  /** The codes it may report; the catalogue explains each. */
  readonly codes: readonly string[];
  check(context: LintContext): Iterable<Finding>;
}

/** What a rule says beside the place. */
export interface Saying {
  readonly message: string;
  readonly hint?: string;
  /** When the case is not of the catalogue's severity. */
  readonly severity?: Severity;
  readonly related?: readonly (RelatedRange | undefined)[];
}

/** What a finding is about. Where that stands is looked up only when there is a finding. */
interface Placed {
  readonly subject: FindingSubject;
  range(): SourceRange | undefined;
}

/** A finding with the severity of its code. */
export function finding(code: string, placed: Placed, saying: Saying): Finding {
  const related = (saying.related ?? []).filter((item) => item !== undefined);
  const range = placed.range();
  return {
    code,
    severity: saying.severity ?? catalogue[code]?.severity ?? "warning",
    message: saying.message,
    ...(saying.hint === undefined ? {} : { hint: saying.hint }),
    subject: placed.subject,
    ...(range === undefined ? {} : { range }),
    ...(related.length === 0 ? {} : { related }),
  };
}

/** The place of a field of a Service. */
export function atService(service: Service, ...path: FieldPath): Placed {
  return {
    subject: { kind: "Service", namespace: service.namespace, name: service.name },
    range: () => service.source?.range(path),
  };
}

/** The place of a field of any namespaced object of the input. */
export function atObject(object: LoadedObject, namespace: string | undefined, ...path: FieldPath): Placed {
  return {
    subject: { kind: object.kind, ...(namespace === undefined ? {} : { namespace }), name: object.name },
    range: () => object.source.range(path),
  };
}

/** A second place; undefined for what is simulated. */
export function alsoAt(
  thing: { readonly source?: ObjectSource },
  message: string,
  ...path: FieldPath
): RelatedRange | undefined {
  const range = thing.source?.range(path);
  return range === undefined ? undefined : { message, range };
}

/** `jobs/backend-service`. */
export function nameOf(object: { readonly namespace: string; readonly name: string }): string {
  return `${object.namespace}/${object.name}`;
}

/** The port as the Service writes it: `http (80/TCP)`, `80/TCP` without a name. */
export function describePort(port: ServicePort): string {
  const number = `${port.port}/${port.protocol}`;
  return port.name === "" ? number : `${port.name} (${number})`;
}

/** `a, b, c and 2 more`. */
export function someOf(names: readonly string[], most = 5): string {
  if (names.length <= most) return names.join(", ");
  return `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
}

export function isHeadless(service: Service): boolean {
  return service.clusterIps[0] === "None";
}
