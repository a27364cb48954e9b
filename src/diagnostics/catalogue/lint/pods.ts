import type { CatalogueEntries } from "../catalogue-entry.ts";

const service = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
`;

/** Findings about pods as endpoints. */
export const podCodes: CatalogueEntries = {
  "host-network-port-clash": {
    severity: "error",
    title: "Two pods on one node's network claim the same port",
    explanation:
      "Pods with hostNetwork share their node's address. Two of them behind the same address and port are one endpoint: only one can listen, and the other fails to start or gets no traffic.",
    mend: "Give one of the programs another port, keep the pods on different nodes, or leave hostNetwork.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, labels: {app: web}}
spec: {nodeName: minikube, hostNetwork: true, containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-2, labels: {app: web}}
spec: {nodeName: minikube, hostNetwork: true, containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
`,
    good: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, labels: {app: web}}
spec: {nodeName: minikube, hostNetwork: true, containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-2, labels: {app: web}}
spec: {nodeName: minikube-m02, hostNetwork: true, containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
`,
  },
  "probe-port-differs": {
    severity: "info",
    title: "The readiness probe asks another port than the Service sends to",
    explanation:
      "Readiness decides whether a pod is an endpoint. A probe on a management port can pass while the port that the Service targets does not answer yet, or no longer.",
    mend: "Probe the port that the Service targets, or make sure that the other port's answer depends on it.",
    bad: `${service}apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
  - name: web
    image: web
    ports: [{containerPort: 8080}, {containerPort: 9000}]
    readinessProbe: {tcpSocket: {port: 9000}}
`,
    good: `${service}apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
  - name: web
    image: web
    ports: [{containerPort: 8080}, {containerPort: 9000}]
    readinessProbe: {tcpSocket: {port: 8080}}
`,
  },
  "probe-port-missing": {
    severity: "error",
    title: "A probe names a port that its container does not have",
    explanation:
      "A probe's port as a name is looked up among the ports of its own container. Without it the probe always fails: with a readiness probe the pod is never an endpoint, with a liveness or startup probe it is restarted for ever.",
    mend: "Write the name of a port of the same container, or the number.",
    bad: `${service}apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
  - name: web
    image: web
    ports: [{name: http, containerPort: 8080}]
    readinessProbe: {httpGet: {path: /, port: web}}
`,
    good: `${service}apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
  - name: web
    image: web
    ports: [{name: http, containerPort: 8080}]
    readinessProbe: {httpGet: {path: /, port: http}}
`,
  },
  "publish-not-ready-rolling-update": {
    severity: "warning",
    title: "publishNotReadyAddresses on pods that are replaced by a rolling update",
    explanation:
      "The Service takes every pod as ready from the moment it has an address: during a rolling update, and after every crash, connections go to pods that do not listen yet. It is meant for headless Services by which peers find each other.",
    mend: "Remove publishNotReadyAddresses from the Service that clients use; keep it on a headless one for peers.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {publishNotReadyAddresses: true, selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
`,
    good: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: None, publishNotReadyAddresses: true, selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
`,
  },
};
