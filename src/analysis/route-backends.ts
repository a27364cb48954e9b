import type { FieldPath } from "../manifests/objects.ts";
import { fieldAt, listAt, portAt, textAt } from "./loose.ts";

/** A place in an object that names a Service, and perhaps one of its ports. */
export interface Backend {
  readonly namespace: string;
  readonly name: string;
  readonly namePath: FieldPath;
  readonly port?: number | string;
  readonly portPath: FieldPath;
}

/** One `backend:` of an Ingress, of today's form or of v1beta1. */
export function ingressBackend(object: unknown, namespace: string, path: FieldPath): Backend | undefined {
  const name = textAt(object, ...path, "service", "name");
  // The AWS controller's actions stand where a Service does: their name is an annotation's.
  if (textAt(object, ...path, "service", "port", "name") === "use-annotation") return undefined;
  if (name !== undefined) {
    const portPath = [...path, "service", "port"];
    const port = portAt(object, ...portPath, "number") ?? portAt(object, ...portPath, "name");
    const namePath = [...path, "service", "name"];
    return { namespace, name, namePath, portPath, ...(port === undefined ? {} : { port }) };
  }
  const old = textAt(object, ...path, "serviceName");
  if (old === undefined) return undefined;
  const port = portAt(object, ...path, "servicePort");
  return {
    namespace,
    name: old,
    namePath: [...path, "serviceName"],
    portPath: [...path, "servicePort"],
    ...(port === undefined ? {} : { port }),
  };
}

/** All backends of an Ingress. */
export function ingressBackends(object: unknown, namespace: string): Backend[] {
  const paths: FieldPath[] = [
    ["spec", "defaultBackend"],
    ["spec", "backend"],
  ];
  for (const rule of listAt(object, "spec", "rules").keys()) {
    for (const path of listAt(object, "spec", "rules", rule, "http", "paths").keys()) {
      paths.push(["spec", "rules", rule, "http", "paths", path, "backend"]);
    }
  }
  return paths.map((path) => ingressBackend(object, namespace, path)).filter((each) => each !== undefined);
}

/** Kinds of the Gateway API that lead to Services. */
export const routeKinds: readonly string[] = ["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"];

/** All Services that a route of the Gateway API leads to. */
export function routeBackends(object: unknown, namespace: string): Backend[] {
  return [...listAt(object, "spec", "rules").keys()].flatMap((rule) =>
    [...listAt(object, "spec", "rules", rule, "backendRefs").keys()].flatMap((index) => {
      const path: FieldPath = ["spec", "rules", rule, "backendRefs", index];
      const ref = fieldAt(object, ...path);
      const name = textAt(ref, "name");
      const isService =
        (textAt(ref, "kind") ?? "Service") === "Service" && textAt(ref, "group") === undefined;
      if (name === undefined || !isService) return [];
      const port = portAt(ref, "port");
      const backend: Backend = {
        namespace: textAt(ref, "namespace") ?? namespace,
        name,
        namePath: [...path, "name"],
        portPath: [...path, "port"],
        ...(port === undefined ? {} : { port }),
      };
      return [backend];
    }),
  );
}
