import { type ClusterModel, objectKey, type Service } from "../cluster/model.ts";
import type { EndpointSlice, ResolvedEndpoints, SliceEndpoint } from "../endpoints/model.ts";
import { familyOf, isIp } from "../net/ip.ts";
import { type NameRequest, parseName } from "./parse-name.ts";
import { type DnsQuery, type DnsRecord, fullyQualified, type RecordType } from "./record.ts";
import { addressOfReverseName, isReverseName } from "./reverse-name.ts";

/** Namespaces that every cluster has. */
const builtinNamespaces = ["default", "kube-system", "kube-public", "kube-node-lease"];
/** Version of the DNS specification that CoreDNS says it speaks. */
const specificationVersion = "1.1.0";
/** Longest chain of names of ExternalName Services that is followed. */
const maxAliases = 8;

/** What a name leads to: an address or another name, the port behind it, and the name it has of its own. */
interface Target {
  readonly host: string;
  /** -1 for endpoints without ports: they have addresses but no SRV records. */
  readonly port: number;
  /** `svc.ns.svc.ZONE`, with the endpoint's host name before it for a single endpoint. */
  readonly ownName: string;
}

/**
 * The cluster's zone (`cluster.local` and the reverse zones) as CoreDNS's kubernetes plugin serves it with its
 * usual settings (`pods insecure`, `fallthrough` for reverse names left out): measured against CoreDNS 1.13.
 */
export class ClusterZone {
  readonly zone: string;
  readonly #services: ReadonlyMap<string, Service>;
  readonly #namespaces: ReadonlySet<string>;
  readonly #slicesOf = new Map<string, EndpointSlice[]>();
  #byAddress: ReadonlyMap<string, readonly string[]> | undefined;
  readonly #byClusterIp = new Map<string, Service>();

  constructor(cluster: ClusterModel, endpoints: ResolvedEndpoints) {
    this.zone = cluster.dnsDomain;
    this.#services = new Map(cluster.services.map((service) => [objectKey(service), service]));
    this.#namespaces = new Set([...builtinNamespaces, ...cluster.namespaces]);
    for (const service of cluster.services) {
      for (const ip of service.clusterIps) {
        if (!this.#byClusterIp.has(ip)) this.#byClusterIp.set(ip, service);
      }
    }
    for (const slice of endpoints.slices) {
      if (slice.serviceName === undefined || slice.addressType === "FQDN") continue;
      const key = `${slice.namespace}/${slice.serviceName}`;
      const found = this.#slicesOf.get(key);
      if (found === undefined) this.#slicesOf.set(key, [slice]);
      else found.push(slice);
    }
  }

  /** Whether the cluster's DNS answers for the name itself; other names it forwards. */
  holds(name: string): boolean {
    const bare = bareName(name);
    return bare === this.zone || bare.endsWith(`.${this.zone}`) || isReverseName(bare);
  }

  /** Answers one question, as asked: no search domains. */
  answer(name: string, type: RecordType): DnsQuery {
    const asked = fullyQualified(name);
    const bare = bareName(name);
    if (!this.holds(name)) return { name: asked, type, rcode: "FORWARDED", answers: [] };
    const records = isReverseName(bare)
      ? this.#reverse(asked, bare, type)
      : this.#forward(asked, bare, type, 0);
    return records === undefined
      ? { name: asked, type, rcode: "NXDOMAIN", answers: [] }
      : { name: asked, type, rcode: "NOERROR", answers: records };
  }

  /** @returns undefined when there is no such name */
  #reverse(asked: string, bare: string, type: RecordType): readonly DnsRecord[] | undefined {
    const isApex = bare === "in-addr.arpa" || bare === "ip6.arpa";
    if (type === "SOA") return isApex ? [this.#soa(asked, bare)] : [];
    if (isApex) return type === "TXT" ? undefined : [];
    const address = addressOfReverseName(bare);
    if (address === undefined || type !== "PTR") return undefined;
    const service = this.#byClusterIp.get(address);
    const names = service === undefined ? this.#endpointNames(address) : [this.#nameOf(service)];
    if (names.length === 0) return undefined;
    return names.map((data) => ({ name: asked, type: "PTR", data }));
  }

  /** The names of all ready endpoints with that address. */
  #endpointNames(address: string): readonly string[] {
    if (this.#byAddress === undefined) {
      const index = new Map<string, string[]>();
      for (const [key, slices] of this.#slicesOf) {
        const [namespace, service] = key.split("/");
        for (const endpoint of slices.flatMap((slice) => slice.endpoints.filter((e) => e.ready))) {
          for (const ip of endpoint.addresses) {
            const name = `${hostName(endpoint, ip)}.${service}.${namespace}.svc.${this.zone}.`;
            const found = index.get(ip);
            if (found === undefined) index.set(ip, [name]);
            else if (!found.includes(name)) found.push(name);
          }
        }
      }
      this.#byAddress = index;
    }
    return this.#byAddress.get(address) ?? [];
  }

  #nameOf(service: Service): string {
    return `${service.name}.${service.namespace}.svc.${this.zone}.`;
  }

  #soa(asked: string, zone: string): DnsRecord {
    // The serial is the time of the last change in CoreDNS's cache, which manifests can't say.
    return { name: asked, type: "SOA", data: `ns.dns.${zone}. hostmaster.${zone}. 0 7200 1800 86400 30` };
  }

  #forward(asked: string, bare: string, type: RecordType, depth: number): readonly DnsRecord[] | undefined {
    const relative = bare === this.zone ? "" : bare.slice(0, -this.zone.length - 1);
    if (type === "TXT") return this.#texts(asked, relative);
    // Asked for any other name, CoreDNS does not look whether it is there.
    if (type === "SOA") return relative === "" ? [this.#soa(asked, this.zone)] : [];
    if (type === "NS" && relative === "") return this.#nameServers(asked);
    if (relative === "ns.dns") return addressRecords(asked, this.#nameServerTargets(), type);
    const targets = this.#targetsOf(relative);
    if (targets === undefined) return undefined;
    switch (type) {
      case "A":
      case "AAAA":
        return this.#addresses(asked, targets, type, depth);
      case "SRV":
        return serviceRecords(asked, targets);
      case "CNAME": {
        const alias = targets.find((target) => !isIp(target.host));
        return alias === undefined ? [] : [{ name: asked, type, data: fullyQualified(alias.host) }];
      }
      default:
        return [];
    }
  }

  /** No name but one has a text; a name with nothing behind it is then said not to be there. */
  #texts(asked: string, relative: string): readonly DnsRecord[] | undefined {
    if (relative === "dns-version") {
      return [{ name: asked, type: "TXT", data: `"${specificationVersion}"` }];
    }
    const targets = this.#targetsOf(relative) ?? [];
    return targets.length === 0 ? undefined : [];
  }

  #nameServerTargets(): readonly Target[] {
    const service = this.#services.get("kube-system/kube-dns");
    if (service === undefined) return [];
    return service.clusterIps.map((host) => ({ host, port: 53, ownName: this.#nameOf(service) }));
  }

  #nameServers(asked: string): readonly DnsRecord[] {
    const names = new Set(this.#nameServerTargets().map((target) => target.ownName));
    return [...names].map((data) => ({ name: asked, type: "NS", data }));
  }

  #addresses(
    asked: string,
    targets: readonly Target[],
    type: "A" | "AAAA",
    depth: number,
  ): readonly DnsRecord[] {
    const alias = targets.find((target) => !isIp(target.host));
    if (alias === undefined) return addressRecords(asked, targets, type);
    const to = fullyQualified(alias.host);
    const record: DnsRecord = { name: asked, type: "CNAME", data: to };
    // A name is no alias of itself or of what is below it.
    if (`.${bareName(to)}`.endsWith(`.${bareName(asked)}`) || depth >= maxAliases) return [];
    if (!this.holds(to) || isReverseName(bareName(to))) return [record];
    const behind = this.#forward(to, bareName(to), type, depth + 1) ?? [];
    return behind.length === 0 ? [] : [record, ...behind];
  }

  /** @returns undefined when there is no such name; no targets when there is, but with nothing behind it */
  #targetsOf(relative: string): readonly Target[] | undefined {
    const request = parseName(relative);
    if (request === undefined || request === "empty") return request === undefined ? undefined : [];
    const { namespace } = request;
    if (namespace === undefined || !this.#namespaces.has(namespace)) return undefined;
    if (request.service === undefined) return [];
    return request.kind === "pod" ? podTargets(request, this.zone) : this.#serviceTargets(request);
  }

  #serviceTargets(request: NameRequest): readonly Target[] | undefined {
    const service = this.#services.get(`${request.namespace}/${request.service}`);
    if (service === undefined) return undefined;
    if (service.type === "ExternalName") {
      const { externalName } = service;
      const whole = request.endpoint === undefined && request.port === undefined;
      if (!whole || externalName === undefined || isIp(externalName)) return undefined;
      return [{ host: externalName, port: -1, ownName: this.#nameOf(service) }];
    }
    if (service.clusterIps[0] === "None" || request.endpoint !== undefined) {
      return this.#endpointTargets(service, request);
    }
    const ports = service.ports.filter((port) => asksFor(request, port.name, port.protocol));
    if (ports.length === 0 && service.ports.length > 0) return undefined;
    return ports.flatMap((port) =>
      service.clusterIps.map((host) => ({ host, port: port.port, ownName: this.#nameOf(service) })),
    );
  }

  #endpointTargets(service: Service, request: NameRequest): readonly Target[] | undefined {
    const targets: Target[] = [];
    for (const slice of this.#slicesOf.get(objectKey(service)) ?? []) {
      const all = slice.ports.length === 0 ? [{ name: "", protocol: "" }] : slice.ports;
      const ports = all.filter((port) => asksFor(request, port.name, port.protocol));
      for (const endpoint of slice.endpoints) {
        if (!endpoint.ready) continue;
        for (const host of endpoint.addresses) {
          const label = hostName(endpoint, host);
          if (request.endpoint !== undefined && request.endpoint !== label.toLowerCase()) continue;
          const ownName = `${label}.${this.#nameOf(service)}`;
          for (const port of ports) {
            targets.push({ host, port: "port" in port ? (port.port ?? -1) : -1, ownName });
          }
        }
      }
    }
    return targets.length === 0 ? undefined : targets;
  }
}

function bareName(name: string): string {
  return name.replace(/\.$/, "").toLowerCase();
}

/** The label of one endpoint: its host name, else its address with dashes. */
function hostName(endpoint: SliceEndpoint, ip: string): string {
  if (endpoint.hostname !== undefined && endpoint.hostname !== "") return endpoint.hostname;
  const label = ip.replaceAll(/[.:]/g, "-");
  return label.endsWith("-") ? `${label}0` : label;
}

function asksFor(request: NameRequest, name: string, protocol: string): boolean {
  const same = (asked: string | undefined, has: string): boolean =>
    asked === undefined || asked === "" || asked === has.toLowerCase();
  return same(request.port, name) && same(request.protocol, protocol);
}

/** `10-244-0-2.ns.pod`: the address that the name spells, whether or not such a pod exists. */
function podTargets(request: NameRequest, zone: string): readonly Target[] | undefined {
  const label = request.service ?? "";
  const v4 = label.split("-").length === 4 && !label.includes("--");
  const host = label.replaceAll("-", v4 ? "." : ":");
  if (!isIp(host)) return undefined;
  return [{ host, port: 0, ownName: `${label}.${request.namespace}.pod.${zone}.` }];
}

function addressRecords(asked: string, targets: readonly Target[], type: RecordType): readonly DnsRecord[] {
  if (type !== "A" && type !== "AAAA") return [];
  const family = type === "A" ? 4 : 6;
  const hosts = new Set(targets.map((target) => target.host).filter((host) => familyOf(host) === family));
  return [...hosts].map((data) => ({ name: asked, type, data }));
}

/** SRV records with CoreDNS's weights: 100 shared evenly by all targets, at least 1. */
function serviceRecords(asked: string, targets: readonly Target[]): readonly DnsRecord[] {
  const weight = Math.max(1, Math.floor((100 / (targets.length * 100)) * 100));
  const data = new Set(
    targets
      .filter((target) => target.port !== -1 && isIp(target.host))
      .map((target) => `0 ${weight} ${target.port} ${target.ownName}`),
  );
  return [...data].map((text) => ({ name: asked, type: "SRV", data: text }));
}
