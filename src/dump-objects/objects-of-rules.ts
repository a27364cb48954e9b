import { positionAt, type SourceRange } from "../diagnostics/source.ts";
import type {
  EndpointAddress,
  EndpointsObject,
  LoadedObject,
  NodeObject,
  ObjectSource,
  ServiceObject,
  ServicePortSpec,
} from "../manifests/objects.ts";
import { familyOf, splitHostPort } from "../net/ip.ts";
import type { Protocol } from "../net/protocol.ts";
import type { Ruleset } from "../netfilter/ruleset.ts";
import { chainFacts } from "./service-chains.ts";
import { type ServiceRule, serviceRules } from "./service-rules.ts";

const protocolOrder: readonly (Protocol | undefined)[] = ["TCP", "UDP", "SCTP"];

type EndpointPort = { readonly name: string; readonly port: number; readonly protocol: Protocol };

/** The rules of one node, both families apart. */
export interface DumpRules {
  /** The file, as shown to the user. */
  readonly name: string;
  /** The node, where it was said. */
  readonly node: string | undefined;
  readonly ruleset: Ruleset;
}

/** What all dumps say of one Service port. */
interface KnownPort {
  readonly spec: ServicePortSpec;
  readonly endpoints: Set<string>;
}

/** What all dumps say of one Service. */
interface KnownService {
  readonly namespace: string;
  readonly name: string;
  readonly first: DumpRules;
  readonly rule: ServiceRule["rule"];
  readonly clusterIps: Set<string>;
  readonly externalIps: Set<string>;
  readonly loadBalancerIps: Set<string>;
  readonly ports: Map<string, KnownPort>;
  affinitySeconds: number | undefined;
  externalLocal: boolean;
}

/**
 * The Services, endpoints and nodes that dumps speak of, as API objects: what a node knows of its cluster when nobody
 * gives its manifests. kube-proxy writes a Service port's name into each rule's comment. What rules do not tell is not
 * there: selectors, pods, on which node an endpoint is.
 */
export function objectsOfRules(dumps: readonly DumpRules[]): LoadedObject[] {
  const services = new Map<string, KnownService>();
  for (const dump of dumps) readDump(dump, services);
  // The order of rules is a hash map's in kube-proxy: names and numbers decide here.
  const complete = [...services.values()]
    .filter((service) => service.clusterIps.size > 0)
    .sort((a, b) => compareText(`${a.namespace}/${a.name}`, `${b.namespace}/${b.name}`));
  return [
    ...complete.flatMap((service) => [serviceObject(service), ...endpointsObject(service)]),
    ...nodesOf(dumps),
  ];
}

function readDump(dump: DumpRules, services: Map<string, KnownService>): void {
  const rules = serviceRules(dump.ruleset);
  const byPort = new Map<string, ServiceRule[]>();
  for (const rule of rules) {
    const key = `${rule.namespace}/${rule.name}`;
    let service = services.get(key);
    if (service === undefined) {
      service = emptyService(rule, dump);
      services.set(key, service);
    }
    addAddress(service, rule);
    const portKey = `${key} ${portKeyOf(rule)}`;
    const ofPort = byPort.get(portKey);
    if (ofPort === undefined) byPort.set(portKey, [rule]);
    else ofPort.push(rule);
  }
  for (const ofPort of byPort.values()) {
    const [first] = ofPort;
    addPort(services.get(`${first!.namespace}/${first!.name}`)!, ofPort, dump.ruleset);
  }
}

function emptyService(rule: ServiceRule, dump: DumpRules): KnownService {
  return {
    namespace: rule.namespace,
    name: rule.name,
    first: dump,
    rule: rule.rule,
    clusterIps: new Set(),
    externalIps: new Set(),
    loadBalancerIps: new Set(),
    ports: new Map(),
    affinitySeconds: undefined,
    externalLocal: false,
  };
}

function addAddress(service: KnownService, { kind, address }: ServiceRule): void {
  if (address === undefined) return;
  if (kind === "cluster-ip") service.clusterIps.add(address);
  else if (kind === "load-balancer-ip") service.loadBalancerIps.add(address);
  else if (!service.loadBalancerIps.has(address)) service.externalIps.add(address);
}

function portKeyOf({ portName, protocol }: Pick<ServiceRule, "portName" | "protocol">): string {
  return `${portName}/${protocol}`;
}

function addPort(service: KnownService, rules: readonly ServiceRule[], ruleset: Ruleset): void {
  const [rule] = rules;
  const port = rules.find(({ kind }) => kind !== "node-port")?.port;
  // A node port alone does not tell the Service's own port number.
  if (rule === undefined || port === undefined) return;
  const nodePort = rules.find(({ kind }) => kind === "node-port")?.port;
  const facts = chainFacts(
    ruleset,
    rules.flatMap(({ chain }) => chain ?? []),
  );
  service.affinitySeconds ??= facts.affinitySeconds;
  service.externalLocal ||= facts.externalLocal;
  const known = service.ports.get(portKeyOf(rule));
  const merged = nodePort ?? known?.spec.nodePort;
  service.ports.set(portKeyOf(rule), {
    spec: {
      ...(rule.portName === "" ? {} : { name: rule.portName }),
      protocol: rule.protocol,
      port,
      ...(merged === undefined ? {} : { nodePort: merged }),
    },
    endpoints: new Set([...(known?.endpoints ?? []), ...facts.endpoints]),
  });
}

function serviceObject(service: KnownService): LoadedObject {
  const { namespace, name } = service;
  const clusterIPs = [...service.clusterIps];
  const families = clusterIPs.map((ip) => `IPv${familyOf(ip)}`);
  const ports = portsInOrder(service).map(({ spec, endpoints }) => withTargetPort(spec, endpoints));
  const hasNodePort = ports.some(({ nodePort }) => nodePort !== undefined);
  const isLoadBalancer = service.loadBalancerIps.size > 0;
  const serviceType = isLoadBalancer ? "LoadBalancer" : hasNodePort ? "NodePort" : "ClusterIP";
  const object: ServiceObject = {
    metadata: { name, namespace },
    spec: {
      type: serviceType,
      clusterIP: clusterIPs[0]!,
      clusterIPs,
      ipFamilies: families,
      ipFamilyPolicy: families.length > 1 ? "RequireDualStack" : "SingleStack",
      ports,
      ...(service.externalIps.size === 0 ? {} : { externalIPs: [...service.externalIps] }),
      ...(isLoadBalancer && !hasNodePort ? { allocateLoadBalancerNodePorts: false } : {}),
      ...(service.externalLocal ? { externalTrafficPolicy: "Local" } : {}),
      ...(service.affinitySeconds === undefined
        ? {}
        : {
            sessionAffinity: "ClientIP",
            sessionAffinityConfig: { clientIP: { timeoutSeconds: service.affinitySeconds } },
          }),
    },
    ...(isLoadBalancer
      ? { status: { loadBalancer: { ingress: [...service.loadBalancerIps].map((ip) => ({ ip })) } } }
      : {}),
  };
  const type = { apiVersion: "v1", kind: "Service" };
  const source = sourceOf(service);
  return { role: "service", ...type, namespace, name, object: { ...type, ...object }, source };
}

function portsInOrder(service: KnownService): KnownPort[] {
  return [...service.ports.values()].sort(
    (a, b) =>
      a.spec.port - b.spec.port ||
      protocolOrder.indexOf(a.spec.protocol) - protocolOrder.indexOf(b.spec.protocol),
  );
}

/** The endpoints' own port, where it is one for all. */
function withTargetPort(spec: ServicePortSpec, endpoints: ReadonlySet<string>): ServicePortSpec {
  const numbers = new Set([...endpoints].map((endpoint) => splitHostPort(endpoint).port));
  const [targetPort] = numbers;
  return numbers.size === 1 && targetPort !== undefined ? { ...spec, targetPort } : spec;
}

/** The Service's Endpoints: ports with the same addresses stand together, as the controller packs them. */
function endpointsObject(service: KnownService): LoadedObject[] {
  const { namespace, name } = service;
  const subsets = new Map<string, { addresses: EndpointAddress[]; ports: EndpointPort[] }>();
  for (const { spec, endpoints } of portsInOrder(service)) {
    for (const [port, addresses] of addressesByPort(endpoints)) {
      const key = [...addresses].sort().join(" ");
      const fresh = { addresses: addresses.map((ip) => ({ ip })), ports: [] as EndpointPort[] };
      const subset = subsets.get(key) ?? fresh;
      subset.ports.push({ name: spec.name ?? "", port, protocol: spec.protocol ?? "TCP" });
      subsets.set(key, subset);
    }
  }
  if (subsets.size === 0) return [];
  const object: EndpointsObject = { metadata: { name, namespace }, subsets: [...subsets.values()] };
  const type = { apiVersion: "v1", kind: "Endpoints" };
  const source = sourceOf(service);
  return [{ role: "endpoints", ...type, namespace, name, object: { ...type, ...object }, source }];
}

function addressesByPort(endpoints: ReadonlySet<string>): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const endpoint of endpoints) {
    const { address, port } = splitHostPort(endpoint);
    const addresses = found.get(port);
    if (addresses === undefined) found.set(port, [address]);
    else addresses.push(address);
  }
  return found;
}

/** The nodes that dumps were said to be of. */
function nodesOf(dumps: readonly DumpRules[]): LoadedObject[] {
  const named = new Map(
    dumps.flatMap((dump) => (dump.node === undefined ? [] : [[dump.node, dump] as const])),
  );
  return [...named].map(([name, dump]) => {
    const type = { apiVersion: "v1", kind: "Node" };
    const object: NodeObject = { metadata: { name } };
    const source: ObjectSource = { file: dump.name, range: () => startOf(dump) };
    return { role: "node", ...type, name, object: { ...type, ...object }, source };
  });
}

/** The rule that first names a Service is where it stands. */
function sourceOf({ first, rule }: KnownService): ObjectSource {
  return { file: first.name, range: () => rule.range ?? startOf(first) };
}

function startOf(dump: DumpRules): SourceRange {
  const source = { name: dump.name, text: "" };
  return { source, start: positionAt(source, 0), end: positionAt(source, 0) };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
