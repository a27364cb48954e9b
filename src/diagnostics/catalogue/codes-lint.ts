import type { CatalogueEntries } from "./catalogue-entry.ts";
import { loadBalancerCodes } from "./lint/load-balancers.ts";
import { podCodes } from "./lint/pods.ts";
import { referenceCodes } from "./lint/references.ts";
import { selectorCodes } from "./lint/selectors.ts";
import { serviceCodes } from "./lint/services.ts";
import { suppressionCodes } from "./lint/suppression.ts";
import { trafficPolicyCodes } from "./lint/traffic-policy.ts";

/** The findings of `k8snet lint`, in the order in which `lint --list` and docs/lint.md show them. */
export const lintCodes: CatalogueEntries = {
  ...selectorCodes,
  ...trafficPolicyCodes,
  ...loadBalancerCodes,
  ...serviceCodes,
  ...podCodes,
  ...referenceCodes,
  ...suppressionCodes,
};
