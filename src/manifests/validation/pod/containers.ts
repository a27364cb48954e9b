import type { Container, ContainerPort, PodSpec } from "../../objects.ts";
import type { FieldErrors } from "../field-errors.ts";
import { FirstPlaces, type Path } from "../field-path.ts";
import { isDns1123Label, isPortName, isPortNumber } from "../names.ts";
import { checkEnv, checkEnvFrom, type EnvFrom, type EnvVar } from "./environment.ts";
import { checkLifecycle, checkProbe, type Lifecycle, type Probe, probeFields } from "./probes.ts";
import { checkResources, type Resources } from "./resources.ts";
import { checkVolumeMounts, type VolumeMount } from "./volumes.ts";

const protocols = ["SCTP", "TCP", "UDP"];
const pullPolicies = ["Always", "IfNotPresent", "Never"];
const messagePolicies = ["File", "FallbackToLogsOnError"];
const restartPolicies = ["Always", "Never", "OnFailure"];

/** A container with the fields that only validation reads. */
interface CheckedContainer extends Container {
  readonly imagePullPolicy?: string;
  readonly terminationMessagePolicy?: string;
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly EnvFrom[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly volumeDevices?: readonly { readonly name?: string }[];
  readonly resources?: Resources;
  readonly lifecycle?: Lifecycle;
  readonly resizePolicy?: readonly { readonly resourceName?: string; readonly restartPolicy?: string }[];
  readonly securityContext?: { readonly runAsUser?: number; readonly runAsGroup?: number };
}

/** What of a pod its containers are checked with. */
export interface ContainerContext {
  readonly spec: PodSpec & { readonly restartPolicy?: string };
  /** What may be mounted: volumes, and a StatefulSet's claim templates. */
  readonly volumes: ReadonlySet<string>;
  readonly graceSeconds: number;
  /** Of a Pod and not of a template: some more defaults are there. */
  readonly isPod: boolean;
}

/** core's validateContainers and validateInitContainers. */
export function checkContainers(errors: FieldErrors, path: Path, context: ContainerContext): void {
  const { containers = [], initContainers } = context.spec;
  if (containers.length === 0) errors.required(path.child("containers"));
  const names = new FirstPlaces();
  const hostPorts = new FirstPlaces();
  for (let i = 0; i < containers.length; i++) {
    const container = containers[i]! as CheckedContainer;
    const place = path.child("containers").index(i);
    checkContainer(errors, place, container, context);
    checkUnique(errors, place, container.name ?? "", names);
    checkHooks(errors, place, container, context);
    if (container.ports === undefined) continue;
    if (context.spec.hostNetwork === true) checkSamePorts(errors, place.child("ports"), container.ports);
    const inHost = context.isPod && context.spec.hostNetwork === true;
    checkHostPorts(
      errors,
      place.child("ports"),
      inHost ? ofHost(container.ports) : container.ports,
      hostPorts,
    );
  }
  if (initContainers !== undefined) checkInitContainers(errors, path, initContainers, names, context);
}

function checkInitContainers(
  errors: FieldErrors,
  parent: Path,
  containers: readonly CheckedContainer[],
  names: FirstPlaces,
  context: ContainerContext,
): void {
  const path = parent.child("initContainers");
  for (const [i, container] of containers.entries()) {
    const place = path.index(i);
    checkContainer(errors, place, container, context);
    checkUnique(errors, place, container.name ?? "", names, true);
    if (container.ports !== undefined) {
      // They run one by one, so each is looked at alone, as if it were the first.
      const shown = place.child("ports");
      checkHostPorts(errors, path.index(0).child("ports"), container.ports, new FirstPlaces(), shown);
    }
    if (container.restartPolicy === "Always") checkHooks(errors, place, container, context);
    else {
      for (const field of ["lifecycle", ...probeFields] as const) {
        if (container[field] === undefined) continue;
        const detail = "may not be set for init containers without restartPolicy=Always";
        errors.forbidden(place.child(field), detail);
      }
    }
  }
}

/** @param init of init containers a missing name is no duplicate */
function checkUnique(errors: FieldErrors, path: Path, name: string, names: FirstPlaces, init = false): void {
  if (init && name === "") return;
  const first = names.claim(name, path);
  if (first !== undefined) errors.duplicate(path.child("name"), name, first.child("name"));
}

function checkHooks(
  errors: FieldErrors,
  path: Path,
  container: CheckedContainer,
  { graceSeconds }: ContainerContext,
): void {
  const { lifecycle } = container;
  if (lifecycle !== undefined) checkLifecycle(errors, path.child("lifecycle"), lifecycle, graceSeconds);
  for (const field of probeFields) {
    const probe = container[field];
    if (probe !== undefined) checkProbe(errors, path.child(field), probe as Probe, field);
  }
}

/** core's validateContainerCommon. */
function checkContainer(
  errors: FieldErrors,
  path: Path,
  container: CheckedContainer,
  { spec, volumes, isPod }: ContainerContext,
): void {
  const { name = "", imagePullPolicy = "", terminationMessagePolicy = "", restartPolicy } = container;
  if (name === "") errors.required(path.child("name"));
  else {
    const problems = isDns1123Label(name);
    if (problems.length > 0) errors.invalidEach(path.child("name"), name, problems);
  }
  if ((container.image ?? "") === "") errors.required(path.child("image"));
  if (container.ports !== undefined) checkPorts(errors, path.child("ports"), container.ports);
  if (container.env !== undefined) checkEnv(errors, path.child("env"), container.env);
  if (container.envFrom !== undefined) checkEnvFrom(errors, path.child("envFrom"), container.envFrom);
  if (container.volumeMounts !== undefined) {
    checkVolumeMounts(errors, path.child("volumeMounts"), container.volumeMounts, volumes);
  }
  if (container.resources !== undefined) {
    checkResources(errors, path.child("resources"), container.resources, isPod);
  }
  const oneOf = (field: string, value: string, known: readonly string[]): void => {
    if (!known.includes(value)) errors.notSupported(path.child(field), value, known);
  };
  if (imagePullPolicy !== "") oneOf("imagePullPolicy", imagePullPolicy, pullPolicies);
  if (terminationMessagePolicy !== "") {
    oneOf("terminationMessagePolicy", terminationMessagePolicy, messagePolicies);
  }
  if (restartPolicy !== undefined) oneOf("restartPolicy", restartPolicy, restartPolicies);
  for (const [i, device] of (container.volumeDevices ?? []).entries()) {
    const { name: wanted = "" } = device;
    if (!volumes.has(wanted)) errors.notFound(path.child("volumeDevices").index(i).child("name"), wanted);
  }
  if (container.resizePolicy !== undefined) {
    checkResizing(errors, path, container.resizePolicy, spec.restartPolicy === "Never");
  }
  if (container.securityContext !== undefined) {
    checkUserIds(errors, path.child("securityContext"), container.securityContext);
  }
}

function checkResizing(
  errors: FieldErrors,
  parent: Path,
  policies: NonNullable<CheckedContainer["resizePolicy"]>,
  neverRestarts: boolean,
): void {
  const path = parent.child("resizePolicy");
  for (const [i, { resourceName = "", restartPolicy = "" }] of policies.entries()) {
    const shown = { shown: [...path.steps(), i] };
    if (resourceName === "") errors.required(path, "", shown);
    else if (!["cpu", "memory"].includes(resourceName))
      errors.notSupported(path, resourceName, ["cpu", "memory"]);
    const known = ["NotRequired", "RestartContainer"];
    if (restartPolicy === "") errors.required(path, "", shown);
    else if (!known.includes(restartPolicy)) errors.notSupported(path, restartPolicy, known);
    if (neverRestarts && restartPolicy !== "NotRequired") {
      const detail = "must be 'NotRequired' when pod `restartPolicy` is 'Never'";
      errors.invalid(path, restartPolicy, detail, shown);
    }
  }
}

/** Numbers of users and groups in a security context, a pod's or a container's. */
export function checkUserIds(
  errors: FieldErrors,
  path: Path,
  context: { readonly runAsUser?: number; readonly runAsGroup?: number; readonly fsGroup?: number },
): void {
  for (const field of ["runAsUser", "runAsGroup", "fsGroup"] as const) {
    const id = context[field];
    if (id !== undefined && (id < 0 || id > 2 ** 31 - 1)) {
      errors.invalid(path.child(field), id, "must be between 0 and 2147483647, inclusive");
    }
  }
}

/** core's validateContainerPorts. */
function checkPorts(errors: FieldErrors, path: Path, ports: readonly ContainerPort[]): void {
  const names = new FirstPlaces();
  const seen = new FirstPlaces();
  for (let i = 0; i < ports.length; i++) {
    const port = ports[i]!;
    const place = path.index(i);
    const name = port.name ?? "";
    if (name !== "") {
      const problems = isPortName(name);
      errors.invalidEach(place.child("name"), name, problems);
      const first = names.claim(name, place);
      if (first !== undefined && problems.length === 0)
        errors.duplicate(place.child("name"), name, first.child("name"));
    }
    const number = port.containerPort ?? 0;
    if (number === 0) errors.required(place.child("containerPort"));
    else errors.invalidEach(place.child("containerPort"), number, isPortNumber(number));
    const hostPort = port.hostPort ?? 0;
    if (hostPort !== 0) errors.invalidEach(place.child("hostPort"), hostPort, isPortNumber(hostPort));
    const protocol: string = port.protocol || "TCP";
    if (!protocols.includes(protocol)) errors.notSupported(place.child("protocol"), protocol, protocols);
    const hostIp = (port as { readonly hostIP?: string }).hostIP ?? "";
    if (ports.length === 1) continue;
    const key = `${protocol}/${number}/${hostPort}/${hostIp}`;
    const before = seen.claim(key, place);
    if (before !== undefined) errors.warning(place, `${place}: duplicate port definition with ${before}`);
  }
}

/** In the host's network, host ports are the container's ports: core's validatePodHostNetworkDeps. */
function checkSamePorts(errors: FieldErrors, path: Path, ports: readonly ContainerPort[]): void {
  for (const [i, { hostPort = 0, containerPort }] of ports.entries()) {
    if (hostPort === 0 || hostPort === containerPort) continue;
    const detail = "must match `containerPort` when `hostNetwork` is true";
    errors.invalid(path.index(i).child("hostPort"), hostPort, detail);
  }
}

/** A Pod's ports in the host's network, where the API server makes them host ports. */
function ofHost(ports: readonly ContainerPort[]): readonly ContainerPort[] {
  return ports.map((port) => ({ ...port, hostPort: port.hostPort || port.containerPort }));
}

/** Host ports are unique within a pod: core's AccumulateUniqueHostPorts. */
function checkHostPorts(
  errors: FieldErrors,
  path: Path,
  ports: readonly ContainerPort[],
  taken: FirstPlaces,
  shown: Path = path,
): void {
  for (let i = 0; i < ports.length; i++) {
    const port = ports[i]!;
    const hostPort = port.hostPort ?? 0;
    if (hostPort === 0) continue;
    const key = `${port.protocol || "TCP"}/${(port as { readonly hostIP?: string }).hostIP ?? ""}/${hostPort}`;
    if (taken.claim(key, path) !== undefined) {
      const place = { shown: shown.index(i).child("hostPort").steps() };
      errors.duplicateAt(path.index(i).child("hostPort"), key, place);
    }
  }
}
