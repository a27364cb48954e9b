import type { CatalogueEntries } from "./catalogue-entry.ts";

/** Codes of what can be wrong with questions to `get`, `describe` and `resolve`. */
export const kubectlCodes: CatalogueEntries = {
  "unknown-kind": {
    severity: "error",
    title: "A kind of object that get does not know",
    explanation:
      "The word names none of the kinds that are shown, neither in full nor as kubectl's short name. The hint has the nearest one.",
  },
  "no-kind": {
    severity: "error",
    title: "No kind of object was named",
    explanation: "`get` and `describe` want a kind, or KIND/NAME.",
  },
  "mixed-forms": {
    severity: "error",
    title: "KIND NAME and KIND/NAME in one command",
    explanation:
      "As with kubectl, either every word is KIND/NAME, or the first one is the kind and the others names.",
  },
  "name-in-all-namespaces": {
    severity: "error",
    title: "A name together with -A",
    explanation: "A name is looked up in one namespace; kubectl refuses this too.",
  },
  "name-and-selector": {
    severity: "error",
    title: "A name together with a selector",
    explanation: "A selector chooses among all objects of a kind; kubectl refuses this too.",
  },
  "bad-selector": {
    severity: "error",
    title: "A label selector that can't be read",
    explanation:
      "Requirements are `key`, `!key`, `key=value`, `key!=value`, `key in (a,b)` and `key notin (a,b)`.",
  },
  "bad-field-selector": {
    severity: "error",
    title: "A field selector that can't be read",
    explanation: "Requirements are `path=value` and `path!=value`, separated by commas.",
  },
  "unknown-format": {
    severity: "error",
    title: "An output format that is not printed here",
    explanation: "`get` prints tables (wide too), yaml, json, name, jsonpath and custom-columns.",
  },
  "go-template": {
    severity: "error",
    title: "Go's templates are not read",
    explanation: "kubectl's `-o go-template` runs a template of the Go language, which is not read here.",
    mend: "`-o jsonpath=…`, `-o custom-columns=…`, or `-o json` and a program that reads it.",
  },
  "labels-without-table": {
    severity: "error",
    title: "--show-labels with a format that is no table",
    explanation: "The labels are a column of the table; kubectl refuses this too.",
  },
  "kind-not-shown": {
    severity: "error",
    title: "A kind that is not shown",
    explanation:
      "`get` shows what decides the network, and what manifests say of it. Events, Secrets and others are the cluster's own affair.",
  },
  "no-template": {
    severity: "error",
    title: "-o jsonpath or custom-columns without a template",
    explanation: "The template follows behind an equals sign: `-o jsonpath='{.metadata.name}'`.",
  },
  "bad-jsonpath": {
    severity: "error",
    title: "A jsonpath template that kubectl would refuse",
    explanation:
      "kubectl's templates are a dialect of their own: paths in braces, `{range}…{end}`, one comparison in a filter. The message is kubectl's.",
  },
  "bad-time": {
    severity: "error",
    title: "A time that is none",
    explanation: "`--now` takes a time as RFC 3339 writes it: 2026-11-21T10:59:58Z.",
  },
  "bad-kubectl-version": {
    severity: "error",
    title: "A release that is none of kubectl's",
    explanation: "`--kubectl-version` takes 1.NN.",
  },
  "not-described": {
    severity: "error",
    title: "A kind that describe does not know",
    explanation:
      "Services, endpoints and endpointslices are described; `get -o yaml` shows all of every kind.",
  },
  "no-name": {
    severity: "error",
    title: "No name to resolve",
    explanation: "`resolve` wants a name or an address, or `--resolv-conf`.",
  },
  "bad-name": {
    severity: "error",
    title: "A name that DNS can't be asked for",
    explanation:
      "Labels are 1 to 63 letters, digits, dashes and underscores between dots; a name has at most 253 characters.",
  },
  "unknown-pod": {
    severity: "error",
    title: "--from names no pod",
    explanation: "There is no pod or workload of that name in the cluster that the input makes.",
  },
  "pod-elsewhere": {
    severity: "error",
    title: "--from names a pod of another namespace",
    explanation: "Pods are looked up in the namespace of -n; `pod/NAMESPACE/NAME` names one of another.",
  },
  "kubectl-needs-cluster": {
    severity: "error",
    title: "A kubectl command that needs a cluster",
    explanation:
      "Files answer `get`, `describe`, and behind `exec` and `run` only nslookup and `cat /etc/resolv.conf`. What changes a cluster is never passed on to a real one.",
  },
  "ip-not-answered": {
    severity: "error",
    title: "An ip command that files do not answer",
    explanation: "`ip route` shows the routing table that trace assumes; nothing else of ip is answered.",
  },
  "unprintable-word": {
    severity: "error",
    title: "shell with a control character in a flag",
    explanation:
      "The functions that `shell` prints hold its flags; a terminal would obey a control character among them.",
  },
  "shell-from-stdin": {
    severity: "error",
    title: "shell with manifests from standard input",
    explanation: "The functions that `shell` prints read the manifests whenever they are called.",
  },
};
