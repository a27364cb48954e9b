import type { Finding } from "../../../../diagnostics/finding.ts";
import { type Cidr, cidrContains, familyOf, formatCidr, parseCidr } from "../../../../net/ip.ts";
import { fieldAt, textAt } from "../../../loose.ts";
import { finding, type LintContext, type LintRule, someOf } from "../../rule.ts";

/** The ranges by which kube-proxy tells pods from strangers; undefined when it does so by other means. */
function detectorCidrs(context: LintContext): readonly Cidr[] | undefined {
  const detector = context.localDetector;
  if (detector !== undefined) {
    return detector.kind === "cluster-cidr"
      ? detector.cidrs.map((text) => parseCidr(text)).filter((cidr) => cidr !== undefined)
      : undefined;
  }
  const stated = proxyConfiguration(context);
  if (stated === undefined) return context.cluster.ranges.clusterCidrs;
  const mode = textAt(fieldAt(stated, "object"), "detectLocalMode");
  if (mode !== undefined && mode !== "ClusterCIDR") return undefined;
  const text = textAt(fieldAt(stated, "object"), "clusterCIDR");
  return text
    ?.split(",")
    .map((each) => parseCidr(each.trim()))
    .filter((cidr) => cidr !== undefined);
}

function proxyConfiguration(context: LintContext) {
  return context.cluster.others.find((object) => object.kind === "KubeProxyConfiguration");
}

function* check(context: LintContext): Iterable<Finding> {
  const cidrs = detectorCidrs(context);
  if (cidrs === undefined || cidrs.length === 0) return;
  const families = new Set(cidrs.map((cidr) => cidr.family));
  const outside = context.cluster.pods.flatMap((pod) =>
    pod.hostNetwork
      ? []
      : pod.ips
          .filter((ip) => families.has(familyOf(ip)) && !cidrs.some((cidr) => cidrContains(cidr, ip)))
          .map((ip) => ({ pod, ip })),
  );
  const first = outside[0];
  if (first === undefined) return;
  const config = proxyConfiguration(context);
  const podRange = first.pod.source?.range(["status", "podIP"]);
  yield finding(
    "cluster-cidr-excludes-pods",
    config === undefined
      ? {
          subject: { kind: "Pod", namespace: first.pod.namespace, name: first.pod.name },
          range: () => podRange,
        }
      : {
          subject: { kind: config.kind, name: config.name },
          range: () => config.source.range(["clusterCIDR"]),
        },
    {
      message: `the cluster CIDR ${cidrs.map(formatCidr).join(",")} does not hold ${outside.length} pod ${outside.length === 1 ? "address" : "addresses"} (${someOf(
        outside.map(({ ip }) => ip),
        3,
      )}): kube-proxy takes these pods for strangers and masquerades them`,
      related: [
        config === undefined || podRange === undefined
          ? undefined
          : { message: `a pod at ${first.ip}`, range: podRange },
      ],
    },
  );
}

/** A cluster CIDR that is not the pods'. */
export const clusterCidr: LintRule = { codes: ["cluster-cidr-excludes-pods"], check };
