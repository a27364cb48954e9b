import { parseNodePortRange } from "../../cluster/input/configurations.ts";
import type { Assumption, ClusterOptions, ObservedService } from "../../cluster/options.ts";
import { usageError } from "../../diagnostics/diagnostic.ts";
import { isHostName } from "../../net/host-name.ts";
import { isIp } from "../../net/ip.ts";
import type { InputOptions } from "../input/input-options.ts";

/** What k8snet.yaml says about Services, beside settings that flags have too. */
export interface ServiceFacts {
  readonly observed: Readonly<Record<string, ObservedService>>;
  readonly assume: Readonly<Record<string, Assumption>>;
  readonly nodePortRange?: string;
}

/** `name=value`, split at the last `=`. */
function splitPair(flag: string, text: string, example: string): readonly [name: string, value: string] {
  const equals = text.lastIndexOf("=");
  if (equals <= 0 || equals === text.length - 1) {
    throw usageError("invalid-flag", `${flag} ${text}: that is no NAME=VALUE`, `Such as ${flag} ${example}.`);
  }
  return [text.slice(0, equals), text.slice(equals + 1)];
}

function count(flag: string, text: string, value: string, example: string): number {
  if (/^\d{1,5}$/.test(value)) return Number(value);
  throw usageError("invalid-flag", `${flag} ${text}: "${value}" is no number`, `Such as ${flag} ${example}.`);
}

function counts(flag: string, texts: readonly string[], example: string): Record<string, number> {
  return Object.fromEntries(
    texts.map((text) => {
      const [name, value] = splitPair(flag, text, example);
      return [name, count(flag, text, value, example)] as const;
    }),
  );
}

/** `deploy/X=1/3` or `deploy/X=1`: how many are ready, and of how many where it says so. */
function readiness(texts: readonly string[]): Pick<ClusterOptions, "ready" | "readyOf"> {
  const example = "deploy/web=1/3";
  const ready: Record<string, number> = {};
  const readyOf: Record<string, number> = {};
  for (const text of texts) {
    const [name, value] = splitPair("--ready", text, example);
    const [some, all] = value.split("/");
    ready[name] = count("--ready", text, some ?? "", example);
    if (all !== undefined) readyOf[name] = count("--ready", text, all, example);
  }
  return { ready, readyOf };
}

/** Addresses (or host names) by Service; those of one Service accumulate. */
function loadBalancers(texts: readonly string[]): Record<string, readonly string[]> {
  const answer: Record<string, readonly string[]> = {};
  for (const text of texts) {
    const [written, value] = splitPair("--lb-ip", text, "svc/web=203.0.113.10");
    const name = written.replace(/^(?:svc|services?)\//, "");
    const addresses = value.split(",");
    const wrong = addresses.find((address) => !isIp(address) && !isHostName(address));
    if (wrong !== undefined) {
      throw usageError(
        "invalid-flag",
        `--lb-ip ${text}: "${wrong}" is no address and no host name`,
        "Such as --lb-ip svc/web=203.0.113.10.",
      );
    }
    answer[name] = [...(answer[name] ?? []), ...addresses];
  }
  return answer;
}

/** The options of the cluster that settings and k8snet.yaml make. */
export function clusterOptionsOf(options: InputOptions, facts: ServiceFacts): ClusterOptions {
  const nodePorts = facts.nodePortRange === undefined ? undefined : parseNodePortRange(facts.nodePortRange);
  if (facts.nodePortRange !== undefined && nodePorts === undefined) {
    throw usageError(
      "invalid-setting",
      `nodePortRange "${facts.nodePortRange}" is no range`,
      "Such as 30000-32767.",
    );
  }
  return {
    defaultNamespace: options.defaultNamespace ?? "default",
    clusterServices: options.clusterServices,
    ...(options.serviceCidr === undefined ? {} : { serviceCidrs: options.serviceCidr.split(",") }),
    ...(options.clusterCidr === undefined ? {} : { clusterCidrs: options.clusterCidr.split(",") }),
    ...(options.nodes === undefined ? {} : { simulatedNodes: options.nodes }),
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
    ...(nodePorts === undefined ? {} : { nodePorts }),
    loadBalancerIps: loadBalancers(options.lbIp),
    scale: counts("--scale", options.scale, "deploy/web=5"),
    ...readiness(options.ready),
    terminating: counts("--terminating", options.terminating, "deploy/web=1"),
    drain: options.drain,
    observed: facts.observed,
    assume: facts.assume,
    includeHooks: options.includeHooks,
  };
}
