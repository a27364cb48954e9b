import type { Service, ServicePort } from "../cluster/model.ts";
import type { ObjectSource } from "../manifests/objects.ts";
import type { IpFamily } from "../net/ip.ts";
import type { Protocol } from "../net/protocol.ts";

/** One address and port behind a Service port, as an EndpointSlice says it. */
export interface Endpoint {
  readonly ip: string;
  readonly port: number;
  readonly nodeName?: string;
  readonly zone?: string;
  readonly hostname?: string;
  /** `namespace/name` of the pod behind it. */
  readonly pod?: string;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly zoneHints?: readonly string[];
  readonly nodeHints?: readonly string[];
  /** The pod, EndpointSlice or Endpoints object that states it. */
  readonly source?: ObjectSource;
}

/** An EndpointSlice, stated in the input or as the endpointslice controller would write it. */
export interface EndpointSlice {
  readonly namespace: string;
  readonly name: string;
  /** Label `kubernetes.io/service-name`. */
  readonly serviceName?: string;
  readonly addressType: "IPv4" | "IPv6" | "FQDN";
  readonly ports: readonly {
    readonly name: string;
    readonly port?: number;
    readonly protocol: Protocol;
    readonly appProtocol?: string;
  }[];
  readonly endpoints: readonly SliceEndpoint[];
  readonly labels: Readonly<Record<string, string>>;
  readonly simulated: boolean;
  readonly creationTimestamp?: string;
  readonly source?: ObjectSource;
}

/** One entry of a slice's `endpoints`. */
export interface SliceEndpoint extends Omit<Endpoint, "ip" | "port"> {
  readonly addresses: readonly string[];
}

/** All endpoints of one port of one Service in one address family, unordered and with duplicates removed. */
export interface ServicePortEndpoints {
  readonly service: Service;
  readonly port: ServicePort;
  readonly family: IpFamily;
  readonly endpoints: readonly Endpoint[];
  /** Why they can't be known (see {@link Service.unknownEndpoints}); then `endpoints` holds only what is known. */
  readonly unknown?: string;
}

/** The answer of the endpoints room for a whole cluster. */
export interface ResolvedEndpoints {
  readonly slices: readonly EndpointSlice[];
  /** In Service order, then `spec.ports` order, then the Service's family order. */
  readonly servicePorts: readonly ServicePortEndpoints[];
}
