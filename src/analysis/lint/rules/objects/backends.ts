import type { Service } from "../../../../cluster/model.ts";
import type { Finding } from "../../../../diagnostics/finding.ts";
import type { FieldPath, LoadedObject } from "../../../../manifests/objects.ts";
import { fieldAt, listAt, portAt, textAt } from "../../loose.ts";
import { didYouMean } from "../../nearest-name.ts";
import {
  alsoAt,
  atObject,
  describePort,
  finding,
  type LintContext,
  type LintRule,
  nameOf,
  someOf,
} from "../../rule.ts";

/** A place in an object that names a Service, and perhaps one of its ports. */
interface Backend {
  readonly namespace: string;
  readonly name: string;
  readonly namePath: FieldPath;
  readonly port?: number | string;
  readonly portPath: FieldPath;
}

interface Codes {
  readonly service: string;
  readonly port: string;
}

function hasPort(service: Service, wanted: number | string): boolean {
  return service.ports.some((port) => (typeof wanted === "number" ? port.port : port.name) === wanted);
}

function* checkBackend(
  context: LintContext,
  object: LoadedObject,
  namespace: string | undefined,
  backend: Backend,
  codes: Codes,
): Iterable<Finding> {
  const what = `${object.kind} ${namespace === undefined ? object.name : nameOf({ namespace, name: object.name })}`;
  const service = context.service(backend.namespace, backend.name);
  if (service === undefined) {
    const names = context.services
      .filter((each) => each.namespace === backend.namespace)
      .map((each) => each.name);
    const elsewhere = context.services.find((each) => each.name === backend.name);
    const hint =
      elsewhere === undefined
        ? didYouMean(backend.name, names)
        : `there is one in namespace ${elsewhere.namespace}`;
    yield finding(codes.service, atObject(object, namespace, ...backend.namePath), {
      message: `${what} names the Service ${backend.namespace}/${backend.name}, which does not exist`,
      ...(hint === undefined ? {} : { hint }),
    });
    return;
  }
  const { port } = backend;
  if (port === undefined || service.type === "ExternalName" || hasPort(service, port)) return;
  const byTarget = service.ports.find((each) => each.targetPort === port);
  yield finding(codes.port, atObject(object, namespace, ...backend.portPath), {
    message: `${what} names port ${typeof port === "string" ? `"${port}"` : port} of ${nameOf(service)}, which has ${someOf(service.ports.map(describePort))}`,
    ...(byTarget === undefined
      ? {}
      : { hint: `${port} is the pods' port; the Service's own is ${byTarget.port}` }),
    related: [alsoAt(service, "its ports", "spec", "ports")],
  });
}

/** One `backend:` of an Ingress, of today's form or of v1beta1. */
function ingressBackend(object: unknown, namespace: string, path: FieldPath): Backend | undefined {
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

function ingressBackends(object: unknown, namespace: string): Backend[] {
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

function* checkIngresses(context: LintContext): Iterable<Finding> {
  const codes = { service: "ingress-service-missing", port: "ingress-port-missing" };
  for (const object of context.cluster.others) {
    if (object.kind !== "Ingress") continue;
    const namespace = context.namespaceOf(object);
    for (const backend of ingressBackends(object.object, namespace)) {
      yield* checkBackend(context, object, namespace, backend, codes);
    }
  }
}

/** Ingresses that lead nowhere. */
export const ingresses: LintRule = {
  codes: ["ingress-service-missing", "ingress-port-missing"],
  check: checkIngresses,
};

const routeKinds = ["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"];

function routeBackends(object: unknown, namespace: string): Backend[] {
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

function* checkRoutes(context: LintContext): Iterable<Finding> {
  const codes = { service: "route-service-missing", port: "route-port-missing" };
  for (const object of context.cluster.others) {
    if (!routeKinds.includes(object.kind)) continue;
    const namespace = context.namespaceOf(object);
    for (const backend of routeBackends(object.object, namespace)) {
      yield* checkBackend(context, object, namespace, backend, codes);
    }
  }
}

/** Gateway API routes that lead nowhere. */
export const routes: LintRule = {
  codes: ["route-service-missing", "route-port-missing"],
  check: checkRoutes,
};

/** The ways to a `service: {namespace, name, port}` by which the API server calls somebody. */
function calledServices(object: LoadedObject): FieldPath[] {
  switch (object.kind) {
    case "ValidatingWebhookConfiguration":
    case "MutatingWebhookConfiguration":
      return [...listAt(object.object, "webhooks").keys()].map((index) => [
        "webhooks",
        index,
        "clientConfig",
        "service",
      ]);
    case "APIService":
      return [["spec", "service"]];
    case "CustomResourceDefinition":
      return [["spec", "conversion", "webhook", "clientConfig", "service"]];
    default:
      return [];
  }
}

function* checkWebhooks(context: LintContext): Iterable<Finding> {
  const codes = { service: "webhook-service-missing", port: "webhook-service-missing" };
  for (const object of context.cluster.others) {
    for (const path of calledServices(object)) {
      const name = textAt(object.object, ...path, "name");
      const namespace = textAt(object.object, ...path, "namespace");
      if (name === undefined || namespace === undefined) continue;
      const port = portAt(object.object, ...path, "port") ?? 443;
      const backend: Backend = {
        namespace,
        name,
        namePath: [...path, "name"],
        port,
        portPath: [...path, "port"],
      };
      yield* checkBackend(context, object, undefined, backend, codes);
    }
  }
}

/** Webhooks and APIServices that the API server can't reach. */
export const webhooks: LintRule = { codes: ["webhook-service-missing"], check: checkWebhooks };
