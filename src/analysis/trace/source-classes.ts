import type { ClusterModel } from "../../cluster/model.ts";
import type { ResolvedEndpoints } from "../../endpoints/model.ts";
import type { IpFamily } from "../../net/ip.ts";
import { defaultSource, type SourceContext } from "./resolve-source.ts";
import { resolveTarget } from "./target/resolve-target.ts";

/**
 * One source of each class that rules can tell apart: a pod, an endpoint of the Service itself, a node with an
 * endpoint, one without, and a client outside.
 */
export function sourceClasses(
  ground: {
    readonly cluster: ClusterModel;
    readonly endpoints: ResolvedEndpoints;
    readonly network: { readonly family: IpFamily };
  },
  target: string,
  namespace: string,
): string[] {
  const { cluster, endpoints } = ground;
  const context: SourceContext = { cluster, endpoints, family: ground.network.family, namespace };
  const anyone = defaultSource(undefined, context);
  const { service, port } = resolveTarget(target, { ...context, source: anyone });
  const group = endpoints.servicePorts.find(
    (at) => at.service === service && at.port === port && at.family === context.family,
  );
  const found = group?.endpoints ?? [];
  const withEndpoint = new Set(found.flatMap((endpoint) => endpoint.nodeName ?? []));
  const nodes = cluster.nodes.map((node) => node.name);
  const near = nodes.find((node) => withEndpoint.has(node));
  const far = nodes.find((node) => !withEndpoint.has(node));
  const own = found.find((endpoint) => endpoint.pod !== undefined && !isOnHostNetwork(cluster, endpoint.pod));
  const pod = defaultSource(service, context);
  const classes = [
    pod.imagined ? undefined : pod.label,
    own?.pod === undefined ? undefined : `pod/${own.pod}`,
    near === undefined ? undefined : `node/${near}`,
    far === undefined ? undefined : `node/${far}`,
    "external",
  ];
  return [...new Set(classes.filter((who) => who !== undefined))];
}

function isOnHostNetwork(cluster: ClusterModel, name: string): boolean {
  return cluster.pods.some((pod) => pod.hostNetwork && `${pod.namespace}/${pod.name}` === name);
}
