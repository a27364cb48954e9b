/** What of k8snet needs node: reading files. Everything else is in the main entry and runs in a browser too. */
export { type ReadSourcesOptions, type ReadSourcesResult, readSources } from "./manifests/read-sources.ts";
