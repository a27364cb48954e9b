import type { IpFamily } from "../../net/ip.ts";
import { add, compareFractions } from "../../tracer/fraction.ts";
import type { End } from "../../tracer/model.ts";
import type { Network } from "../../tracer/network.ts";
import { makePacket } from "../../tracer/packet.ts";
import { sendingAddress, trace } from "../../tracer/trace.ts";
import { groupBy } from "../group-by.ts";
import type { Cell, CellPart, Matrix, MatrixAddress, MatrixRow, MatrixSource } from "./model.ts";

/** Ends that are alike but for the endpoint, as one share. */
function partsOf(ends: readonly End[], source: string): CellPart[] {
  const parts = new Map<string, CellPart>();
  for (const end of ends) {
    const masqueraded =
      end.outcome === "delivered" && end.seenSource !== undefined ? end.seenSource !== source : undefined;
    const key = `${end.outcome} ${masqueraded}`;
    const known = parts.get(key);
    parts.set(key, {
      outcome: end.outcome,
      ...(masqueraded === undefined ? {} : { masqueraded }),
      probability: known === undefined ? end.probability : add(known.probability, end.probability),
    });
  }
  return [...parts.values()].sort(
    (a, b) => compareFractions(b.probability, a.probability) || (a.outcome < b.outcome ? -1 : 1),
  );
}

function cellOf(network: Network, source: MatrixSource, address: MatrixAddress): Cell | undefined {
  const host = network.hosts.get(source.host);
  const from = host === undefined ? undefined : sendingAddress(host, address.address);
  const { unknownEndpoints } = address.service;
  if (unknownEndpoints !== undefined)
    return { source, address, parts: [], servers: [], unknown: [unknownEndpoints] };
  if (host === undefined || from === undefined) return undefined;
  const packet = makePacket({
    protocol: address.port.protocol.toLowerCase(),
    source: from,
    destination: address.address,
    destinationPort: address.number,
  });
  const { ends } = trace(network, host, packet, { later: false });
  const servers = ends.flatMap((end) =>
    end.outcome === "delivered" && end.server !== undefined ? [end.server] : [],
  );
  const unknown = ends.flatMap((end) => end.assumptions.map((assumption) => assumption.text));
  return {
    source,
    address,
    parts: partsOf(ends, from),
    servers: [...new Set(servers)].sort(),
    unknown: [...new Set(unknown)],
  };
}

/**
 * Who reaches what: every source's connections to every address, followed through the rules.
 * @param networks the network of each family that has rules
 */
export function buildMatrix(
  sources: readonly MatrixSource[],
  addresses: readonly MatrixAddress[],
  networks: ReadonlyMap<IpFamily, Network>,
): Matrix {
  const rows: MatrixRow[] = [];
  const keyOf = (at: MatrixAddress): string =>
    `${at.service.namespace}/${at.service.name} ${at.port.index} ${at.kind} ${at.family}`;
  for (const group of groupBy(addresses, keyOf).values()) {
    const { service, port, kind, family } = group[0]!;
    const network = networks.get(family);
    if (network === undefined) continue;
    const cells = sources.flatMap((source) =>
      group.map((address) => cellOf(network, source, address)).filter((cell) => cell !== undefined),
    );
    rows.push({ service, port, kind, family, cells });
  }
  return { sources, rows };
}
