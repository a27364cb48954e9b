import type { CatalogueEntries } from "./catalogue-entry.ts";

/** Codes of what can be wrong with the input's texts and single objects. */
export const manifestCodes: CatalogueEntries = {
  "no-such-path": {
    severity: "error",
    title: "A file or folder that does not exist",
    explanation: "A name given by -f or k8snet.yaml is neither a file nor a folder, and no glob matches.",
  },
  "empty-folder": {
    severity: "error",
    title: "A folder without manifests",
    explanation:
      "Of a folder the files that end in .yaml, .yml or .json are read, as kubectl does; there is none. Subfolders are read with -R.",
  },
  "empty-input": {
    severity: "error",
    title: "Standard input holds nothing",
    explanation: "The command in front of the pipe printed nothing, probably because it failed.",
  },
  "not-a-file": {
    severity: "error",
    title: "A name that is neither a file nor a folder",
    explanation: "Sockets and block devices can't be read as manifests.",
  },
  "file-too-big": {
    severity: "error",
    title: "A file too big to be a manifest",
    explanation: "Files of more than 256 MiB are not read; a cluster's whole state is far smaller.",
  },
  unreadable: {
    severity: "error",
    title: "A file that can't be read",
    explanation: "The operating system refused to read it, or it can't be unpacked.",
  },
  "not-text": {
    severity: "error",
    title: "A file that is not text",
    explanation: "Manifests are UTF-8, or UTF-16 with a byte order mark, gzipped or not.",
  },
  kustomization: {
    severity: "error",
    title: "A kustomization where manifests are wanted",
    explanation:
      "A kustomization changes the manifests it names: names, namespaces, labels, replicas. Reading its files as they stand would show a cluster that it does not make.",
    mend: "Pipe what it makes: kubectl kustomize FOLDER | k8snet render -f -",
  },
  "helm-chart": {
    severity: "error",
    title: "A Helm chart where manifests are wanted",
    explanation: "A chart's files are templates; the manifests are what helm makes of them.",
    mend: "Pipe what it makes: helm template NAME CHART | k8snet render -f -",
  },
  template: {
    severity: "error",
    title: "A template where a manifest is wanted",
    explanation: "The document holds {{ … }} that nobody has filled in.",
    mend: "Render it first: helm template NAME CHART | k8snet render -f -",
  },
  "yaml-syntax": {
    severity: "error",
    title: "YAML or JSON that can't be read",
    explanation: "kubectl could not read it either. The message is in kubectl's words where it has some.",
  },
  "duplicate-key": {
    severity: "warning",
    title: "A key that stands twice in one mapping",
    explanation: "kubectl silently takes the last one. Two blocks were probably meant to be one.",
  },
  "not-an-object": {
    severity: "error",
    title: "A document that is no Kubernetes object",
    explanation:
      "Every document states apiVersion and kind. Tables that kubectl prints for people are no objects.",
  },
  "no-such-version": {
    severity: "error",
    title: "A kind that this API version does not have",
    explanation:
      "The API server finds no such kind in that version: it is no longer served, was never there, or is misspelt.",
  },
  "wrong-type": {
    severity: "error",
    title: "A value of the wrong type",
    explanation: "The API server refuses to decode the object. The message is its own.",
  },
  "unknown-field": {
    severity: "error",
    title: "A field that the kind does not have",
    explanation:
      "kubectl apply refuses unknown fields; what stands there would have no effect. --validate=warn or ignore takes it.",
  },
  invalid: {
    severity: "error",
    title: "An object that the API server would refuse",
    explanation: "The value is of the right type and not allowed. The message is the API server's own.",
  },
  "api-warning": {
    severity: "warning",
    title: "Something that the API server warns of",
    explanation: "The API server takes the object and answers with this warning.",
  },
  "skipped-kinds": {
    severity: "note",
    title: "Objects of kinds that shape no Service",
    explanation: "They were read and left aside: nothing of them changes rules, endpoints or names.",
  },
};
