import type { ClusterModel } from "../../../cluster/model.ts";
import type { LoadedObject } from "../../../manifests/objects.ts";
import { listAt, textAt } from "../../loose.ts";
import { type Backend, ingressBackend, routeBackends, routeKinds } from "../../route-backends.ts";

/** An Ingress, or a route of the Gateway API, and where it leads a host's requests. */
export interface HostRoute {
  /** `Ingress shop/web`. */
  readonly by: string;
  readonly backends: readonly Backend[];
}

/** What of the input names a host: its controller, not a rule of a Service, takes the requests to it. */
export function routesOfHost(
  host: string,
  { others }: ClusterModel,
  defaultNamespace: string,
): readonly HostRoute[] {
  return others.flatMap((object) => {
    const namespace = object.namespace ?? defaultNamespace;
    const backends = backendsOfHost(host, object, namespace);
    return backends.length === 0 ? [] : [{ by: `${object.kind} ${namespace}/${object.name}`, backends }];
  });
}

function backendsOfHost(host: string, { kind, object }: LoadedObject, namespace: string): readonly Backend[] {
  if (routeKinds.includes(kind)) {
    const named = listAt(object, "spec", "hostnames").some((name) => isMeant(name, host));
    return named ? routeBackends(object, namespace) : [];
  }
  if (kind !== "Ingress") return [];
  return listAt(object, "spec", "rules").flatMap((rule, at) => {
    if (!isMeant(textAt(rule, "host"), host)) return [];
    const paths = listAt(rule, "http", "paths").keys();
    const backends = [...paths].map((path) =>
      ingressBackend(object, namespace, ["spec", "rules", at, "http", "paths", path, "backend"]),
    );
    return backends.filter((backend) => backend !== undefined);
  });
}

/** A name, or `*.example.com` for all that have one label more. */
function isMeant(name: unknown, host: string): boolean {
  if (typeof name !== "string") return false;
  const asked = host.toLowerCase().replace(/\.$/, "");
  return name.startsWith("*.") ? asked.slice(asked.indexOf(".")) === name.slice(1) : name === asked;
}
