import type { FieldErrors } from "../field-errors.ts";
import type { Path } from "../field-path.ts";
import { isHttpHeaderName, isPortName, isPortNumber } from "../names.ts";

/** What a probe or a lifecycle hook does. */
interface Handler {
  readonly exec?: { readonly command?: readonly string[] };
  readonly httpGet?: {
    readonly port?: number | string;
    readonly scheme?: string;
    readonly httpHeaders?: readonly { readonly name?: string }[];
  };
  readonly tcpSocket?: { readonly port?: number | string };
  readonly grpc?: { readonly port?: number };
  readonly sleep?: { readonly seconds?: number };
}

/** A probe as decoded. */
export interface Probe extends Handler {
  readonly initialDelaySeconds?: number;
  readonly timeoutSeconds?: number;
  readonly periodSeconds?: number;
  readonly successThreshold?: number;
  readonly failureThreshold?: number;
  readonly terminationGracePeriodSeconds?: number;
}

/** A container's lifecycle hooks as decoded. */
export interface Lifecycle {
  readonly postStart?: Handler;
  readonly preStop?: Handler;
}

/** The probes of a container, by their fields. */
export const probeFields = ["livenessProbe", "readinessProbe", "startupProbe"] as const;

const handlerNames = ["exec", "httpGet", "tcpSocket", "grpc", "sleep"] as const;
const counts = [
  "initialDelaySeconds",
  "timeoutSeconds",
  "periodSeconds",
  "successThreshold",
  "failureThreshold",
] as const;

/** core's validateLivenessProbe, validateReadinessProbe and validateStartupProbe. */
export function checkProbe(
  errors: FieldErrors,
  path: Path,
  probe: Probe,
  kind: (typeof probeFields)[number],
): void {
  checkHandler(errors, path, probe);
  for (const field of counts) {
    const count = probe[field] ?? 0;
    if (count < 0) errors.invalid(path.child(field), count, "must be greater than or equal to 0");
  }
  const grace = probe.terminationGracePeriodSeconds;
  const gracePath = path.child("terminationGracePeriodSeconds");
  if (grace !== undefined && grace <= 0) errors.invalid(gracePath, grace, "must be greater than 0");
  if (kind === "readinessProbe") {
    if (grace !== undefined) errors.invalid(gracePath, grace, "must not be set for readinessProbes");
    return;
  }
  // The API server's defaults make 0 of it 1.
  const threshold = probe.successThreshold || 1;
  if (threshold !== 1) errors.invalid(path.child("successThreshold"), threshold, "must be 1");
}

/** core's validateLifecycle. @param graceSeconds the pod's terminationGracePeriodSeconds */
export function checkLifecycle(
  errors: FieldErrors,
  path: Path,
  lifecycle: Lifecycle,
  graceSeconds: number,
): void {
  for (const hook of ["postStart", "preStop"] as const) {
    const handler = lifecycle[hook];
    if (handler !== undefined) checkHandler(errors, path.child(hook), handler, graceSeconds);
  }
}

function checkHandler(errors: FieldErrors, path: Path, handler: Handler, graceSeconds?: number): void {
  const stated = handlerNames.filter((name) => handler[name] !== undefined);
  const first = stated[0];
  if (first === undefined) errors.required(path, "must specify a handler type");
  else checkAction(errors, path.child(first), handler, first, graceSeconds);
  for (const name of stated.slice(1)) {
    errors.forbidden(path.child(name), "may not specify more than 1 handler type");
  }
}

function checkAction(
  errors: FieldErrors,
  path: Path,
  handler: Handler,
  name: (typeof handlerNames)[number],
  graceSeconds: number | undefined,
): void {
  if (name === "exec") {
    if ((handler.exec?.command?.length ?? 0) === 0) errors.required(path.child("command"));
  } else if (name === "sleep") {
    const seconds = handler.sleep?.seconds ?? 0;
    if (graceSeconds !== undefined && (seconds < 0 || seconds > graceSeconds)) {
      const detail = `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`;
      errors.invalid(path, seconds, detail);
    }
  } else {
    const port = handler[name]?.port ?? 0;
    errors.invalidEach(
      path.child("port"),
      port,
      typeof port === "number" ? isPortNumber(port) : isPortName(port),
    );
    if (name === "httpGet") checkHttpGet(errors, path, handler.httpGet ?? {});
  }
}

function checkHttpGet(errors: FieldErrors, path: Path, get: NonNullable<Handler["httpGet"]>): void {
  const scheme = get.scheme || "HTTP";
  if (scheme !== "HTTP" && scheme !== "HTTPS") {
    errors.notSupported(path.child("scheme"), scheme, ["HTTP", "HTTPS"]);
  }
  const headers = path.child("httpHeaders");
  for (const [i, { name = "" }] of (get.httpHeaders ?? []).entries()) {
    errors.invalidEach(headers, name, isHttpHeaderName(name), { shown: [...headers.steps(), i] });
  }
}
