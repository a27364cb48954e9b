import type { Json } from "../../../api-objects/json.ts";
import { at, count, flag, isObject, list, nameOf, text } from "../fields.ts";
import { age } from "../human-duration.ts";
import { columns, type TableKind } from "./table.ts";

/** What READY, STATUS and RESTARTS say together. */
interface PodSummary {
  readonly ready: number;
  readonly total: number;
  readonly status: string;
  readonly restarts: number;
  /** When a container ended last, RFC 3339; empty when none did. */
  readonly lastRestart: string;
}

/** A container that stays beside the others: an init container with restartPolicy Always (a sidecar). */
function isSidecar(container: Json | undefined): boolean {
  return text(container, "restartPolicy") === "Always";
}

function condition(pod: Json, type: string): Json | undefined {
  return list(pod, "status", "conditions").find((item) => text(item, "type") === type);
}

function later(a: string, b: string): string {
  return b !== "" && (a === "" || Date.parse(b) > Date.parse(a)) ? b : a;
}

/** `Signal:9`, `ExitCode:1` or the reason the container states. */
function terminationReason(terminated: Json | undefined): string {
  const reason = text(terminated, "reason");
  if (reason !== "") return reason;
  const signal = count(terminated, "signal");
  return signal !== 0 ? `Signal:${signal}` : `ExitCode:${count(terminated, "exitCode")}`;
}

interface InitSummary {
  /** `Init:…` while an init container holds the pod up. */
  readonly reason?: string;
  readonly ready: number;
  readonly restarts: number;
  readonly sidecarRestarts: number;
  readonly lastRestart: string;
  readonly lastSidecarRestart: string;
}

function summarizeInit(pod: Json): InitSummary {
  const specs = list(pod, "spec", "initContainers");
  const statuses = list(pod, "status", "initContainerStatuses");
  const sum = { ready: 0, restarts: 0, sidecarRestarts: 0, lastRestart: "", lastSidecarRestart: "" };
  for (const [i, status] of statuses.entries()) {
    const spec = specs.find((container) => text(container, "name") === text(status, "name"));
    const restarted = text(status, "lastState", "terminated", "finishedAt");
    sum.restarts += count(status, "restartCount");
    sum.lastRestart = later(sum.lastRestart, restarted);
    if (isSidecar(spec)) {
      sum.sidecarRestarts += count(status, "restartCount");
      sum.lastSidecarRestart = later(sum.lastSidecarRestart, restarted);
    }
    const terminated = at(status, "state", "terminated");
    if (isObject(terminated) && count(terminated, "exitCode") === 0) continue;
    if (isSidecar(spec) && flag(status, "started")) {
      if (flag(status, "ready")) sum.ready++;
      continue;
    }
    const waiting = text(status, "state", "waiting", "reason");
    const reason = isObject(terminated)
      ? `Init:${terminationReason(terminated)}`
      : waiting !== "" && waiting !== "PodInitializing"
        ? `Init:${waiting}`
        : `Init:${i}/${specs.length}`;
    return { ...sum, reason };
  }
  return sum;
}

/** READY, STATUS and RESTARTS as the API server's printer computes them. */
export function summarizePod(pod: Json): PodSummary {
  const specs = list(pod, "spec", "containers");
  const total = specs.length + list(pod, "spec", "initContainers").filter(isSidecar).length;
  const phase = text(pod, "status", "phase");
  const stated = text(pod, "status", "reason");
  let status = stated || phase;
  if (text(condition(pod, "PodScheduled"), "reason") === "SchedulingGated") status = "SchedulingGated";

  const init = summarizeInit(pod);
  let { ready, restarts, lastRestart } = init;
  if (init.reason !== undefined) status = init.reason;
  if (init.reason === undefined || text(condition(pod, "Initialized"), "status") === "True") {
    restarts = init.sidecarRestarts;
    lastRestart = init.lastSidecarRestart;
    let hasRunning = false;
    let failure = "";
    for (const container of [...list(pod, "status", "containerStatuses")].reverse()) {
      restarts += count(container, "restartCount");
      lastRestart = later(lastRestart, text(container, "lastState", "terminated", "finishedAt"));
      const waiting = text(container, "state", "waiting", "reason");
      const terminated = at(container, "state", "terminated");
      if (waiting !== "") status = waiting;
      else if (isObject(terminated)) {
        status = terminationReason(terminated);
        if (count(terminated, "exitCode") !== 0) failure = status;
      } else if (flag(container, "ready") && isObject(at(container, "state", "running"))) {
        hasRunning = true;
        ready++;
      }
    }
    if (status === "Completed") {
      if (hasRunning && text(condition(pod, "Ready"), "status") === "True") status = "Running";
      else if (failure !== "") status = failure;
      else if (hasRunning) status = "NotReady";
    }
  }
  if (text(pod, "metadata", "deletionTimestamp") !== "") {
    if (stated === "NodeLost") status = "Unknown";
    else if (phase !== "Succeeded" && phase !== "Failed") status = "Terminating";
  }
  return { ready, total, status, restarts, lastRestart };
}

/** How many readiness gates are open, of how many. */
function readinessGates(pod: Json): string {
  const gates = list(pod, "spec", "readinessGates");
  if (gates.length === 0) return "<none>";
  const open = gates.filter((gate) => text(condition(pod, text(gate, "conditionType")), "status") === "True");
  return `${open.length}/${gates.length}`;
}

export const podTable: TableKind = {
  columns: columns(
    "NAME",
    "READY",
    "STATUS",
    "RESTARTS",
    "AGE",
    "+IP",
    "+NODE",
    "+NOMINATED NODE",
    "+READINESS GATES",
  ),
  cells: (pod, { now }) => {
    const { ready, total, status, restarts, lastRestart } = summarizePod(pod);
    return [
      nameOf(pod),
      `${ready}/${total}`,
      status,
      restarts !== 0 && lastRestart !== "" ? `${restarts} (${age(lastRestart, now)} ago)` : `${restarts}`,
      age(text(pod, "metadata", "creationTimestamp"), now),
      text(pod, "status", "podIPs", 0, "ip") || text(pod, "status", "podIP") || "<none>",
      text(pod, "spec", "nodeName") || "<none>",
      text(pod, "status", "nominatedNodeName") || "<none>",
      readinessGates(pod),
    ];
  },
};
