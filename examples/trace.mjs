// Who answers when a pod connects to a Service, and how often: exact probabilities, from the manifests alone.
import { decideKubeProxyConfig, loadCluster, renderNode, tracePacket } from "k8snet";

const manifests = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: web
          ports: [{containerPort: 8080}]
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  clusterIP: 10.96.0.80
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080}]
`;

const loaded = loadCluster([{ name: "web.yaml", text: manifests }], {
  validate: "strict",
  cluster: { defaultNamespace: "default", clusterServices: true },
});
const { config } = decideKubeProxyConfig(loaded.cluster);
const rulesets = new Map(loaded.cluster.nodes.map((node) => [node.name, renderNode(loaded, node, config)]));

const answer = tracePacket(
  {
    cluster: loaded.cluster,
    endpoints: loaded.endpoints,
    network: { family: 4, rulesetOf: (node) => rulesets.get(node) },
  },
  { target: "svc/web", namespace: "shop", options: {} },
);
for (const end of answer.ends) {
  const { numerator, denominator } = end.probability;
  console.log(`${end.outcome} ${end.server} ${numerator}/${denominator}`);
}
