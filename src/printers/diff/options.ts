import type { FlowSummary } from "../../analysis/diff/telling/flow-summaries.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";

/** What is told beside the difference itself, in every format. */
export interface DiffNotes {
  /** Lines that explain a flow's change by its two traces. */
  readonly explain?: (flow: FlowSummary) => readonly string[];
  /** What the new side's manifests have wrong that explains a lost flow. */
  readonly reasons?: readonly Diagnostic[];
  /** `7 ClusterIPs, 13 pod IPs, 3 nodes`: what no manifest states. */
  readonly simulated?: string;
}
