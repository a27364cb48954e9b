/** Addresses of one subset of an Endpoints object. */
export interface Addresses<Endpoint> {
  readonly ready: readonly Endpoint[];
  readonly notReady: readonly Endpoint[];
}

/** How many addresses the endpoints controller writes into one Endpoints object. */
const capacity = 1000;

/** The annotation of an Endpoints object that holds fewer addresses than there are. */
export const overCapacityAnnotation = { "endpoints.kubernetes.io/over-capacity": "truncated" };

/**
 * The subsets with no more addresses than the controller writes: ready ones before those that are not, each subset
 * its share, rounded up (kube-controller-manager, `truncateEndpoints`). Undefined where all have room.
 */
export function truncateSubsets<Endpoint, Subset extends Addresses<Endpoint>>(
  subsets: readonly Subset[],
): readonly Subset[] | undefined {
  const ready = subsets.reduce((sum, subset) => sum + subset.ready.length, 0);
  const notReady = subsets.reduce((sum, subset) => sum + subset.notReady.length, 0);
  if (ready + notReady <= capacity) return undefined;
  const keepsReady = ready <= capacity;
  const room = keepsReady ? capacity - ready : capacity;
  const total = keepsReady ? notReady : ready;
  let left = room;
  return subsets.map((subset) => {
    const { length } = keepsReady ? subset.notReady : subset.ready;
    const share = Math.min(left, Math.ceil((length / total) * room));
    left -= Math.min(share, length);
    return keepsReady
      ? { ...subset, notReady: subset.notReady.slice(0, share) }
      : { ...subset, ready: subset.ready.slice(0, share), notReady: [] };
  });
}
