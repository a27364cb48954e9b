export { outsideAddresses } from "./cluster-network/addresses.ts";
export { buildNetwork, hostOfAddress, outsideHost, podHost } from "./cluster-network/build-network.ts";
export type { NetworkOptions } from "./cluster-network/options.ts";
