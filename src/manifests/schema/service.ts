import { condition, typeAndMeta } from "./meta.ts";
import { bool, int32, intOrString, list, map, named, string, struct } from "./types.ts";

const protocol = named("v1.Protocol");

const servicePort = struct("ServicePort", {
  name: string,
  protocol,
  appProtocol: string,
  port: int32,
  targetPort: intOrString,
  nodePort: int32,
});

const loadBalancerIngress = struct("LoadBalancerIngress", {
  ip: string,
  hostname: string,
  ipMode: named("v1.LoadBalancerIPMode"),
  ports: list(struct("PortStatus", { port: int32, protocol, error: string })),
});

/** core/v1 Service. */
export const service = struct("Service", {
  ...typeAndMeta,
  spec: struct("ServiceSpec", {
    ports: list(servicePort),
    selector: map(string),
    clusterIP: string,
    clusterIPs: list(string),
    type: named("v1.ServiceType"),
    externalIPs: list(string),
    sessionAffinity: named("v1.ServiceAffinity"),
    loadBalancerIP: string,
    loadBalancerSourceRanges: list(string),
    externalName: string,
    externalTrafficPolicy: named("v1.ServiceExternalTrafficPolicy"),
    healthCheckNodePort: int32,
    publishNotReadyAddresses: bool,
    sessionAffinityConfig: struct("SessionAffinityConfig", {
      clientIP: struct("ClientIPConfig", { timeoutSeconds: int32 }),
    }),
    ipFamilies: list(named("v1.IPFamily")),
    ipFamilyPolicy: named("v1.IPFamilyPolicy"),
    allocateLoadBalancerNodePorts: bool,
    loadBalancerClass: string,
    internalTrafficPolicy: named("v1.ServiceInternalTrafficPolicy"),
    trafficDistribution: string,
  }),
  status: struct("ServiceStatus", {
    loadBalancer: struct("LoadBalancerStatus", { ingress: list(loadBalancerIngress) }),
    conditions: list(condition),
  }),
});
