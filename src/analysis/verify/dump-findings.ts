import type { ClusterModel } from "../../cluster/model.ts";
import type { Finding } from "../../diagnostics/finding.ts";
import type { Ruleset } from "../../netfilter/ruleset.ts";
import type { RuleText } from "../rule-words.ts";
import { checkFindings, unsureFinding, verifyFindings } from "./differences/findings.ts";
import { otherCluster } from "./dump/comparable.ts";
import type { DumpVerification } from "./verify-dump.ts";

/**
 * All that there is to say of a dump that was held against a cluster: whether it is of this cluster at all, its
 * differences, and what the kernel would not have loaded.
 * @param name the dump's, as shown to the user
 */
export function dumpFindings(
  { nodes, unsureRule }: DumpVerification,
  dump: Ruleset,
  cluster: ClusterModel,
  name: string,
  text: RuleText,
): readonly Finding[] {
  const stranger = otherCluster(dump, cluster, name);
  const [first] = nodes;
  const unsure =
    unsureRule === undefined || first === undefined ? [] : [unsureFinding(first.node.name, unsureRule, text)];
  return [
    ...(stranger === undefined ? [] : [stranger]),
    ...nodes.flatMap((node) => verifyFindings(node, text)),
    ...unsure,
    ...checkFindings(dump, nodes),
  ];
}
