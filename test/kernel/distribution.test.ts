import { add, type Fraction, toNumber, zero } from "../../src/tracer/fraction.ts";
import { prepareCluster } from "./clusters.ts";
import { describeInLab } from "./in-lab.ts";
import { hasNfacct, type LabPacket, runLab, tracedEnds } from "./kernel-lab.ts";
import { webDeployment } from "./web-deployment.ts";

const manifests = `${webDeployment}---
apiVersion: v1
kind: Pod
metadata: {name: client}
spec: {containers: [{name: client, image: registry.example/client:1}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: NodePort
  selector: {app: web}
  clusterIP: 10.96.7.7
  ports: [{port: 80, targetPort: 8080, nodePort: 30777}]
`;

/** Connections in all; K8SNET_CONNECTIONS for a quicker or a longer run. */
const connections = Number(process.env["K8SNET_CONNECTIONS"] ?? 30_000);

/** Chi-square that one run in a million exceeds by chance, for 1, 2, 3, … degrees of freedom. */
const limits = [23.93, 27.63, 30.66, 33.38];

describeInLab("shares of many connections", () => {
  const ways: readonly (readonly [string, LabPacket, number])[] = [
    ["to a ClusterIP", { from: "pod/default/client", to: "10.96.7.7", protocol: "tcp", port: 80 }, 0.6],
    ["to a node port", { from: "external", to: "192.168.49.3", protocol: "tcp", port: 30777 }, 0.4],
  ];
  const prepared = prepareCluster({ name: "shares", manifests }, hasNfacct());

  test("each endpoint gets what its exact probability says (chi-square)", () => {
    const { counts } = runLab({
      ...prepared,
      packets: [],
      traced: false,
      counts: ways.map(([name, packet, share]) => ({
        name,
        packet,
        connections: Math.round(connections * share),
      })),
    });
    for (const [name, packet] of ways) {
      const expected = new Map<string, Fraction>();
      for (const end of tracedEnds(prepared.network, packet)) {
        expect(end.outcome).toBe("delivered");
        expected.set(end.host, add(expected.get(end.host) ?? zero, end.probability));
      }
      const taken = counts[name]!;
      expect(Object.keys(taken).sort()).toEqual([...expected.keys()].sort());
      const total = Object.values(taken).reduce((a, b) => a + b, 0);
      let statistic = 0;
      for (const [host, probability] of expected) {
        const mean = toNumber(probability) * total;
        statistic += ((taken[host] ?? 0) - mean) ** 2 / mean;
      }
      expect(statistic).toBeLessThan(limits[expected.size - 2]!);
      process.stderr.write(`${name}: ${JSON.stringify(taken)}, chi-square ${statistic.toFixed(2)}\n`);
    }
  }, 180_000);
});
