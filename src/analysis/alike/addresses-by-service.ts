import { objectKey } from "../../cluster/model.ts";
import type { MatrixAddress } from "../matrix/model.ts";

/** Service → the addresses that flows to it are sent to. A node port's is told apart as the node that is called. */
export function addressesByService(
  addresses: Iterable<MatrixAddress>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { service, address, kind } of addresses) {
    const key = objectKey(service);
    const own = found.get(key) ?? new Set();
    found.set(key, own);
    if (kind !== "node port") own.add(address);
  }
  return found;
}
