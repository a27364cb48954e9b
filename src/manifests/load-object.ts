import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { knownKinds, type Role } from "./kinds.ts";
import type { DocumentSource } from "./object-source.ts";
import type { FieldPath, LoadedObject } from "./objects.ts";
import type { Validate } from "./parse-manifests.ts";

/** What loading collects. */
export interface LoadContext {
  readonly validate: Validate;
  readonly objects: LoadedObject[];
  readonly diagnostics: Diagnostic[];
}

type Json = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Takes one document's value: an object, or a List of them. */
export function loadObject(value: unknown, source: DocumentSource, context: LoadContext): void {
  const refuse = (code: string, message: string, path: FieldPath, hint?: string): void => {
    context.diagnostics.push({
      code,
      severity: "error",
      message,
      range: source.range(path),
      ...(hint === undefined ? {} : { hint }),
    });
  };
  if (!isMapping(value)) {
    refuse("not-an-object", "the document is no Kubernetes object: it is no mapping of keys to values", []);
    return;
  }
  const { apiVersion, kind } = value;
  if (typeof kind !== "string" || kind === "") {
    refuse("no-kind", "Object 'Kind' is missing", ["kind"], "Every document states apiVersion and kind.");
    return;
  }
  if (typeof apiVersion !== "string" || apiVersion === "") {
    refuse("no-api-version", "Object 'apiVersion' is missing", ["apiVersion"]);
    return;
  }
  if (kind.endsWith("List") && Array.isArray(value["items"])) {
    value["items"].forEach((item: unknown, index) => {
      const listed = isMapping(item) && item["kind"] === undefined && kind !== "List";
      loadObject(
        listed ? { apiVersion, kind: kind.slice(0, -4), ...item } : item,
        source.item(index),
        context,
      );
    });
    return;
  }
  if (apiVersion.startsWith("k8snet/")) return;
  const metadata = value["metadata"];
  const role = roleOf(apiVersion, kind, value);
  if (!isMapping(metadata) || typeof metadata["name"] !== "string") {
    if (role === "other") {
      // Files of components (KubeProxyConfiguration, kubeadm's, kind's Cluster) have no metadata.
      if (/^Cluster$|Configuration$/.test(kind)) {
        context.objects.push({ role, apiVersion, kind, name: "", object: value, source });
      }
      return;
    }
    refuse(
      "invalid",
      `The ${kind} "" is invalid: metadata.name: Required value: name or generateName is required`,
      ["metadata", "name"],
    );
    return;
  }
  const namespace = metadata["namespace"];
  context.objects.push({
    role,
    apiVersion,
    kind,
    name: metadata["name"],
    ...(typeof namespace === "string" && namespace !== "" ? { namespace } : {}),
    object: value,
    source,
  } as unknown as LoadedObject);
}

function roleOf(apiVersion: string, kind: string, value: Json): Role {
  const known = knownKinds.find((entry) => entry.kind === kind && entry.served.includes(apiVersion));
  if (known !== undefined) return known.role;
  const spec = value["spec"];
  const template = isMapping(spec) ? spec["template"] : undefined;
  const metadata = isMapping(template) ? template["metadata"] : undefined;
  return isMapping(metadata) && isMapping(metadata["labels"]) ? "workload" : "other";
}
