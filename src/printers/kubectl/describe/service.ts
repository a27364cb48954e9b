import type { ApiObject, Json } from "../../../api-objects/json.ts";
import { hostPort } from "../../../net/ip.ts";
import { at, count, formatLabels, list, nameOf, stringMap, text, texts } from "../fields.ts";
import { formatEndpoints } from "../tables/endpoints.ts";
import { Description } from "./description.ts";
import type { KubectlTraits } from "./kubectl-versions.ts";

/** What `describe service` reads beside the Service. */
export interface ServiceContext {
  readonly slices: readonly Json[];
  readonly endpoints: Json | undefined;
}

/** How many addresses are shown before `+ N more...`. */
const shownItems = 3;

/**
 * The ready endpoints of one port, in the order of the slices. As kubectl counts, an endpoint behind the third
 * makes the text say "more" even when it is not ready.
 */
function formatSlices(slices: readonly Json[], portName: string): string {
  if (slices.length === 0) return "<none>";
  const shown: string[] = [];
  let more = false;
  let total = 0;
  const add = (endpoint: Json, port: Json | undefined): void => {
    if (shown.length === shownItems) more = true;
    if (at(endpoint, "conditions", "ready") === false) return;
    total++;
    if (more) return;
    const ip = texts(endpoint, "addresses")[0] ?? "";
    shown.push(port === undefined ? ip : hostPort(ip, count(port, "port")));
  };
  for (const slice of slices) {
    const endpoints = list(slice, "endpoints");
    const ports = list(slice, "ports");
    if (ports.length === 0) for (const endpoint of endpoints) add(endpoint, undefined);
    for (const port of ports) {
      if (text(port, "name") !== portName) continue;
      for (const endpoint of endpoints) add(endpoint, port);
    }
  }
  const joined = shown.join(",");
  return more ? `${joined} + ${total - shownItems} more...` : joined;
}

/** `203.0.113.15 (Proxy), lb.example.net`. */
function formatIngress(service: Json, traits: KubectlTraits): string {
  return list(service, "status", "loadBalancer", "ingress")
    .map((item) => {
      const ip = text(item, "ip");
      if (ip === "") return text(item, "hostname");
      const mode = text(item, "ipMode");
      return mode === "" || !traits.showsInternalTrafficPolicy ? ip : `${ip} (${mode})`;
    })
    .join(", ");
}

function describeAddresses(description: Description, service: Json, traits: KubectlTraits): void {
  const spec = at(service, "spec");
  if (traits.showsIpFamilies) {
    const policy = text(spec, "ipFamilyPolicy");
    if (policy !== "") description.field("IP Family Policy", policy);
    description.field("IP Families", texts(spec, "ipFamilies").join(",") || "<none>");
  }
  description.field("IP", text(spec, "clusterIP"));
  if (traits.showsIpFamilies) description.field("IPs", texts(spec, "clusterIPs").join(",") || "<none>");
  const externalIps = texts(spec, "externalIPs");
  if (externalIps.length > 0) description.field("External IPs", externalIps.join(","));
  const wanted = text(spec, "loadBalancerIP");
  if (wanted !== "") description.field(traits.readsSlices ? "Desired LoadBalancer IP" : "IP", wanted);
  const externalName = text(spec, "externalName");
  if (externalName !== "") description.field("External Name", externalName);
  if (list(service, "status", "loadBalancer", "ingress").length > 0) {
    description.field("LoadBalancer Ingress", formatIngress(service, traits));
  }
}

function describePorts(
  description: Description,
  service: Json,
  context: ServiceContext,
  traits: KubectlTraits,
): void {
  for (const port of list(service, "spec", "ports")) {
    const name = text(port, "name");
    const shownName = name || "<unset>";
    const protocol = text(port, "protocol");
    description.field("Port", shownName, `${count(port, "port")}/${protocol}`);
    description.field("TargetPort", `${String(at(port, "targetPort") ?? 0)}/${protocol}`);
    const nodePort = count(port, "nodePort");
    if (nodePort !== 0) description.field("NodePort", shownName, `${nodePort}/${protocol}`);
    description.field(
      "Endpoints",
      traits.readsSlices ? formatSlices(context.slices, name) : formatEndpoints(context.endpoints, name),
    );
  }
}

function describePolicies(description: Description, service: Json, traits: KubectlTraits): void {
  const spec = at(service, "spec");
  description.field("Session Affinity", text(spec, "sessionAffinity"));
  const external = text(spec, "externalTrafficPolicy");
  if (external !== "") description.field("External Traffic Policy", external);
  const internal = text(spec, "internalTrafficPolicy");
  if (internal !== "" && traits.showsInternalTrafficPolicy) {
    description.field("Internal Traffic Policy", internal);
  }
  const healthCheck = count(spec, "healthCheckNodePort");
  if (healthCheck !== 0) description.field("HealthCheck NodePort", String(healthCheck));
  const ranges = texts(spec, "loadBalancerSourceRanges");
  if (ranges.length > 0) description.field("LoadBalancer Source Ranges", ranges.join(","));
  const distribution = text(spec, "trafficDistribution");
  if (distribution !== "" && traits.showsTrafficDistribution) {
    description.field("Traffic Distribution", distribution);
  }
}

/** `kubectl describe service`. */
export function describeService(service: ApiObject, context: ServiceContext, traits: KubectlTraits): string {
  const description = new Description()
    .field("Name", nameOf(service))
    .field("Namespace", text(service, "metadata", "namespace"))
    .map("Labels", service, "metadata", "labels")
    .annotations(service)
    .field("Selector", formatLabels(stringMap(service, "spec", "selector")))
    .field("Type", text(service, "spec", "type"));
  describeAddresses(description, service, traits);
  describePorts(description, service, context, traits);
  describePolicies(description, service, traits);
  return description.events().toString();
}
