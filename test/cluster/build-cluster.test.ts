import { buildCluster } from "../../src/cluster/build-cluster.ts";
import { defaultClusterOptions } from "../../src/cluster/options.ts";
import { loadObjects } from "./load-objects.ts";

const backend = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: backend, namespace: jobs}
spec:
  replicas: 3
  selector: {matchLabels: {app: backend}}
  template:
    metadata: {labels: {app: backend}}
    spec: {containers: [{name: c, ports: [{containerPort: 3000}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: backend, namespace: jobs}
spec: {type: NodePort, selector: {app: backend}, ports: [{port: 80, targetPort: 3000}]}
`;

function build(text: string) {
  return buildCluster(loadObjects(text), defaultClusterOptions);
}

test("a Deployment and a Service in minikube's three nodes", () => {
  const { cluster, diagnostics } = build(backend);
  expect(diagnostics).toEqual([]);
  expect(cluster.nodes.map(({ name, internalIps }) => [name, ...internalIps])).toEqual([
    ["minikube", "192.168.49.2"],
    ["minikube-m02", "192.168.49.3"],
    ["minikube-m03", "192.168.49.4"],
  ]);
  expect(cluster.services.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual([
    "default/kubernetes",
    "kube-system/kube-dns",
    "jobs/backend",
  ]);
  expect(cluster.services[0]).toMatchObject({
    clusterIps: ["10.96.0.1"],
    builtinEndpoints: [{ ip: "192.168.49.2", port: 8443, portName: "https" }],
  });
  expect(
    cluster.pods.filter(({ namespace }) => namespace === "jobs").map(({ nodeName }) => nodeName),
  ).toEqual(["minikube-m02", "minikube-m03", "minikube"]);
  expect(cluster.pods[0]).toMatchObject({
    namespace: "kube-system",
    ips: ["10.244.0.2"],
    nodeName: "minikube",
  });
});
