import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { isOwnGroup, type KnownKind, knownKinds, type Role, skippedKinds } from "./kinds.ts";
import { decodeDiagnostics, validationDiagnostics } from "./object-problems.ts";
import type { DocumentSource } from "./object-source.ts";
import type { FieldPath, LoadedObject } from "./objects.ts";
import type { Validate } from "./parse-manifests.ts";
import { decode } from "./schema/decode.ts";
import { objectMeta, typeAndMeta } from "./schema/meta.ts";
import { podTemplateSpec } from "./schema/pod.ts";
import { editDistance } from "./schema/suggest.ts";
import { partialStruct } from "./schema/types.ts";
import { FieldErrors } from "./validation/field-errors.ts";

/** What loading collects. */
export interface LoadContext {
  readonly validate: Validate;
  readonly objects: LoadedObject[];
  readonly diagnostics: Diagnostic[];
}

type Json = Record<string, unknown>;

function isMapping(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** How deep Lists may stand in Lists. */
const maxListDepth = 10;

/** Takes one document's value: an object, or a List of them. What is refused is in the diagnostics and left out. */
export function loadObject(value: unknown, source: DocumentSource, context: LoadContext, depth = 0): void {
  const identity = readIdentity(value, source, context);
  if (identity === undefined) return;
  const { object, apiVersion, kind } = identity;
  if (kind.endsWith("List") && (kind === "List" || Array.isArray(object["items"])) && depth < maxListDepth) {
    loadItems(object, identity, source, context, depth);
    return;
  }
  if (apiVersion.startsWith("k8snet/") || refuseOtherTools(identity, source, context)) return;
  const known = knownKinds.get(kind);
  if (known?.served.includes(apiVersion) === true) loadKnown(known, identity, source, context);
  else if (!refuseVersion(known, identity, source, context)) loadUnknown(identity, source, context);
}

interface Identity {
  readonly object: Json;
  readonly apiVersion: string;
  readonly kind: string;
}

function refuse(
  context: LoadContext,
  source: DocumentSource,
  code: string,
  path: FieldPath,
  message: string,
  hint?: string,
): void {
  context.diagnostics.push({
    code,
    severity: "error",
    message,
    range: source.range(path),
    ...(hint === undefined ? {} : { hint }),
  });
}

function readIdentity(value: unknown, source: DocumentSource, context: LoadContext): Identity | undefined {
  if (!isMapping(value)) {
    const found = Array.isArray(value) ? "a list" : "a single value";
    const hint = "Every document is a mapping with apiVersion, kind and metadata.";
    refuse(context, source, "not-an-object", [], `this is no Kubernetes object but ${found}`, hint);
    return undefined;
  }
  for (const field of ["kind", "apiVersion"] as const) {
    const text = value[field];
    if (typeof text === "string" && text !== "") continue;
    if (text === undefined || text === null || text === "") {
      const missing = field === "kind" ? "Object 'Kind' is missing" : "Object 'apiVersion' is missing";
      refuse(context, source, "not-an-object", [field], missing, missingHint(value));
    } else refuse(context, source, "wrong-type", [field], `${field} must be a string`, `Quote it: "${text}"`);
    return undefined;
  }
  return { object: value, kind: value["kind"] as string, apiVersion: value["apiVersion"] as string };
}

/** What a document without kind or apiVersion probably is. */
function missingHint(value: Json): string {
  if (value["services"] !== undefined && value["kind"] === undefined) {
    return "This looks like a Compose file, not like a manifest.";
  }
  if (value["apiVersion"] === "v2" && value["name"] !== undefined && value["version"] !== undefined) {
    return "This is a Helm chart's Chart.yaml: pipe `helm template CHART` into `k8snet render -f -`.";
  }
  if (value["resources"] !== undefined || value["kustomize"] !== undefined) {
    return "Is this a kustomization? Pipe `kubectl kustomize FOLDER` into `k8snet render -f -`.";
  }
  const misspelt = Object.keys(value).find(
    (key) => /^(?:api_?version|kind)$/i.test(key) && !/^(?:apiVersion|kind)$/.test(key),
  );
  if (misspelt !== undefined)
    return `Write ${/kind/i.test(misspelt) ? "kind" : "apiVersion"}, not ${misspelt}.`;
  return "Every manifest states apiVersion and kind; leave other files out of -f.";
}

function loadItems(
  list: Json,
  { apiVersion, kind }: Identity,
  source: DocumentSource,
  context: LoadContext,
  depth: number,
): void {
  const items = list["items"] ?? [];
  if (!Array.isArray(items)) {
    refuse(context, source, "wrong-type", ["items"], `the items of a ${kind} are a list`);
    return;
  }
  for (let index = 0; index < items.length; index++) {
    const item: unknown = items[index];
    const untyped = kind !== "List" && isMapping(item) && item["kind"] === undefined;
    const object = untyped ? { apiVersion, kind: kind.slice(0, -"List".length), ...item } : item;
    loadObject(object, source.item(index), context, depth + 1);
  }
}

/** Things that begin like objects and are none that a cluster would take. */
function refuseOtherTools(
  { kind, apiVersion, object }: Identity,
  source: DocumentSource,
  context: LoadContext,
): boolean {
  if (kind === "Table" && apiVersion.startsWith("meta.k8s.io/")) {
    const hint = "Ask for the objects themselves: kubectl get … -o yaml";
    refuse(
      context,
      source,
      "not-an-object",
      ["kind"],
      "a Table holds rows for people to read, not objects",
      hint,
    );
    return true;
  }
  if (kind === "Kustomization" && apiVersion.startsWith("kustomize.config.k8s.io/")) {
    const hint = "Pipe `kubectl kustomize FOLDER` into `k8snet render -f -`.";
    refuse(
      context,
      source,
      "kustomization",
      ["kind"],
      "a kustomization is a recipe for manifests, not one",
      hint,
    );
    return true;
  }
  if (kind === "Status" && apiVersion === "v1") {
    const said = typeof object["message"] === "string" ? `: ${object["message"]}` : "";
    refuse(
      context,
      source,
      "not-an-object",
      ["kind"],
      `this is an API server's answer, not an object${said}`,
    );
    return true;
  }
  return false;
}

/** A kind of Kubernetes' own at a version that has it not (any more), or a misspelt one. */
function refuseVersion(
  known: KnownKind | undefined,
  { kind, apiVersion }: Identity,
  source: DocumentSource,
  context: LoadContext,
): boolean {
  if (!isOwnGroup(apiVersion)) return false;
  const message = `no matches for kind "${kind}" in version "${apiVersion}"`;
  if (known !== undefined) {
    refuse(context, source, "no-such-version", ["apiVersion"], message, `Use apiVersion: ${known.served[0]}`);
    return true;
  }
  if (skippedKinds.has(kind)) return false;
  const meant = [...knownKinds.keys()].find(
    (name) =>
      editDistance(name.toLowerCase(), kind.toLowerCase(), 3) <=
      (name.length > 8 ? 2 : name.length > 4 ? 1 : 0),
  );
  if (meant === undefined) return false;
  refuse(context, source, "no-such-version", ["kind"], message, `Did you mean kind: ${meant}?`);
  return true;
}

function loadKnown(known: KnownKind, identity: Identity, source: DocumentSource, context: LoadContext): void {
  const { object, apiVersion, kind } = identity;
  const name = nameOf(object);
  const schema = known.schemas?.[apiVersion] ?? known.schema;
  const decoded = decode(object, schema);
  let refused = false;
  if (decoded.length > 0) {
    const who = { apiVersion, kind, name };
    const found = decodeDiagnostics(decoded, who, object, schema, source, context.validate);
    context.diagnostics.push(...found);
    if (decoded.some((error) => error.kind === "type")) return;
    refused = found.some((diagnostic) => diagnostic.severity === "error");
  }
  // What can't be decoded strictly is not looked at any further.
  if (refused) return;
  if (!isMapping(object["metadata"])) object["metadata"] = {};
  const problems = new FieldErrors();
  known.check(problems, object);
  if (problems.errors.length > 0 || problems.warnings.length > 0) {
    context.diagnostics.push(...validationDiagnostics(problems, { apiVersion, kind, name }, source));
  }
  if (problems.errors.length === 0) add(known.role, identity, source, context);
}

/** Metadata of kinds that we know nothing of: only what we read of it. */
const anyKind = partialStruct("Object", { ...typeAndMeta, metadata: { ...objectMeta, open: true } });

/** Anything with a pod template counts as a workload, everything else is read loosely by other rooms, or not at all. */
function loadUnknown(identity: Identity, source: DocumentSource, context: LoadContext): void {
  const { object, apiVersion, kind } = identity;
  const decoded = decode(object, anyKind);
  if (decoded.length > 0) {
    const who = { apiVersion, kind, name: nameOf(object) };
    context.diagnostics.push(...decodeDiagnostics(decoded, who, object, anyKind, source, "ignore"));
    return;
  }
  const spec = object["spec"];
  const template = isMapping(spec) ? spec["template"] : undefined;
  // Files of components (KubeProxyConfiguration, kubeadm's, kind's Cluster) have no metadata.
  const isWorkload = isMapping(object["metadata"]) && isPodTemplate(template);
  add(isWorkload ? "workload" : "other", identity, source, context);
}

/** Whether a value has a pod template's labels, and nothing of another type than a pod template has. */
function isPodTemplate(template: unknown): boolean {
  if (!isMapping(template) || !isMapping(template["metadata"])) return false;
  const { labels } = template["metadata"];
  if (!isMapping(labels) || !Object.values(labels).every((value) => typeof value === "string")) return false;
  template["spec"] ??= {};
  if (decode(template, podTemplateSpec).some(({ kind }) => kind === "type")) return false;
  const spec = template["spec"];
  if (!isMapping(spec)) return false;
  spec["containers"] ??= [];
  return true;
}

function nameOf(object: Json): string {
  const metadata = object["metadata"];
  return isMapping(metadata) && typeof metadata["name"] === "string" ? metadata["name"] : "";
}

function add(
  role: Role,
  { object, apiVersion, kind }: Identity,
  source: DocumentSource,
  context: LoadContext,
): void {
  const metadata = (object["metadata"] ?? {}) as { namespace?: string; generateName?: string; name?: string };
  const { namespace } = metadata;
  if (role === "endpointslice") object["endpoints"] ??= null;
  if (metadata.name === undefined && metadata.generateName !== undefined) {
    metadata.name = `${metadata.generateName}xxxxx`;
  }
  const loaded = {
    role,
    apiVersion,
    kind,
    namespace: namespace === "" ? undefined : namespace,
    name: metadata.name ?? "",
    object,
    source: kind === "CronJob" && role === "workload" ? source.under("jobTemplate") : source,
  };
  if (kind === "CronJob" && role === "workload") liftJob(object);
  // The schema has checked what the role's type says.
  context.objects.push(loaded as unknown as LoadedObject);
}

/** A CronJob as the Job it would make: its template and counts are read where a Job has them. */
function liftJob(object: Json): void {
  const spec = object["spec"] as { jobTemplate?: { spec?: Json } };
  for (const field of ["template", "parallelism", "completions", "completionMode"]) {
    // Not enumerable: the object still prints as it was written.
    Object.defineProperty(spec, field, { value: spec.jobTemplate?.spec?.[field], enumerable: false });
  }
}
