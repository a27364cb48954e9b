import { findChain, findTable, type HookName, type Table, type TableName } from "../../netfilter/ruleset.ts";
import {
  type Branch,
  memoryOf,
  withConfirmedConnection,
  withEntry,
  withoutConnection,
  withStep,
} from "../branch.ts";
import { rewriteDestination, rewriteSource, track } from "../conntrack.ts";
import { compileChain } from "../matching/compiled-chain.ts";
import type { RewriteStep } from "../model.ts";
import type { Host } from "../network.ts";
import { formatSocket } from "../packet.ts";
import type { Judged, TableContext } from "../rules/table-context.ts";
import { walkTable } from "../rules/walk-table.ts";
import type { Landing, Surroundings } from "./landing.ts";
import { openedAs } from "./opening.ts";

/** What a hook runs on a node, in the order of netfilter's priorities (linux/netfilter_ipv4.h). */
type HookPart = TableName | "conntrack" | "destination-nat" | "source-nat" | "confirm";

const hookParts: Readonly<Record<HookName, readonly HookPart[]>> = {
  PREROUTING: ["raw", "conntrack", "mangle", "destination-nat"],
  INPUT: ["mangle", "filter", "security", "source-nat", "confirm"],
  FORWARD: ["mangle", "filter", "security"],
  OUTPUT: ["raw", "conntrack", "mangle", "destination-nat", "filter", "security"],
  POSTROUTING: ["mangle", "source-nat", "confirm"],
};

/** The interfaces and next hop a hook sees. */
export interface HookView {
  readonly inInterface: string;
  readonly outInterface: string;
  readonly nextHop?: string;
}

/** What passes a hook of a node, and what ends there. */
export interface HookResult {
  readonly passed: readonly Branch[];
  readonly landed: readonly Landing[];
}

/** Runs all parts of a hook, one after the other. */
export function runHook(
  around: Surroundings,
  host: Host,
  hook: HookName,
  branch: Branch,
  view: HookView,
): HookResult {
  let passed: Branch[] = [branch];
  const landed: Landing[] = [];
  for (const part of hookParts[hook]) {
    const next: Branch[] = [];
    for (const at of passed) {
      for (const judged of runPart(around, host, hook, part, at, view)) {
        const landing = around.opening === undefined ? landingOf(judged, host) : undefined;
        if (landing === undefined) next.push(judged.branch);
        else landed.push(landing);
      }
    }
    passed = next;
  }
  return { passed, landed };
}

function landingOf({ branch, verdict }: Judged, host: Host): Landing | undefined {
  if (verdict.kind === "accept") return undefined;
  const rule = verdict.rule === undefined ? {} : { rule: verdict.rule };
  if (verdict.kind === "drop") {
    const reason = `${verdict.reason} in chain ${verdict.chain}`;
    return { kind: "ended", branch, host, outcome: "dropped", reason, ...rule };
  }
  const reason = `REJECT in chain ${verdict.chain} with ${verdict.with}`;
  return { kind: "ended", branch, host, outcome: "rejected", reason, ...rule, refusedWith: verdict.with };
}

const accept = { kind: "accept" } as const;

function runPart(
  around: Surroundings,
  host: Host,
  hook: HookName,
  part: HookPart,
  branch: Branch,
  view: HookView,
): Judged[] {
  switch (part) {
    case "conntrack":
      return [{ branch: withTracking(around, host, branch), verdict: accept }];
    case "confirm":
      return [{ branch: withConfirmedConnection(branch, host.name), verdict: accept }];
    case "destination-nat":
    case "source-nat":
      return runNat(around, host, hook, part, branch, view);
    default:
      return runTable(around, host, hook, part, branch, view);
  }
}

function runTable(
  around: Surroundings,
  host: Host,
  hook: HookName,
  name: TableName,
  branch: Branch,
  view: HookView,
): Judged[] {
  const table = host.ruleset === undefined ? undefined : findTable(host.ruleset, name);
  const isAsked = around.opening === undefined || name === "nat" || name === "mangle";
  if (table === undefined || !isAsked || (!branch.recordsSteps && isOpen(table, hook))) {
    return [{ branch, verdict: accept }];
  }
  const context: TableContext = {
    host,
    table,
    hook,
    ...view,
    probability: around.probability,
    recordTried: around.recordTried,
    forks: around.forks,
  };
  return walkTable(branch, context);
}

/** Whether a table lets everything pass at a hook, by having no rule there. */
function isOpen(table: Table, hook: HookName): boolean {
  const chain = findChain(table, hook);
  return chain === undefined || ((chain.policy ?? "ACCEPT") === "ACCEPT" && compileChain(chain).length === 0);
}

/** The packet's connection looked up or opened; a packet that came over the loopback keeps the one it has. */
function withTracking(around: Surroundings, host: Host, branch: Branch): Branch {
  if (branch.tracking !== undefined) return branch;
  if (branch.packet.direction === "request" && around.invalid === true) {
    return { ...branch, tracking: { state: "INVALID", isReply: false } };
  }
  const known = memoryOf(branch, host.name).connections;
  const tracking = track(branch.packet, known, branch.serial);
  const tracked = { ...branch, tracking, serial: branch.serial + 1 };
  const { connection } = tracking;
  // A connection that gets nothing but a reset is forgotten at once (Linux `nf_conntrack_tcp_packet`).
  const entry = known.find(({ id }) => id === connection?.id);
  if (entry === undefined) return tracked;
  const refused = branch.packet.isReset === true && tracking.isReply && !entry.seenReply;
  return refused ? withoutConnection(tracked, host.name, entry.id) : withEntry(tracked, host.name, entry);
}

/**
 * NAT at a hook: the nat table is asked once per connection and half (Linux `nf_nat_inet_fn`); what it decided then
 * rewrites this packet and all later ones.
 */
function runNat(
  around: Surroundings,
  host: Host,
  hook: HookName,
  part: "destination-nat" | "source-nat",
  branch: Branch,
  view: HookView,
): Judged[] {
  const tracking = branch.tracking;
  if (tracking?.connection === undefined) return [{ branch, verdict: accept }];
  const half = part === "destination-nat" ? "destinationDecided" : "sourceDecided";
  if (tracking.state !== "NEW" || tracking.connection[half]) {
    return [{ branch: withRewrite(host, part, branch), verdict: accept }];
  }
  const { opening } = around;
  // A flow that no node rewrites began when there were no rules.
  const asked = opening !== undefined && opening.to === undefined ? [{ branch, verdict: accept }] : undefined;
  const judged = asked ?? runTable(around, host, hook, "nat", branch, view);
  const opened = opening === undefined ? judged : openedAs(opening, part, { host, ...view }, judged);
  return opened.map((at) => {
    const decided = at.branch.tracking!;
    const connection = { ...decided.connection!, [half]: true };
    return { ...at, branch: { ...at.branch, tracking: { ...decided, connection } } };
  });
}

function withRewrite(host: Host, part: "destination-nat" | "source-nat", branch: Branch): Branch {
  const before = branch.packet;
  if (part === "destination-nat") {
    const packet = rewriteDestination(before, branch.tracking!);
    // Of an ICMP error the packet that it quotes may have changed, and nothing else.
    if (packet.destination === before.destination && packet.destinationPort === before.destinationPort) {
      return { ...branch, packet };
    }
    const from = formatSocket(before.destination, before.destinationPort);
    const to = formatSocket(packet.destination, packet.destinationPort);
    return withStep({ ...branch, packet }, rewriteStep(host, branch, "destination", from, to));
  }
  const packet = rewriteSource(before, branch.tracking!);
  if (packet.source === before.source && packet.sourcePort === before.sourcePort) {
    return { ...branch, packet };
  }
  const from = formatSocket(before.source, before.sourcePort);
  const to = formatSocket(packet.source, packet.sourcePort);
  return withStep({ ...branch, packet }, rewriteStep(host, branch, "source", from, to));
}

function rewriteStep(
  host: Host,
  branch: Branch,
  what: "source" | "destination",
  from: string,
  to: string,
): RewriteStep {
  const { direction } = branch.packet;
  const how = direction === "reply" ? "reply" : "conntrack";
  return { kind: "rewrite", node: host.name, what, how, from, to, direction };
}
