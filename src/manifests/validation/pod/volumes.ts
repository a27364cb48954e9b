import type { FieldErrors } from "../field-errors.ts";
import type { Path } from "../field-path.ts";
import { isDns1123Label } from "../names.ts";
import { parseQuantity } from "./quantity.ts";

/** A volume as decoded: its name and one source. */
export interface Volume {
  readonly name?: string;
  readonly configMap?: { readonly name?: string } & Projected;
  readonly secret?: { readonly secretName?: string } & Projected;
  readonly hostPath?: { readonly path?: string; readonly type?: string };
  readonly nfs?: { readonly server?: string; readonly path?: string };
  readonly emptyDir?: { readonly sizeLimit?: string | number };
  readonly persistentVolumeClaim?: { readonly claimName?: string };
}

/** Files made of an object's keys. */
interface Projected {
  readonly defaultMode?: number;
  readonly items?: readonly { readonly key?: string; readonly path?: string; readonly mode?: number }[];
}

/** A volume mount as decoded. */
export interface VolumeMount {
  readonly name?: string;
  readonly mountPath?: string;
  readonly subPath?: string;
  readonly subPathExpr?: string;
  readonly mountPropagation?: string;
}

/** What of the sources that applications state most must be there. */
const needed = [
  ["configMap", "name"],
  ["secret", "secretName"],
  ["hostPath", "path"],
  ["persistentVolumeClaim", "claimName"],
  ["nfs", "server"],
  ["nfs", "path"],
] as const;

const hostPathTypes = ",BlockDevice,CharDevice,Directory,DirectoryOrCreate,File,FileOrCreate,Socket".split(
  ",",
);
const propagations = ["Bidirectional", "HostToContainer", "None"];
const modeDetail = "must be a number between 0 and 0777 (octal), both inclusive";

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
  const first = stated[0];
  if (first === "configMap" || first === "secret") checkProjected(errors, path.child(first), volume[first]!);
  if (first === "hostPath") checkHostPath(errors, path.child(first), volume.hostPath!);
  if (first === "nfs" && !volume.nfs!.path?.startsWith("/")) {
    errors.invalid(path.child(first).child("path"), volume.nfs!.path ?? "", "must be an absolute path");
  }
  const limit = parseQuantity(volume.emptyDir?.sizeLimit ?? 0);
  if (limit !== undefined && limit.nanos < 0n) {
    errors.forbidden(
      path.child("emptyDir").child("sizeLimit"),
      "SizeLimit field must be a valid resource quantity",
    );
  }
}

/** core's validateHostPathVolumeSource. */
function checkHostPath(errors: FieldErrors, path: Path, source: NonNullable<Volume["hostPath"]>): void {
  const { path: target = "", type } = source;
  if (target === "") return;
  if (target.split("/").includes("..")) errors.invalid(path.child("path"), target, "must not contain '..'");
  if (type !== undefined && !hostPathTypes.includes(type)) {
    errors.notSupported(path.child("type"), type, hostPathTypes);
  }
}

/** The part that core's validateConfigMapVolumeSource and validateSecretVolumeSource share. */
function checkProjected(errors: FieldErrors, path: Path, { defaultMode, items = [] }: Projected): void {
  checkMode(errors, path.child("defaultMode"), defaultMode);
  for (const [i, { key = "", path: target = "", mode }] of items.entries()) {
    const place = path.child("items").index(i);
    if (key === "") errors.required(place.child("key"));
    if (target === "") errors.required(place.child("path"));
    if (target.startsWith("/")) errors.invalid(place.child("path"), target, "must be a relative path");
    if (target.split("/").includes(".."))
      errors.invalid(place.child("path"), target, "must not contain '..'");
    if (/^\.\.(?!\/)/.test(target)) errors.invalid(place.child("path"), target, "must not start with '..'");
    checkMode(errors, place.child("mode"), mode);
  }
}

function checkMode(errors: FieldErrors, path: Path, mode: number | undefined): void {
  if (mode !== undefined && (mode < 0 || mode > 0o777)) errors.invalid(path, mode, modeDetail);
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
    const { mountPropagation } = mounts[i]!;
    if (mountPropagation !== undefined && !propagations.includes(mountPropagation)) {
      const shown = { shown: [...path.steps(), i, "mountPropagation"] };
      errors.notSupportedAt(path.child("mountPropagation"), mountPropagation, propagations, shown);
    }
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
