import type { ClusterModel, Service } from "../../cluster/model.ts";
import type { ResolvedEndpoints, ServicePortEndpoints } from "../../endpoints/model.ts";
import type { Unmet } from "./model.ts";

/** Which Services a sentence is about. */
interface Subject {
  readonly namespace?: string;
  readonly name?: string;
  readonly type?: string;
}

/** A sentence as understood. */
export type Statement =
  | {
      readonly kind: "endpoints";
      readonly subject: Subject;
      readonly least: number;
      readonly exactly: boolean;
    }
  | { readonly kind: "on-nodes"; readonly subject: Subject; readonly least: number | "every" }
  | { readonly kind: "reachable"; readonly subject: Subject; readonly from: "every node" | "every pod" }
  | { readonly kind: "unknown"; readonly message: string; readonly hint: string };

const sentences = [
  "every Service has an endpoint",
  "every Service has 2 endpoints",
  "every Service has at least 2 endpoints",
  "every Service has an endpoint on 2 nodes",
  "every Service has an endpoint on every node",
  "every Service is reachable from every node",
];

const subjects =
  "(?:every Service(?: of type (?<type>ClusterIP|NodePort|LoadBalancer))?(?: in (?<namespace>[a-z0-9-]+))?|Service (?<name>[a-z0-9-]+(?:/[a-z0-9-]+)?))";
const numbered = "(?:at least )?\\d{1,6} endpoints?";
const counts = `(?<count>an endpoint|${numbered})`;
const places = " on (?<nodes>every node|(?:at least )?\\d{1,6} nodes?)";
const clients = "(?<from>every node|every pod)";
const grammar = new RegExp(`^${subjects} has ${counts}(?:${places})?\\.?$`, "i");
const reachable = new RegExp(`^${subjects} is reachable from ${clients}\\.?$`, "i");

/** What is understood, as a pattern for editors (JSON schema knows no flags and no names of groups). */
export function statementPattern(): string {
  const predicate = `(?:has (?:${numbered}|an endpoint(?:${places})?)|is reachable from ${clients})`;
  const pattern = `${subjects} ${predicate}\\.?`
    .replaceAll(/\(\?<\w+>/g, "(?:")
    .replaceAll(" ", "\\s+")
    // Letters outside of escapes and of sets stand for both cases.
    .replaceAll(/\\.|\[[^\]]*\]|[a-z]/gi, (part) =>
      part.length === 1 ? `[${part.toUpperCase()}${part.toLowerCase()}]` : part.replace("a-z", "A-Za-z"),
    );
  return `^\\s*${pattern}\\s*$`;
}

function subjectOf(groups: Readonly<Record<string, string | undefined>>): Subject {
  const parts = groups["name"]?.split("/");
  const name = parts?.at(-1);
  const namespace = parts?.length === 2 ? parts[0] : groups["namespace"];
  return {
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(groups["type"] === undefined ? {} : { type: groups["type"] }),
  };
}

function numberIn(text: string): number | undefined {
  const digits = /\d+/.exec(text)?.[0];
  return digits === undefined ? undefined : Number(digits);
}

/** Understands a sentence about the whole cluster. */
export function readStatement(text: string): Statement {
  const sentence = text.trim().replace(/\s+/g, " ");
  const reach = reachable.exec(sentence)?.groups;
  if (reach !== undefined) {
    const from = /node/i.test(reach["from"]!) ? "every node" : "every pod";
    return { kind: "reachable", subject: subjectOf(reach), from };
  }
  const groups = grammar.exec(sentence)?.groups;
  if (groups === undefined) {
    return {
      kind: "unknown",
      message: "this statement is not understood",
      hint: `such as: ${sentences.join("; ")}; "in NAMESPACE", "of type NodePort" or "Service NS/NAME" narrow it`,
    };
  }
  const subject = subjectOf(groups);
  const count = groups["count"]!;
  const nodes = groups["nodes"];
  if (nodes !== undefined) {
    if (/\d/.test(count)) {
      return {
        kind: "unknown",
        message: "a number of endpoints and a number of nodes can't be in one statement",
        hint: 'write two statements: "… has 4 endpoints" and "… has an endpoint on 2 nodes"',
      };
    }
    return { kind: "on-nodes", subject, least: numberIn(nodes) ?? "every" };
  }
  const exactly = /^\d/.test(count);
  return { kind: "endpoints", subject, least: numberIn(count) ?? 1, exactly };
}

function concerned(cluster: ClusterModel, subject: Subject): readonly Service[] {
  return cluster.services.filter((service) => {
    if (service.simulated || service.type === "ExternalName") return false;
    // The API server's own Service has endpoints on no node that the cluster knows.
    const isOwn = service.namespace === "default" && service.name === "kubernetes";
    if (isOwn && subject.name === undefined) return false;
    if (subject.name !== undefined && service.name !== subject.name) return false;
    if (subject.namespace !== undefined && service.namespace !== subject.namespace) return false;
    return subject.type === undefined || service.type.toLowerCase() === subject.type.toLowerCase();
  });
}

/** What kube-proxy may use: ready endpoints, or those that terminate and still serve when none is ready. */
function usable(entry: ServicePortEndpoints) {
  const ready = entry.endpoints.filter((endpoint) => endpoint.ready);
  return ready.length > 0
    ? ready
    : entry.endpoints.filter((endpoint) => endpoint.serving && endpoint.terminating);
}

function shortfall(
  statement: Extract<Statement, { kind: "endpoints" | "on-nodes" }>,
  entry: ServicePortEndpoints,
  nodes: readonly string[],
): string | undefined {
  const found = usable(entry);
  if (statement.kind === "endpoints") {
    const count = found.length;
    const met = statement.exactly ? count === statement.least : count >= statement.least;
    return met ? undefined : `has ${count} ${count === 1 ? "endpoint" : "endpoints"}`;
  }
  const on = new Set(found.flatMap((endpoint) => endpoint.nodeName ?? []));
  const least = statement.least === "every" ? nodes.length : statement.least;
  if (on.size >= least) return undefined;
  const without = nodes.filter((node) => !on.has(node));
  return on.size === 0
    ? "has no endpoint on any node"
    : `has endpoints on ${[...on].sort().join(", ")} only, none on ${without.join(", ")}`;
}

/** Sees to it that packets from some clients to a target are delivered. */
export type Reach = (
  from: "every node" | "every pod",
  to: string,
  protocol: "tcp" | "udp" | "sctp",
) => readonly Unmet[];

function causeOf(service: Service): Pick<Unmet, "cause"> {
  const range = service.source?.range(["metadata", "name"]);
  return range === undefined ? {} : { cause: { message: `Service ${service.name}`, range } };
}

/** A Service with a cluster IP, since headless ones are reached without any rule. */
function unreachable(services: readonly Service[], from: "every node" | "every pod", reach: Reach): Unmet[] {
  return services
    .filter((service) => service.clusterIps.length > 0 && service.clusterIps[0] !== "None")
    .flatMap((service) =>
      service.ports.flatMap((port) => {
        const protocol = port.protocol.toLowerCase() as "tcp" | "udp" | "sctp";
        return reach(from, `svc/${service.namespace}/${service.name}:${port.port}`, protocol);
      }),
    );
}

/** What the cluster lacks of a sentence, one for each Service port; none when it is true. */
export function checkStatement(
  text: string,
  cluster: ClusterModel,
  endpoints: ResolvedEndpoints,
  reach: Reach,
): readonly Unmet[] {
  const statement = readStatement(text);
  if (statement.kind === "unknown") return [statement];
  const services = concerned(cluster, statement.subject);
  if (services.length === 0) return [{ message: "the statement is about no Service of the input" }];
  if (statement.kind === "reachable") return unreachable(services, statement.from, reach);
  const nodes = cluster.nodes.map((node) => node.name);
  const unmet: Unmet[] = [];
  for (const entry of endpoints.servicePorts) {
    const { service, port } = entry;
    if (!services.includes(service) || entry.family !== service.ipFamilies[0]) continue;
    const what = `${service.namespace}/${service.name} port ${port.name === "" ? port.port : port.name}`;
    const lack =
      entry.unknown === undefined
        ? shortfall(statement, entry, nodes)
        : `has endpoints that are not known: ${entry.unknown}`;
    if (lack !== undefined) unmet.push({ message: `${what} ${lack}`, ...causeOf(service) });
  }
  return unmet;
}
