/// <reference lib="dom" />
import type { ClusterModel, Service } from "../cluster/model.ts";
import { familyOf, type IpFamily, isIp } from "../net/ip.ts";
import { byId, h } from "./dom.ts";
import type { PagePacket } from "./ground.ts";

/** More pods than these are not offered as sources; any can be typed. */
const offeredPods = 500;

function field(id: "from" | "to" | "port" | "protocol"): HTMLInputElement {
  return byId(id) as HTMLInputElement;
}

/** Offers who can send a packet. */
export function offerSources({ nodes, pods }: ClusterModel): void {
  const names = [
    "external",
    ...nodes.map((node) => `node/${node.name}`),
    ...pods.slice(0, offeredPods).map((pod) => `pod/${pod.namespace}/${pod.name}`),
  ];
  byId("sources").append(...names.map((value) => h("option", { value })));
}

/** Fills the form with what was asked before, else with a Service's address and first port. */
export function suggestPacket(
  service: Service | undefined,
  family: IpFamily,
  asked: { readonly to: string | null; readonly from: string | null } = { to: null, from: null },
): void {
  const address = service?.clusterIps.find((ip) => isIp(ip) && familyOf(ip) === family);
  const [host, port] = splitSocket(asked.to);
  if (asked.from !== null) field("from").value = asked.from;
  if (host !== undefined) field("to").value = host;
  else if (address !== undefined) field("to").value = address;
  if (asked.to !== null) field("port").value = port ?? "";
  else if (service?.ports[0] !== undefined) field("port").value = String(service.ports[0].port);
}

/** The packet that the form asks for. */
export function readPacket(): PagePacket {
  const host = field("to").value.trim();
  const port = field("port").value.trim();
  const from = field("from").value.trim();
  const protocol = field("protocol").value;
  const named = protocol === "tcp" || protocol === "udp" || protocol === "sctp" ? protocol : undefined;
  return {
    target: port === "" ? host : `${isIp(host) && host.includes(":") ? `[${host}]` : host}:${port}`,
    ...(from === "" ? {} : { from }),
    ...(named === undefined ? {} : { protocol: named }),
  };
}

/** The family of a packet's target where it is an address. */
export function familyOfPacket({ target }: PagePacket): IpFamily | undefined {
  const [host] = splitSocket(target);
  return host !== undefined && isIp(host) ? familyOf(host) : undefined;
}

/** `10.0.0.1:80`, `[fd00::1]:80`, `name`. */
function splitSocket(text: string | null): readonly [string | undefined, string | undefined] {
  if (text === null) return [undefined, undefined];
  if (isIp(text)) return [text, undefined];
  const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(text) ?? [];
  return [host?.replace(/^\[|\]$/g, ""), port];
}
