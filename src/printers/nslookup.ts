import type { DnsQuery, DnsRecord } from "../dns/record.ts";
import type { ResolvConf } from "../dns/resolv-conf.ts";
import type { Resolution } from "../dns/resolve-name.ts";

function withoutDot(name: string): string {
  return name.endsWith(".") ? name.slice(0, -1) : name;
}

function printRecord(record: DnsRecord): string {
  switch (record.type) {
    case "A":
    case "AAAA":
      return `Name:\t${withoutDot(record.name)}\nAddress: ${record.data}\n`;
    case "CNAME":
      return `${withoutDot(record.name)}\tcanonical name = ${record.data}\n`;
    case "PTR":
      return `${withoutDot(record.name)}\tname = ${record.data}\n`;
    case "SRV":
      return `${withoutDot(record.name)}\tservice = ${record.data}\n`;
    case "TXT":
      return `${withoutDot(record.name)}\ttext = ${record.data}\n`;
    case "NS":
      return `${withoutDot(record.name)}\tnameserver = ${record.data}\n`;
    case "SOA": {
      const [origin, mail, serial, refresh, retry, expire, minimum] = record.data.split(" ");
      return `${withoutDot(record.name)}\n\torigin = ${withoutDot(origin ?? "")}\n\tmail addr = ${withoutDot(mail ?? "")}\n\tserial = ${serial}\n\trefresh = ${refresh}\n\tretry = ${retry}\n\texpire = ${expire}\n\tminimum = ${minimum}\n`;
    }
  }
}

/** The records of all answers, each once, in the order in which they came. */
function records(queries: readonly DnsQuery[]): readonly DnsRecord[] {
  const seen = new Set<string>();
  return queries
    .flatMap((query) => query.answers)
    .filter((record) => {
      const key = `${record.name} ${record.type} ${record.data}`;
      return !seen.has(key) && seen.add(key) !== undefined;
    });
}

/** The answer as BIND's nslookup prints it. */
export function printNslookup(name: string, resolution: Resolution, conf: ResolvConf): string {
  const server = conf.nameservers[0] ?? "";
  const found = records(resolution.final);
  const asked = resolution.final[0];
  const body =
    found.length > 0
      ? found.map(printRecord).join("")
      : asked === undefined || asked.rcode === "NXDOMAIN"
        ? `** server can't find ${withoutDot(name)}: NXDOMAIN\n`
        : asked.rcode === "FORWARDED"
          ? `** ${withoutDot(asked.name)} is no name of the cluster: the question goes on to another name server\n`
          : `*** Can't find ${withoutDot(name)}: No answer\n`;
  return `Server:\t\t${server}\nAddress:\t${server}#53\n\n${body}\n`;
}

/** /etc/resolv.conf. */
export function printResolvConf(conf: ResolvConf): string {
  const options = conf.options.map(({ name, value }) => (value === undefined ? name : `${name}:${value}`));
  return [
    ...conf.nameservers.map((address) => `nameserver ${address}`),
    ...(conf.searches.length === 0 ? [] : [`search ${conf.searches.join(" ")}`]),
    ...(options.length === 0 ? [] : [`options ${options.join(" ")}`]),
    "",
  ].join("\n");
}

/** `{queries: [{name, type, rcode, answers: [{name, type, data}]}]}`: every question that was asked, in order. */
export function printResolutionJson(resolution: Resolution): string {
  const queries = resolution.queries.map(({ name, type, rcode, answers }) => ({
    name,
    type,
    rcode,
    answers,
  }));
  return `${JSON.stringify({ queries }, null, 2)}\n`;
}
