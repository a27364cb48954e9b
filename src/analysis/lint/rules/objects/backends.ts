import type { Service } from "../../../../cluster/model.ts";
import type { Finding } from "../../../../diagnostics/finding.ts";
import type { FieldPath, LoadedObject } from "../../../../manifests/objects.ts";
import { listAt, portAt, textAt } from "../../../loose.ts";
import { type Backend, ingressBackends, routeBackends, routeKinds } from "../../../route-backends.ts";
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
