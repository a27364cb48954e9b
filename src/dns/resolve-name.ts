import type { ClusterZone } from "./cluster-zone.ts";
import { type DnsQuery, fullyQualified, type RecordType } from "./record.ts";
import { ndotsOf, type ResolvConf } from "./resolv-conf.ts";

/** The questions a resolver asked for one name, in order; the last ones are those it answers with. */
export interface Resolution {
  readonly queries: readonly DnsQuery[];
  /** The last name that was asked: the one with an answer, where there is one. */
  readonly final: readonly DnsQuery[];
}

/**
 * The names that stand for what the user typed, in the order in which they are tried (resolv.conf(5)): a final
 * dot means as it stands; with fewer dots than ndots the search domains come first, else last.
 */
export function candidateNames(name: string, conf: ResolvConf): readonly string[] {
  if (name.endsWith(".")) return [name];
  const searched = conf.searches.map((domain) => fullyQualified(`${name}.${domain.replace(/\.$/, "")}`));
  const dots = name.split(".").length - 1;
  return dots >= ndotsOf(conf) ? [fullyQualified(name), ...searched] : [...searched, fullyQualified(name)];
}

/**
 * Asks as a pod's resolver does: each candidate for each type, until one has an answer (or is another server's
 * to answer).
 */
export function resolveName(
  name: string,
  types: readonly RecordType[],
  conf: ResolvConf,
  zone: ClusterZone,
): Resolution {
  const queries: DnsQuery[] = [];
  let noData: readonly DnsQuery[] | undefined;
  let last: readonly DnsQuery[] = [];
  for (const candidate of candidateNames(name, conf)) {
    last = types.map((type) => zone.answer(candidate, type));
    queries.push(...last);
    if (last.some((query) => query.answers.length > 0)) return { queries, final: last };
    // Where the cluster has the name, but nothing of that type, that is what the resolver says in the end.
    if (last.some((query) => query.rcode === "FORWARDED")) return { queries, final: noData ?? last };
    if (noData === undefined && last.some((query) => query.rcode === "NOERROR")) noData = last;
  }
  return { queries, final: noData ?? last };
}
