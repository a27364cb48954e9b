import type { ClusterModel } from "../cluster/model.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { SourceText } from "../diagnostics/source.ts";
import type { IpFamily } from "../net/ip.ts";
import type { KubeProxyConfig } from "./config.ts";
import { foreignProxyDiagnostics } from "./configuration/foreign-proxy.ts";
import { findStatedConfig, readConfigText } from "./configuration/stated-config.ts";
import { readKubeProxyConfig } from "./read-config.ts";
import { newestRelease, resolveRelease } from "./versions.ts";

/** What the user says about kube-proxy beside the manifests. */
export interface KubeProxyOptions {
  /** `--kube-proxy-version` as written. */
  readonly version?: string;
  /** The file of `--kube-proxy-config`; wins over what the manifests state. */
  readonly configFile?: SourceText;
  readonly family?: IpFamily;
  /** False for `--no-nfacct`. */
  readonly nfacct?: boolean;
}

export interface DecidedConfig {
  readonly config: KubeProxyConfig;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Which kube-proxy a cluster has: release, configuration and family, from flags, a file, the manifests' own
 * objects, and defaults. Errors are in the diagnostics; the configuration is then a default and of no use.
 */
export function decideKubeProxyConfig(cluster: ClusterModel, options: KubeProxyOptions = {}): DecidedConfig {
  const diagnostics: Diagnostic[] = [];
  const release = decideRelease(options.version, diagnostics);
  const found =
    options.configFile === undefined ? findStatedConfig(cluster) : readConfigText(options.configFile);
  diagnostics.push(...found.diagnostics);
  if (options.configFile !== undefined && found.stated === undefined && found.diagnostics.length === 0) {
    diagnostics.push({
      code: "kube-proxy-config-missing",
      severity: "error",
      message: `${options.configFile.name} holds no KubeProxyConfiguration`,
      hint: "kubectl -n kube-system get configmap kube-proxy -o yaml prints a file that does.",
    });
  }
  const answer = readKubeProxyConfig(found.stated, cluster, {
    release,
    ...(options.family === undefined ? {} : { family: options.family }),
    ...(options.nfacct === undefined ? {} : { nfacct: options.nfacct }),
  });
  diagnostics.push(...answer.diagnostics, ...foreignProxyDiagnostics(cluster, found.stated));
  return { config: answer.config, diagnostics };
}

function decideRelease(written: string | undefined, diagnostics: Diagnostic[]): string {
  if (written === undefined) return newestRelease;
  const answer = resolveRelease(written);
  if (answer.kind === "refused") {
    const { message, hint } = answer;
    diagnostics.push({ code: "kube-proxy-release-unknown", severity: "error", message, hint });
    return newestRelease;
  }
  if (answer.kind === "nearest") {
    diagnostics.push({ code: "kube-proxy-release-nearest", severity: "note", message: answer.note });
  }
  return answer.release;
}
