import type { CatalogueEntries } from "../catalogue-entry.ts";

/** Findings about what a Service selects and where its ports lead. */
export const selectorCodes: CatalogueEntries = {
  "selector-matches-nothing": {
    severity: "error",
    title: "A Service's selector matches no pod",
    explanation:
      "A Service sends traffic to the pods in its own namespace that carry every label of its selector. With none, it has no endpoints, and kube-proxy answers every connection to it with REJECT (connection refused).",
    mend: "Make spec.selector equal to labels of the pod template (spec.template.metadata.labels, not the workload's own labels), and keep both in one namespace.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: wbe}
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
`,
    good: `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
`,
  },
  "workload-scaled-to-zero": {
    severity: "info",
    title: "A Service selects only workloads that have no replicas",
    explanation:
      "The selector fits a pod template, but the workload runs no pod, so that the Service has no endpoints and kube-proxy rejects every connection. That is right for something switched off or scaled on demand.",
    mend: "Raise spec.replicas, or leave it when the workload is meant to be off.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
`,
    good: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
`,
  },
  "endpoints-unknown": {
    severity: "info",
    title: "The endpoints of a Service can't be known from this input",
    explanation:
      "The pods of the Service come from a kind that k8snet does not read, or k8snet.yaml says that they are elsewhere. Nothing is claimed about where its traffic goes.",
    mend: "Give the observed EndpointSlices (`kubectl get endpointslices -o yaml`), or state the Service under `assume:` in k8snet.yaml.",
  },
  "no-endpoints-stated": {
    severity: "warning",
    title: "A Service without a selector has no EndpointSlice and no Endpoints",
    explanation:
      "Without a selector the control plane makes no endpoints: somebody has to write EndpointSlices with the label kubernetes.io/service-name. Until then kube-proxy rejects every connection to the Service.",
    mend: "Add spec.selector, or an EndpointSlice that carries the label kubernetes.io/service-name with the Service's name.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: database}
spec: {ports: [{port: 5432}]}
`,
    good: `apiVersion: v1
kind: Service
metadata: {name: database}
spec: {ports: [{port: 5432}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: database-1, labels: {kubernetes.io/service-name: database}}
addressType: IPv4
ports: [{port: 5432}]
endpoints: [{addresses: [192.0.2.10]}]
`,
  },
  "pods-not-scheduled": {
    severity: "warning",
    title: "A Service selects pods that no node takes",
    explanation:
      "The selector fits, but the pods ask for a node that is not there (nodeSelector, affinity, taints), stay Pending and have no address. It is an info when the nodes are simulated, since those have no labels of yours.",
    mend: "Label a node as the pods ask, or loosen nodeSelector or affinity. Give the cluster's Nodes to k8snet when they have the labels.",
    bad: `apiVersion: v1
kind: Node
metadata: {name: one}
status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {nodeSelector: {role: edge}, containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
`,
    good: `apiVersion: v1
kind: Node
metadata: {name: one, labels: {role: edge}}
status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {nodeSelector: {role: edge}, containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
`,
  },
  "no-ready-endpoints": {
    severity: "warning",
    title: "A Service has endpoints, but none of them is ready",
    explanation:
      "kube-proxy uses ready endpoints only. When all are unready it rejects every connection; when some of them are terminating and still serving, it sends traffic to those until they are gone (from 1.26).",
    mend: "Look at why the pods fail their readiness probe (`kubectl describe pod`).",
    bad: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {nodeName: minikube, containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
status: {phase: Running, podIP: 10.244.0.7, conditions: [{type: Ready, status: "False"}]}
`,
    good: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {nodeName: minikube, containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
status: {phase: Running, podIP: 10.244.0.7, conditions: [{type: Ready, status: "True"}]}
`,
  },
  "selector-matches-several-workloads": {
    severity: "info",
    title: "A Service's selector matches the pods of several workloads",
    explanation:
      "Connections are spread over the pods of all of them. That is how a canary works, and how a label that is too general (`app`, without the component) sends requests to the wrong program. It is a warning when the workloads do not declare the same target port, and when some of them are Jobs or CronJobs: whenever those run, they get requests too.",
    mend: "Add the label that tells the workloads apart to spec.selector, or leave it when both are meant.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {app: shop}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: shop, part: web}}
spec: {containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: worker}
spec:
  selector: {matchLabels: {part: worker}}
  template:
    metadata: {labels: {app: shop, part: worker}}
    spec: {containers: [{name: worker, image: worker, ports: [{containerPort: 9000}]}]}
`,
    good: `apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {app: shop, part: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: shop, part: web}}
spec: {containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: worker}
spec:
  selector: {matchLabels: {part: worker}}
  template:
    metadata: {labels: {app: shop, part: worker}}
    spec: {containers: [{name: worker, image: worker, ports: [{containerPort: 9000}]}]}
`,
  },
  "named-port-missing": {
    severity: "error",
    title: "A named target port is the name of no container port",
    explanation:
      "targetPort as a name is looked up among the container ports of each selected pod, by name and protocol. A pod without it gives no endpoint for this port; when no pod has it, kube-proxy rejects every connection to the port.",
    mend: "Give the container port that name, or write the port's number as targetPort.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: web, ports: [{name: web, containerPort: 8080}]}]}
`,
    good: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: web, ports: [{name: http, containerPort: 8080}]}]}
`,
  },
  "named-port-partly-missing": {
    severity: "warning",
    title: "Only some of the selected pods have the named target port",
    explanation:
      "A pod whose containers do not name the target port gives no endpoint for it and gets no traffic, although the selector matches it.",
    mend: "Name the container port in all workloads that the selector matches, or narrow the selector.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, labels: {app: web}}
spec: {containers: [{name: web, image: web, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-2, labels: {app: web}}
spec: {containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
`,
    good: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, labels: {app: web}}
spec: {containers: [{name: web, image: web, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-2, labels: {app: web}}
spec: {containers: [{name: web, image: web, ports: [{name: http, containerPort: 8081}]}]}
`,
  },
  "target-port-undeclared": {
    severity: "info",
    title: "No container declares the target port",
    explanation:
      "A numeric targetPort needs no declaration: the traffic arrives at that port of the pod in any case. But when the containers declare other ports, or the same number with another protocol, nothing may be listening there.",
    mend: "Compare targetPort with the port the program listens on; declare it in the container's ports for readers and tools.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
`,
    good: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
`,
  },
};
