import type { CatalogueEntries } from "../catalogue-entry.ts";

/** Findings about a Service by itself, and about the cluster's ranges. */
export const serviceCodes: CatalogueEntries = {
  "external-name-is-address": {
    severity: "error",
    title: "externalName is an IP address",
    explanation:
      "An ExternalName Service is a CNAME record, and a CNAME leads to a name. An address in it is read as a name made of digits, which nothing resolves.",
    mend: "Use a Service without selector and an EndpointSlice with the address.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: database}
spec: {type: ExternalName, externalName: 192.0.2.10}
`,
    good: `apiVersion: v1
kind: Service
metadata: {name: database}
spec: {type: ExternalName, externalName: db.example.net}
`,
  },
  "external-name-ports": {
    severity: "warning",
    title: "An ExternalName Service has ports that nothing reads",
    explanation:
      "An ExternalName Service is only a CNAME record: no rule translates its ports, so a client that connects to `port` reaches that same port of the other host. It is an info when port and targetPort are equal.",
    mend: "Remove spec.ports, and let clients use the other host's port.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: api}
spec: {type: ExternalName, externalName: api.example.net, ports: [{port: 80, targetPort: 8443}]}
`,
    good: `apiVersion: v1
kind: Service
metadata: {name: api}
spec: {type: ExternalName, externalName: api.example.net}
`,
  },
  "same-port-two-protocols": {
    severity: "info",
    title: "Several protocols on one port number",
    explanation:
      "The list of ports is merged by port number alone when `kubectl apply` computes its patch on the client: a later change to such a Service can lose one of the entries, or mix them up. Creating it works.",
    mend: "Apply with `kubectl apply --server-side`, or check with `kubectl diff` and `k8snet diff` after a change.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: dns}
spec:
  selector: {app: dns}
  ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}]
---
apiVersion: v1
kind: Pod
metadata: {name: dns, labels: {app: dns}}
spec:
  containers:
  - {name: dns, image: dns, ports: [{containerPort: 53, protocol: UDP}, {containerPort: 53, protocol: TCP}]}
`,
    good: `apiVersion: v1
kind: Service
metadata: {name: dns}
spec:
  selector: {app: dns}
  ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tls, port: 853, protocol: TCP}]
---
apiVersion: v1
kind: Pod
metadata: {name: dns, labels: {app: dns}}
spec:
  containers:
  - {name: dns, image: dns, ports: [{containerPort: 53, protocol: UDP}, {containerPort: 853, protocol: TCP}]}
`,
  },
  "cluster-cidr-excludes-pods": {
    severity: "warning",
    title: "The cluster CIDR does not hold the addresses of pods",
    explanation:
      "kube-proxy tells pods from other clients by the cluster CIDR. A pod outside it is taken for a stranger: its traffic to cluster IPs is masqueraded, the Service sees a node's address instead of the pod's, and the pods' short cut for Local policies does not apply to it.",
    mend: "Set clusterCIDR of the KubeProxyConfiguration (--cluster-cidr) to the range the network plugin gives pods.",
    bad: `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clusterCIDR: 10.42.0.0/16
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {nodeName: minikube, containers: [{name: web, image: web}]}
status: {phase: Running, podIP: 10.244.0.7}
`,
    good: `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clusterCIDR: 10.244.0.0/16
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {nodeName: minikube, containers: [{name: web, image: web}]}
status: {phase: Running, podIP: 10.244.0.7}
`,
  },
};
