/** k8snet as a library: what the command line does, a script can do. */
export * from "./diagnostics/diagnostic.ts";
export * from "./diagnostics/source.ts";
export * from "./net/ip.ts";
export * from "./net/protocol.ts";
export * from "./netfilter/ruleset.ts";
export { version } from "./version.ts";
