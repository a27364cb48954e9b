/** The record types that cluster DNS is asked for. */
export type RecordType = "A" | "AAAA" | "SRV" | "PTR" | "CNAME" | "TXT" | "SOA" | "NS";

export const recordTypes: readonly RecordType[] = ["A", "AAAA", "SRV", "PTR", "CNAME", "TXT", "SOA", "NS"];

/** A record; names end in a dot, data is as dig prints it. */
export interface DnsRecord {
  readonly name: string;
  readonly type: RecordType;
  readonly data: string;
}

/**
 * `NOERROR` without answers means that the name is there but has no such record; `FORWARDED` that the name is
 * not the cluster's and the answer is that of another server, which manifests can't say.
 */
export type Rcode = "NOERROR" | "NXDOMAIN" | "FORWARDED";

/** One question with its answer. */
export interface DnsQuery {
  /** The name that was asked, in full, with the final dot. */
  readonly name: string;
  readonly type: RecordType;
  readonly rcode: Rcode;
  readonly answers: readonly DnsRecord[];
}

/** The name with a final dot. */
export function fullyQualified(name: string): string {
  return name.endsWith(".") ? name : `${name}.`;
}
