import type { CatalogueEntries } from "../catalogue-entry.ts";

/** Findings about suppressions themselves. */
export const suppressionCodes: CatalogueEntries = {
  "ignore-names-no-code": {
    severity: "warning",
    title: "A suppression names a code that does not exist",
    explanation:
      "A `# k8snet-ignore` comment, an annotation ignore-check.k8snet.io/CODE or an entry of `ignore:` in k8snet.yaml names a code that k8snet does not have: it suppresses nothing.",
    mend: "Take the code as the finding prints it, in brackets; `k8snet lint --list` shows all.",
    bad: `apiVersion: v1
kind: Service
metadata:
  name: web
  annotations: {ignore-check.k8snet.io/selector-matches-nothin: "comes later"}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
`,
    good: `apiVersion: v1
kind: Service
metadata:
  name: web
  annotations: {ignore-check.k8snet.io/selector-matches-nothing: "comes later"}
spec: {selector: {app: web}, ports: [{port: 80}]}
`,
  },
  "unused-suppression": {
    severity: "info",
    title: "A suppression suppresses nothing",
    explanation:
      "A `# k8snet-ignore` comment, an annotation ignore-check.k8snet.io/CODE or an entry of `ignore:` in k8snet.yaml is for a finding that is not there: it was mended, or the comment stands at another line. When the same fault comes back, it would go unseen.",
    mend: "Remove it. A comment counts on the line of the finding, right above it, or right above the object.",
    bad: `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web} # k8snet-ignore selector-matches-nothing
  ports: [{port: 80}]
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
`,
    good: `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web} # k8snet-ignore selector-matches-nothing
  ports: [{port: 80}]
`,
  },
};
