import { objectKey } from "../../cluster/model.ts";
import { add, compareFractions } from "../../tracer/fraction.ts";
import type { End } from "../../tracer/model.ts";
import type { Network, Route } from "../../tracer/network.ts";
import { makePacket } from "../../tracer/packet.ts";
import { lookUpRoute } from "../../tracer/routing.ts";
import { sendingAddress, trace } from "../../tracer/trace.ts";
import { groupBy } from "../group-by.ts";
import { entryNodesOf } from "./addresses.ts";
import { AlikeCells } from "./alike-cells.ts";
import type { MatrixGround } from "./ground.ts";
import type { Cell, CellPart, Matrix, MatrixAddress, MatrixRow, MatrixSource } from "./model.ts";

/** Ends that are alike but for the endpoint, as one share. */
function partsOf(ends: readonly End[], own: ReadonlySet<string>): CellPart[] {
  const parts = new Map<string, CellPart>();
  for (const end of ends) {
    const masqueraded =
      end.outcome === "delivered" && end.seenSource !== undefined ? !own.has(end.seenSource) : undefined;
    const key = `${end.outcome} ${masqueraded ?? ""}`;
    const known = parts.get(key);
    parts.set(key, {
      outcome: end.outcome,
      ...(masqueraded === undefined ? {} : { masqueraded }),
      probability: known === undefined ? end.probability : add(known.probability, end.probability),
    });
  }
  return [...parts]
    .sort(([a, one], [b, other]) => compareFractions(other.probability, one.probability) || (a < b ? -1 : 1))
    .map(([, part]) => part);
}

function cellOf(
  network: Network,
  source: MatrixSource,
  address: MatrixAddress,
  entry: string | undefined,
): Cell | undefined {
  const by = entry === undefined ? {} : { entry };
  const { unknownEndpoints } = address.service;
  if (unknownEndpoints !== undefined) {
    return { source, address, ...by, parts: [], servers: [], unknown: [unknownEndpoints] };
  }
  const through = entry === undefined ? network : enteringBy(network, source.host, address.address, entry);
  const host = through.hosts.get(source.host);
  const from = host === undefined ? undefined : sendingAddress(host, address.address);
  if (host === undefined || from === undefined) return undefined;
  const packet = makePacket({
    protocol: address.port.protocol.toLowerCase(),
    source: from,
    destination: address.address,
    destinationPort: address.number,
  });
  const { ends } = trace(through, host, packet, { later: false, recordSteps: false });
  const servers = ends.flatMap((end) =>
    end.outcome === "delivered" && end.server !== undefined ? [end.server] : [],
  );
  const unknown = ends.flatMap((end) => end.assumptions.map((assumption) => assumption.text));
  const own = new Set([
    from,
    ...host.interfaces.flatMap((device) => device.addresses.map((at) => at.address)),
  ]);
  return {
    source,
    address,
    ...by,
    parts: partsOf(ends, own),
    servers: [...new Set(servers)].sort(),
    unknown: [...new Set(unknown)],
  };
}

/** The network in which a client outside reaches an address by the given node. */
function enteringBy(network: Network, client: string, address: string, node: string): Network {
  const host = network.hosts.get(client);
  const gateway = network.hosts.get(node);
  const route = host === undefined ? undefined : lookUpRoute(host, address);
  if (host === undefined || gateway === undefined || route?.kind !== "unicast") return network;
  const device = gateway.interfaces.find((each) => each.segment === route.device.segment);
  const via = device?.addresses[0]?.address;
  if (via === undefined) return network;
  const prefix = network.family === 4 ? 32 : 128;
  const direct: Route = {
    destination: { address, prefix, family: network.family },
    via,
    device: route.device.name,
  };
  const others = host.routes.filter(
    ({ destination }) => destination.address !== address || destination.prefix !== prefix,
  );
  const hosts = new Map(network.hosts);
  hosts.set(client, { ...host, routes: [...others, direct] });
  return { ...network, hosts };
}

/**
 * The nodes by which packets from outside come in to an address that is no node's own: any node that a router
 * or load balancer may choose. A load balancer leaves out nodes that fail the health check of a Local Service.
 */
function entriesOf(
  source: MatrixSource,
  address: MatrixAddress,
  entryNodes: (address: MatrixAddress) => readonly string[],
): readonly (string | undefined)[] {
  const isNodeless = address.kind === "external IP" || address.kind === "load balancer";
  return source.kind === "outside" && isNodeless ? entryNodes(address) : [undefined];
}

/** Who reaches what: every source's connections to every address, followed through the rules. */
export function buildMatrix(
  sources: readonly MatrixSource[],
  addresses: readonly MatrixAddress[],
  ground: MatrixGround,
): Matrix {
  const rows: MatrixRow[] = [];
  const entryNodes = entryNodesOf(ground.cluster, ground.endpoints);
  const alike = new AlikeCells(sources, addresses, ground);
  for (const group of groupBy(addresses, rowKey).values()) {
    const { service, port, kind, family } = group[0]!;
    const network = ground.networks.get(family);
    if (network === undefined) continue;
    const cells = sources.flatMap((source) =>
      group.flatMap((address) =>
        entriesOf(source, address, entryNodes)
          .map((entry) => alike.cell(source, address, entry, () => cellOf(network, source, address, entry)))
          .filter((cell) => cell !== undefined),
      ),
    );
    rows.push({ service, port, kind, family, cells });
  }
  return { sources, rows };
}

function rowKey({ service, port, kind, family }: MatrixAddress): string {
  return `${objectKey(service)} ${port.index} ${kind} ${family}`;
}
