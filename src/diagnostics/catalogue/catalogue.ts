import type { CatalogueEntries, CatalogueEntry } from "./catalogue-entry.ts";
import { clusterCodes } from "./codes-cluster.ts";
import { expectationCodes } from "./codes-expectations.ts";
import { kubeProxyCodes } from "./codes-kube-proxy.ts";
import { kubectlCodes } from "./codes-kubectl.ts";
import { lintCodes } from "./codes-lint.ts";
import { manifestCodes } from "./codes-manifests.ts";
import { netfilterCodes } from "./codes-netfilter.ts";
import { tracerCodes } from "./codes-tracer.ts";
import { verifyCodes } from "./codes-verify.ts";

/** Every code that k8snet may report, joined from the rooms' own lists. */
export const catalogue: CatalogueEntries = {
  ...kubectlCodes,
  ...lintCodes,
  ...manifestCodes,
  ...clusterCodes,
  ...kubeProxyCodes,
  ...netfilterCodes,
  ...verifyCodes,
  ...expectationCodes,
  ...tracerCodes,
};

/** What a code means; undefined for a code that does not exist. */
export function explainCode(code: string): CatalogueEntry | undefined {
  return Object.hasOwn(catalogue, code) ? catalogue[code] : undefined;
}
