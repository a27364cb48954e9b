import type { Service } from "../../../../cluster/model.ts";
import type { Finding } from "../../../../diagnostics/finding.ts";
import {
  type Cidr,
  cidrContains,
  familyOf,
  formatCidr,
  type IpFamily,
  parseCidr,
} from "../../../../net/ip.ts";
import { atService, finding, type LintContext, type LintRule, nameOf, someOf } from "../../rule.ts";

/** The ranges of one family; kube-proxy trims the white space that the API server lets through. */
function rangesOf(service: Service, family: IpFamily): Cidr[] {
  return service.loadBalancerSourceRanges
    .map((text) => parseCidr(text.trim()))
    .filter((cidr) => cidr !== undefined && cidr.family === family) as Cidr[];
}

function place(service: Service) {
  return atService(service, "spec", "loadBalancerSourceRanges");
}

function anyRange(service: Service, ranges: readonly Cidr[]): Finding | undefined {
  const any = ranges.find((range) => range.prefix === 0);
  if (any === undefined || ranges.length === 1) return undefined;
  return finding("source-ranges-any", place(service), {
    message: `${formatCidr(any)} among the source ranges of ${nameOf(service)} allows every client: the others are void`,
  });
}

function bypassed(service: Service): Finding | undefined {
  const ports = service.ports
    .filter((port) => port.nodePort > 0)
    .map((port) => `${port.nodePort}/${port.protocol}`);
  if (ports.length === 0) return undefined;
  const shown = service.ports.some((port) => port.nodePortSimulated)
    ? "its node ports"
    : `node port ${someOf(ports)}`;
  return finding("source-ranges-bypassed", place(service), {
    message: `the source ranges of ${nameOf(service)} guard the load balancer's address only: ${shown} on every node ${shown.startsWith("its") ? "are" : "is"} open to any client`,
    hint: "allocateLoadBalancerNodePorts: false, when the load balancer does not need node ports",
  });
}

/** Whether kube-proxy has an address to guard: not when the load balancer is known to be a name or a proxy. */
function guardsAddress(service: Service, family: IpFamily): boolean {
  const ingress = service.loadBalancerIngress;
  return (
    ingress.length === 0 ||
    ingress.some(({ ip, ipMode }) => ip !== undefined && ipMode !== "Proxy" && familyOf(ip) === family)
  );
}

/** Whether none of the addresses of this family is in the ranges; false when there is none. */
function isShutOut(ips: readonly string[], family: IpFamily, ranges: readonly Cidr[]): boolean {
  const own = ips.filter((ip) => familyOf(ip) === family);
  return own.length > 0 && !own.some((ip) => ranges.some((range) => cidrContains(range, ip)));
}

function shutOut(
  context: LintContext,
  service: Service,
  guards: readonly { family: IpFamily; ranges: readonly Cidr[] }[],
): Finding | undefined {
  const outside = (ips: readonly string[]): boolean =>
    guards.some(({ family, ranges }) => isShutOut(ips, family, ranges));
  const nodes = context.cluster.nodes.filter((node) => outside(node.internalIps)).map((node) => node.name);
  const pods = context.cluster.pods
    .filter((pod) => !pod.hostNetwork && outside(pod.ips))
    .flatMap((pod) => pod.ips.slice(0, 1));
  if (nodes.length === 0 && pods.length === 0) return undefined;
  const who = [
    ...(nodes.length > 0 ? [`nodes (${someOf(nodes, 3)})`] : []),
    ...(pods.length > 0 ? [`pods (${someOf(pods, 3)})`] : []),
  ];
  return finding("source-ranges-shut-out-nodes", place(service), {
    message: `the source ranges of ${nameOf(service)} shut out ${who.join(" and ")}: from there its load-balancer address is dropped`,
    hint: "inside the cluster, call the Service by its name; or add the nodes' network and the cluster CIDR to the ranges",
  });
}

function* check(context: LintContext): Iterable<Finding> {
  for (const service of context.services) {
    if (service.type !== "LoadBalancer" || service.loadBalancerSourceRanges.length === 0) continue;
    const all = service.ipFamilies.map((family) => ({ family, ranges: rangesOf(service, family) }));
    for (const { ranges } of all) {
      const any = anyRange(service, ranges);
      if (any !== undefined) yield any;
    }
    // A family without ranges, or with a range of all addresses, is open.
    const guards = all.filter(({ ranges }) => ranges.length > 0 && ranges.every((range) => range.prefix > 0));
    if (guards.length === 0) continue;
    const bypass = bypassed(service);
    if (bypass !== undefined) yield bypass;
    const shut = shutOut(
      context,
      service,
      guards.filter(({ family }) => guardsAddress(service, family)),
    );
    if (shut !== undefined) yield shut;
  }
}

/** loadBalancerSourceRanges that guard less or more than they seem to. */
export const sourceRanges: LintRule = {
  codes: ["source-ranges-bypassed", "source-ranges-shut-out-nodes", "source-ranges-any"],
  check,
};
