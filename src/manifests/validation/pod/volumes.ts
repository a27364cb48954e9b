import type { FieldErrors } from "../field-errors.ts";
import type { Path } from "../field-path.ts";
import { isDns1123Label } from "../names.ts";

/** A volume as decoded: its name and one source. */
export interface Volume {
  readonly name?: string;
  readonly configMap?: { readonly name?: string };
  readonly secret?: { readonly secretName?: string };
  readonly hostPath?: { readonly path?: string };
  readonly persistentVolumeClaim?: { readonly claimName?: string };
}

/** A volume mount as decoded. */
export interface VolumeMount {
  readonly name?: string;
  readonly mountPath?: string;
  readonly subPath?: string;
  readonly subPathExpr?: string;
}

/** What of the sources that applications state most must be there. */
const needed = [
  ["configMap", "name"],
  ["secret", "secretName"],
  ["hostPath", "path"],
  ["persistentVolumeClaim", "claimName"],
] as const;

/** In the order in which the API server looks for them (core's validateVolumeSource). */
const sourceOrder =
  `emptyDir hostPath gitRepo gcePersistentDisk awsElasticBlockStore secret nfs iscsi glusterfs flocker
   persistentVolumeClaim rbd cinder cephfs quobyte downwardAPI fc flexVolume configMap azureFile vsphereVolume
   photonPersistentDisk portworxVolume azureDisk storageos projected scaleIO csi ephemeral image`.split(
    /\s+/,
  );

/**
 * core's ValidateVolumes, of the sources those that are common.
 * @returns the names that may be mounted: those of volumes without fault
 */
export function checkVolumes(
  errors: FieldErrors,
  path: Path,
  volumes: readonly Volume[],
): ReadonlyMap<string, Path> {
  const names = new Map<string, Path>();
  for (const [i, volume] of volumes.entries()) {
    const place = path.index(i);
    const before = errors.errors.length;
    const { name = "" } = volume;
    checkSource(errors, place, volume);
    if (name === "") errors.required(place.child("name"));
    else errors.invalidEach(place.child("name"), name, isDns1123Label(name));
    const first = names.get(name);
    if (first !== undefined) errors.duplicate(place.child("name"), name, first);
    else if (errors.errors.length === before) names.set(name, place.child("name"));
  }
  return names;
}

function checkSource(errors: FieldErrors, path: Path, volume: Volume): void {
  const all: Readonly<Record<string, unknown>> = { ...volume };
  const stated = sourceOrder.filter((source) => all[source] !== undefined && all[source] !== null);
  for (const source of stated.slice(1)) {
    errors.forbidden(path.child(source), "may not specify more than 1 volume type");
  }
  for (const [source, field] of needed) {
    if (stated[0] !== source) continue;
    const value: unknown = (all[source] as Readonly<Record<string, unknown>>)[field];
    if (value === undefined || value === "") errors.required(path.child(source).child(field));
  }
}

/** core's ValidateVolumeMounts. @param devices names of the container's volume devices */
export function checkVolumeMounts(
  errors: FieldErrors,
  path: Path,
  mounts: readonly VolumeMount[],
  volumes: ReadonlySet<string>,
): void {
  const taken = new Set<string>();
  for (let i = 0; i < mounts.length; i++) {
    const { name = "", mountPath = "", subPath = "", subPathExpr = "" } = mounts[i]!;
    if (name === "") errors.required(path.index(i).child("name"));
    if (!volumes.has(name)) {
      const hint = "No volume of the pod has this name.";
      errors.notFound(path.index(i).child("name"), name, { hint });
    }
    if (mountPath === "") errors.required(path.index(i).child("mountPath"));
    if (taken.has(mountPath)) errors.invalid(path.index(i).child("mountPath"), mountPath, "must be unique");
    taken.add(mountPath);
    checkSubPath(errors, path, i, "subPath", subPath);
    if (subPathExpr === "") continue;
    if (subPath !== "") {
      const detail = "subPathExpr and subPath are mutually exclusive";
      errors.invalid(path.index(i).child("subPathExpr"), subPathExpr, detail);
    }
    checkSubPath(errors, path, i, "subPathExpr", subPathExpr);
  }
}

/** core's validateLocalDescendingPath, whose errors do not say which of the mounts is meant. */
function checkSubPath(errors: FieldErrors, path: Path, index: number, field: string, value: string): void {
  if (value === "") return;
  const shown = { shown: [...path.steps(), index, field] };
  if (value.startsWith("/")) errors.invalid(path.child(field), value, "must be a relative path", shown);
  if (value.split("/").includes(".."))
    errors.invalid(path.child(field), value, "must not contain '..'", shown);
}
