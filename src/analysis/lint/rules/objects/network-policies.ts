import { matchesSelector } from "../../../../cluster/labels.ts";
import type { Pod, Service, ServicePort } from "../../../../cluster/model.ts";
import type { Finding } from "../../../../diagnostics/finding.ts";
import type { FieldPath, LabelSelector, LoadedObject } from "../../../../manifests/objects.ts";
import { fieldAt, listAt, portAt, textAt } from "../../../loose.ts";
import { didYouMean } from "../../nearest-name.ts";
import { alsoAt, atObject, finding, type LintContext, type LintRule, nameOf, someOf } from "../../rule.ts";
import { declaredPorts, targetNumber } from "../../target-ports.ts";

function textsOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** A label selector of an object that is not decoded. */
function selectorAt(value: unknown): LabelSelector {
  const matchExpressions = listAt(value, "matchExpressions").map((each) => ({
    key: textAt(each, "key") ?? "",
    operator: textAt(each, "operator") ?? "",
    values: listAt(each, "values").filter((item) => typeof item === "string"),
  }));
  return { matchLabels: textsOf(fieldAt(value, "matchLabels")), matchExpressions };
}

function isEmpty(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0;
}

/** A port of a rule, with the pods at which the policy meets it. */
interface PolicyPort {
  readonly port: number | string;
  readonly last?: number;
  readonly protocol: string;
  readonly path: FieldPath;
  readonly pods: readonly Pod[];
}

function portsAt(object: unknown, path: FieldPath, pods: readonly Pod[]): PolicyPort[] {
  return listAt(object, ...path).flatMap((entry, index) => {
    const port = portAt(entry, "port");
    if (port === undefined) return [];
    const last = fieldAt(entry, "endPort");
    return [
      {
        port,
        ...(typeof last === "number" ? { last } : {}),
        protocol: textAt(entry, "protocol") ?? "TCP",
        path: [...path, index, "port"],
        pods,
      },
    ];
  });
}

/** Pods of the policy's namespace that an egress rule leads to; undefined where it leads elsewhere too. */
function destinations(
  context: LintContext,
  object: unknown,
  namespace: string,
  rule: number,
): readonly Pod[] | undefined {
  const peers = listAt(object, "spec", "egress", rule, "to");
  const here = peers.every(
    (peer) => fieldAt(peer, "podSelector") !== undefined && fieldAt(peer, "namespaceSelector") === undefined,
  );
  if (peers.length === 0 || !here) return undefined;
  const selectors = peers.map((peer) => selectorAt(fieldAt(peer, "podSelector")));
  return context
    .podsIn(namespace)
    .filter((pod) => selectors.some((selector) => matchesSelector(selector, pod.labels)));
}

function policyPorts(
  context: LintContext,
  object: unknown,
  namespace: string,
  pods: readonly Pod[],
): PolicyPort[] {
  const ingress = [...listAt(object, "spec", "ingress").keys()].flatMap((rule) =>
    portsAt(object, ["spec", "ingress", rule, "ports"], pods),
  );
  const egress = [...listAt(object, "spec", "egress").keys()].flatMap((rule) =>
    portsAt(object, ["spec", "egress", rule, "ports"], destinations(context, object, namespace, rule) ?? []),
  );
  return [...ingress, ...egress].filter((each) => each.pods.length > 0);
}

/** The Service port that a number was probably taken from: no pod has the number, and a Service leads elsewhere. */
function mistakenFor(
  context: LintContext,
  item: PolicyPort & { port: number },
): { service: Service; port: ServicePort; target: number } | undefined {
  const services = [...new Set(item.pods.flatMap((pod) => context.servicesOf(pod)))];
  const pairs = services.flatMap((service) =>
    service.ports
      .filter((port) => port.protocol === item.protocol)
      .flatMap((port) => item.pods.map((pod) => ({ service, port, target: targetNumber(pod, port) }))),
  );
  const inRange = (number: number): boolean => number >= item.port && number <= (item.last ?? item.port);
  const isPodPort =
    pairs.some(({ target }) => target !== undefined && inRange(target)) ||
    item.pods.some((pod) => pod.ports.some((own) => own.protocol === item.protocol && inRange(own.port)));
  if (isPodPort) return undefined;
  for (const { service, port, target } of pairs) {
    if (inRange(port.port) && target !== undefined) return { service, port, target };
  }
  return undefined;
}

function checkPort(
  context: LintContext,
  object: LoadedObject,
  namespace: string,
  item: PolicyPort,
): Finding | undefined {
  const place = atObject(object, namespace, ...item.path);
  const what = `NetworkPolicy ${nameOf({ namespace, name: object.name })}`;
  const { port } = item;
  if (typeof port === "string") {
    const named = item.pods.flatMap((pod) => pod.ports).filter((own) => own.protocol === item.protocol);
    if (named.some((own) => own.name === port)) return undefined;
    const declared = declaredPorts(item.pods);
    const names = new Set(named.map((own) => own.name).filter((name) => name !== ""));
    const hint =
      didYouMean(port, names) ??
      (declared.length === 0 ? "their containers declare no ports" : `they declare ${someOf(declared)}`);
    return finding("network-policy-port-missing", place, {
      message: `${what} names the ${item.protocol} port "${port}", which none of the pods it is about has: it allows nothing`,
      hint,
    });
  }
  const mistaken = mistakenFor(context, { ...item, port });
  if (mistaken === undefined) return undefined;
  const { service, target } = mistaken;
  return finding("network-policy-service-port", place, {
    message: `${what} names port ${port}, the port of Service ${nameOf(service)}; a policy sees the pods' port, ${target}`,
    hint: `write ${target}`,
    related: [alsoAt(service, "the Service port", "spec", "ports", mistaken.port.index)],
  });
}

function* check(context: LintContext): Iterable<Finding> {
  for (const object of context.cluster.others) {
    if (object.kind !== "NetworkPolicy") continue;
    const namespace = context.namespaceOf(object);
    const selector = selectorAt(fieldAt(object.object, "spec", "podSelector"));
    const pods = context.podsIn(namespace).filter((pod) => matchesSelector(selector, pod.labels));
    if (pods.length === 0 && !isEmpty(selector)) {
      yield finding("network-policy-selects-nothing", atObject(object, namespace, "spec", "podSelector"), {
        message: `NetworkPolicy ${nameOf({ namespace, name: object.name })} selects no pod in namespace ${namespace}: it protects nothing`,
      });
    }
    for (const item of policyPorts(context, object.object, namespace, pods)) {
      const found = checkPort(context, object, namespace, item);
      if (found !== undefined) yield found;
    }
  }
}

/** NetworkPolicies that name no pod or a port that packets do not have. */
export const networkPolicies: LintRule = {
  codes: ["network-policy-service-port", "network-policy-port-missing", "network-policy-selects-nothing"],
  check,
};
