import { matchesLabels } from "../../../../cluster/labels.ts";
import type { Pod, Service, Workload } from "../../../../cluster/model.ts";
import type { Finding } from "../../../../diagnostics/finding.ts";
import { groupBy } from "../../../group-by.ts";
import { hasSelector } from "../../context.ts";
import { nearestName } from "../../nearest-name.ts";
import { alsoAt, atService, finding, type LintContext, type LintRule, nameOf, someOf } from "../../rule.ts";
import { declaresTarget, ownerName, ownerNames } from "../../target-ports.ts";

type Labels = Readonly<Record<string, string>>;

function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}

/** Pod labels somewhere in the input, with what carries them. */
interface Candidate {
  readonly what: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly source: Workload["source"] | undefined;
  readonly path: readonly string[];
}

function* candidates(context: LintContext): Iterable<Candidate> {
  for (const workload of context.workloads) {
    const { kind, name, namespace, podLabels, source } = workload;
    yield {
      what: `${kind} ${name}`,
      namespace,
      labels: podLabels,
      source,
      path: ["spec", "template", "metadata", "labels"],
    };
  }
  for (const pod of context.cluster.pods) {
    if (pod.owner !== undefined || pod.simulated) continue;
    const { name, namespace, labels, source } = pod;
    yield { what: `Pod ${name}`, namespace, labels, source, path: ["metadata", "labels"] };
  }
}

/** In a bigger namespace a hint is not worth comparing every value with every other letter by letter. */
const mostForSlips = 200;

/** How near labels are to a selector: pairs they share, and, if asked for, values a slip of the pen away. */
function likeness(selector: Labels, labels: Labels, slips: boolean): number {
  let score = 0;
  for (const [key, value] of Object.entries(selector)) {
    const own = labels[key];
    if (own === value) score += 1;
    else if (slips && own !== undefined && nearestName(value, [own]) !== undefined) score += 0.5;
  }
  return score;
}

/** What the selector was probably meant to match, and why it does not. */
function explainMiss(
  all: readonly Candidate[],
  service: Service & { selector: Labels },
): { hint: string; candidate: Candidate } | undefined {
  const elsewhere = all.find((each) => matchesLabels(service.selector, each.labels));
  if (elsewhere !== undefined) {
    return {
      hint: `${elsewhere.what} in namespace ${elsewhere.namespace} has these labels, but a Service selects only in its own namespace`,
      candidate: elsewhere,
    };
  }
  const here = all.filter((each) => each.namespace === service.namespace);
  const slips = here.length <= mostForSlips;
  const near = here
    .map((each) => ({ each, score: likeness(service.selector, each.labels, slips) }))
    .reduce<{ each: Candidate; score: number } | undefined>(
      (best, item) => (item.score > (best?.score ?? 0) ? item : best),
      undefined,
    );
  if (near === undefined) return undefined;
  const wrong = Object.keys(service.selector).filter(
    (key) => near.each.labels[key] !== service.selector[key],
  );
  const instead = wrong.map((key) => `${key}=${near.each.labels[key] ?? "(absent)"}`).join(",");
  return { hint: `the pods of ${near.each.what} have ${instead}`, candidate: near.each };
}

/** Pods that the selector matches and that no node takes: they have no address. */
function notScheduled(context: LintContext, service: Service): Finding | undefined {
  const pods = context.selectedPods(service);
  const first = pods[0];
  if (first === undefined || pods.some((pod) => pod.nodeName !== undefined || pod.ips.length > 0))
    return undefined;
  // Simulated nodes have no labels of the user's: what does not fit them may fit the cluster's own.
  const guessed = context.cluster.nodes.every((node) => node.simulated);
  const owner = first.owner ?? first;
  return finding("pods-not-scheduled", atService(service, "spec", "selector"), {
    message: `no node takes the pods of ${nameOf(service)} (${someOf(ownerNames(pods))}): it has no endpoints${guessed ? " (nodes simulated)" : ""}`,
    ...(guessed
      ? {
          severity: "info" as const,
          hint: "give the cluster's Nodes, which carry the labels that the pods ask for",
        }
      : {}),
    related: [
      alsoAt(owner, "the pods", ...(first.owner === undefined ? ["spec"] : ["spec", "template", "spec"])),
    ],
  });
}

function* checkMatches(context: LintContext): Iterable<Finding> {
  let known: readonly Candidate[] | undefined;
  for (const service of context.services) {
    if (!hasSelector(service) || service.type === "ExternalName") continue;
    const place = atService(service, "spec", "selector");
    if (service.unknownEndpoints !== undefined) {
      yield finding("endpoints-unknown", place, {
        message: `the endpoints of ${nameOf(service)} can't be known: ${service.unknownEndpoints}`,
      });
      continue;
    }
    if (context.endpointsOf(service).some((entry) => entry.endpoints.length > 0)) continue;
    if (context.selectedPods(service).length > 0) {
      const waiting = notScheduled(context, service);
      if (waiting !== undefined) yield waiting;
      continue;
    }
    const off = context
      .selectedWorkloads(service)
      .filter((workload) => workload.replicas === 0 && workload.kind !== "DaemonSet");
    const first = off[0];
    if (first !== undefined) {
      yield finding("workload-scaled-to-zero", place, {
        message: `${nameOf(service)} has no endpoints: ${first.kind} ${first.name} has no replicas`,
        related: [alsoAt(first, "replicas", "spec", "replicas")],
      });
      continue;
    }
    const idle = context.selectedWorkloads(service)[0];
    if (idle !== undefined) {
      yield finding("pods-not-scheduled", place, {
        message: `${idle.kind} ${idle.name} runs no pod: ${nameOf(service)} has no endpoints`,
        related: [alsoAt(idle, `${idle.kind} ${idle.name}`, "metadata", "name")],
      });
      continue;
    }
    known ??= [...candidates(context)];
    const miss = explainMiss(known, service);
    yield finding("selector-matches-nothing", place, {
      message: `no pod in namespace ${service.namespace} has the labels ${labelText(service.selector)}: connections to ${nameOf(service)} are rejected`,
      ...(miss === undefined ? {} : { hint: miss.hint }),
      related: [
        miss?.candidate.source === undefined
          ? undefined
          : { message: miss.candidate.what, range: miss.candidate.source.range(miss.candidate.path) },
      ],
    });
  }
}

/** A Service that selects no pod, or whose pods can't be known. */
export const selectorMatchesNothing: LintRule = {
  codes: ["selector-matches-nothing", "workload-scaled-to-zero", "pods-not-scheduled", "endpoints-unknown"],
  check: checkMatches,
};

/** The pods that a selector matches, by what owns them. */
type PodsByOwner = ReadonlyMap<Workload | "bare", readonly Pod[]>;

/** Said where jobs are matched beside what serves: their pods take packets as soon as they run. */
function runsOnlyAtTimes(groups: PodsByOwner): string | undefined {
  const jobs = [...groups].filter(([owner]) => owner !== "bare" && /^(Cron)?Job$/.test(owner.kind));
  if (jobs.length === 0 || jobs.length === groups.size) return undefined;
  const names = jobs.map(([, pods]) => ownerName(pods[0]!));
  return `while the pods of ${someOf(names)} run, they get a share of the Service's packets`;
}

/** Said where some of the workloads declare a target port of the Service and others none. */
function servesNoTarget(service: Service, groups: PodsByOwner): string | undefined {
  const outsiders = [...groups.values()].filter((pods) =>
    service.ports.every((port) => !pods.some((pod) => declaresTarget(pod, port))),
  );
  if (outsiders.length === 0 || outsiders.length === groups.size) return undefined;
  const names = outsiders.map((pods) => ownerName(pods[0]!));
  return `${someOf(names)} ${names.length === 1 ? "declares" : "declare"} none of its target ports`;
}

function* checkSeveral(context: LintContext): Iterable<Finding> {
  for (const service of context.services) {
    if (!hasSelector(service)) continue;
    const pods = context.selectedPods(service);
    // Pods without an owner are one group: they are written side by side on purpose.
    const groups = groupBy(pods, (pod): Workload | "bare" => pod.owner ?? "bare");
    if (groups.size < 2) continue;
    const names = [...groups.values()].map((group) => ownerName(group[0]!));
    const trouble = runsOnlyAtTimes(groups) ?? servesNoTarget(service, groups);
    yield finding("selector-matches-several-workloads", atService(service, "spec", "selector"), {
      message: `the selector of ${nameOf(service)} matches the pods of ${names.length} workloads: ${someOf(names)}`,
      ...(trouble === undefined ? {} : { severity: "warning" as const, hint: trouble }),
      related: [...groups.keys()].map((owner) =>
        typeof owner === "string"
          ? undefined
          : alsoAt(owner, `${owner.kind} ${owner.name}`, "spec", "template", "metadata", "labels"),
      ),
    });
  }
}

/** A selector too general for one program. */
export const selectorMatchesSeveral: LintRule = {
  codes: ["selector-matches-several-workloads"],
  check: checkSeveral,
};
