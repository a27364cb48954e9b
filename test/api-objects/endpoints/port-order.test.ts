import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { runK8snet } from "../../cli/run-k8snet.ts";

interface Endpoints {
  readonly kind: string;
  readonly metadata: { readonly namespace: string; readonly name: string };
  readonly subsets?: readonly { readonly ports?: readonly unknown[] }[];
}

const clusters = join(__dirname, "../../../fixtures/conformance/clusters");

/** `namespace/name` -> the ports of its subsets; subsets stand in an order of hashes that hold the pods' uids. */
function portsOf(objects: readonly Endpoints[]): Record<string, string[]> {
  const some = objects.filter(({ kind, subsets }) => kind === "Endpoints" && subsets !== undefined);
  // The API server writes those of default/kubernetes itself.
  const controllers = some.filter(({ metadata }) => metadata.name !== "kubernetes");
  return Object.fromEntries(
    controllers.map(({ metadata: { namespace, name }, subsets }) => [
      `${namespace}/${name}`,
      (subsets ?? []).map(({ ports }) => JSON.stringify(ports)).sort(),
    ]),
  );
}

// The recorded clusters without their Endpoints objects: ours are made of their EndpointSlices.
test.each(["jobs-app", "ports", "load-balancer", "workloads"])(
  "%s: ports of Endpoints stand as the endpoints controller writes them",
  async (name) => {
    const { items } = load(readFileSync(join(clusters, name, "cluster.yaml"), "utf8")) as {
      items: Endpoints[];
    };
    const rest = items.filter(({ kind }) => kind !== "Endpoints");
    const stdin = JSON.stringify({ apiVersion: "v1", kind: "List", items: rest });
    const answer = await runK8snet(["get", "endpoints", "-A", "-o", "json", "-f", "-"], { stdin });
    const made = JSON.parse(answer.stdout) as { items: Endpoints[] };
    const recorded = portsOf(items);
    const ours = portsOf(made.items);
    expect(Object.keys(recorded).length).toBeGreaterThan(0);
    expect(Object.fromEntries(Object.keys(recorded).map((key) => [key, ours[key]]))).toEqual(recorded);
  },
);
