import type { NetmapTarget } from "../target.ts";
import { hostOrNetwork, optionNetwork } from "../values/addresses.ts";
import type { TargetExtension } from "./extension.ts";

export const netmapExtension: TargetExtension<NetmapTarget> = {
  names: ["NETMAP"],
  options: { "--to": { required: true } },
  decode(options, scope) {
    const { address, mask } = optionNetwork(options.required("--to").value, scope.family);
    return { kind: "netmap", ...hostOrNetwork(`${address}/${mask}`, scope.family) };
  },
  save: (target) => ` --to ${target.address}/${target.mask}`,
  list: (target) => ` to:${target.address}/${target.mask}`,
};
