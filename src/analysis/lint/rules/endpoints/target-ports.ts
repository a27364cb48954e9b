import type { Pod, Service, ServicePort } from "../../../../cluster/model.ts";
import type { Finding } from "../../../../diagnostics/finding.ts";
import { didYouMean } from "../../nearest-name.ts";
import {
  atService,
  describePort,
  finding,
  isHeadless,
  type LintContext,
  type LintRule,
  nameOf,
  someOf,
} from "../../rule.ts";
import { declaredPorts, declaresTarget, ownerNames } from "../../target-ports.ts";

/** What may have been meant by a name that no container port has. */
function hintFor(name: string, port: ServicePort, pods: readonly Pod[]): string {
  const named = pods.flatMap((pod) => pod.ports).filter((own) => own.name !== "");
  const other = named.find((own) => own.name === name);
  if (other !== undefined) {
    return `the container port "${name}" is ${other.protocol}, the Service port is ${port.protocol}`;
  }
  const near = didYouMean(name, new Set(named.map((own) => own.name)));
  if (near !== undefined) return near;
  const declared = declaredPorts(pods);
  return declared.length === 0
    ? "the containers declare no ports"
    : `the containers declare ${someOf(declared)}`;
}

function checkNamed(
  service: Service,
  port: ServicePort,
  name: string,
  pods: readonly Pod[],
): Finding | undefined {
  const without = pods.filter((pod) => !declaresTarget(pod, port));
  if (without.length === 0) return undefined;
  const place = atService(service, "spec", "ports", port.index, "targetPort");
  if (without.length === pods.length) {
    return finding("named-port-missing", place, {
      message: `no container of ${someOf(ownerNames(pods))} has a ${port.protocol} port named "${name}": port ${describePort(port)} of ${nameOf(service)} has no endpoints`,
      hint: hintFor(name, port, pods),
    });
  }
  const names = ownerNames(without);
  return finding("named-port-partly-missing", place, {
    message: `${someOf(names)} ${names.length === 1 ? "has" : "have"} no ${port.protocol} port named "${name}": ${without.length} of the ${pods.length} pods of ${nameOf(service)} get no traffic on port ${describePort(port)}`,
  });
}

function checkNumber(service: Service, port: ServicePort, pods: readonly Pod[]): Finding | undefined {
  if (isHeadless(service) || pods.some((pod) => declaresTarget(pod, port))) return undefined;
  const declared = declaredPorts(pods);
  return finding("target-port-undeclared", atService(service, "spec", "ports", port.index, "targetPort"), {
    message: `no container of ${someOf(ownerNames(pods))} declares port ${port.targetPort}/${port.protocol}, the target of ${describePort(port)} of ${nameOf(service)}`,
    ...(declared.length === 0 ? {} : { hint: `they declare ${someOf(declared)}` }),
  });
}

function* check(context: LintContext): Iterable<Finding> {
  for (const service of context.services) {
    const pods = context.selectedPods(service);
    if (pods.length === 0 || service.type === "ExternalName") continue;
    for (const port of service.ports) {
      const { targetPort } = port;
      const found =
        typeof targetPort === "string"
          ? checkNamed(service, port, targetPort, pods)
          : checkNumber(service, port, pods);
      if (found !== undefined) yield found;
    }
  }
}

/** Target ports that pods do not have or do not declare. */
export const targetPorts: LintRule = {
  codes: ["named-port-missing", "named-port-partly-missing", "target-port-undeclared"],
  check,
};
