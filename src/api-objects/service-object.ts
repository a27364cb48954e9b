import type { Service, ServicePort } from "../cluster/model.ts";
import { type ApiObject, type ClusterObject, compact, isJsonObject, type Json } from "./json.ts";
import { isObserved, rawObject } from "./raw-object.ts";

function portObject(port: ServicePort, stated: Json | undefined): Json {
  return compact({
    ...(isJsonObject(stated) ? stated : {}),
    name: port.name === "" ? undefined : port.name,
    port: port.port,
    protocol: port.protocol,
    targetPort: port.targetPort,
    nodePort: port.nodePort > 0 ? port.nodePort : undefined,
    appProtocol: port.appProtocol,
  });
}

/** Fields that the API server fills in for every type but ExternalName. */
function allocated(
  service: Service,
  statedPorts: readonly Json[],
): Readonly<Record<string, Json | undefined>> {
  const external =
    service.type === "NodePort" || service.type === "LoadBalancer" || service.externalIps.length > 0;
  return {
    clusterIP: service.clusterIps[0],
    clusterIPs: service.clusterIps,
    internalTrafficPolicy: service.internalTrafficPolicy,
    ipFamilies: service.ipFamilies.map((family) => (family === 4 ? "IPv4" : "IPv6")),
    ipFamilyPolicy: service.ipFamilyPolicy,
    ports:
      service.ports.length === 0
        ? undefined
        : service.ports.map((port) => portObject(port, statedPorts[port.index])),
    externalTrafficPolicy: external ? service.externalTrafficPolicy : undefined,
    allocateLoadBalancerNodePorts:
      service.type === "LoadBalancer" ? service.allocateLoadBalancerNodePorts : undefined,
    healthCheckNodePort: service.healthCheckNodePort > 0 ? service.healthCheckNodePort : undefined,
  };
}

/** The API server's default for an address of a load balancer (1.29). */
function withIpMode(item: Json): Json {
  return isJsonObject(item) && item["ip"] !== undefined ? { ...item, ipMode: item["ipMode"] ?? "VIP" } : item;
}

/** The load balancer's addresses: as the status states them, unless flags or k8snet.yaml say others. */
function loadBalancerStatus(service: Service, stated: Json | undefined): Json {
  const items = isJsonObject(stated) && Array.isArray(stated["ingress"]) ? stated["ingress"] : [];
  const names = (items as readonly Json[]).map((item) =>
    isJsonObject(item) ? `${String(item["ip"])} ${String(item["hostname"])}` : "",
  );
  const said = service.loadBalancerIngress.map((item) => `${item.ip} ${item.hostname}`);
  if (isJsonObject(stated) && names.join() === said.join()) {
    return items.length === 0 || isObserved(rawObject(service.object))
      ? stated
      : { ...stated, ingress: (items as readonly Json[]).map(withIpMode) };
  }
  const ingress = service.loadBalancerIngress.map((item) =>
    compact({
      ip: item.ip,
      hostname: item.hostname,
      ipMode: item.ip === undefined ? undefined : item.ipMode,
    }),
  );
  return ingress.length === 0 ? {} : { ingress };
}

/** The Service as the API server would return it: what was stated, with defaults and allocated addresses. */
export function serviceObject(service: Service): ClusterObject {
  const stated = rawObject(service.object);
  const spec = isJsonObject(stated?.["spec"]) ? stated["spec"] : {};
  const statedPorts = Array.isArray(spec["ports"]) ? (spec["ports"] as readonly Json[]) : [];
  const statedMetadata = isJsonObject(stated?.metadata) ? stated.metadata : {};
  const status = isJsonObject(stated?.["status"]) ? stated["status"] : {};
  const object: ApiObject = {
    ...(stated ?? {}),
    apiVersion: "v1",
    kind: "Service",
    metadata: compact({
      labels: Object.keys(service.labels).length === 0 ? undefined : service.labels,
      ...statedMetadata,
      name: service.name,
      namespace: service.namespace,
    }),
    spec: compact({
      ...spec,
      type: service.type,
      selector: service.selector,
      sessionAffinity: service.sessionAffinity,
      sessionAffinityConfig:
        service.sessionAffinity === "ClientIP"
          ? { clientIP: { timeoutSeconds: service.sessionAffinityTimeout } }
          : undefined,
      ...(service.type === "ExternalName" ? {} : allocated(service, statedPorts)),
    }),
    status: { ...status, loadBalancer: loadBalancerStatus(service, status["loadBalancer"]) },
  };
  return { object, simulated: simulatedFields(service) };
}

function simulatedFields(service: Service): readonly string[] {
  if (service.simulated) return ["*"];
  return [
    ...(service.clusterIpSimulated ? ["clusterIP"] : []),
    ...(service.ports.some((port) => port.nodePortSimulated) ? ["nodePort"] : []),
  ];
}
