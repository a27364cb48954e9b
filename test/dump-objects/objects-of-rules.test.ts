import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import type { Service } from "../../src/cluster/model.ts";
import { objectsOfRules } from "../../src/dump-objects/objects-of-rules.ts";
import { familyOf } from "../../src/net/ip.ts";
import { type LoadedCluster, loadCluster } from "../../src/pipeline.ts";
import {
  readSave,
  recordedCluster,
  recordedSaves,
  recordings,
} from "../analysis/verify/recorded-clusters.ts";

const folder = join(recordings, "clusters");
const clusters = readdirSync(folder);

/** The cluster that a node's rules speak of. */
function clusterOfDump(path: string): LoadedCluster {
  const ruleset = readSave(path);
  const dumps = ruleset === undefined ? [] : [{ name: path, node: undefined, ruleset }];
  return loadCluster([], {
    validate: "strict",
    cluster: { defaultNamespace: "default", clusterServices: false },
    objects: objectsOfRules(dumps),
  });
}

/** What rules can show of a Service. */
function shown(service: Service, family: 4 | 6): object {
  const own = (ip: string): boolean => familyOf(ip) === family;
  return {
    name: `${service.namespace}/${service.name}`,
    clusterIps: service.clusterIps.filter(own),
    ports: service.ports.map(({ name, protocol, port }) => `${name} ${port}/${protocol}`).sort(),
    nodePorts: service.ports.map(({ nodePort }) => nodePort).sort(),
  };
}

/** Services that kube-proxy makes rules for in this family. */
function proxied({ cluster }: LoadedCluster, family: 4 | 6): Service[] {
  return cluster.services.filter(
    (service) =>
      service.clusterIps.some((ip) => ip !== "None" && familyOf(ip) === family) &&
      service.labels["service.kubernetes.io/service-proxy-name"] === undefined,
  );
}

function byName(a: object, b: object): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

test.each(clusters)(
  "%s: the rules of every node and release name its Services, ports and node ports",
  (name) => {
    const stated = recordedCluster(join(folder, name));
    const saves = recordedSaves(join(folder, name));
    expect(saves.length).toBeGreaterThan(0);
    for (const path of saves) {
      const family = path.includes("ip6tables") ? 6 : 4;
      const found = clusterOfDump(path);
      const expected = proxied(stated, family).map((service) => shown(service, family));
      const actual = found.cluster.services.map((service) => shown(service, family));
      expect({ path: relative(folder, path), services: actual.sort(byName) }).toEqual({
        path: relative(folder, path),
        services: expected.sort(byName),
      });
    }
  },
);

/** `namespace/name port ip:port …` of every Service port with endpoints. */
function endpointsOf({ endpoints }: LoadedCluster): string[] {
  return endpoints.servicePorts
    .filter((group) => group.family === 4 && group.endpoints.some(({ ready }) => ready))
    .map(({ service, port, endpoints: all }) => {
      const ready = all.filter((endpoint) => endpoint.ready).map(({ ip, port: number }) => `${ip}:${number}`);
      return `${service.namespace}/${service.name} ${port.port}/${port.protocol} ${ready.sort().join(" ")}`;
    })
    .sort();
}

// Where no policy keeps endpoints from a node.
test.each(["jobs-app", "load-balancer", "ports", "session-affinity", "vote-app", "workloads"])(
  "%s: the rules of every node and release name its endpoints",
  (name) => {
    const stated = recordedCluster(join(folder, name));
    const headless = new Set(
      stated.cluster.services
        .filter((service) => !proxied(stated, 4).includes(service))
        .map((service) => `${service.namespace}/${service.name}`),
    );
    const expected = endpointsOf(stated).filter((line) => !headless.has(line.split(" ")[0]!));
    for (const path of recordedSaves(join(folder, name)).filter((save) => !save.includes("ip6tables")))
      expect(endpointsOf(clusterOfDump(path))).toEqual(expected);
  },
);

test("session affinity, policies and addresses are told as far as rules tell them", () => {
  const facts = (cluster: string): string[] =>
    clusterOfDump(
      recordedSaves(join(folder, cluster)).find((path) => path.includes("1.37") && !path.includes("ip6"))!,
    ).cluster.services.map((service) =>
      [
        service.name,
        service.type,
        service.externalTrafficPolicy,
        service.sessionAffinity === "ClientIP" ? `ClientIP ${service.sessionAffinityTimeout}` : "",
        ...service.externalIps,
        ...service.loadBalancerIngress.map(({ ip }) => ip),
      ].join(" "),
    );
  expect(facts("session-affinity")).toContain("cart-short ClusterIP Cluster ClientIP 600");
  expect(facts("load-balancer")).toContain("web-external-ips ClusterIP Cluster  198.51.100.7 198.51.100.8");
  expect(facts("load-balancer")).toContain("web LoadBalancer Cluster  203.0.113.10");
});
