import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dump } from "js-yaml";
import { defaultClusterOptions, type ObservedService } from "../../src/cluster/options.ts";
import { hasErrors } from "../../src/diagnostics/diagnostic.ts";
import type { LoadedObject } from "../../src/manifests/objects.ts";
import { parseManifests } from "../../src/manifests/parse-manifests.ts";
import { type LoadedCluster, loadCluster } from "../../src/pipeline.ts";

/**
 * The recorded clusters twice: as `kubectl get` dumped them, with the EndpointSlices that the real controller
 * wrote; and as their manifests, with what only a running cluster knows handed over (nodes, pods with place,
 * address and readiness, allocated addresses) and the endpoints worked out.
 */
const root = join(__dirname, "../../fixtures/conformance/clusters");
const names = readdirSync(root).filter((name) => existsSync(join(root, name, "manifests/app.yaml")));

function read(name: string, file: string) {
  return { name: file, text: readFileSync(join(root, name, file), "utf8") };
}

/** What a running cluster knows about a Service, as `observed:` states it. */
function observedFacts(objects: readonly LoadedObject[]): Record<string, ObservedService> {
  const facts: Record<string, ObservedService> = {};
  for (const loaded of objects) {
    if (loaded.role !== "service") continue;
    const { spec } = loaded.object;
    const nodePorts = Object.fromEntries(
      (spec.ports ?? [])
        .filter((port) => port.nodePort)
        .map((port) => [port.name ?? String(port.port), port.nodePort!]),
    );
    facts[`${loaded.namespace}/${loaded.name}`] = {
      ...(spec.clusterIP ? { clusterIP: spec.clusterIP } : {}),
      nodePorts,
    };
  }
  return facts;
}

/** Each endpoint of each Service port, in words, sorted. */
function endpointsOf({ endpoints }: LoadedCluster): Record<string, string[]> {
  const answer: Record<string, string[]> = {};
  for (const { service, port, family, endpoints: list } of endpoints.servicePorts) {
    // The API server's own endpoint is no pod; DaemonSet `agent` has no pods in the recording, where no kubelet
    // took the not-ready taint away.
    if (service.name === "kubernetes" || service.name === "agent") continue;
    answer[`${service.namespace}/${service.name}:${port.name}/${port.protocol}/${family}`] = list
      .map((one) => {
        const conditions = [one.ready && "ready", one.serving && "serving", one.terminating && "terminating"];
        const hints = [...(one.zoneHints ?? []), ...(one.nodeHints ?? [])].join();
        return `${one.ip}:${one.port} ${conditions.filter(Boolean).join()} on ${one.nodeName} in ${one.zone} for ${hints}`;
      })
      .sort();
  }
  return answer;
}

test.each(names)("%s: manifests with the cluster's facts have the recorded endpoints", (name) => {
  const recorded = loadCluster([read(name, "cluster.yaml")], {
    validate: "strict",
    cluster: defaultClusterOptions,
  });
  const objects = parseManifests([read(name, "cluster.yaml")], { validate: "strict" }).manifests.objects;
  const services = new Set(
    objects.filter(({ role }) => role === "service").map((one) => `${one.namespace}/${one.name}`),
  );
  const handedOver = objects.filter(({ role }) => role === "node" || role === "pod");
  const facts = { name: "facts.yaml", text: handedOver.map(({ object }) => `---\n${dump(object)}`).join("") };
  const observed = Object.fromEntries(
    Object.entries(observedFacts(objects)).filter(
      ([key]) => services.has(key) && key !== "default/kubernetes",
    ),
  );
  const made = loadCluster([read(name, "manifests/app.yaml"), facts], {
    validate: "strict",
    cluster: { ...defaultClusterOptions, clusterServices: false, observed },
  });
  expect(made.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(hasErrors(recorded.diagnostics)).toBe(false);
  expect(endpointsOf(made)).toEqual(endpointsOf(recorded));
  expect(made.cluster.pods.filter(({ simulated, owner }) => simulated && owner?.name !== "agent")).toEqual(
    [],
  );
});
