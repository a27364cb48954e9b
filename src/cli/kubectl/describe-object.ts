import type { ApiObject } from "../../api-objects/json.ts";
import type { ClusterObjects } from "../../api-objects/objects-of-cluster.ts";
import { usageError } from "../../diagnostics/diagnostic.ts";
import { describeDeployment } from "../../printers/kubectl/describe/deployment.ts";
import { describeEndpointSlice, describeEndpoints } from "../../printers/kubectl/describe/endpoints.ts";
import type { KubectlTraits } from "../../printers/kubectl/describe/kubectl-versions.ts";
import { describeLoadBalancer } from "../../printers/kubectl/describe/load-balancer.ts";
import { describePod } from "../../printers/kubectl/describe/pod.ts";
import { describeService } from "../../printers/kubectl/describe/service.ts";
import { nameOf, text } from "../../printers/kubectl/fields.ts";

export interface DescribeContext {
  readonly traits: KubectlTraits;
  /** Add the lines on the load balancer's way, which kubectl does not have. */
  readonly loadBalancer: boolean;
  /** Milliseconds since 1970; undefined without a clock. */
  readonly now: number | undefined;
}

function serviceText(service: ApiObject, store: ClusterObjects, context: DescribeContext): string {
  const namespace = text(service, "metadata", "namespace");
  const slices = store
    .list("EndpointSlice")
    .map(({ object }) => object)
    .filter(
      (slice) =>
        text(slice, "metadata", "namespace") === namespace &&
        text(slice, "metadata", "labels", "kubernetes.io/service-name") === nameOf(service),
    );
  const endpoints = store
    .list("Endpoints")
    .find(
      ({ object }) =>
        nameOf(object) === nameOf(service) && text(object, "metadata", "namespace") === namespace,
    )?.object;
  const described = describeService(service, { slices, endpoints }, context.traits);
  if (!context.loadBalancer) return described;
  const nodes = store.list("Node").map(({ object }) => object);
  return described + describeLoadBalancer(service, { nodes, slices });
}

/**
 * The text of `kubectl describe` for one object.
 * @throws InputError for kinds that are not described
 */
export function describeObject(object: ApiObject, store: ClusterObjects, context: DescribeContext): string {
  switch (object.kind) {
    case "Service":
      return serviceText(object, store, context);
    case "Endpoints":
      return describeEndpoints(object);
    case "EndpointSlice":
      return describeEndpointSlice(object);
    case "Pod":
      return describePod(object, context.now);
    case "Deployment":
      return describeDeployment(
        object,
        store.list("ReplicaSet").map(({ object: set }) => set),
      );
    default:
      throw usageError(
        "not-described",
        `${object.kind} is not described here`,
        `services, endpoints, endpointslices, pods and deployments are; k8snet get ${object.kind.toLowerCase()} ${nameOf(object)} -o yaml shows all of it`,
      );
  }
}
