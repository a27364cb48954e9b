/** The transport protocols a Service port may have (core/v1 `Protocol`). */
export type Protocol = "TCP" | "UDP" | "SCTP";

export const protocols: readonly Protocol[] = ["TCP", "UDP", "SCTP"];
