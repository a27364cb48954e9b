import type { ClusterModel } from "../../cluster/model.ts";
import type { Severity } from "../../diagnostics/diagnostic.ts";
import type { Finding } from "../../diagnostics/finding.ts";
import type { ResolvedEndpoints } from "../../endpoints/model.ts";
import type { TableName } from "../../netfilter/ruleset.ts";
import type { TraceAnswer } from "../trace/request.ts";
import { checkFlow, type FlowQuestion, listed } from "./check-flow.ts";
import type {
  Expectation,
  ExpectationResult,
  ExpectationsFile,
  FindingsExpectation,
  RulesExpectation,
  Unmet,
} from "./model.ts";
import { checkStatement } from "./statements.ts";

/** What expectations are held against. */
export interface Observed {
  readonly cluster: ClusterModel;
  readonly endpoints: ResolvedEndpoints;
  /** Follows a packet; names are looked for in the namespace first. */
  trace(question: FlowQuestion, namespace: string | undefined): TraceAnswer;
  /** A node's rules as `iptables-save` prints them, by table. */
  rulesOf(node: string): ReadonlyMap<TableName, readonly string[]>;
  /** What `lint` finds, with what is suppressed left out. */
  findings(): readonly Finding[];
}

const rank: Record<Severity, number> = { error: 0, warning: 1, info: 2, note: 2 };

function checkFindings(check: FindingsExpectation, observed: Observed): Unmet[] {
  return observed
    .findings()
    .filter(({ code, severity }) =>
      check.codes.length > 0 ? check.codes.includes(code) : rank[severity] <= rank[check.severity],
    )
    .map(({ code, message, hint, range }) => ({
      message: `${message} [${code}]`,
      field: "noFindings",
      ...(hint === undefined ? {} : { hint }),
      ...(range === undefined ? {} : { cause: { message: "found here", range } }),
    }));
}

/** Runs of white space are one blank: a rule is compared by its words. */
function words(text: string): string {
  return text.trim().replace(/\s+/g, " ");
}

function checkRules(check: RulesExpectation, observed: Observed): Unmet[] {
  const nodes = observed.cluster.nodes.map((node) => node.name);
  if (check.node !== undefined && !nodes.includes(check.node)) {
    return [
      {
        message: `there is no node "${check.node}"`,
        hint: `the nodes are ${nodes.join(", ")}`,
        field: "node",
      },
    ];
  }
  const asked = check.node === undefined ? nodes : [check.node];
  const linesOf = new Map(
    asked.map((node) => [
      node,
      [...observed.rulesOf(node)]
        .filter(([table]) => check.table === undefined || table === check.table)
        .flatMap(([, rules]) => rules.map(words)),
    ]),
  );
  return check.contain.flatMap((text) => {
    const lacking = asked.filter((node) => !linesOf.get(node)!.some((line) => line.includes(words(text))));
    if (lacking.length === 0) return [];
    const where =
      lacking.length === 1
        ? `node ${lacking[0]}`
        : lacking.length === asked.length
          ? "any node"
          : `nodes ${listed(lacking)}`;
    return [{ message: `no rule of ${where} contains ${JSON.stringify(text)}`, field: "rulesContain" }];
  });
}

/** `every node` and `every pod` stand for all of them. */
function everyOne(from: readonly string[], { cluster }: Observed): readonly string[] {
  return from.flatMap((who) => {
    if (who === "every node") return cluster.nodes.map((node) => `node/${node.name}`);
    if (who !== "every pod") return [who];
    return cluster.pods
      .filter((pod) => pod.nodeName !== undefined && pod.ips.length > 0 && pod.phase === "Running")
      .map((pod) => `pod/${pod.namespace}/${pod.name}`);
  });
}

function checkOne(
  { check, namespace }: Expectation,
  observed: Observed,
): Pick<ExpectationResult, "unmet" | "granted"> {
  const sure = (unmet: readonly Unmet[]) => ({ unmet, granted: [] });
  switch (check.kind) {
    case "flow":
      return checkFlow({ ...check, from: everyOne(check.from, observed) }, (question) =>
        observed.trace(question, namespace),
      );
    case "statement":
      return sure(
        checkStatement(check.text, observed.cluster, observed.endpoints, (from, to, protocol) => {
          const flow = { kind: "flow", to: [to], protocol, expect: ["delivered"], via: [] } as const;
          return checkFlow({ ...flow, from: everyOne([from], observed) }, (question) =>
            observed.trace(question, namespace),
          ).unmet;
        }),
      );
    case "rules":
      return sure(checkRules(check, observed));
    case "findings":
      return sure(checkFindings(check, observed));
  }
}

/** Holds every expectation of the files against the cluster. */
export function checkExpectations(
  files: readonly ExpectationsFile[],
  observed: Observed,
): readonly ExpectationResult[] {
  return files.flatMap((file) =>
    file.expectations.map((expectation) => ({
      file: file.name,
      expectation,
      ...checkOne(expectation, observed),
    })),
  );
}
