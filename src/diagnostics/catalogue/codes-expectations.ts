import type { CatalogueEntries } from "./catalogue-entry.ts";

/** What `k8snet test` reports. */
export const expectationCodes: CatalogueEntries = {
  "expectation-not-met": {
    severity: "error",
    title: "An expectation is not met",
    explanation:
      "The manifests make a network in which something that was written down as expected is not so.",
    mend: "Look at the cause beside it in the manifests; when the change is meant, change the expectation.",
  },
  "bad-expectation": {
    severity: "error",
    title: "A file of expectations is wrong",
    explanation: "A field is not known, or does not hold what it must (docs/expectations.schema.json).",
  },
};
