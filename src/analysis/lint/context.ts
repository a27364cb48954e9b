import { matchesLabels } from "../../cluster/labels.ts";
import { objectKey, type Pod, type Service, type Workload } from "../../cluster/model.ts";
import { LabelIndex } from "../../cluster/pods/selector-index.ts";
import { groupBy } from "../group-by.ts";
import { listAt } from "../loose.ts";
import type { LintContext, LintInput } from "./rule.ts";

/** Whether the Service has a selector with something in it. */
export function hasSelector(service: Service): service is Service & { selector: Record<string, string> } {
  return service.selector !== undefined && Object.keys(service.selector).length > 0;
}

/** The questions rules ask, each answered once. */
export function lintContext(input: LintInput): LintContext {
  const { cluster, endpoints } = input;
  const living = cluster.pods.filter((pod) => pod.phase !== "Succeeded" && pod.phase !== "Failed");
  const index = new LabelIndex(living);
  const services = cluster.services.filter((service) => !service.simulated);
  const byName = new Map(cluster.services.map((service) => [objectKey(service), service]));
  const selected = new Map<Service, readonly Pod[]>();
  const podsByNamespace = groupBy(living, (pod) => pod.namespace);
  const workloads = cluster.workloads.filter(
    (workload) => listAt(workload.object.object, "metadata", "ownerReferences").length === 0,
  );
  const workloadsByNamespace = groupBy(workloads, (workload) => workload.namespace);
  const endpointsByService = groupBy(endpoints.servicePorts, (entry) => objectKey(entry.service));
  const selectedPods = (service: Service): readonly Pod[] => {
    let pods = selected.get(service);
    if (pods === undefined) {
      pods = hasSelector(service) ? index.matching(service.namespace, service.selector) : [];
      selected.set(service, pods);
    }
    return pods;
  };
  let byPod: Map<Pod, Service[]> | undefined;
  let byWorkload: Map<Workload | undefined, Pod[]> | undefined;
  return {
    ...input,
    services,
    workloads,
    service: (namespace, name) => byName.get(`${namespace}/${name}`),
    selectedPods,
    selectedWorkloads: (service) =>
      hasSelector(service)
        ? (workloadsByNamespace.get(service.namespace) ?? []).filter((workload) =>
            matchesLabels(service.selector, workload.podLabels),
          )
        : [],
    servicesOf(pod) {
      if (byPod === undefined) {
        byPod = new Map();
        for (const service of services) {
          for (const each of selectedPods(service)) byPod.set(each, [...(byPod.get(each) ?? []), service]);
        }
      }
      return byPod.get(pod) ?? [];
    },
    podsIn: (namespace) => podsByNamespace.get(namespace) ?? [],
    podsOf(workload) {
      byWorkload ??= groupBy(living, (pod) => pod.owner);
      return byWorkload.get(workload) ?? [];
    },
    endpointsOf: (service) => endpointsByService.get(objectKey(service)) ?? [],
    namespaceOf: (object) => object.namespace ?? input.defaultNamespace,
  };
}
