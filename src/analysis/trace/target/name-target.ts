import type { ClusterModel, Service } from "../../../cluster/model.ts";
import { usageError } from "../../../diagnostics/diagnostic.ts";
import { ClusterZone } from "../../../dns/cluster-zone.ts";
import { dnsClientOf, resolvConfOf } from "../../../dns/resolv-conf.ts";
import { resolveName } from "../../../dns/resolve-name.ts";
import { nearestName } from "../names.ts";
import type { FrontHop, TraceTarget } from "../request.ts";
import { addressTarget } from "./address-target.ts";
import { routesOfHost } from "./host-routes.ts";
import { nodeTarget } from "./host-target.ts";
import { lowerProtocol, portOf, servicePortLabel, serviceTarget } from "./service-target.ts";
import type { TargetContext } from "./target-context.ts";
import type { TargetParts } from "./target-text.ts";
import { throughLoadBalancer } from "./way-in.ts";

/** A name: a load balancer's, or what the source's DNS says. */
export function nameTarget(text: string, parts: TargetParts, context: TargetContext): TraceTarget {
  const { cluster, source, family } = context;
  const balanced = cluster.services.find((service) =>
    service.loadBalancerIngress.some(({ hostname }) => hostname === parts.host.replace(/\.$/, "")),
  );
  if (balanced !== undefined) {
    const { port, note } = portOf(balanced, parts.port, parts.protocol ?? context.protocol);
    const way = throughLoadBalancer(balanced, port, context);
    if (way !== undefined) {
      const label = `${servicePortLabel(balanced, port)} load balancer ${parts.host}`;
      const notes = [...(note === undefined ? [] : [note]), ...way.notes];
      return {
        text,
        label,
        protocol: lowerProtocol(port),
        destinations: way.destinations,
        service: balanced,
        port,
        notes,
      };
    }
  }
  const node = cluster.nodes.find(
    (candidate) => candidate.name === parts.host || candidate.hostname === parts.host,
  );
  if (node !== undefined && parts.port !== undefined) return nodeTarget(text, node, parts, context);
  const zone = new ClusterZone(cluster, context.endpoints);
  const client =
    source.pod === undefined ? { namespace: context.namespace, hostNetwork: false } : dnsClientOf(source.pod);
  const { final } = resolveName(
    parts.host,
    [family === 4 ? "A" : "AAAA"],
    resolvConfOf(client, cluster),
    zone,
  );
  const answers = final
    .flatMap((query) => query.answers)
    .filter((record) => record.type === (family === 4 ? "A" : "AAAA"));
  const name = final[0]?.name ?? parts.host;
  const addresses = answers.map((record) => record.data);
  const alias = final.flatMap((query) => query.answers).find((record) => record.type === "CNAME");
  if (addresses.length === 0 && alias !== undefined) throw aliasOutside(parts.host, alias.data);
  if (addresses.length === 0)
    throw unresolvable(parts.host, final[0]?.rcode === "FORWARDED", cluster, client.namespace);
  const service = cluster.services.find((at) => at.clusterIps.includes(addresses[0]!));
  const hop: FrontHop = { kind: "dns", text: `DNS: ${name} is ${addresses.join(", ")}` };
  if (service !== undefined) return serviceTarget(text, service, parts, context, [hop]);
  const headless = headlessOf(cluster, name);
  if (headless !== undefined) return serviceTarget(text, headless, parts, context, [hop]);
  return addressTarget(text, addresses[0]!, parts, context);
}

function headlessOf(cluster: ClusterModel, name: string): Service | undefined {
  const [service, namespace] = name.split(".");
  return cluster.services.find(
    (at) => at.name === service && at.namespace === namespace && at.clusterIps[0] === "None",
  );
}

/** An ExternalName whose target no DNS of the cluster knows. */
function aliasOutside(host: string, target: string): Error {
  return usageError(
    "name-not-the-clusters",
    `${host} is another name of ${target.replace(/\.$/, "")}, which another DNS server answers`,
    "no rule of a Service is in its way; trace the address it has: k8snet trace ADDRESS:PORT",
  );
}

function unresolvable(host: string, forwarded: boolean, cluster: ClusterModel, namespace: string): Error {
  const first = host.split(".")[0];
  const elsewhere = cluster.services.filter((at) => at.name === first);
  const there =
    elsewhere.length === 0
      ? undefined
      : `there is ${elsewhere.map((at) => `${at.name}.${at.namespace}`).join(", ")}`;
  if (forwarded && host.includes(".")) {
    return usageError(
      "name-not-the-clusters",
      `${host} is no name of this cluster: another DNS server would answer`,
      routeHint(host, cluster, namespace) ?? there,
    );
  }
  const names = cluster.services.map((at) =>
    at.namespace === namespace ? at.name : `${at.name}.${at.namespace}`,
  );
  const near = nearestName(host, names);
  return usageError(
    "unknown-name",
    `${host} resolves to nothing from namespace ${namespace}`,
    there ?? (near === undefined ? "k8snet get services -A lists the names" : `did you mean ${near}?`),
  );
}

/** Where an Ingress or a Gateway's route leads the host. */
function routeHint(host: string, cluster: ClusterModel, namespace: string): string | undefined {
  const routes = routesOfHost(host, cluster, namespace);
  const [route] = routes;
  if (route === undefined) return undefined;
  const services = routes.flatMap(({ backends }) =>
    backends.map((at) => `svc/${at.namespace}/${at.name}${at.port === undefined ? "" : `:${at.port}`}`),
  );
  const all = [...new Set(services)];
  return `${route.by} leads it to ${all.slice(0, 3).join(", ")}${all.length > 3 ? ", …" : ""}; its controller is not evaluated, the way from there is: k8snet trace ${all[0]}`;
}
