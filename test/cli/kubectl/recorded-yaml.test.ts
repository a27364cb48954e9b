import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runK8snet } from "../run-k8snet.ts";

const root = join(__dirname, "../../../fixtures/conformance/kubectl");
const kinds = "nodes,services,pods,endpoints,endpointslices,deployments,replicasets,daemonsets,statefulsets";

test.each(readdirSync(root).filter((name) => !name.includes(".")))(
  "%s: get -o yaml gives back the bytes of kubectl",
  async (cluster) => {
    const file = join(root, cluster, "cluster.yaml");
    const answer = await runK8snet(["get", kinds, "-A", "-o", "yaml", "-f", file]);
    expect(answer.stdout).toBe(readFileSync(file, "utf8"));
  },
);
