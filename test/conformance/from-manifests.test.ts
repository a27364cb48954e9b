import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type ClusterReader,
  Conformance,
  findRecordings,
  sourceAt,
} from "../../scripts/conformance/recordings.ts";
import { buildCluster } from "../../src/cluster/build-cluster.ts";
import { defaultClusterOptions } from "../../src/cluster/options.ts";
import { resolveEndpoints } from "../../src/endpoints/resolve-endpoints.ts";
import type { Loaded, LoadedObject, ServiceObject } from "../../src/manifests/objects.ts";
import { parseManifests } from "../../src/manifests/parse-manifests.ts";

/**
 * The rules again, this time from the manifests that a user applied. What no manifest says is handed over from
 * the cluster: nodes, pods (placement, addresses, readiness), allocated addresses and node ports of Services,
 * load-balancer status, and the API server's own Service. EndpointSlices and Endpoints are not: k8snet makes
 * them, as the controllers did.
 */
const handedOver: ReadonlySet<string> = new Set(["Node", "Pod", "ReplicaSet"]);

type LoadedService = Loaded<"service", ServiceObject>;

const keyOf = (loaded: LoadedObject): string => `${loaded.kind}/${loaded.namespace ?? ""}/${loaded.name}`;
const isKubernetes = ({ namespace, name }: LoadedObject): boolean =>
  namespace === "default" && name === "kubernetes";

function load(path: string): readonly LoadedObject[] {
  const { manifests, diagnostics } = parseManifests([sourceAt(path)], { validate: "ignore" });
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return manifests.objects;
}

/** A Service as it was applied, with what the API server and the cloud put into it. */
function withAllocations(applied: LoadedService, observed: ServiceObject): LoadedService {
  const { clusterIP, clusterIPs, healthCheckNodePort, ports } = observed.spec;
  const { spec } = applied.object;
  return {
    ...applied,
    object: {
      metadata: applied.object.metadata,
      spec: {
        ...spec,
        ...(clusterIP === undefined ? {} : { clusterIP }),
        ...(clusterIPs === undefined ? {} : { clusterIPs }),
        ...(healthCheckNodePort === undefined ? {} : { healthCheckNodePort }),
        ports: (spec.ports ?? []).map((port, index) => ({
          ...port,
          nodePort: ports?.[index]?.nodePort ?? 0,
        })),
      },
      ...(observed.status === undefined ? {} : { status: observed.status }),
    },
  };
}

/** Placement is handed over too: a workload of which the cluster ran no pod (its nodes were tainted) has none. */
function isPlaced(loaded: LoadedObject, pods: readonly LoadedObject[]): boolean {
  if (loaded.role !== "workload") return true;
  const labels = Object.entries(loaded.object.spec.template.metadata?.labels ?? {});
  return pods.some(
    (pod) =>
      pod.role === "pod" && labels.every(([key, value]) => pod.object.metadata.labels?.[key] === value),
  );
}

const readApplied: ClusterReader = (root, name) => {
  const observed = new Map(load(join(root, name, "cluster.yaml")).map((loaded) => [keyOf(loaded), loaded]));
  const applied = load(join(root, name, "manifests/app.yaml"));
  const given = [...observed.values()].filter(
    (loaded) => handedOver.has(loaded.kind) || isKubernetes(loaded),
  );
  const pods = given.filter(({ role }) => role === "pod");
  const objects = [
    ...given,
    ...applied
      .filter((loaded) => isPlaced(loaded, pods) && !given.some((other) => keyOf(other) === keyOf(loaded)))
      .map((loaded): LoadedObject => {
        const match = observed.get(keyOf(loaded));
        return loaded.role === "service" && match?.role === "service"
          ? withAllocations(loaded, match.object)
          : loaded;
      }),
  ];
  const { cluster, diagnostics } = buildCluster({ objects }, defaultClusterOptions);
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return { cluster, endpoints: resolveEndpoints(cluster).endpoints };
};

const root = join(__dirname, "../../fixtures/conformance");
const conformance = new Conformance(root, readApplied);
const recordings = findRecordings(root).filter(({ cluster }) =>
  existsSync(join(root, cluster, "manifests/app.yaml")),
);

test.each([...new Set(recordings.map(({ cluster }) => cluster))])(
  "%s: from its manifests, the same rules",
  (name) => {
    const own = recordings.filter(({ cluster }) => cluster === name);
    expect(own.length).toBeGreaterThan(9);
    const differences = own.map((recording) => [recording.path, conformance.check(recording)] as const);
    expect(differences.filter(([, lines]) => lines.length > 0)).toEqual([]);
  },
);
