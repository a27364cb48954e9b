import type { ClusterObject } from "../../../api-objects/json.ts";
import { formatLabels, nameOf, stringMap, text } from "../fields.ts";
import { alignTabs, getLayout, tableCell } from "../tab-writer.ts";
import { autoscalerTable } from "./autoscaler.ts";
import { endpointSliceTable, endpointsTable } from "./endpoints.ts";
import { fitTable } from "./fit-table.ts";
import { nodeTable } from "./node.ts";
import {
  configMapTable,
  ingressClassTable,
  ingressTable,
  namespaceTable,
  networkPolicyTable,
  plainTable,
} from "./others.ts";
import { podTable } from "./pod.ts";
import { serviceTable } from "./service.ts";
import type { TableKind } from "./table.ts";
import {
  cronJobTable,
  daemonSetTable,
  deploymentTable,
  jobTable,
  replicaSetTable,
  replicationControllerTable,
  statefulSetTable,
} from "./workloads.ts";

const tableKinds: Readonly<Record<string, TableKind>> = {
  Service: serviceTable,
  Endpoints: endpointsTable,
  EndpointSlice: endpointSliceTable,
  Pod: podTable,
  Node: nodeTable,
  Deployment: deploymentTable,
  ReplicaSet: replicaSetTable,
  ReplicationController: replicationControllerTable,
  StatefulSet: statefulSetTable,
  DaemonSet: daemonSetTable,
  Job: jobTable,
  CronJob: cronJobTable,
  HorizontalPodAutoscaler: autoscalerTable,
  Namespace: namespaceTable,
  ConfigMap: configMapTable,
  Ingress: ingressTable,
  IngressClass: ingressClassTable,
  NetworkPolicy: networkPolicyTable,
};

/** Objects of one kind, in the order in which they are shown. */
export interface TableGroup {
  readonly kind: string;
  /** What stands before the names where several kinds are shown: `service`, `deployment.apps`. */
  readonly prefix: string;
  readonly namespaced: boolean;
  readonly objects: readonly ClusterObject[];
}

export interface TableOptions {
  /** The columns of `-o wide` too. */
  readonly wide: boolean;
  /** The column NAMESPACE, for namespaced kinds. */
  readonly namespaces: boolean;
  /** Names with their kind before them. */
  readonly kindPrefix: boolean;
  readonly headers: boolean;
  /** The column LABELS. */
  readonly labels: boolean;
  /** A column for each of these labels. */
  readonly labelColumns: readonly string[];
  /** A last column that says what is simulated; only where something is. */
  readonly source: boolean;
  /** Milliseconds since 1970 for ages; undefined: `<unknown>`. */
  readonly now: number | undefined;
  /** Width of the terminal in columns: cells of no address or name are cut to it. Undefined: nothing is cut. */
  readonly width?: number | undefined;
}

/** The words of the column SOURCE: `stated`, `simulated`, or which parts are. */
export function describeSource(simulated: readonly string[]): string {
  if (simulated.length === 0) return "stated";
  return simulated.includes("*") ? "simulated" : `simulated: ${simulated.join(", ")}`;
}

function printTable(group: TableGroup, options: TableOptions): string {
  const table = tableKinds[group.kind] ?? plainTable;
  const shown = table.columns.flatMap((column, i) => (column.wide && !options.wide ? [] : [i]));
  const withNamespace = options.namespaces && group.namespaced;
  const lines: string[][] = [];
  if (options.headers) {
    lines.push([
      ...(withNamespace ? ["NAMESPACE"] : []),
      ...shown.map((i) => table.columns[i]!.name),
      ...(options.source ? ["SOURCE"] : []),
      ...options.labelColumns.map((label) => label.slice(label.lastIndexOf("/") + 1).toUpperCase()),
      ...(options.labels ? ["LABELS"] : []),
    ]);
  }
  for (const { object, simulated } of group.objects) {
    const cells = table.cells(object, { now: options.now });
    const labels = stringMap(object, "metadata", "labels");
    lines.push([
      ...(withNamespace ? [text(object, "metadata", "namespace")] : []),
      ...shown.map((i) => (i === 0 && options.kindPrefix ? `${group.prefix}/${nameOf(object)}` : cells[i]!)),
      ...(options.source ? [describeSource(simulated)] : []),
      ...options.labelColumns.map((label) => labels.find(([key]) => key === label)?.[1] ?? ""),
      ...(options.labels ? [formatLabels(labels)] : []),
    ]);
  }
  const shownLines = lines.map((cells) => cells.map(tableCell));
  const fitted =
    options.width === undefined || !options.headers ? shownLines : fitTable(shownLines, options.width);
  return alignTabs(`${fitted.map((cells) => cells.join("\t")).join("\n")}\n`, getLayout);
}

/**
 * `kubectl get` in columns: one table a kind, with an empty line before its headers; kinds without objects are
 * left out. The columns are those of the API server's printers.
 */
export function printTables(groups: readonly TableGroup[], options: TableOptions): string {
  return groups
    .filter((group) => group.objects.length > 0)
    .map((group) => printTable(group, options))
    .join(options.headers ? "\n" : "");
}
