/** What differs between releases of kubectl in the words of `describe service`. */
export interface KubectlTraits {
  /** `IP Family Policy`, `IP Families`, `IPs` (1.20). */
  readonly showsIpFamilies: boolean;
  /** Endpoints are those of the EndpointSlices, in their order; before, those of the Endpoints object (1.31). */
  readonly readsSlices: boolean;
  /** `Internal Traffic Policy`, and the mode behind a load balancer's address (1.31). */
  readonly showsInternalTrafficPolicy: boolean;
  /** `Traffic Distribution` (1.34). */
  readonly showsTrafficDistribution: boolean;
}

/** The release whose output was recorded, and the one that is printed without a flag. */
export const defaultKubectlMinor = 32;

/** @param minor of the release: 32 for kubectl 1.32 */
export function kubectlTraits(minor: number): KubectlTraits {
  return {
    showsIpFamilies: minor >= 20,
    readsSlices: minor >= 31,
    showsInternalTrafficPolicy: minor >= 31,
    showsTrafficDistribution: minor >= 34,
  };
}
