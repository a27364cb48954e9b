import type { CatalogueEntries } from "../catalogue-entry.ts";

const web = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: web, ports: [{name: web, containerPort: 8080}]}]}
---
`;

const ingress = (service: string, port: string): string => `${web}apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules:
  - http:
      paths:
      - path: /
        pathType: Prefix
        backend: {service: {name: ${service}, port: {${port}}}}
`;

const route = (backend: string): string => `${web}apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web}
spec:
  rules:
  - backendRefs: [${backend}]
`;

const policy = (port: string): string => `${web}apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress:
  - ports: [{port: ${port}}]
`;

const autoscaler = (name: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: ${name}}
  minReplicas: 2
  maxReplicas: 4
`;

const statefulSet = (serviceName: string): string => `apiVersion: v1
kind: Service
metadata: {name: db}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: ${serviceName}
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: db, ports: [{containerPort: 5432}]}]}
`;

const webhook = (name: string): string => `${web}apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: web}
webhooks:
- name: check.example.net
  admissionReviewVersions: [v1]
  sideEffects: None
  clientConfig: {service: {namespace: default, name: ${name}, port: 80}}
`;

/** Findings about other objects that name a Service, a port or a workload. */
export const referenceCodes: CatalogueEntries = {
  "ingress-service-missing": {
    severity: "error",
    title: "An Ingress names a Service that does not exist",
    explanation:
      "An Ingress sends to Services of its own namespace. For one that is not there controllers answer 503 or 404, or leave the whole rule out.",
    mend: "Correct the name, or add the Service to this namespace. When it is in manifests that are not read here, read those too or suppress the finding.",
    bad: ingress("wbe", "number: 80"),
    good: ingress("web", "number: 80"),
  },
  "ingress-port-missing": {
    severity: "error",
    title: "An Ingress names a port that its Service does not have",
    explanation:
      "The port of an Ingress backend is a port of the Service (name or number), not of the container.",
    mend: "Write the Service port's number, or its name.",
    bad: ingress("web", "number: 8080"),
    good: ingress("web", "name: http"),
  },
  "route-service-missing": {
    severity: "error",
    title: "A Gateway API route names a Service that does not exist",
    explanation:
      "The route gets the condition ResolvedRefs: False, and its share of requests is answered with 500.",
    mend: "Correct the name or the namespace of the backendRef (another namespace also needs a ReferenceGrant there).",
    bad: route("{name: wbe, port: 80}"),
    good: route("{name: web, port: 80}"),
  },
  "route-port-missing": {
    severity: "error",
    title: "A Gateway API route names a port that its Service does not have",
    explanation: "The port of a backendRef is the Service's port, not the container's; it has no default.",
    mend: "Write the Service port's number.",
    bad: route("{name: web, port: 8080}"),
    good: route("{name: web, port: 80}"),
  },
  "autoscaler-target-missing": {
    severity: "error",
    title: "A HorizontalPodAutoscaler names a workload that does not exist",
    explanation: "It scales nothing (condition AbleToScale: False, FailedGetScale).",
    mend: "Correct kind and name of spec.scaleTargetRef; the workload has to be in the same namespace.",
    bad: autoscaler("wbe"),
    good: autoscaler("web"),
  },
  "network-policy-service-port": {
    severity: "warning",
    title: "A NetworkPolicy names a Service's port where the pods' port is needed",
    explanation:
      "A NetworkPolicy sees packets at the pod, after the Service's address and port have been translated. A rule for the Service's port allows nothing that comes through the Service.",
    mend: "Write the container's port (targetPort), by number or by the container port's name.",
    bad: policy("80"),
    good: policy("8080"),
  },
  "network-policy-port-missing": {
    severity: "warning",
    title: "A NetworkPolicy names a port that no pod it selects has",
    explanation:
      "A port as a name is looked up among the container ports of each selected pod. One that no pod has allows nothing.",
    mend: "Write the name of a container port, or its number.",
    bad: policy("wbe"),
    good: policy("web"),
  },
  "network-policy-selects-nothing": {
    severity: "warning",
    title: "A NetworkPolicy selects no pod",
    explanation:
      "The pods that it was meant to protect accept everything, unless another policy selects them.",
    mend: "Make spec.podSelector match the labels of pods in the policy's own namespace.",
    bad: `${web}apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec: {podSelector: {matchLabels: {app: wbe}}}
`,
    good: `${web}apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec: {podSelector: {matchLabels: {app: web}}}
`,
  },
  "stateful-set-service-missing": {
    severity: "warning",
    title: "A StatefulSet names a Service that does not exist",
    explanation:
      "The pods' own DNS names (`db-0.db.NAMESPACE.svc.cluster.local`) belong to the headless Service of that name. Without it they do not resolve.",
    mend: "Add a headless Service of that name with the pods' labels as its selector.",
    bad: statefulSet("database"),
    good: statefulSet("db"),
  },
  "webhook-service-missing": {
    severity: "warning",
    title: "A webhook or an APIService names a Service or port that does not exist",
    explanation:
      "The API server calls it by that Service. With failurePolicy: Fail (the default) every request that the webhook is for is refused.",
    mend: "Correct namespace, name and port (443 by default) of the Service.",
    bad: webhook("wbe"),
    good: webhook("web"),
  },
};
