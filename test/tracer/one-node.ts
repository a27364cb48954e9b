import { parseCidr } from "../../src/net/ip.ts";
import { parseSave } from "../../src/netfilter/parse-save.ts";
import type { End } from "../../src/tracer/model.ts";
import type { Host, Network } from "../../src/tracer/network.ts";
import { makePacket } from "../../src/tracer/packet.ts";
import { type TraceOptions, trace } from "../../src/tracer/trace.ts";

/** A node (10.0.0.1 on eth0) between a client (10.0.0.9) and whatever else 10.0.0.0/24 has: nobody. */
export function oneNode(rules: string): Network {
  const { rulesets } = parseSave({ name: "rules", text: rules }, { family: 4 });
  const routes = [{ destination: parseCidr("10.0.0.0/24")!, device: "eth0" }];
  const host = (name: string, kind: Host["kind"], address: string): Host => ({
    name,
    kind,
    interfaces: [{ name: "eth0", addresses: [{ address, prefix: 24 }], segment: "wire" }],
    routes,
  });
  const hosts = [
    { ...host("node", "node", "10.0.0.1"), ruleset: rulesets[0], routeLocalnet: false },
    host("client", "outside", "10.0.0.9"),
    host("other", "outside", "10.0.0.8"),
  ];
  const members = new Map(hosts.map(({ name, interfaces }) => [interfaces[0]!.addresses[0]!.address, name]));
  return {
    family: 4,
    hosts: new Map(hosts.map((at) => [at.name, at])),
    segments: new Map([["wire", { name: "wire", members }]]),
  };
}

export interface SendOptions extends TraceOptions {
  readonly from?: "client" | "node";
  readonly to?: string;
  readonly protocol?: string;
  readonly port?: number;
  readonly sourcePort?: number;
}

/** What becomes of a packet from the client (or the node itself) to the node, port 80, unless said otherwise. */
export function send(rules: string, options: SendOptions = {}): readonly End[] {
  const { from = "client", to = "10.0.0.1", protocol = "tcp", port = 80, sourcePort, ...rest } = options;
  const network = oneNode(rules);
  const source = from === "client" ? "10.0.0.9" : "10.0.0.1";
  const packet = makePacket({
    protocol,
    source,
    destination: to,
    destinationPort: port,
    ...(sourcePort === undefined ? {} : { sourcePort }),
  });
  return trace(network, network.hosts.get(from)!, packet, rest).ends;
}

/** `filter INPUT rule 1, …`: what TRACE would print of one table. */
export function eventsOf(end: End, table: string): string {
  return end.path
    .filter((event) => event.table === table)
    .map(({ chain, kind, number }) => `${chain} ${kind} ${number}`)
    .join(", ");
}
