import type { TraceSource } from "../request.ts";
import type { SourceContext } from "../resolve-source.ts";

export interface TargetContext extends SourceContext {
  readonly source: TraceSource;
  /** The protocol asked for, where it is. */
  readonly protocol?: "tcp" | "udp" | "sctp";
}
