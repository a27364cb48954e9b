import type { Pod } from "../../../../cluster/model.ts";
import type { Finding } from "../../../../diagnostics/finding.ts";
import type { FieldPath, LoadedObject, PodSpec } from "../../../../manifests/objects.ts";
import { fieldAt, listAt, portAt, textAt } from "../../../loose.ts";
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
import { targetNumber } from "../../target-ports.ts";

const probeFields = ["readinessProbe", "livenessProbe", "startupProbe"] as const;

/** Where a pod template is written down, and a pod made from it. */
interface Template {
  readonly object: LoadedObject;
  readonly namespace: string;
  readonly spec: PodSpec;
  /** The way to the pod spec. */
  readonly path: FieldPath;
  /** Any pod of it; undefined when it has none. */
  readonly pod?: Pod;
}

function* templates(context: LintContext): Iterable<Template> {
  for (const workload of context.workloads) {
    if (workload.object.role !== "workload") continue;
    const pod = context.podsOf(workload)[0];
    const cron = fieldAt(workload.object.object, "spec", "jobTemplate") !== undefined;
    yield {
      object: workload.object,
      namespace: workload.namespace,
      spec: workload.object.object.spec.template.spec,
      path: cron ? ["spec", "jobTemplate", "spec", "template", "spec"] : ["spec", "template", "spec"],
      ...(pod === undefined ? {} : { pod }),
    };
  }
  for (const pod of context.cluster.pods) {
    if (pod.owner !== undefined || pod.object?.role !== "pod") continue;
    yield { object: pod.object, namespace: pod.namespace, spec: pod.object.object.spec, path: ["spec"], pod };
  }
}

/** The port a probe asks, with the way to it; undefined for exec probes and probes of another host. */
function probedPort(probe: unknown): { port: number | string; path: FieldPath } | undefined {
  for (const handler of ["httpGet", "tcpSocket", "grpc"]) {
    const port = portAt(probe, handler, "port");
    if (port === undefined || textAt(probe, handler, "host") !== undefined) continue;
    return { port, path: [handler, "port"] };
  }
  return undefined;
}

function* missingPorts(template: Template): Iterable<Finding> {
  for (const [index, container] of template.spec.containers.entries()) {
    const names = (container.ports ?? []).flatMap((port) => (port.name === undefined ? [] : [port.name]));
    for (const field of probeFields) {
      const probed = probedPort(container[field]);
      if (typeof probed?.port !== "string" || names.includes(probed.port)) continue;
      const { object, namespace, path } = template;
      const place = atObject(object, namespace, ...path, "containers", index, field, ...probed.path);
      const hint =
        didYouMean(probed.port, names) ??
        (names.length === 0 ? "its ports have no names" : `its ports are named ${someOf(names)}`);
      yield finding("probe-port-missing", place, {
        message: `${field} asks port "${probed.port}", but container ${container.name} of ${object.kind} ${nameOf({ namespace, name: object.name })} has no port of that name: the probe always fails`,
        hint,
      });
    }
  }
}

function* otherPorts(context: LintContext, template: Template): Iterable<Finding> {
  const { pod, spec, object, namespace } = template;
  if (pod === undefined) return;
  const targets = context
    .servicesOf(pod)
    .flatMap((service) => service.ports.map((port) => ({ service, port, number: targetNumber(pod, port) })))
    .filter((target) => target.number !== undefined);
  for (const [index, container] of spec.containers.entries()) {
    const probed = probedPort(container.readinessProbe);
    if (probed === undefined) continue;
    const own = new Set((container.ports ?? []).map((port) => port.containerPort));
    const mine = targets.filter(({ number }) => spec.containers.length === 1 || own.has(number!));
    const number =
      typeof probed.port === "number"
        ? probed.port
        : (container.ports?.find((port) => port.name === probed.port)?.containerPort ?? Number(probed.port));
    const first = mine[0];
    if (first === undefined || Number.isNaN(number) || mine.some((target) => target.number === number))
      continue;
    const place = atObject(
      object,
      namespace,
      ...template.path,
      "containers",
      index,
      "readinessProbe",
      ...probed.path,
    );
    yield finding("probe-port-differs", place, {
      message: `the readiness probe of container ${container.name} asks port ${number}, but ${nameOf(first.service)} sends to port ${first.number}: the pod may be an endpoint while that port does not answer`,
      related: [
        alsoAt(
          first.service,
          `port ${describePort(first.port)}`,
          "spec",
          "ports",
          first.port.index,
          "targetPort",
        ),
      ],
    });
  }
}

function* check(context: LintContext): Iterable<Finding> {
  for (const template of templates(context)) {
    if (listAt(template.spec, "containers").length === 0) continue;
    yield* missingPorts(template);
    yield* otherPorts(context, template);
  }
}

/** Probes that ask the wrong port. */
export const probes: LintRule = { codes: ["probe-port-missing", "probe-port-differs"], check };
