import fc from "fast-check";
import { allocate, type Claims } from "../../src/cluster/allocate.ts";
import type { ClusterModel } from "../../src/cluster/model.ts";
import { cidrContains } from "../../src/net/ip.ts";
import { build, service, workload } from "./build.ts";

/** Every simulated or stated address by what has it. */
function addresses(cluster: ClusterModel): Map<string, string> {
  const found = new Map<string, string>();
  for (const { namespace, name, clusterIps, ports } of cluster.services) {
    found.set(`svc ${namespace}/${name}`, clusterIps.join());
    for (const port of ports)
      if (port.nodePort) found.set(`port ${namespace}/${name}:${port.port}`, String(port.nodePort));
  }
  for (const { namespace, name, ips, nodeName } of cluster.pods) {
    found.set(`pod ${namespace}/${name}`, `${nodeName} ${ips.join()}`);
  }
  return found;
}

const app = fc.record({
  name: fc.stringMatching(/^app-[a-z0-9]{1,4}[a-z]$/),
  replicas: fc.integer({ min: 0, max: 4 }),
  kind: fc.constantFrom("Deployment", "StatefulSet", "DaemonSet"),
  type: fc.constantFrom("", "type: NodePort, ", "type: LoadBalancer, "),
});
const apps = fc.uniqueArray(app, { selector: ({ name }) => name, minLength: 1, maxLength: 25 });

function text({
  name,
  replicas,
  kind,
  type,
}: {
  name: string;
  replicas: number;
  kind: string;
  type: string;
}): string {
  return workload(name, replicas, { kind }) + service(name, type);
}

test("all addresses are unique and in their range", () => {
  fc.assert(
    fc.property(apps, (list) => {
      const { cluster } = build(list.map(text));
      const [services, pods] = [cluster.ranges.serviceCidrs[0]!, cluster.ranges.clusterCidrs[0]!];
      const clusterIps = cluster.services.flatMap((one) => one.clusterIps);
      const podIps = cluster.pods.flatMap(({ ips }) => ips);
      const nodePorts = cluster.services.flatMap((one) => [
        ...one.ports.map(({ nodePort }) => nodePort),
        one.healthCheckNodePort,
      ]);
      const used = nodePorts.filter((port) => port !== 0);
      for (const given of [clusterIps, podIps, used.map(String)])
        expect(new Set(given).size).toBe(given.length);
      expect(clusterIps.every((ip) => cidrContains(services, ip))).toBe(true);
      expect(podIps.every((ip) => cidrContains(pods, ip))).toBe(true);
      expect(used.every((port) => port >= 30000 && port <= 32767)).toBe(true);
      for (const pod of cluster.pods) {
        const node = cluster.nodes.find(({ name }) => name === pod.nodeName)!;
        expect(cidrContains(node.podCidrs[0]!, pod.ips[0]!)).toBe(true);
      }
    }),
    { numRuns: 50 },
  );
});

test("the order of files changes no address, name or node", () => {
  fc.assert(
    fc.property(
      apps.chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
      ),
      ([list, shuffled]) => {
        const sorted = (found: Map<string, string>) => [...found].sort();
        expect(sorted(addresses(build(shuffled.map(text)).cluster))).toEqual(
          sorted(addresses(build(list.map(text)).cluster)),
        );
      },
    ),
    { numRuns: 50 },
  );
});

test("an object that comes or goes moves at most the one it collides with", () => {
  fc.assert(
    fc.property(apps, (list) => {
      const before = addresses(build(list.slice(1).map(text)).cluster);
      const after = addresses(build(list.map(text)).cluster);
      const added = [...after].filter(([key]) => !before.has(key));
      const moved = [...before].filter(([key, address]) => after.get(key) !== address);
      const takenAway = new Set(added.map(([, address]) => address));
      // Whoever moved gave its place to what was added, or to one that moved for the same reason.
      for (const [, address] of moved) takenAway.add(address);
      expect(moved.length).toBeLessThanOrEqual(added.length);
      for (const [key, address] of moved) {
        expect(takenAway.has(address)).toBe(true);
        expect([...after].some(([other, now]) => other !== key && now === address)).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});

function wanted(list: readonly { readonly key: string; readonly home: number }[]): Claims {
  return { homes: Uint32Array.from(list, ({ home }) => home), keyOf: (index) => list[index]!.key };
}

describe("allocation", () => {
  const claims = fc.uniqueArray(
    fc.record({ key: fc.string({ minLength: 1, maxLength: 4 }), home: fc.integer({ min: 0, max: 31 }) }),
    { selector: ({ key }) => key, maxLength: 40 },
  );

  test("gives distinct free places while there are any, the same in any order", () => {
    fc.assert(
      fc.property(
        claims,
        fc.uniqueArray(fc.integer({ min: 0, max: 31 }), { maxLength: 8 }),
        (list, reserved) => {
          const places = [...allocate(wanted(list), 32, reserved)];
          const given = places.filter((place) => place !== -1);
          expect(new Set([...given, ...reserved]).size).toBe(given.length + reserved.length);
          expect(given.length).toBe(Math.min(list.length, 32 - reserved.length));
          const reversed = [...allocate(wanted([...list].reverse()), 32, reserved)].reverse();
          expect(reversed).toEqual(places);
        },
      ),
    );
  });

  test("leaves everyone at home whose home nobody else has", () => {
    fc.assert(
      fc.property(claims, (list) => {
        const homes = list.map(({ home }) => home);
        allocate(wanted(list), 32, []).forEach((place, index) => {
          const home = homes[index];
          if (homes.filter((other) => other === home).length === 1) expect(place).toBe(home);
        });
      }),
    );
  });
});

test("names and addresses are those of earlier releases of k8snet: golden files live on them", () => {
  const { cluster } = build(workload("web", 2) + service("web", "type: NodePort, "));
  expect(Object.fromEntries([...addresses(cluster)].slice(2))).toMatchInlineSnapshot(`
{
  "pod default/web-55f979cdb9-856ht": "minikube-m03 10.244.2.130",
  "pod default/web-55f979cdb9-9bq7c": "minikube-m02 10.244.1.38",
  "pod kube-system/coredns-d67d6d677-7fnrd": "minikube 10.244.0.2",
  "port default/web:80": "31260",
  "svc default/web": "10.111.245.101",
}
`);
});

describe("more pods than their node takes", () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => workload(`app-${index}`));

  function podsByNode(cluster: ClusterModel): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { nodeName } of cluster.pods) counts.set(nodeName!, (counts.get(nodeName!) ?? 0) + 1);
    return counts;
  }

  test("they go to others with room before any node is added", () => {
    const { cluster, diagnostics } = build(many(300));
    expect(cluster.nodes).toHaveLength(3);
    expect(Math.max(...podsByNode(cluster).values())).toBe(110);
    expect(diagnostics).toEqual([]);
  });

  test("more nodes appear, none with more than 110 pods, with a note", () => {
    const { cluster, diagnostics } = build(many(600));
    const counts = podsByNode(cluster);
    expect(cluster.nodes.slice(0, 3).map(({ name }) => counts.get(name))).toEqual([110, 110, 110]);
    expect(cluster.nodes).toHaveLength(3 + Math.ceil((601 - 330) / 88));
    expect(Math.max(...counts.values())).toBe(110);
    expect(diagnostics.map(({ code }) => code)).toEqual(["nodes-added"]);
    expect(new Set(cluster.pods.flatMap(({ ips }) => ips)).size).toBe(601);
  });

  test("enough nodes stay as many as they are", () => {
    const text = Array.from({ length: 500 }, (_, index) => workload(`app-${index}`, 2));
    const { cluster } = build(text, { simulatedNodes: 48 });
    expect(cluster.nodes).toHaveLength(48);
    expect(Math.max(...podsByNode(cluster).values())).toBeLessThanOrEqual(110);
  });

  test.each([
    ["some nodes have room", many(200), 2],
    ["nodes were added", many(600), 8],
  ])("one more pod moves hardly any other: %s", (_, text, most) => {
    const before = addresses(build(text).cluster);
    const nodeOf = (address: string | undefined) => address?.split(" ")[0];
    for (const name of ["one-more", "two-more", "three-more"]) {
      const after = addresses(build([...text, workload(name)]).cluster);
      const moved = [...before].filter(([key, address]) => nodeOf(after.get(key)) !== nodeOf(address));
      expect(moved.length).toBeLessThanOrEqual(most);
    }
  });

  test("a pod bound to a node by name gets no copy of that node", () => {
    const podSpec = "nodeSelector: {kubernetes.io/hostname: minikube}, ";
    const { cluster, diagnostics } = build(workload("web", 120, { podSpec }));
    expect(cluster.nodes).toHaveLength(3);
    expect(cluster.pods.filter(({ phase }) => phase === "Pending")).toHaveLength(11);
    expect(diagnostics.map(({ message }) => message)).toEqual([
      "no node takes Deployment default/web: 11 pods stay Pending (the nodes are full or drained)",
    ]);
  });

  test("a node is added for pods that only some nodes take", () => {
    const podSpec = "nodeSelector: {topology.kubernetes.io/zone: zone-b}, ";
    const { cluster } = build(workload("web", 120, { podSpec }) + workload("free", 3));
    expect(cluster.nodes.slice(3).map(({ name, zone }) => [name, zone])).toEqual([
      ["minikube-m04", "zone-b"],
    ]);
    expect(podsByNode(cluster).get("minikube-m04")).toBeGreaterThanOrEqual(10);
  });
});
