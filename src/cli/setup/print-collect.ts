import type { Command } from "commander";
import { inputOptionsOf } from "../input/input-options.ts";
import type { CommandIo } from "../terminal/io.ts";

/** Kinds that k8snet reads. Secrets are not among them; ConfigMaps only kube-proxy's and kubeadm's own. */
const kinds = [
  "nodes",
  "namespaces",
  "services",
  "endpoints",
  "endpointslices",
  "pods",
  "deployments",
  "replicasets",
  "statefulsets",
  "daemonsets",
  "replicationcontrollers",
  "jobs",
  "cronjobs",
  "horizontalpodautoscalers",
  "networkpolicies",
  "ingresses",
];

/** `k8snet collect`: the lines to run where kubectl and the nodes can be reached. */
export async function printCollect(command: Command, io: CommandIo): Promise<void> {
  const { node } = inputOptionsOf(command);
  await io.stdout.write(collectScript(node));
}

/** The script; `node` limits the rules to one node's. */
export function collectScript(node?: string): string {
  const nodes = node ?? "$(kubectl get nodes -o name | cut -d/ -f2)";
  return `# What k8snet can read of a live cluster. These lines only read; run those you want.
mkdir -p k8snet-collected

# Objects: the cluster as it is
kubectl get ${kinds.join(",")} -A -o yaml > k8snet-collected/cluster.yaml
kubectl get servicecidrs -o yaml > k8snet-collected/servicecidrs.yaml  # Kubernetes 1.33 and newer

# kube-proxy's configuration (kubeadm, minikube, kind), and kubeadm's
kubectl get configmap kube-proxy -n kube-system -o yaml > k8snet-collected/kube-proxy.yaml
kubectl get configmap kubeadm-config -n kube-system -o yaml > k8snet-collected/kubeadm-config.yaml

# The rules of each node: by ssh
for node in ${nodes}; do
  ssh "$node" sudo iptables-save > "k8snet-collected/$node.iptables-save"
  ssh "$node" sudo ip6tables-save > "k8snet-collected/$node.ip6tables-save"
done

# The same without ssh, through kube-proxy's own pods
for node in ${nodes}; do
  pod=$(kubectl get pods -n kube-system -l k8s-app=kube-proxy --field-selector spec.nodeName="$node" -o name)
  kubectl exec -n kube-system "$pod" -- iptables-save > "k8snet-collected/$node.iptables-save"
  kubectl exec -n kube-system "$pod" -- ip6tables-save > "k8snet-collected/$node.ip6tables-save"
done

# Then, wherever k8snet is
#   k8snet get services,endpoints -A -f k8snet-collected/cluster.yaml
#   k8snet verify k8snet-collected/*.iptables-save -f k8snet-collected/cluster.yaml
`;
}
