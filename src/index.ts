/**
 * k8snet as a library: what the command line does, a script can do. The stages, in their order:
 *
 *     texts -> loadManifests -> buildCluster -> resolveEndpoints -> generateRuleset -> printSave, trace, …
 *
 * Nothing here reads files, keeps state or needs node; `k8snet/node` reads files. Every stage returns what it found
 * and what it has to say about the input (`diagnostics`); only {@link InputError} is ever thrown on purpose.
 */
export {
  type ClusterVerification,
  checkCluster,
  diffClusters,
  type MatrixFilter,
  matrixOf,
  networkOptionsOf,
  type RuledCluster,
  verifyCluster,
  withRules,
} from "./analyses.ts";
export type { ChangedFlow, FlowChangeKind } from "./analysis/diff/compare-flows.ts";
export type { ObjectChange } from "./analysis/diff/compare-objects.ts";
export { type Difference, isBreaking, isDifferent } from "./analysis/diff/diff.ts";
export type { FlowClass } from "./analysis/diff/flow-classes.ts";
export type { RenamedChain } from "./analysis/diff/renamed-chains.ts";
export type { FlowGroup } from "./analysis/diff/telling/flow-groups.ts";
export type { FlowSummary } from "./analysis/diff/telling/flow-summaries.ts";
export type * from "./analysis/expectations/model.ts";
export { readExpectations } from "./analysis/expectations/read-expectations.ts";
export { describeAnswer, type Flow, type FlowAnswer, type FlowEnd } from "./analysis/flows/flow.ts";
export { type LintOptions, lint } from "./analysis/lint/lint.ts";
export type { LintInput } from "./analysis/lint/rule.ts";
export type * from "./analysis/matrix/model.ts";
export type { KnownFlow, LastUdpEntries } from "./analysis/trace/known-flow.ts";
export type {
  AnswerEnd,
  FrontHop,
  TraceAnswer,
  TraceDestination,
  TraceSource,
  TraceTarget as ResolvedTarget,
  WhyNot,
} from "./analysis/trace/request.ts";
export { type TraceGround, type TraceRequest, tracePacket } from "./analysis/trace/trace-packet.ts";
export type { DifferenceKind, RuleDifference } from "./analysis/verify/differences/compare-rules.ts";
export type { DifferenceGroup, GroupSubject } from "./analysis/verify/differences/difference-groups.ts";
export type { DumpVerification, VerifyRequest } from "./analysis/verify/verify-dump.ts";
export type { FlowChange, JudgedGroup, NodeVerification } from "./analysis/verify/verify-node.ts";
export { buildCluster, type ClusterAnswer } from "./cluster/build-cluster.ts";
export * from "./cluster/model.ts";
export {
  type AssumedEndpoint,
  type Assumption as AssumedEndpoints,
  type ClusterOptions,
  defaultClusterOptions,
  type ObservedService,
} from "./cluster/options.ts";
export { buildNetwork, podHost } from "./cluster-network/build-network.ts";
export type { NetworkOptions } from "./cluster-network/options.ts";
export type { IgnoreEntry } from "./config/config-file.ts";
export * from "./diagnostics/diagnostic.ts";
export type * from "./diagnostics/finding.ts";
export * from "./diagnostics/source.ts";
export type * from "./endpoints/model.ts";
export { type EndpointsAnswer, resolveEndpoints } from "./endpoints/resolve-endpoints.ts";
export type { KubeProxyConfig, LocalDetector } from "./kube-proxy/config.ts";
export {
  type DecidedConfig,
  decideKubeProxyConfig,
  type KubeProxyOptions,
} from "./kube-proxy/decide-config.ts";
export { generateRuleset } from "./kube-proxy/generate-ruleset.ts";
export { knownReleases, newestRelease } from "./kube-proxy/versions.ts";
export * from "./load-manifests.ts";
export type * from "./manifests/objects.ts";
export {
  type ParseManifestsOptions,
  type ParseManifestsResult,
  parseManifests,
  type Validate,
} from "./manifests/parse-manifests.ts";
export * from "./net/ip.ts";
export * from "./net/protocol.ts";
export type * from "./netfilter/match.ts";
export { type ParsedDumps, type ParseSaveOptions, parseSave } from "./netfilter/parse-save.ts";
export * from "./netfilter/ruleset.ts";
export type * from "./netfilter/target.ts";
export { type LoadedCluster, type LoadOptions, loadCluster, renderNode } from "./pipeline.ts";
export { type Colors, noColors, type Paint } from "./printers/colors.ts";
export { type DiagnosticsTextOptions, printDiagnostics } from "./printers/diagnostics-text.ts";
export { printFindingsText } from "./printers/findings/findings-text.ts";
export { type PrintBriefOptions, printBrief } from "./printers/iptables/iptables-brief.ts";
export { type PrintListOptions, printList } from "./printers/iptables/iptables-list.ts";
export { type PrintSaveOptions, printSave } from "./printers/iptables/iptables-save.ts";
export type { IptablesRelease } from "./printers/iptables/iptables-versions.ts";
export { printTraceJson } from "./printers/trace/json.ts";
export { printTraceSummary } from "./printers/trace/summary.ts";
export { printTraceTree } from "./printers/trace/tree.ts";
export type { TreeOptions } from "./printers/trace/tree-items.ts";
export type { Tuple } from "./tracer/conntrack.ts";
export type { Fraction } from "./tracer/fraction.ts";
export type * from "./tracer/model.ts";
export type * from "./tracer/network.ts";
export { makePacket, type Packet, unknownPort } from "./tracer/packet.ts";
export { type ConnectionEntry, sendingAddress, type TraceOptions, trace } from "./tracer/trace.ts";
export { version } from "./version.ts";
