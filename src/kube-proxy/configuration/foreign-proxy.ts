import type { ClusterModel } from "../../cluster/model.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { isMapping, type StatedConfig } from "./stated-config.ts";

/**
 * Says so where the cluster's Services are not kube-proxy's iptables rules: another mode, or another program in
 * kube-proxy's place. A warning; `--strict` makes the command line stop on it.
 */
export function foreignProxyDiagnostics(
  cluster: ClusterModel,
  stated: StatedConfig | undefined,
): readonly Diagnostic[] {
  return [...modeDiagnostics(stated), ...ciliumDiagnostics(cluster)];
}

/** Codes of {@link foreignProxyDiagnostics}: with `--strict` they end the run with exit status 2. */
export const foreignProxyCodes: ReadonlySet<string> = new Set(["kube-proxy-mode", "kube-proxy-replaced"]);

const hint = "The rules shown are those that kube-proxy would write in iptables mode.";

function modeDiagnostics(stated: StatedConfig | undefined): Diagnostic[] {
  const mode = stated?.values["mode"];
  if (stated === undefined || typeof mode !== "string" || mode === "" || mode === "iptables") return [];
  return [
    {
      code: "kube-proxy-mode",
      severity: "warning",
      message: `kube-proxy runs in mode ${mode}: these are not your cluster's rules`,
      hint,
      range: stated.range(["mode"]),
    },
  ];
}

/** Helm and cilium-cli write `kube-proxy-replacement`: `true`, before 1.14 `strict`. */
const replacing: ReadonlySet<unknown> = new Set(["true", "strict"]);

function ciliumDiagnostics(cluster: ClusterModel): Diagnostic[] {
  const agent = cluster.workloads.find(
    ({ kind, name, podLabels }) =>
      kind === "DaemonSet" && (name === "cilium" || podLabels["k8s-app"] === "cilium"),
  );
  const config = cluster.others.find(({ kind, name }) => kind === "ConfigMap" && name === "cilium-config");
  const object: unknown = config?.object;
  const data = isMapping(object) ? object["data"] : undefined;
  const replaces = isMapping(data) && replacing.has(String(data["kube-proxy-replacement"]));
  const kubeProxy = cluster.workloads.some(({ kind, name }) => kind === "DaemonSet" && name === "kube-proxy");
  if (config !== undefined && replaces) {
    return [replaced(config.source.range(["data", "kube-proxy-replacement"]))];
  }
  if (agent === undefined || kubeProxy || config !== undefined) return [];
  return [replaced(agent.source.range(["metadata", "name"]))];
}

function replaced(range: Diagnostic["range"]): Diagnostic {
  return {
    code: "kube-proxy-replaced",
    severity: "warning",
    message: "Cilium stands in kube-proxy's place: these are not your cluster's rules",
    hint,
    range,
  };
}
