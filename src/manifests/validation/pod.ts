import type { Container, ContainerPort, ObjectMeta, PodObject, PodSpec, Toleration } from "../objects.ts";
import { checkIp } from "./addresses.ts";
import type { FieldErrors } from "./field-errors.ts";
import { FirstPlaces, Path } from "./field-path.ts";
import { checkAnnotations, checkLabels, checkMetadata, subdomainName } from "./metadata.ts";
import {
  isDns1123Label,
  isDns1123Subdomain,
  isLabelValue,
  isPortName,
  isPortNumber,
  isQualifiedName,
} from "./names.ts";

const protocols = ["SCTP", "TCP", "UDP"];
const restartPolicies = ["Always", "OnFailure", "Never"];
const dnsPolicies = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
const effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/** Fields of a pod's spec that only validation reads. */
interface CheckedPodSpec extends PodSpec {
  readonly restartPolicy?: string;
  readonly activeDeadlineSeconds?: number;
  readonly terminationGracePeriodSeconds?: number;
  readonly serviceAccountName?: string;
  readonly hostAliases?: readonly { readonly ip?: string; readonly hostnames?: readonly string[] }[];
}

/** What the API server checks of a Pod that shapes its network: ValidatePod, without volumes and security. */
export function checkPod(errors: FieldErrors, pod: PodObject): void {
  checkMetadata(errors, pod.metadata, subdomainName);
  checkPodSpec(errors, new Path("spec"), pod.spec ?? { containers: [] });
}

/** A workload's pod template. `metadata` is not part of the paths the API server names its labels by. */
export function checkPodTemplate(
  errors: FieldErrors,
  path: Path,
  template: { readonly metadata?: Partial<ObjectMeta>; readonly spec?: PodSpec },
): void {
  const metadata = path.child("metadata");
  checkLabels(errors, path.child("labels"), template.metadata?.labels, metadata.child("labels"));
  checkAnnotations(errors, path.child("annotations"), template.metadata?.annotations);
  checkPodSpec(errors, path.child("spec"), template.spec ?? { containers: [] });
}

function checkPodSpec(errors: FieldErrors, path: Path, spec: CheckedPodSpec): void {
  checkContainers(errors, path, spec);
  const restart = spec.restartPolicy ?? "Always";
  if (restart !== "" && !restartPolicies.includes(restart)) {
    errors.notSupported(path.child("restartPolicy"), restart, restartPolicies);
  }
  const dns = spec.dnsPolicy ?? "ClusterFirst";
  if (dns !== "" && !dnsPolicies.includes(dns))
    errors.notSupported(path.child("dnsPolicy"), dns, dnsPolicies);
  if (dns === "None" && spec.dnsConfig === undefined) {
    errors.required(path.child("dnsConfig"), "must provide `dnsConfig` when `dnsPolicy` is None");
  } else if (dns === "None" && (spec.dnsConfig?.nameservers?.length ?? 0) === 0) {
    errors.required(
      path.child("dnsConfig").child("nameservers"),
      "must provide at least one DNS nameserver when `dnsPolicy` is None",
    );
  }
  spec.dnsConfig?.nameservers?.forEach((address, i) => {
    checkIp(errors, path.child("dnsConfig").child("nameservers").index(i), address);
  });
  checkLabels(errors, path.child("nodeSelector"), spec.nodeSelector);
  checkSpecNames(errors, path, spec);
  checkSeconds(errors, path, spec);
  spec.tolerations?.forEach((toleration, i) => {
    checkToleration(errors, path.child("tolerations").index(i), toleration);
  });
  spec.hostAliases?.forEach((alias, i) => {
    const place = path.child("hostAliases").index(i);
    checkIp(errors, place.child("ip"), alias.ip ?? "");
  });
}

function checkSpecNames(errors: FieldErrors, path: Path, spec: CheckedPodSpec): void {
  const labels = ["hostname", "subdomain"] as const;
  for (const field of labels) {
    const name = spec[field] ?? "";
    if (name !== "") errors.invalidEach(path.child(field), name, isDns1123Label(name));
  }
  for (const field of ["serviceAccountName", "nodeName"] as const) {
    const name = spec[field] ?? "";
    if (name !== "") errors.invalidEach(path.child(field), name, isDns1123Subdomain(name));
  }
}

function checkSeconds(errors: FieldErrors, path: Path, spec: CheckedPodSpec): void {
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > 2 ** 31 - 1)) {
    errors.invalid(
      path.child("activeDeadlineSeconds"),
      deadline,
      "must be between 1 and 2147483647, inclusive",
    );
  }
  const grace = spec.terminationGracePeriodSeconds;
  if (grace !== undefined && grace < 0) {
    const detail = "must be greater than or equal to 0";
    errors.invalid(path.child("terminationGracePeriodSeconds"), grace, detail);
  }
}

function checkToleration(errors: FieldErrors, path: Path, toleration: Toleration): void {
  const { key = "", operator = "Equal", value = "", effect = "" } = toleration;
  if (key !== "") errors.invalidEach(path.child("key"), key, isQualifiedName(key));
  if (key === "" && operator !== "Exists") {
    errors.invalid(
      path.child("operator"),
      operator,
      'operator must be Exists when `key` is empty, which means "match all values and all keys"',
    );
  }
  if (operator === "Exists" && value !== "") {
    errors.invalid(path.child("operator"), value, "value must be empty when `operator` is 'Exists'");
  } else if (operator === "Equal" || operator === "") {
    const problems = isLabelValue(value);
    if (problems.length > 0) errors.invalid(path.child("operator"), value, problems.join(";"));
  } else if (!["Exists", "Lt", "Gt"].includes(operator)) {
    errors.notSupported(path.child("operator"), operator, ["Equal", "Exists"]);
  }
  if (effect !== "" && !effects.includes(effect)) errors.notSupported(path.child("effect"), effect, effects);
}

function checkContainers(errors: FieldErrors, path: Path, spec: CheckedPodSpec): void {
  const containers = spec.containers ?? [];
  if (containers.length === 0) errors.required(path.child("containers"));
  const names = new FirstPlaces();
  const hostPorts = new FirstPlaces();
  checkContainerList(errors, path.child("containers"), containers, spec, names, () => hostPorts);
  if (spec.initContainers === undefined) return;
  checkContainerList(
    errors,
    path.child("initContainers"),
    spec.initContainers,
    spec,
    names,
    () => new FirstPlaces(),
  );
}

/** @param hostPorts those that a container's own may not repeat */
function checkContainerList(
  errors: FieldErrors,
  path: Path,
  list: readonly Container[],
  spec: CheckedPodSpec,
  names: FirstPlaces,
  hostPorts: () => FirstPlaces,
): void {
  for (let i = 0; i < list.length; i++) {
    const container = list[i]!;
    const place = path.index(i);
    checkContainer(errors, place, container);
    const name = container.name ?? "";
    if (name !== "") {
      const first = names.claim(name, place);
      if (first !== undefined) errors.duplicate(place.child("name"), name, first.child("name"));
    }
    if (container.ports !== undefined) {
      checkContainerPorts(errors, place.child("ports"), container.ports);
      checkHostPorts(errors, place.child("ports"), container.ports, spec, hostPorts());
    }
  }
}

function checkContainer(errors: FieldErrors, path: Path, container: Container): void {
  const name = container.name ?? "";
  if (name === "") errors.required(path.child("name"));
  else errors.invalidEach(path.child("name"), name, isDns1123Label(name));
  if ((container.image ?? "") === "") errors.required(path.child("image"));
  const pull = (container as { imagePullPolicy?: string }).imagePullPolicy ?? "";
  const policies = ["Always", "IfNotPresent", "Never"];
  if (pull !== "" && !policies.includes(pull))
    errors.notSupported(path.child("imagePullPolicy"), pull, policies);
  for (const field of ["livenessProbe", "readinessProbe", "startupProbe"] as const) {
    const probe = container[field];
    if (probe !== undefined) checkProbe(errors, path.child(field), probe as Probe);
  }
  (container as { env?: readonly { name?: string }[] }).env?.forEach((variable, i) => {
    if ((variable.name ?? "") === "") errors.required(path.child("env").index(i).child("name"));
  });
}

interface Probe {
  readonly exec?: { readonly command?: readonly string[] };
  readonly httpGet?: { readonly port?: number | string; readonly scheme?: string };
  readonly tcpSocket?: { readonly port?: number | string };
  readonly grpc?: { readonly port?: number };
}

function checkProbe(errors: FieldErrors, path: Path, probe: Probe): void {
  const handlers = (["exec", "httpGet", "tcpSocket", "grpc"] as const).filter(
    (name) => probe[name] !== undefined,
  );
  if (handlers.length === 0) errors.required(path, "must specify a handler type");
  for (const handler of handlers.slice(1)) {
    errors.forbidden(path.child(handler), "may not specify more than 1 handler type");
  }
  const first = handlers[0];
  if (first === "exec" && (probe.exec?.command?.length ?? 0) === 0) {
    errors.required(path.child("exec").child("command"));
  } else if (first === "httpGet" || first === "tcpSocket") {
    const port = probe[first]?.port ?? 0;
    const problems = typeof port === "number" ? isPortNumber(port) : isPortName(port);
    errors.invalidEach(path.child(first).child("port"), port, problems);
  } else if (first === "grpc") {
    errors.invalidEach(
      path.child("grpc").child("port"),
      probe.grpc?.port ?? 0,
      isPortNumber(probe.grpc?.port ?? 0),
    );
  }
}

function checkContainerPorts(errors: FieldErrors, path: Path, ports: readonly ContainerPort[]): void {
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
    const protocol: string = port.protocol ?? "TCP";
    if (!protocols.includes(protocol)) errors.notSupported(place.child("protocol"), protocol, protocols);
    if (ports.length === 1) continue;
    const key = `${protocol}/${number}/${hostPort}/${(port as { hostIP?: string }).hostIP ?? ""}`;
    const before = seen.claim(key, place);
    if (before !== undefined) errors.warning(place, `${place}: duplicate port definition with ${before}`);
  }
}

/** Host ports are unique within a pod; in the host's network they are the container's ports. */
function checkHostPorts(
  errors: FieldErrors,
  path: Path,
  ports: readonly ContainerPort[],
  spec: CheckedPodSpec,
  taken: FirstPlaces,
): void {
  for (let i = 0; i < ports.length; i++) {
    const port = ports[i]!;
    const hostPort = port.hostPort ?? 0;
    if (hostPort === 0) continue;
    if (spec.hostNetwork === true && hostPort !== port.containerPort) {
      errors.invalid(
        path.index(i).child("hostPort"),
        hostPort,
        "must match `containerPort` when `hostNetwork` is true",
      );
    }
    const key = `${port.protocol ?? "TCP"}/${(port as { hostIP?: string }).hostIP ?? ""}/${hostPort}`;
    if (taken.claim(key, path) !== undefined) errors.duplicate(path.index(i).child("hostPort"), key);
  }
}
