import type { CatalogueEntries } from "../catalogue-entry.ts";

const nodesAndOnePod = `---
apiVersion: v1
kind: Node
metadata: {name: one}
status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}
---
apiVersion: v1
kind: Node
metadata: {name: two}
status: {addresses: [{type: InternalIP, address: 192.168.0.2}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {nodeName: one, containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
`;

/** Findings about traffic that stays on the node it came to. */
export const trafficPolicyCodes: CatalogueEntries = {
  "external-local-black-hole": {
    severity: "warning",
    title: "externalTrafficPolicy Local, and some nodes have no endpoint",
    explanation:
      "With externalTrafficPolicy: Local a node sends external traffic (node ports, load-balancer addresses, external IPs) only to endpoints on itself. A node without one drops it silently, and the client waits for a timeout. A cloud's load balancer leaves such nodes out by the health-check port; clients of a node port do not know.",
    mend: "Run a pod on every node that takes traffic (a DaemonSet, or topologySpreadConstraints with enough replicas), send clients only to nodes with a pod, or use externalTrafficPolicy: Cluster when the client's address need not be kept.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: NodePort
  externalTrafficPolicy: Local
  selector: {app: web}
  ports: [{port: 80}]
${nodesAndOnePod}`,
    good: `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: NodePort
  externalTrafficPolicy: Cluster
  selector: {app: web}
  ports: [{port: 80}]
${nodesAndOnePod}`,
  },
  "internal-local-black-hole": {
    severity: "warning",
    title: "internalTrafficPolicy Local, and some nodes have no endpoint",
    explanation:
      "With internalTrafficPolicy: Local a pod reaches the Service's cluster IP only by endpoints on its own node. On a node without one kube-proxy drops the packets (from 1.25; 1.22 and 1.23 reject them): clients there hang, although other nodes have endpoints.",
    mend: "Run the pods as a DaemonSet, keep the clients on nodes with a pod, or use trafficDistribution: PreferSameNode, which falls back to other nodes.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  internalTrafficPolicy: Local
  selector: {app: web}
  ports: [{port: 80}]
${nodesAndOnePod}`,
    good: `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  trafficDistribution: PreferSameNode
  selector: {app: web}
  ports: [{port: 80}]
${nodesAndOnePod}`,
  },
  "local-fewer-replicas-than-nodes": {
    severity: "info",
    title: "A Service with a Local policy has fewer replicas than the cluster has nodes",
    explanation:
      "However the scheduler places them, some node is left without a pod of this Service and drops its traffic. After a rollout or a drain it may be another node.",
    mend: "Use a DaemonSet or at least as many replicas as nodes, spread by topologySpreadConstraints.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, externalTrafficPolicy: Local, selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
`,
    good: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, externalTrafficPolicy: Local, selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
`,
  },
  "headless-traffic-distribution": {
    severity: "warning",
    title: "trafficDistribution on a headless Service",
    explanation:
      "A headless Service has no cluster IP: clients get all pod addresses from DNS and choose themselves. kube-proxy, which would follow the hints, has no part in it.",
    mend: "Remove trafficDistribution, or give the Service a cluster IP.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: None, trafficDistribution: PreferSameZone, selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
`,
    good: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {trafficDistribution: PreferSameZone, selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
`,
  },
};
