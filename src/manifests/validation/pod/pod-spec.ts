import type { ObjectMeta, PodObject, PodSpec } from "../../objects.ts";
import { checkIp } from "../addresses.ts";
import type { FieldErrors } from "../field-errors.ts";
import { Path } from "../field-path.ts";
import { checkAnnotations, checkLabels, checkMetadata, subdomainName } from "../metadata.ts";
import { isDns1123Label, isDns1123Subdomain, isDnsSearch, isQualifiedName } from "../names.ts";
import { checkContainers, checkUserIds } from "./containers.ts";
import {
  type Affinity,
  checkAffinity,
  checkSpread,
  checkToleration,
  type SpreadConstraint,
} from "./scheduling.ts";
import { checkVolumes, type Volume } from "./volumes.ts";

const restartPolicies = ["Always", "OnFailure", "Never"];
const dnsPolicies = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
const preemptionPolicies = ["PreemptLowerPriority", "Never"];
const systems = ["linux", "windows"];
const defaultGraceSeconds = 30;

/** Fields of a pod's spec that only validation reads. */
interface CheckedPodSpec extends PodSpec {
  readonly restartPolicy?: string;
  readonly activeDeadlineSeconds?: number;
  readonly terminationGracePeriodSeconds?: number;
  readonly serviceAccountName?: string;
  readonly priorityClassName?: string;
  readonly runtimeClassName?: string;
  readonly preemptionPolicy?: string;
  readonly hostUsers?: boolean;
  readonly hostPID?: boolean;
  readonly shareProcessNamespace?: boolean;
  readonly os?: { readonly name?: string };
  readonly hostAliases?: readonly { readonly ip?: string; readonly hostnames?: readonly string[] }[];
  readonly volumes?: readonly Volume[];
  readonly topologySpreadConstraints?: readonly SpreadConstraint[];
  readonly securityContext?: { readonly runAsUser?: number; readonly runAsGroup?: number };
}

/** What the API server checks of a Pod: core's ValidatePod, but for rare volumes and security. */
export function checkPod(errors: FieldErrors, pod: PodObject): void {
  checkMetadata(errors, pod.metadata, subdomainName);
  const path = new Path("spec");
  const spec = pod.spec ?? { containers: [] };
  checkPodSpec(errors, path, spec, none, true);
  // Templates are not asked about this.
  for (const field of ["containers", "initContainers"] as const) {
    for (const [i, { image = "" }] of (spec[field] ?? []).entries()) {
      if (image === image.trim()) continue;
      const place = path.child(field).index(i).child("image");
      errors.invalid(place, image, "must not have leading or trailing whitespace");
    }
  }
}

const none: readonly string[] = [];

/**
 * A workload's pod template. `metadata` is not part of the paths the API server names its labels by.
 * @param claims names of a StatefulSet's claim templates, which its containers may mount
 */
export function checkPodTemplate(
  errors: FieldErrors,
  path: Path,
  template: { readonly metadata?: Partial<ObjectMeta>; readonly spec?: PodSpec },
  claims: readonly string[] = none,
): void {
  const metadata = path.child("metadata");
  checkLabels(errors, path.child("labels"), template.metadata?.labels, metadata.child("labels"));
  checkAnnotations(errors, path.child("annotations"), template.metadata?.annotations);
  const spec = template.spec ?? { containers: [] };
  checkPodSpec(errors, path.child("spec"), spec, claims, false);
  const { ephemeralContainers } = spec as { readonly ephemeralContainers?: unknown };
  if (Array.isArray(ephemeralContainers) && ephemeralContainers.length > 0) {
    const place = path.child("spec").child("ephemeralContainers");
    errors.forbidden(place, "ephemeral containers not allowed in pod template");
  }
}

function checkPodSpec(
  errors: FieldErrors,
  path: Path,
  spec: CheckedPodSpec,
  claims: readonly string[],
  isPod: boolean,
): void {
  const volumes = mountableNames(errors, path, spec, claims);
  const graceSeconds = spec.terminationGracePeriodSeconds ?? defaultGraceSeconds;
  checkContainers(errors, path, { spec, volumes, graceSeconds, isPod });
  const restart = spec.restartPolicy ?? "Always";
  if (restart !== "" && !restartPolicies.includes(restart)) {
    errors.notSupported(path.child("restartPolicy"), restart, restartPolicies);
  }
  checkDns(errors, path, spec);
  checkLabels(errors, path.child("nodeSelector"), spec.nodeSelector);
  if (spec.securityContext !== undefined) {
    checkUserIds(errors, path.child("securityContext"), spec.securityContext);
  }
  if (spec.affinity !== undefined) {
    checkAffinity(errors, path.child("affinity"), spec.affinity as Affinity);
  }
  spec.readinessGates?.forEach(({ conditionType = "" }, i) => {
    const place = path.child("readinessGates").index(i).child("conditionType");
    errors.invalidEach(place, conditionType, isQualifiedName(conditionType));
  });
  if (spec.topologySpreadConstraints !== undefined) {
    checkSpread(errors, path.child("topologySpreadConstraints"), spec.topologySpreadConstraints);
  }
  if (spec.hostUsers === false && spec.hostNetwork === true) {
    errors.forbidden(path.child("hostNetwork"), "when `hostUsers` is false");
  }
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    const detail = "ShareProcessNamespace and HostPID cannot both be enabled";
    const shown = { shown: path.child("shareProcessNamespace").steps() };
    errors.invalid(path.child("securityContext").child("shareProcessNamespace"), true, detail, shown);
  }
  checkGates(errors, path.child("schedulingGates"), spec.schedulingGates ?? []);
  checkOs(errors, path.child("os"), spec.os);
  checkSpecNames(errors, path, spec);
  spec.tolerations?.forEach((toleration, i) => {
    checkToleration(errors, path.child("tolerations").index(i), toleration);
  });
  checkHostAliases(errors, path.child("hostAliases"), spec.hostAliases ?? []);
}

function checkGates(
  errors: FieldErrors,
  path: Path,
  gates: NonNullable<CheckedPodSpec["schedulingGates"]>,
): void {
  const seen = new Map<string, Path>();
  for (const [i, { name = "" }] of gates.entries()) {
    const place = path.index(i);
    errors.invalidEach(place, name, isQualifiedName(name));
    const first = seen.get(name);
    if (first === undefined) seen.set(name, place);
    else errors.duplicate(place, name, first);
  }
}

function checkOs(errors: FieldErrors, path: Path, os: CheckedPodSpec["os"]): void {
  if (os === undefined) return;
  const { name = "" } = os;
  if (name === "") errors.required(path.child("name"));
  else if (!systems.includes(name)) errors.notSupported(path, name, systems);
}

const noNames: ReadonlySet<string> = new Set();

/** Names that containers may mount: those of volumes without fault, and of claims. */
function mountableNames(
  errors: FieldErrors,
  path: Path,
  { volumes }: CheckedPodSpec,
  claims: readonly string[],
): ReadonlySet<string> {
  if (volumes === undefined && claims.length === 0) return noNames;
  const names = checkVolumes(errors, path.child("volumes"), volumes ?? []);
  return new Set([...names.keys(), ...claims]);
}

/** core's validateDNSPolicy and validatePodDNSConfig. */
function checkDns(errors: FieldErrors, path: Path, spec: CheckedPodSpec): void {
  const policy = spec.dnsPolicy ?? "ClusterFirst";
  if (policy !== "" && !dnsPolicies.includes(policy)) {
    errors.notSupported(path.child("dnsPolicy"), policy, dnsPolicies);
  }
  const config = spec.dnsConfig;
  const place = path.child("dnsConfig");
  if (config === undefined) {
    if (policy === "None") errors.required(place, "must provide `dnsConfig` when `dnsPolicy` is None");
    return;
  }
  const { nameservers = [], searches = [], options = [] } = config;
  if (policy === "None" && nameservers.length === 0) {
    const detail = "must provide at least one DNS nameserver when `dnsPolicy` is None";
    errors.required(place.child("nameservers"), detail);
    return;
  }
  if (nameservers.length > 3) {
    errors.invalid(place.child("nameservers"), nameservers, "must not have more than 3 nameservers");
  }
  for (const [i, address] of nameservers.entries()) {
    checkIp(errors, place.child("nameservers").index(i), address);
  }
  checkSearches(errors, place.child("searches"), searches);
  for (const [i, { name = "" }] of options.entries()) {
    if (name === "") errors.required(place.child("options").index(i), "must not be empty");
  }
}

function checkSearches(errors: FieldErrors, path: Path, searches: readonly string[]): void {
  if (searches.length > 32) errors.invalid(path, searches, "must not have more than 32 search paths");
  if (searches.join(" ").length > 2048) {
    errors.invalid(
      path,
      searches,
      "must not have more than 2048 characters (including spaces) in the search list",
    );
  }
  for (const [i, search] of searches.entries()) {
    if (search === ".") continue;
    const name = search.replace(/\.$/, "");
    errors.invalidEach(path.index(i), name, isDnsSearch(name));
  }
}

function checkSpecNames(errors: FieldErrors, path: Path, spec: CheckedPodSpec): void {
  for (const field of ["hostname", "subdomain"] as const) {
    const name = spec[field] ?? "";
    if (name !== "") errors.invalidEach(path.child(field), name, isDns1123Label(name));
  }
  for (const field of ["serviceAccountName", "nodeName", "priorityClassName"] as const) {
    const name = spec[field] ?? "";
    if (name !== "") errors.invalidEach(path.child(field), name, isDns1123Subdomain(name));
  }
  const { runtimeClassName, preemptionPolicy, activeDeadlineSeconds: deadline } = spec;
  if (runtimeClassName !== undefined) {
    errors.invalidEach(
      path.child("runtimeClassName"),
      runtimeClassName,
      isDns1123Subdomain(runtimeClassName),
    );
  }
  if (preemptionPolicy !== undefined && !preemptionPolicies.includes(preemptionPolicy)) {
    errors.notSupported(path.child("preemptionPolicy"), preemptionPolicy, preemptionPolicies);
  }
  if (deadline !== undefined && (deadline < 1 || deadline > 2 ** 31 - 1)) {
    const detail = "must be between 1 and 2147483647, inclusive";
    errors.invalid(path.child("activeDeadlineSeconds"), deadline, detail);
  }
}

function checkHostAliases(
  errors: FieldErrors,
  path: Path,
  aliases: NonNullable<CheckedPodSpec["hostAliases"]>,
): void {
  for (const [i, { ip = "", hostnames = [] }] of aliases.entries()) {
    checkIp(errors, path.index(i).child("ip"), ip);
    for (const [j, name] of hostnames.entries()) {
      errors.invalidEach(path.index(i).child("hostnames").index(j), name, isDns1123Subdomain(name));
    }
  }
}
