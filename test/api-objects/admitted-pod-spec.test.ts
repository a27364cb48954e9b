import { readdirSync } from "node:fs";
import { join } from "node:path";
import { admittedPodSpec } from "../../src/api-objects/admitted-pod-spec.ts";
import { runK8snet } from "../cli/run-k8snet.ts";

interface Pod {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
  };
  readonly spec: { readonly nodeName?: string };
}

const clusters = join(__dirname, "../../fixtures/conformance/clusters");
const flags = [
  "--service-cidr",
  "10.96.0.0/12,fd00:10:96::/112",
  "--cluster-cidr",
  "10.244.0.0/16,fd00:10:244::/56",
];

/** Workload -> the spec of one of its pods, node and host name aside. */
async function specsOf(...words: string[]): Promise<Map<string, unknown>> {
  const answer = await runK8snet(["get", "pods", "-A", "-o", "json", ...words]);
  expect(answer.status).toBe(0);
  const { items } = JSON.parse(answer.stdout) as { items: Pod[] };
  return new Map(
    items.map(({ metadata: { namespace, name, ownerReferences }, spec: { nodeName: _, ...spec } }) => {
      const owner = ownerReferences?.[0];
      const workload =
        owner?.kind === "ReplicaSet" ? owner.name.replace(/-[^-]*$/, "") : (owner?.name ?? name);
      return [`${namespace}/${workload}`, { ...spec, hostname: undefined }];
    }),
  );
}

const recorded = readdirSync(clusters).filter((name) => !name.includes(".") && name !== "large");

test.each(recorded)("%s: the spec of a pod is what the API server made of the manifest", async (name) => {
  const folder = join(clusters, name);
  const real = await specsOf("-f", join(folder, "cluster.yaml"));
  const ours = await specsOf("-f", join(folder, "manifests"), ...(name === "dual-stack" ? flags : []));
  const shared = [...real.keys()].filter((key) => ours.has(key));
  expect(shared.length).toBeGreaterThan(0);
  for (const key of shared) expect([key, ours.get(key)]).toEqual([key, real.get(key)]);
});

test.each([
  ["web", "Always"],
  ["registry.example:5000/web", "Always"],
  ["web:latest", "Always"],
  ["web:1", "IfNotPresent"],
  ["registry.example:5000/web:1", "IfNotPresent"],
  ["web@sha256:0123", "IfNotPresent"],
])("image %s is pulled %s", (image, imagePullPolicy) => {
  const { containers } = admittedPodSpec({ containers: [{ name: "web", image }] }, false);
  expect(containers).toMatchObject([{ imagePullPolicy }]);
});

test("null is as if it were not there", () => {
  const spec = { restartPolicy: null, containers: [{ name: "web", image: "web:1", imagePullPolicy: null }] };
  expect(admittedPodSpec(spec, false)).toMatchObject({
    restartPolicy: "Always",
    containers: [{ imagePullPolicy: "IfNotPresent" }],
  });
});

const forever = (taint: string, effect: string) => ({
  effect,
  key: `node.kubernetes.io/${taint}`,
  operator: "Exists",
});

test("a DaemonSet's pods tolerate troubles of their node for ever", () => {
  const all = { operator: "Exists", effect: "NoSchedule" };
  const { tolerations } = admittedPodSpec({ containers: [], hostNetwork: true, tolerations: [all] }, true);
  expect(tolerations).toEqual([
    all,
    forever("not-ready", "NoExecute"),
    forever("unreachable", "NoExecute"),
    forever("disk-pressure", "NoSchedule"),
    forever("memory-pressure", "NoSchedule"),
    forever("pid-pressure", "NoSchedule"),
    forever("unschedulable", "NoSchedule"),
    forever("network-unavailable", "NoSchedule"),
  ]);
});

test.each([
  ["every taint", [{ operator: "Exists" }], 1],
  ["one of the two", [forever("not-ready", "NoExecute")], 2],
  ["another effect only", [forever("not-ready", "NoSchedule")], 3],
])("who tolerates %s gets what is missing", (_, tolerations, count) => {
  expect(admittedPodSpec({ containers: [], tolerations }, false)["tolerations"]).toHaveLength(count);
});

test.each([
  [undefined, 0],
  ["system-node-critical", 2_000_001_000],
  ["ours", undefined],
])("priority of class %s", (priorityClassName, priority) => {
  const spec = { containers: [], ...(priorityClassName === undefined ? {} : { priorityClassName }) };
  expect(admittedPodSpec(spec, false)["priority"]).toBe(priority);
});
