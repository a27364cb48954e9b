import { cidrContains, formatCidr, type IpFamily, ipToBigInt } from "../../net/ip.ts";
import type { Host, Route } from "../../tracer/network.ts";

function destination(route: Route): string {
  const { prefix, family } = route.destination;
  if (prefix === 0) return "default";
  return prefix === (family === 4 ? 32 : 128) ? route.destination.address : formatCidr(route.destination);
}

/** The address a packet gets on its way out of a directly connected network. */
function sourceAddress(host: Host, route: Route): string | undefined {
  const device = host.interfaces.find((candidate) => candidate.name === route.device);
  return device?.addresses.find(({ address }) => cidrContains(route.destination, address))?.address;
}

function printRoute(host: Host, route: Route): string {
  const words = [destination(route)];
  if (route.via !== undefined) words.push("via", route.via);
  words.push("dev", route.device);
  if (route.via === undefined) {
    const source = sourceAddress(host, route);
    words.push(
      ...(source === undefined ? ["scope", "link"] : ["proto", "kernel", "scope", "link", "src", source]),
    );
  }
  return `${words.join(" ")}\n`;
}

/** The routing table of a host as `ip route` prints it: the default route, then networks by address. */
export function printRoutes(host: Host, family: IpFamily): string {
  const routes = host.routes.filter((route) => route.destination.family === family);
  const sorted = [...routes].sort((a, b) => {
    if ((a.destination.prefix === 0) !== (b.destination.prefix === 0))
      return a.destination.prefix === 0 ? -1 : 1;
    const x = ipToBigInt(a.destination.address);
    const y = ipToBigInt(b.destination.address);
    return x === y ? a.destination.prefix - b.destination.prefix : x < y ? -1 : 1;
  });
  return sorted.map((route) => printRoute(host, route)).join("");
}
