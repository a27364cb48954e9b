import type { Service } from "../cluster/model.ts";
import { type Cidr, familyOf, type IpFamily, ipToBigInt, maskCidr } from "../net/ip.ts";

/** The addresses of one family. */
export function addressesOf(ips: readonly string[], family: IpFamily): string[] {
  return ips.filter((ip) => familyOf(ip) === family);
}

/** The addresses a Service is known by outside the cluster. */
export function outsideAddresses(service: Service): string[] {
  const ingress = service.loadBalancerIngress.flatMap(({ ip }) => (ip === undefined ? [] : [ip]));
  return [...service.externalIps, ...ingress];
}

/** The nodes' network: /24 (IPv6: /64) of the first node, wider if other nodes lie outside. */
export function wireNetwork(addresses: readonly string[], family: IpFamily): Cidr {
  const first = addresses[0] ?? (family === 4 ? "192.168.49.2" : "fd00:49::2");
  const values = addresses.map(ipToBigInt);
  for (let prefix = family === 4 ? 24 : 64; prefix > 0; prefix--) {
    const network = maskCidr({ address: first, prefix, family });
    const hostBits = BigInt((family === 4 ? 32 : 128) - prefix);
    const start = ipToBigInt(network.address) >> hostBits;
    if (values.every((value) => value >> hostBits === start)) return network;
  }
  return { address: family === 4 ? "0.0.0.0" : "::", prefix: 0, family };
}
