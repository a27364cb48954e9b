import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runK8snet } from "../run-k8snet.ts";

const root = join(__dirname, "../../../fixtures/conformance/packets");

interface Packet {
  readonly service: string;
  readonly from: string;
  readonly kind: string;
  readonly to: string;
  readonly result: "delivered" | "timeout" | "refused" | "unreachable" | "EPERM";
  readonly server?: string;
  readonly protocol: string;
}

interface Cell {
  readonly service: string;
  readonly kind: string;
  readonly address: string;
  readonly number: number;
  readonly protocol: string;
  readonly addressNode: string;
  readonly from: string;
  readonly fromNode: string;
  readonly ends: readonly { readonly outcome: string }[];
  readonly servers: readonly string[];
}

const outcomes: Readonly<Record<Packet["result"], readonly string[]>> = {
  delivered: ["delivered"],
  timeout: ["dropped", "unreachable", "reply-lost"],
  refused: ["rejected"],
  unreachable: ["unreachable"],
  EPERM: ["dropped"],
};

const kinds: Readonly<Record<string, string>> = {
  clusterIP: "cluster IP",
  nodePort: "node port",
  externalIP: "external IP",
  loadBalancer: "load balancer",
};

const recordedClusters = [
  "jobs-app",
  "load-balancer",
  "ports",
  "session-affinity",
  "terminating",
  "topology",
  "traffic-policy",
];

/** The node of every pod of a recorded cluster, by `pod/NS/NAME` and by address. */
async function nodesOfPods(file: string): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await runK8snet(["get", "pods", "-A", "-o", "json", "-f", file]);
  const { items } = JSON.parse(stdout) as {
    items: {
      metadata: { namespace: string; name: string };
      spec: { nodeName: string };
      status: { podIP: string };
    }[];
  };
  return new Map(
    items.flatMap(({ metadata, spec, status }) => [
      [`pod/${metadata.namespace}/${metadata.name}`, spec.nodeName] as const,
      [status.podIP, `pod/${metadata.namespace}/${metadata.name}`] as const,
    ]),
  );
}

/**
 * The recording's router sends what is for no node to the first one. A load balancer would not when that fails the
 * health check of a Local Service: then the matrix has no such cell.
 */
function isByFirstNode(cell: Cell): boolean {
  return cell.kind === "node port" || cell.addressNode === "" || firstNodes.includes(cell.addressNode);
}

const firstNodes = ["minikube", "cp"];

/** The row of the matrix that a packet belongs to; none for a pod that is an endpoint of the Service itself, or a loopback. */
function cellsFor(
  packet: Packet,
  cells: readonly Cell[],
  pods: ReadonlyMap<string, string>,
): readonly Cell[] {
  const [, address, port] = /^(.*):(\d+)$/.exec(packet.to)!;
  const [who] = packet.from.split("/");
  const from = who === "external" ? "outside" : who;
  const fromNode = who === "pod" ? pods.get(packet.from) : (packet.from.split("/")[1] ?? "");
  const found = cells.filter(
    (cell) =>
      cell.kind === kinds[packet.kind] &&
      cell.address === address &&
      cell.number === Number(port) &&
      cell.protocol === packet.protocol &&
      cell.from === from &&
      (from === "outside" ? isByFirstNode(cell) : cell.fromNode === fromNode),
  );
  const ofService = cells.filter((cell) => cell.service === packet.service);
  const own = ofService.some((cell) =>
    cell.servers.some((server) => pods.get(server.replace(/:\d+$/, "")) === packet.from),
  );
  return own ? [] : found;
}

test.each(recordedClusters)("%s: what recorded packets met is in the matrix", async (name) => {
  const file = join(root, name, "cluster.yaml");
  const { stdout } = await runK8snet(["matrix", "-f", file, "-o", "json"]);
  const { cells } = JSON.parse(stdout) as { cells: Cell[] };
  const { packets } = JSON.parse(readFileSync(join(root, name, "packets.json"), "utf8")) as {
    packets: Packet[];
  };
  const pods = await nodesOfPods(file);
  let compared = 0;
  const missing: string[] = [];
  for (const packet of packets) {
    const found = cellsFor(packet, cells, pods);
    if (found.length === 0) continue;
    compared++;
    const met = found.some(
      (cell) =>
        cell.ends.some((end) => outcomes[packet.result].includes(end.outcome)) &&
        (packet.result !== "delivered" || cell.servers.includes(packet.server ?? "")),
    );
    if (!met)
      missing.push(`${packet.from} ${packet.kind} ${packet.to}: ${packet.result} ${packet.server ?? ""}`);
  }
  expect(missing).toEqual([]);
  expect(compared).toBeGreaterThan(20);
});
