import { load, loadAll } from "js-yaml";
import { rangeBetween } from "../../src/diagnostics/source.ts";
import type { LoadedObject, Manifests } from "../../src/manifests/objects.ts";

const roles: Readonly<Record<string, LoadedObject["role"]>> = {
  Service: "service",
  Pod: "pod",
  Node: "node",
  EndpointSlice: "endpointslice",
  Endpoints: "endpoints",
};

interface Raw {
  readonly apiVersion: string;
  readonly kind: string;
  readonly items?: readonly Raw[];
  readonly metadata: { readonly name?: string; readonly namespace?: string };
  readonly spec?: { readonly template?: unknown };
}

/** Objects of YAML text without validation or positions: the cluster room alone is under test. */
export function loadObjects(text: string, file = "test.yaml"): Manifests {
  const source = { name: file, text };
  const whole = rangeBetween(source, 0, 1);
  const documents = (text.startsWith("{") ? [load(text)] : loadAll(text)) as (Raw | null)[];
  const raws = documents.flatMap((raw) =>
    raw === null ? [] : raw.kind === "List" ? (raw.items ?? []) : [raw],
  );
  const objects = raws.map(
    (raw) =>
      ({
        role: roles[raw.kind] ?? (raw.spec?.template === undefined ? "other" : "workload"),
        apiVersion: raw.apiVersion,
        kind: raw.kind,
        ...(raw.metadata?.namespace === undefined ? {} : { namespace: raw.metadata.namespace }),
        name: raw.metadata?.name ?? "",
        object: raw,
        source: { file, range: () => whole },
      }) as unknown as LoadedObject,
  );
  return { objects };
}
