import { buildCluster } from "../../src/cluster/build-cluster.ts";
import type { ClusterModel, Pod, Service } from "../../src/cluster/model.ts";
import { type ClusterOptions, defaultClusterOptions } from "../../src/cluster/options.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { parseManifests } from "../../src/manifests/parse-manifests.ts";

export interface Built {
  readonly cluster: ClusterModel;
  readonly diagnostics: readonly Diagnostic[];
}

/** The cluster of YAML text, as files `1.yaml`, `2.yaml`, … */
export function build(texts: string | readonly string[], options: Partial<ClusterOptions> = {}): Built {
  const list = typeof texts === "string" ? [texts] : texts;
  const sources = list.map((text, index) => ({ name: `${index + 1}.yaml`, text }));
  const parsed = parseManifests(sources, { validate: "strict" });
  expect(parsed.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return buildCluster(parsed.manifests, { ...defaultClusterOptions, ...options });
}

/** A Deployment (or another kind) of pods with the label `app: NAME`. */
export function workload(name: string, replicas = 1, more: WorkloadText = {}): string {
  const {
    kind = "Deployment",
    namespace = "default",
    spec = "",
    podSpec = "",
    labels = `app: ${name}`,
  } = more;
  const count = kind === "DaemonSet" ? "" : `replicas: ${replicas}, `;
  return `---
apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}, namespace: ${namespace}}
spec: {${count}${spec}selector: {matchLabels: {${labels}}}, template: {metadata: {labels: {${labels}}}, spec: {${podSpec}containers: [{name: c, image: i}]}}}
`;
}

export interface WorkloadText {
  readonly kind?: string;
  readonly namespace?: string;
  /** More fields of the workload's spec, each followed by a comma. */
  readonly spec?: string;
  /** More fields of the pod's spec, each followed by a comma. */
  readonly podSpec?: string;
  readonly labels?: string;
}

/** A Service on port 80 that selects `app: NAME`; `spec` adds fields, each followed by a comma. */
export function service(name: string, spec = "", namespace = "default"): string {
  return `---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}}
spec: {${spec}selector: {app: ${name}}, ports: [{port: 80}]}
`;
}

export function serviceNamed(cluster: ClusterModel, name: string): Service {
  return cluster.services.find((candidate) => candidate.name === name)!;
}

/** Pods of a workload (or of a bare Pod) by name, in order. */
export function podsOf(cluster: ClusterModel, name: string): Pod[] {
  return cluster.pods.filter((pod) => pod.owner?.name === name || pod.name === name);
}

export function messages(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ severity, message }) => `${severity}: ${message}`);
}
