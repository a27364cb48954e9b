import type { LintRule } from "../rule.ts";
import { probes } from "./endpoints/probes.ts";
import { publishNotReady } from "./endpoints/publish-not-ready.ts";
import { readyEndpoints } from "./endpoints/ready-endpoints.ts";
import { selectorMatchesNothing, selectorMatchesSeveral } from "./endpoints/selectors.ts";
import { targetPorts } from "./endpoints/target-ports.ts";
import { ingresses, routes, webhooks } from "./objects/backends.ts";
import { networkPolicies } from "./objects/network-policies.ts";
import { autoscalers, statefulSets } from "./objects/workload-references.ts";
import { affinity } from "./services/affinity.ts";
import { claimedAddresses, claimedHostPorts } from "./services/claims.ts";
import { clusterCidr } from "./services/cluster-cidr.ts";
import { localPolicies } from "./services/local-policies.ts";
import { serviceFields } from "./services/service-fields.ts";
import { sourceRanges } from "./services/source-ranges.ts";

/** Every rule of `k8snet lint`. */
export const lintRules: readonly LintRule[] = [
  selectorMatchesNothing,
  readyEndpoints,
  selectorMatchesSeveral,
  targetPorts,
  localPolicies,
  sourceRanges,
  affinity,
  claimedAddresses,
  serviceFields,
  clusterCidr,
  claimedHostPorts,
  probes,
  publishNotReady,
  ingresses,
  routes,
  webhooks,
  autoscalers,
  networkPolicies,
  statefulSets,
];
