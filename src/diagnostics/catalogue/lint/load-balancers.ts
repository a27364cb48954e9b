import type { CatalogueEntries } from "../catalogue-entry.ts";

const pod = `---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
`;

/** Findings about addresses outside the cluster and who may reach them. */
export const loadBalancerCodes: CatalogueEntries = {
  "source-ranges-bypassed": {
    severity: "warning",
    title: "loadBalancerSourceRanges do not guard the node ports",
    explanation:
      "kube-proxy checks the source ranges for packets to the load balancer's address only. The Service also has a node port on every node, open to whoever reaches the nodes, and the ranges do not apply there.",
    mend: "Set allocateLoadBalancerNodePorts: false when the load balancer does not need node ports (and remove the allocated ones), or close the node-port range in the nodes' firewall.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: LoadBalancer
  loadBalancerSourceRanges: [10.0.0.0/8, 192.168.0.0/16]
  selector: {app: web}
  ports: [{port: 80}]
${pod}`,
    good: `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: LoadBalancer
  allocateLoadBalancerNodePorts: false
  loadBalancerSourceRanges: [10.0.0.0/8, 192.168.0.0/16]
  selector: {app: web}
  ports: [{port: 80}]
${pod}`,
  },
  "source-ranges-shut-out-nodes": {
    severity: "info",
    title: "loadBalancerSourceRanges shut out the nodes or the pods",
    explanation:
      "kube-proxy answers for the load balancer's address on every node, also to the cluster's own clients. When the ranges hold neither the nodes' addresses nor the pods', a program in the cluster that calls the public address is dropped and waits for a timeout; so is a load balancer that forwards with a node's address.",
    mend: "Add the nodes' network and the cluster CIDR to the ranges, or call the Service by its cluster name from inside.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: LoadBalancer
  allocateLoadBalancerNodePorts: false
  loadBalancerSourceRanges: [198.51.100.0/24]
  selector: {app: web}
  ports: [{port: 80}]
${pod}`,
    good: `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: LoadBalancer
  allocateLoadBalancerNodePorts: false
  loadBalancerSourceRanges: [198.51.100.0/24, 10.244.0.0/16, 192.168.49.0/24]
  selector: {app: web}
  ports: [{port: 80}]
${pod}`,
  },
  "source-ranges-any": {
    severity: "warning",
    title: "A range of all addresses makes the other source ranges void",
    explanation:
      "0.0.0.0/0 (or ::/0) among loadBalancerSourceRanges allows every client, whatever else is listed.",
    mend: "Remove the /0 range, or all the others.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: LoadBalancer
  allocateLoadBalancerNodePorts: false
  loadBalancerSourceRanges: [0.0.0.0/0, 198.51.100.0/24]
  selector: {app: web}
  ports: [{port: 80}]
${pod}`,
    good: `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: LoadBalancer
  allocateLoadBalancerNodePorts: false
  loadBalancerSourceRanges: [0.0.0.0/0]
  selector: {app: web}
  ports: [{port: 80}]
${pod}`,
  },
  "affinity-behind-masquerade": {
    severity: "info",
    title: "Session affinity by client address on a path that hides the client's address",
    explanation:
      "sessionAffinity: ClientIP remembers the source address that reaches the node, on each node for itself. With externalTrafficPolicy: Cluster one client may enter by several nodes, each with its own choice, and clients behind a masquerading hop (a proxying load balancer, another node, NAT) are one client. It is a warning when the load balancer is known to be a proxy: then the affinity has no effect for any client, or binds all of them to one pod.",
    mend: "Use externalTrafficPolicy: Local behind a load balancer that keeps the client's address and pins clients to nodes, or let the load balancer or an Ingress keep sessions by cookie.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, sessionAffinity: ClientIP, selector: {app: web}, ports: [{port: 80}]}
${pod}`,
    good: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: ClusterIP, sessionAffinity: ClientIP, selector: {app: web}, ports: [{port: 80}]}
${pod}`,
  },
  "affinity-without-proxy": {
    severity: "warning",
    title: "Session affinity on a Service that kube-proxy does not handle",
    explanation:
      "A headless Service has no cluster IP: DNS gives clients all pod addresses, and kube-proxy, which would keep the affinity, has no part in it. The same holds for ExternalName.",
    mend: "Remove sessionAffinity, or give the Service a cluster IP.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: None, sessionAffinity: ClientIP, selector: {app: web}, ports: [{port: 80}]}
${pod}`,
    good: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: None, sessionAffinity: None, selector: {app: web}, ports: [{port: 80}]}
${pod}`,
  },
  "address-claimed-twice": {
    severity: "error",
    title: "Two Services claim the same external address and port",
    explanation:
      "Neither the API server nor kube-proxy checks external IPs and load-balancer addresses against other Services. The rule that comes first takes all traffic, and which comes first is chance.",
    mend: "Give one of the Services another address or port.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {externalIPs: [198.51.100.7], selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {externalIPs: [198.51.100.7], selector: {app: web}, ports: [{port: 80}]}
${pod}`,
    good: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {externalIPs: [198.51.100.7], selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {externalIPs: [198.51.100.7], selector: {app: web}, ports: [{port: 81, targetPort: 80}]}
${pod}`,
  },
};
