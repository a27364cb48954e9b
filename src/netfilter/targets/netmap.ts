import { hostOrNetwork, listAddress } from "../rule-text/addresses.ts";
import type { NetmapTarget } from "../target.ts";
import type { TargetExtension } from "./extension.ts";

/** IPv4 prints the prefix of a host too; IPv6 leaves it out. */
function network(target: NetmapTarget): string {
  return target.address.includes(":") ? listAddress(target) : `${target.address}/${target.mask}`;
}

export const netmapExtension: TargetExtension<NetmapTarget> = {
  names: ["NETMAP"],
  options: { "--to": { required: true } },
  decode: (options, scope) => ({
    kind: "netmap",
    ...hostOrNetwork(options.required("--to").value, scope.family),
  }),
  save: (target) => ` --to ${network(target)}`,
  list: (target) => ` to:${network(target)}`,
};
