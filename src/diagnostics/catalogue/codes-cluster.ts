import type { CatalogueEntries } from "./catalogue-entry.ts";

/** Codes of what is wrong with, or assumed about, the cluster that the objects of the input make together. */
export const clusterCodes: CatalogueEntries = {
  "already-exists": {
    severity: "error",
    title: "Two objects of one name",
    explanation:
      "The input holds a second object of the same kind, namespace and name. The API server has room for one; with kubectl apply the later would silently replace the earlier.",
    mend: "Rename or remove one. Overlays of several environments are given one at a time.",
  },
  "service-range-moved": {
    severity: "note",
    title: "Stated ClusterIPs move the Service range",
    explanation:
      "A stated ClusterIP is outside the default range 10.96.0.0/12, so the cluster has another one; the range is inferred from it.",
    mend: "State the range with --service-cidr or serviceCidr: in k8snet.yaml.",
  },
  "cluster-range-moved": {
    severity: "note",
    title: "Stated pod addresses move the cluster CIDR",
    explanation:
      "A stated pod address is outside the default cluster CIDR 10.244.0.0/16, so the cluster has another one; it is inferred from it. Masquerading rules hold the cluster CIDR.",
    mend: "State the range with --cluster-cidr or clusterCidr: in k8snet.yaml.",
  },
  "cluster-range-widened": {
    severity: "note",
    title: "The cluster CIDR is widened for more nodes",
    explanation: "More nodes are simulated than the default cluster CIDR has node networks.",
  },
  "cluster-cidr-full": {
    severity: "error",
    title: "The cluster CIDR is too small",
    explanation: "The stated cluster CIDR has no network left for the nodes that the pods need.",
    mend: "State a wider one, or fewer replicas.",
  },
  "invalid-cidr": {
    severity: "error",
    title: "A range that is no network",
    explanation:
      "A Service range or cluster CIDR is one network, or for dual stack two of different families.",
  },
  "ranges-overlap": {
    severity: "warning",
    title: "Services and pods share a range",
    explanation:
      "Kubernetes starts with a Service range and a cluster CIDR that overlap; then one address may be a Service's and a pod's, and packets to the pod are sent to the Service's endpoints.",
    mend: "State ranges that do not overlap.",
  },
  "range-full": {
    severity: "error",
    title: "A range has nothing left",
    explanation: "The Service range or the node ports are all given out; the API server refuses the Service.",
  },
  "hooks-left-out": {
    severity: "note",
    title: "Helm hooks are left out",
    explanation:
      "Objects with the annotation helm.sh/hook are not part of the release: Helm runs them once and usually deletes them.",
    mend: "--include-hooks keeps them.",
  },
  "replicas-autoscaled": {
    severity: "note",
    title: "An autoscaler changes replicas",
    explanation:
      "A workload states fewer replicas than the minReplicas of its HorizontalPodAutoscaler, or more than its maxReplicas; the cluster runs what the autoscaler allows.",
    mend: "Leave spec.replicas of an autoscaled workload out.",
  },
  "nodes-not-used": {
    severity: "warning",
    title: "--nodes has no effect",
    explanation:
      "The input has Node objects, or a kind configuration that names its nodes: those are the cluster's nodes, and none is simulated.",
    mend: "Leave --nodes away, or the Nodes.",
  },
  "nodes-added": {
    severity: "note",
    title: "More nodes are simulated",
    explanation: "A node takes 110 pods; the pods of the input need more nodes than were asked for.",
  },
  "node-labels-assumed": {
    severity: "note",
    title: "Simulated nodes are taken to have labels",
    explanation:
      "A pod asks for node labels. No Node of the cluster is in the input, so which nodes have them is not known.",
    mend: "Give the cluster's Nodes: kubectl get nodes -o yaml.",
  },
  "pod-unschedulable": {
    severity: "note",
    title: "Pods that no node takes",
    explanation: "Node selector, affinity, taints, host ports or room leave no node; the pods stay Pending.",
  },
  "node-network-full": {
    severity: "note",
    title: "A node's pod network is full",
    explanation: "More pods are on a node than its pod network has addresses.",
  },
  "pod-not-recreated": {
    severity: "note",
    title: "A drained node's pod is gone",
    explanation: "Draining deletes pods; without a controller nothing makes them anew.",
  },
  "observed-differs": {
    severity: "warning",
    title: "observed: contradicts the manifest",
    explanation: "A ClusterIP can't change while the Service lives, so one of the two is out of date.",
  },
  "no-such-workload": {
    severity: "error",
    title: "A flag names a workload that is not there",
    explanation: "--scale, --ready and --terminating name workloads of the manifests.",
  },
  "ambiguous-workload": {
    severity: "error",
    title: "A flag names a workload of several namespaces",
    explanation: "The name stands in more than one namespace.",
  },
  "no-replicas": {
    severity: "error",
    title: "A DaemonSet can't be scaled",
    explanation: "A DaemonSet has a pod on every node that may take it.",
  },
  "too-many-pods": {
    severity: "error",
    title: "A flag speaks of more pods than there are",
    explanation: "--ready and --terminating count pods that the workload has.",
  },
  "no-such-service": {
    severity: "error",
    title: "A flag or k8snet.yaml names a Service that is not there",
    explanation: "--lb-ip, observed: and assume: name Services of the manifests.",
  },
  "ambiguous-service": {
    severity: "error",
    title: "A flag or k8snet.yaml names a Service of several namespaces",
    explanation: "The name stands in more than one namespace.",
  },
  "no-such-port": {
    severity: "error",
    title: "observed: names a port that the Service has not",
    explanation: "Node ports are stated by the name or the number of a Service port.",
  },
  "no-load-balancer": {
    severity: "error",
    title: "A load balancer's address for another type of Service",
    explanation: "Only Services of type LoadBalancer have one.",
  },
  "no-such-node": {
    severity: "error",
    title: "A flag names a node that is not there",
    explanation: "--drain and --node name nodes of the cluster.",
  },
  "config-invalid": {
    severity: "error",
    title: "A mistake in k8snet.yaml",
    explanation:
      "k8snet.yaml holds a setting that does not exist, or a value that the setting does not take.",
  },
  "unreadable-config": {
    severity: "error",
    title: "k8snet.yaml can't be read",
    explanation: "The file that --config names does not exist or may not be read.",
  },
  "no-config": {
    severity: "error",
    title: "--env without k8snet.yaml",
    explanation: "Environments are named in k8snet.yaml, and none was found.",
  },
  "unknown-environment": {
    severity: "error",
    title: "An environment that k8snet.yaml does not name",
    explanation: "--env picks one of environments: in k8snet.yaml.",
  },
  "unknown-variable": {
    severity: "warning",
    title: "A K8SNET_ variable that is no setting",
    explanation: "Variables that begin with K8SNET_ state settings; this one states none.",
  },
  "invalid-variable": {
    severity: "error",
    title: "A K8SNET_ variable with a wrong value",
    explanation: "The variable states a setting that does not take this value.",
  },
  "invalid-setting": {
    severity: "error",
    title: "A setting with a wrong value",
    explanation: "The setting does not take this value.",
  },
  "invalid-flag": {
    severity: "error",
    title: "A flag with a wrong value",
    explanation: "The flag does not take this value.",
  },
  "nothing-to-read": {
    severity: "error",
    title: "Nothing says which manifests to read",
    explanation: "Neither -f nor filename: in k8snet.yaml is given, and there is no folder ./manifests.",
  },
  "flag-misplaced": {
    severity: "error",
    title: "A flag of k8snet among the options of iptables",
    explanation:
      "Everything behind the word iptables is read as iptables reads it; -f and -n mean other things there. k8snet's own flags stand before it.",
  },
  "nothing-to-lint": {
    severity: "error",
    title: "Only dumps were given to lint",
    explanation:
      "lint judges what somebody wrote, with its place in a manifest. The rules of a node are what kube-proxy made of it.",
  },
  "already-there": {
    severity: "error",
    title: "init would overwrite a file",
    explanation: "k8snet init writes new files only.",
  },
};
