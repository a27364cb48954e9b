import { ClusterZone } from "../../src/dns/cluster-zone.ts";
import type { RecordType } from "../../src/dns/record.ts";
import { loadCluster } from "../../src/pipeline.ts";

/** What recorded clusters do not have; expectations follow CoreDNS 1.13's kubernetes plugin. */
const text = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Service
metadata: {name: dual, namespace: shop}
spec: {clusterIP: None, ipFamilies: [IPv4, IPv6], ipFamilyPolicy: RequireDualStack, ports: [{name: web, port: 80}, {name: dns, port: 53, protocol: UDP}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: dual-4, namespace: shop, labels: {kubernetes.io/service-name: dual}}
addressType: IPv4
ports: [{name: web, port: 8080}, {name: dns, port: 5353, protocol: UDP}]
endpoints: [{addresses: [10.244.0.2], hostname: a-0}, {addresses: [10.244.0.3], conditions: {ready: false}}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: dual-6, namespace: shop, labels: {kubernetes.io/service-name: dual}}
addressType: IPv6
ports: [{name: web, port: 8080}]
endpoints: [{addresses: ["fd00:10:244::2"], hostname: a-0}, {addresses: ["fd00:10:244::"]}]
---
apiVersion: v1
kind: Service
metadata: {name: bare, namespace: shop}
spec: {clusterIP: None}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: bare-1, namespace: shop, labels: {kubernetes.io/service-name: bare}}
addressType: IPv4
ports: []
endpoints: [{addresses: [10.244.0.9]}]
---
apiVersion: v1
kind: Service
metadata: {name: many, namespace: shop}
spec: {clusterIP: 10.96.1.1, ports: [{name: a, port: 80}, {name: b, port: 80, protocol: UDP}, {name: c, port: 81}]}
---
apiVersion: v1
kind: Service
metadata: {name: first, namespace: shop}
spec: {type: ExternalName, externalName: second.shop.svc.cluster.local}
---
apiVersion: v1
kind: Service
metadata: {name: second, namespace: shop}
spec: {type: ExternalName, externalName: many.shop.svc.cluster.local}
---
apiVersion: v1
kind: Service
metadata: {name: outside, namespace: shop}
spec: {type: ExternalName, externalName: db.example.net}
---
apiVersion: v1
kind: Service
metadata: {name: round, namespace: shop}
spec: {type: ExternalName, externalName: about.shop.svc.cluster.local}
---
apiVersion: v1
kind: Service
metadata: {name: about, namespace: shop}
spec: {type: ExternalName, externalName: round.shop.svc.cluster.local}
---
apiVersion: v1
kind: Service
metadata: {name: below, namespace: shop}
spec: {type: ExternalName, externalName: x.below.shop.svc.cluster.local}
---
apiVersion: v1
kind: Service
metadata: {name: gone, namespace: shop}
spec: {type: ExternalName, externalName: nothing.shop.svc.cluster.local}
`;
const cluster = {
  defaultNamespace: "default",
  clusterServices: false,
  serviceCidrs: ["10.96.0.0/12", "fd00:10:96::/112"],
  clusterCidrs: ["10.244.0.0/16", "fd00:10:244::/56"],
};
const loaded = loadCluster([{ name: "x.yaml", text }], { validate: "strict", cluster });
const zone = new ClusterZone(loaded.cluster, loaded.endpoints);

test("the cluster is whole", () => {
  expect(loaded.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
});

const answered = (name: string, type: RecordType): string[] => {
  const { rcode, answers } = zone.answer(name, type);
  return [rcode, ...answers.map((record) => `${record.type} ${record.data}`).sort()];
};

const svc = (name: string) => `${name}.shop.svc.cluster.local`;

test.each<[string, RecordType, string[]]>([
  [svc("dual"), "A", ["NOERROR", "A 10.244.0.2"]],
  [svc("dual"), "AAAA", ["NOERROR", "AAAA fd00:10:244::", "AAAA fd00:10:244::2"]],
  [svc("a-0.dual"), "A", ["NOERROR", "A 10.244.0.2"]],
  [svc("A-0.DUAL").toUpperCase(), "AAAA", ["NOERROR", "AAAA fd00:10:244::2"]],
  [svc("10-244-0-3.dual"), "A", ["NXDOMAIN"]],
  [svc("fd00-10-244--0.dual"), "AAAA", ["NOERROR", "AAAA fd00:10:244::"]],
  [
    svc("dual"),
    "SRV",
    [
      "NOERROR",
      `SRV 0 25 5353 a-0.${svc("dual")}.`,
      `SRV 0 25 8080 a-0.${svc("dual")}.`,
      `SRV 0 25 8080 fd00-10-244--0.${svc("dual")}.`,
    ],
  ],
  [svc("_dns._udp.dual"), "SRV", ["NOERROR", `SRV 0 100 5353 a-0.${svc("dual")}.`]],
  [svc("_dns._tcp.dual"), "SRV", ["NXDOMAIN"]],
  [svc("bare"), "A", ["NOERROR", "A 10.244.0.9"]],
  [svc("bare"), "SRV", ["NOERROR"]],
  ["9.0.244.10.in-addr.arpa", "PTR", ["NOERROR", `PTR 10-244-0-9.${svc("bare")}.`]],
  [svc("many"), "SRV", ["NOERROR", `SRV 0 33 80 ${svc("many")}.`, `SRV 0 33 81 ${svc("many")}.`]],
  [svc("_b._udp.many"), "A", ["NOERROR", "A 10.96.1.1"]],
  [svc("first"), "A", ["NOERROR", "A 10.96.1.1", `CNAME ${svc("many")}.`, `CNAME ${svc("second")}.`]],
  [svc("first"), "AAAA", ["NOERROR"]],
  [svc("first"), "CNAME", ["NOERROR", `CNAME ${svc("second")}.`]],
  [svc("first"), "SRV", ["NOERROR"]],
  [svc("_a._tcp.first"), "SRV", ["NXDOMAIN"]],
  [svc("outside"), "A", ["NOERROR", "CNAME db.example.net."]],
  [svc("round"), "A", ["NOERROR"]],
  [svc("below"), "A", ["NOERROR"]],
  [svc("gone"), "A", ["NOERROR"]],
  [svc("many"), "TXT", ["NOERROR"]],
  [svc("nothing"), "TXT", ["NXDOMAIN"]],
  ["dns-version.cluster.local", "TXT", ["NOERROR", 'TXT "1.1.0"']],
  ["dns-version.cluster.local", "A", ["NXDOMAIN"]],
  [svc("many"), "SOA", ["NOERROR"]],
  [svc("nothing"), "SOA", ["NOERROR"]],
  [svc("nothing"), "NS", ["NXDOMAIN"]],
  ["shop.svc.cluster.local", "A", ["NOERROR"]],
  ["nowhere.svc.cluster.local", "A", ["NXDOMAIN"]],
  ["kube-public.svc.cluster.local", "A", ["NOERROR"]],
  ["shop.pod.cluster.local", "A", ["NOERROR"]],
  ["10-1-2-3.shop.pod.cluster.local", "A", ["NOERROR", "A 10.1.2.3"]],
  ["10-1-2-3.shop.pod.cluster.local", "SRV", ["NOERROR", "SRV 0 100 0 10-1-2-3.shop.pod.cluster.local."]],
  ["fd00--2.shop.pod.cluster.local", "AAAA", ["NOERROR", "AAAA fd00::2"]],
  ["web.shop.pod.cluster.local", "A", ["NXDOMAIN"]],
  ["10-1-2-3.nowhere.pod.cluster.local", "A", ["NXDOMAIN"]],
  ["1.1.96.10.in-addr.arpa", "PTR", ["NOERROR", `PTR ${svc("many")}.`]],
  ["1.1.96.10.in-addr.arpa", "A", ["NXDOMAIN"]],
  ["7.7.7.7.in-addr.arpa", "PTR", ["NXDOMAIN"]],
  [svc("many"), "PTR", ["NOERROR"]],
])("%s %s", (name, type, expected) => {
  expect(answered(name, type)).toEqual(expected);
});
