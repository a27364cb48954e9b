import type { Severity } from "./diagnostic.ts";

/** Codes of what can be wrong with the input's texts and single objects. */
export const manifestCodes: Readonly<
  Record<string, { readonly severity: Severity; readonly title: string; readonly explanation: string }>
> = {
  "no-such-path": {
    severity: "error",
    title: "A file or folder that does not exist",
    explanation:
      "A name given by -f, --dump or k8snet.yaml is neither a file nor a folder, and no glob matches.",
  },
};
