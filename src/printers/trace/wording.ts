import type { AnswerEnd, TraceAnswer } from "../../analysis/trace/request.ts";
import { describePosition } from "../../diagnostics/source.ts";
import { commentOf, type Rule } from "../../netfilter/ruleset.ts";
import type { RuleStep } from "../../tracer/model.ts";
import type { Colors } from "../colors.ts";

const chainKinds: readonly (readonly [prefix: string, short: string])[] = [
  ["KUBE-SVC-", "SVC"],
  ["KUBE-SVL-", "SVL"],
  ["KUBE-SEP-", "SEP"],
  ["KUBE-EXT-", "EXT"],
  ["KUBE-XLB-", "XLB"],
  ["KUBE-FW-", "FW"],
];

/** `ns/name:port` or `ip:port` that a kube-proxy comment names. */
function subjectOf(comment: string | undefined): string | undefined {
  if (comment === undefined) return undefined;
  const endpoint = / -> (\S+)$/.exec(comment);
  if (endpoint !== null) return endpoint[1];
  const service = /([a-z0-9-]+\/[a-z0-9.-]+(?::[a-z0-9-]+)?)/.exec(comment);
  return service?.[1];
}

/**
 * A chain in short, with what it is about: `SVC jobs/backend-service:backend`, `SEP 10.244.0.2:3000`. The rule is the
 * one that jumps there.
 */
export function shortChain(chain: string, rule: Rule | undefined): string {
  const kind = chainKinds.find(([prefix]) => chain.startsWith(prefix));
  if (kind === undefined) return chain;
  const service = rule?.origin?.service;
  const port = rule?.origin?.port;
  const named =
    service === undefined ? undefined : `${service}${port === undefined || port === "" ? "" : `:${port}`}`;
  const subject =
    kind[1] === "SEP"
      ? (rule?.origin?.endpoint ?? subjectOf(rule && commentOf(rule)))
      : (named ?? subjectOf(rule && commentOf(rule)));
  return subject === undefined ? chain : `${kind[1]} ${subject}`;
}

/** What a rule's target is called: the chain it jumps to, or the target's name. */
export function targetName(rule: Rule | undefined): string {
  const target = rule?.target;
  switch (target?.kind) {
    case undefined:
      return "counts";
    case "jump":
      return target.chain;
    case "verdict":
      return target.verdict;
    case "unknown":
      return target.name;
    default:
      return target!.kind.toUpperCase();
  }
}

/** `jobs/backend` of `pod/jobs/backend`, with the node it runs on: `pod/jobs/backend on minikube`. */
export function hostLabel(answer: TraceAnswer, name: string): string {
  const node = answer.nodeOf.get(name);
  return node === undefined ? name : `${name} on ${node}`;
}

function clientSees({ clientSees: error }: AnswerEnd): string {
  return error === undefined ? "" : `; the client sees "${error}"`;
}

/** A pod that nothing names: it is assumed where rules send packets to, and called by its address. */
function assumedPod({ server, serverName }: AnswerEnd): boolean {
  const address = /^pod\/unknown\/(.+)$/.exec(serverName ?? "")?.[1];
  return address !== undefined && (server?.replace(/^\[/, "").startsWith(address) ?? false);
}

/** A sentence on how it ended, and its sign and colour. */
export function outcomeText(answer: TraceAnswer, end: AnswerEnd, colors: Colors): string {
  const server = end.server === undefined ? "" : colors.endpoint(end.server);
  const seen = `it sees ${colors.strong(end.seenSource ?? "")}`;
  const name =
    end.serverName === undefined || end.serverName === "default gateway"
      ? ""
      : ` ${assumedPod(end) ? "an assumed pod" : hostLabel(answer, end.serverName)}`;
  switch (end.outcome) {
    case "delivered":
      if (end.server === undefined) return `${colors.success("delivered")}: ${end.reason}`;
      return end.host === "default gateway" && !assumedPod(end)
        ? `${colors.success("leaves")} the cluster for ${server}; ${seen}`
        : `${colors.success("delivered")} to ${server}${name}; ${seen}`;
    case "reply-lost":
      if (end.server === undefined) return `${colors.error("refusal lost")}: ${end.reason}`;
      return `${colors.error("reply lost")}: ${server}${name} gets it (${seen}); ${end.reason}`;
    case "rejected":
      return `${colors.verdict("rejected")}: ${end.reason}${clientSees(end)}`;
    case "dropped":
      return `${colors.verdict("dropped")}: ${end.reason}`;
    case "unreachable":
      return `${colors.verdict("unreachable")}: ${end.reason}`;
  }
}

/** Why a rule is there, with the place in the manifests it comes from. */
export function explanationOf(step: RuleStep): string | undefined {
  const origin = step.rule?.origin;
  if (origin === undefined) {
    const range = step.rule?.range;
    return range === undefined ? undefined : describePosition(range);
  }
  const range = origin.range?.();
  return range === undefined ? origin.reason : `${origin.reason} (${describePosition(range)})`;
}

/** The sender with its address: `external 192.168.49.250`. */
export function senderText({ source, sourceAddress }: TraceAnswer): string {
  return source.label === sourceAddress ? source.label : `${source.label} ${sourceAddress}`;
}

/** The line after the reply's way, where that is shown and ends well; what is delivered is told before it then. */
export function replyText(
  answer: TraceAnswer,
  end: AnswerEnd,
  showReply: boolean,
  colors: Colors,
): string | undefined {
  const comesBack =
    showReply && end.outcome === "delivered" && end.steps.some(({ direction }) => direction === "reply");
  return comesBack ? `${colors.success("the reply arrives")} at ${senderText(answer)}` : undefined;
}

/** Who asks what, in a line. */
export function headline(answer: TraceAnswer, colors: Colors): string {
  const { source, target } = answer;
  const node = source.pod === undefined ? undefined : source.pod.nodeName;
  const who = senderText(answer);
  const [first] = target.destinations;
  const host = first?.address.includes(":") ? `[${first.address}]` : first?.address;
  const where = target.destinations.length === 1 ? `${host}:${first?.port}` : target.text;
  return `${colors.strong(who)}${node === undefined ? "" : ` on ${node}`} -> ${colors.service(where)} ${target.protocol.toUpperCase()}  ${colors.dim(target.label)}`;
}

/** Notes, what holds for later packets, and why it does not arrive: the lines below every text form. */
export function footer(answer: TraceAnswer, colors: Colors): string[] {
  const lines = answer.notes.map((note) => `${colors.note("note:")} ${note}`);
  const affinity = affinityText(answer);
  if (affinity !== undefined) lines.push(`${colors.note("note:")} ${affinity}`);
  if (answer.whyNot !== undefined) {
    const { text, range, hint } = answer.whyNot;
    const place = range === undefined ? "" : ` (${describePosition(range)})`;
    if (hint !== undefined) lines.push(`${colors.note("hint:")} ${hint}`);
    lines.push(`${colors.error("why not:")} ${text}${place}`);
  }
  return lines;
}

/** The session affinity that the rules on the way keep, in words. */
function affinityText(answer: TraceAnswer): string | undefined {
  for (const end of answer.ends) {
    for (const step of end.steps) {
      if (step.kind !== "rule" || step.direction !== "request") continue;
      const seconds = step.rule?.matches.find((match) => match.kind === "recent");
      if (seconds?.kind !== "recent") continue;
      return "session affinity: later packets of this client go to the endpoint of its first (--recent CHAIN=IP says what the list holds)";
    }
  }
  return undefined;
}
