import { type ClusterModel, objectKey } from "../../../cluster/model.ts";
import type { Diagnostic } from "../../../diagnostics/diagnostic.ts";
import { familyOf } from "../../../net/ip.ts";
import { findTable, type Ruleset } from "../../../netfilter/ruleset.ts";
import { ownersIn } from "./foreign-owners.ts";
import { proxyModeOf } from "./proxy-mode.ts";
import { servicesIn } from "./services-named.ts";

/** Why a dump can't be held against the manifests. */
export interface NotComparable extends Diagnostic {
  /** `refused`: bad input; `finding`: a truth about the node; `no-services`: only what is of no Service can be compared. */
  readonly because: "refused" | "finding" | "no-services";
}

/** Whether a dump is one of kube-proxy's rules in iptables mode for a cluster like this; undefined where it is. */
export function notComparable(dump: Ruleset, cluster: ClusterModel, name: string): NotComparable | undefined {
  const base = { code: "no-rules-in-dump", severity: "error" } as const;
  if (findTable(dump, "nat") === undefined && findTable(dump, "filter") === undefined) {
    return {
      ...base,
      because: "refused",
      message: `${name} holds table ${dump.tables.map((table) => table.name).join(", ")} only, and kube-proxy's rules are in nat and filter`,
      hint: "`iptables-save` without -t prints all tables",
    };
  }
  return otherFamily(dump, cluster, name) ?? otherMode(dump, name);
}

function otherFamily(dump: Ruleset, cluster: ClusterModel, name: string): NotComparable | undefined {
  const { family } = dump;
  const has = cluster.services.some((service) =>
    service.clusterIps.some((ip) => isAddress(ip) && familyOf(ip) === family),
  );
  if (has || cluster.services.every((service) => !service.clusterIps.some(isAddress))) return undefined;
  const other = family === 6 ? 4 : 6;
  const ofServices = servicesIn(dump).length > 0;
  const program = family === 6 ? "ip6tables-save" : "iptables-save";
  return {
    code: "dump-of-other-family",
    because: ofServices ? "refused" : "no-services",
    severity: ofServices ? "error" : "note",
    message: `${name} holds IPv${family} rules (${program}), and every Service of the manifests is IPv${other}${ofServices ? "" : ": there is none to compare"}`,
    hint: `their rules are in the dump of ${family === 6 ? "iptables-save" : "ip6tables-save"}`,
  };
}

function isAddress(ip: string): boolean {
  return ip !== "" && ip !== "None";
}

function otherMode(dump: Ruleset, name: string): NotComparable | undefined {
  const mode = proxyModeOf(dump);
  if (mode.mode === "iptables") return undefined;
  return {
    code: "node-not-iptables",
    because: "finding",
    severity: "error",
    message: `${name}: ${mode.message}`,
    hint: mode.hint,
  };
}

/** What else there is to know of a dump before its differences: tables it lacks, and whose other rules are in it. */
export function dumpNotes(dump: Ruleset, expected: Ruleset | undefined, name: string): readonly Diagnostic[] {
  const lacking = (["nat", "filter"] as const).filter((table) => findTable(dump, table) === undefined);
  const owners = [...ownersIn(dump, expected)].map(([owner, chains]) =>
    chains.length === 0
      ? owner
      : `${owner} (${chains.length > 3 ? `${chains.length} chains` : chains.join(", ")})`,
  );
  const note = (code: string, message: string): Diagnostic => ({ code, severity: "note", message });
  return [
    ...lacking.map((table) =>
      note("dump-lacks-table", `${name} has no table ${table}: what it does there is not compared`),
    ),
    ...(owners.length === 0
      ? []
      : [note("foreign-programs", `${name}: there are also rules of ${owners.join(", ")}`)]),
  ];
}

/** Services that every cluster has, whatever its manifests. */
const everywhere = /^(default\/kubernetes|kube-system\/kube-dns)$/;

/** Said where no Service of the dump is in the manifests and none of theirs in the dump. */
export function otherCluster(dump: Ruleset, cluster: ClusterModel, name: string): Diagnostic | undefined {
  const there = servicesIn(dump).filter((service) => !everywhere.test(service));
  const known = new Set(cluster.services.map(objectKey).filter((service) => !everywhere.test(service)));
  if (there.length === 0 || known.size === 0 || there.some((service) => known.has(service))) return undefined;
  return {
    code: "dump-of-another-cluster",
    severity: "warning",
    message: `no Service of ${name} is in the manifests (${firstOf(there)}), and none of theirs in it (${firstOf([...known])})`,
    hint: "are they of the same cluster? kubectl get nodes,services,pods,endpointslices -A -o yaml",
  };
}

function firstOf(names: readonly string[]): string {
  const shown = names.slice(0, 2).join(", ");
  return names.length > 2 ? `${shown}, …` : shown;
}
