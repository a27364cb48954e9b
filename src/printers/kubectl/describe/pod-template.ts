import type { Json } from "../../../api-objects/json.ts";
import { at, compareBytes, count, flag, isObject, list, map, text, texts } from "../fields.ts";
import type { Description } from "./description.ts";

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * `Sat, 21 Nov 2026 09:44:43 +0000`: RFC 1123 in UTC, as kubectl writes times where the clock is UTC. What was never
 * in a cluster has no time: `<unknown>`.
 */
export function rfc1123(timestamp: string): string {
  const time = new Date(timestamp);
  if (Number.isNaN(time.getTime())) return "<unknown>";
  const two = (n: number): string => String(n).padStart(2, "0");
  const clock = [time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()].map(two).join(":");
  return `${weekdays[time.getUTCDay()]}, ${two(time.getUTCDate())} ${months[time.getUTCMonth()]} ${time.getUTCFullYear()} ${clock} +0000`;
}

function describePorts(description: Description, container: Json): void {
  const ports = list(container, "ports");
  for (const [name, field] of [
    ["Port", "containerPort"],
    ["Host Port", "hostPort"],
  ] as const) {
    const shown = ports.map((port) => `${count(port, field)}/${text(port, "protocol") || "TCP"}`);
    description.line(2, `${name}${shown.length > 1 ? "s" : ""}:`, shown.join(", ") || "<none>");
  }
}

function describeState(description: Description, name: string, state: Json | undefined): void {
  const terminated = at(state, "terminated");
  if (isObject(at(state, "running"))) {
    description.line(2, `${name}:`, "Running");
    description.line(3, "Started:", rfc1123(text(state, "running", "startedAt")));
  } else if (isObject(terminated)) {
    description.line(2, `${name}:`, "Terminated");
    for (const field of ["reason", "message"]) {
      const value = text(terminated, field);
      if (value !== "") description.line(3, field === "reason" ? "Reason:" : "Message:", value);
    }
    description.line(3, "Exit Code:", String(count(terminated, "exitCode")));
    if (count(terminated, "signal") > 0) description.line(3, "Signal:", String(count(terminated, "signal")));
    description.line(3, "Started:", rfc1123(text(terminated, "startedAt")));
    description.line(3, "Finished:", rfc1123(text(terminated, "finishedAt")));
  } else {
    description.line(2, `${name}:`, "Waiting");
    const reason = text(state, "waiting", "reason");
    if (reason !== "") description.line(3, "Reason:", reason);
  }
}

function describeResources(description: Description, container: Json): void {
  for (const [name, field] of [
    ["Limits", "limits"],
    ["Requests", "requests"],
  ] as const) {
    const quantities = Object.entries(map(container, "resources", field)).sort(([a], [b]) =>
      compareBytes(a, b),
    );
    if (quantities.length > 0) description.line(2, `${name}:`);
    for (const [resource, quantity] of quantities) description.line(3, `${resource}:`, String(quantity));
  }
}

function describeProbe(probe: Json): string {
  const number = (field: string, fallback: number): number => count(probe, field) || fallback;
  const attributes = `delay=${count(probe, "initialDelaySeconds")}s timeout=${number("timeoutSeconds", 1)}s period=${number("periodSeconds", 10)}s #success=${number("successThreshold", 1)} #failure=${number("failureThreshold", 3)}`;
  const port = (kind: string): string => String(at(probe, kind, "port") ?? "");
  if (isObject(at(probe, "exec"))) return `exec [${texts(probe, "exec", "command").join(" ")}] ${attributes}`;
  if (isObject(at(probe, "httpGet"))) {
    const scheme = (text(probe, "httpGet", "scheme") || "HTTP").toLowerCase();
    const path = text(probe, "httpGet", "path") || "/";
    return `http-get ${scheme}://${text(probe, "httpGet", "host")}:${port("httpGet")}${path} ${attributes}`;
  }
  if (isObject(at(probe, "tcpSocket"))) {
    return `tcp-socket ${text(probe, "tcpSocket", "host")}:${port("tcpSocket")} ${attributes}`;
  }
  if (isObject(at(probe, "grpc"))) {
    return `grpc <pod>:${port("grpc")} ${text(probe, "grpc", "service")} ${attributes}`;
  }
  return `unknown ${attributes}`;
}

function describeSource(entry: Json): readonly string[] {
  const from = at(entry, "valueFrom");
  const optional = (kind: string): string => `Optional: ${flag(from, kind, "optional")}`;
  const key = (kind: string): string => text(from, kind, "key");
  const name = (kind: string): string => text(from, kind, "name");
  if (isObject(at(from, "fieldRef"))) {
    const version = text(from, "fieldRef", "apiVersion") || "v1";
    return [` (${version}:${text(from, "fieldRef", "fieldPath")})`];
  }
  if (isObject(at(from, "secretKeyRef"))) {
    return [
      `<set to the key '${key("secretKeyRef")}' in secret '${name("secretKeyRef")}'>`,
      optional("secretKeyRef"),
    ];
  }
  if (isObject(at(from, "configMapKeyRef"))) {
    return [
      `<set to the key '${key("configMapKeyRef")}' of config map '${name("configMapKeyRef")}'>`,
      optional("configMapKeyRef"),
    ];
  }
  return [` (${text(from, "resourceFieldRef", "resource")})`];
}

function describeEnvironment(description: Description, container: Json): void {
  const entries = list(container, "env");
  description.line(2, "Environment:", ...(entries.length === 0 ? ["<none>"] : []));
  for (const entry of entries) {
    const name = `${text(entry, "name")}:`;
    if (isObject(at(entry, "valueFrom"))) description.line(3, name, ...describeSource(entry));
    else {
      const [first = "", ...rest] = text(entry, "value").split("\n");
      description.line(3, name, first);
      for (const line of rest) description.line(3, "", line);
    }
  }
}

function describeMounts(description: Description, container: Json): void {
  const mounts = [...list(container, "volumeMounts")].sort((a, b) =>
    compareBytes(text(a, "mountPath"), text(b, "mountPath")),
  );
  description.line(2, "Mounts:", ...(mounts.length === 0 ? ["<none>"] : []));
  for (const mount of mounts) {
    const path = text(mount, "subPath");
    const flags = [
      flag(mount, "readOnly") ? "ro" : "rw",
      ...(path === "" ? [] : [`path=${JSON.stringify(path)}`]),
    ];
    description.line(3, `${text(mount, "mountPath")} from ${text(mount, "name")} (${flags.join(",")})`);
  }
}

/**
 * The containers of a pod or of a template.
 * @param statuses of the containers, where the pod has some
 * @param space the indent that templates have before everything
 */
export function describeContainers(
  description: Description,
  label: string,
  containers: readonly Json[],
  statuses: readonly Json[],
  space = "",
): void {
  description.line(0, `${space}${label}:${containers.length === 0 ? " <none>" : ""}`);
  for (const container of containers) {
    const status = statuses.find((item) => text(item, "name") === text(container, "name"));
    description.line(1, `${space === "" ? "" : " "}${text(container, "name")}:`);
    if (status !== undefined) description.line(2, "Container ID:", text(status, "containerID"));
    description.line(2, "Image:", text(container, "image"));
    if (status !== undefined) description.line(2, "Image ID:", text(status, "imageID"));
    describePorts(description, container);
    for (const field of ["command", "args"]) {
      const words = texts(container, field);
      if (words.length > 0) description.line(2, field === "command" ? "Command:" : "Args:");
      for (const line of words.flatMap((word) => word.split("\n"))) description.line(3, line);
    }
    if (status !== undefined) {
      describeState(description, "State", at(status, "state"));
      if (isObject(at(status, "lastState", "terminated"))) {
        describeState(description, "Last State", at(status, "lastState"));
      }
      description.line(2, "Ready:", flag(status, "ready") ? "True" : "False");
      description.line(2, "Restart Count:", String(count(status, "restartCount")));
    }
    describeResources(description, container);
    for (const [name, field] of [
      ["Liveness", "livenessProbe"],
      ["Readiness", "readinessProbe"],
      ["Startup", "startupProbe"],
    ] as const) {
      const probe = at(container, field);
      if (probe !== undefined) description.line(2, `${name}:`, describeProbe(probe));
    }
    describeEnvironment(description, container);
    describeMounts(description, container);
  }
}

/** What kubectl says of the kinds of volumes that applications state most; of others only their kind. */
function volumeLines(volume: Json): readonly (readonly string[])[] {
  const optional = (kind: string): readonly string[] => ["Optional:", String(flag(volume, kind, "optional"))];
  if (isObject(at(volume, "emptyDir"))) {
    return [
      ["Type:", "EmptyDir (a temporary directory that shares a pod's lifetime)"],
      ["Medium:", text(volume, "emptyDir", "medium")],
      ["SizeLimit:", String(at(volume, "emptyDir", "sizeLimit") ?? "<unset>")],
    ];
  }
  if (isObject(at(volume, "secret"))) {
    return [
      ["Type:", "Secret (a volume populated by a Secret)"],
      ["SecretName:", text(volume, "secret", "secretName")],
      optional("secret"),
    ];
  }
  if (isObject(at(volume, "configMap"))) {
    return [
      ["Type:", "ConfigMap (a volume populated by a ConfigMap)"],
      ["Name:", text(volume, "configMap", "name")],
      optional("configMap"),
    ];
  }
  if (isObject(at(volume, "hostPath"))) {
    return [
      ["Type:", "HostPath (bare host directory volume)"],
      ["Path:", text(volume, "hostPath", "path")],
      ["HostPathType:", String(at(volume, "hostPath", "type") ?? "<none>")],
    ];
  }
  if (isObject(at(volume, "persistentVolumeClaim"))) {
    return [
      ["Type:", "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)"],
      ["ClaimName:", text(volume, "persistentVolumeClaim", "claimName")],
      ["ReadOnly:", String(flag(volume, "persistentVolumeClaim", "readOnly"))],
    ];
  }
  const kind = Object.keys(map(volume)).find((key) => key !== "name");
  return [["Type:", kind ?? "<unknown>"]];
}

export function describeVolumes(description: Description, volumes: readonly Json[], space = ""): void {
  description.line(0, `${space}Volumes:`, ...(volumes.length === 0 ? ["<none>"] : []));
  for (const volume of volumes) {
    description.line(1, `${space === "" ? "" : " "}${text(volume, "name")}:`);
    for (const cells of volumeLines(volume)) description.line(2, ...cells);
  }
}

/** Tolerations, one a line, sorted by key. */
export function describeTolerations(
  description: Description,
  tolerations: readonly Json[],
  space = "",
): void {
  const sorted = [...tolerations].sort((a, b) => compareBytes(text(a, "key"), text(b, "key")));
  if (sorted.length === 0) description.line(0, `${space}Tolerations:`, "<none>");
  sorted.forEach((toleration, i) => {
    const value = text(toleration, "value");
    const effect = text(toleration, "effect");
    const seconds = at(toleration, "tolerationSeconds");
    description.line(
      0,
      i === 0 ? `${space}Tolerations:` : "",
      [
        text(toleration, "key"),
        value === "" ? "" : `=${value}`,
        effect === "" ? "" : `:${effect}`,
        text(toleration, "operator") === "Exists" ? " op=Exists" : "",
        typeof seconds === "number" ? ` for ${seconds}s` : "",
      ]
        .join("")
        .trimStart(),
    );
  });
}
