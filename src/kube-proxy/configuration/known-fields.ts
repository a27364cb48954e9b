import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { suggest } from "../../manifests/schema/suggest.ts";
import { isMapping, type StatedConfig } from "./stated-config.ts";

/** Fields of KubeProxyConfiguration (v1alpha1 of all releases, and v1alpha2), at its top and where rules are decided. */
const fields: Readonly<Record<string, readonly string[]>> = {
  "": [
    ...["apiVersion", "kind", "metadata", "featureGates", "clientConnection", "logging", "hostnameOverride"],
    ...["bindAddress", "bindAddressHardFail", "configHardFail", "healthzBindAddress", "metricsBindAddress"],
    ...[
      "enableProfiling",
      "showHiddenMetricsForVersion",
      "mode",
      "iptables",
      "ipvs",
      "nftables",
      "winkernel",
    ],
    ...[
      "linux",
      "windows",
      "detectLocalMode",
      "detectLocal",
      "clusterCIDR",
      "nodePortAddresses",
      "oomScoreAdj",
    ],
    ...["conntrack", "configSyncPeriod", "syncPeriod", "minSyncPeriod", "portRange", "windowsRunAsService"],
    ...["resourceContainer", "udpIdleTimeout"],
  ],
  iptables: ["masqueradeBit", "masqueradeAll", "localhostNodePorts", "syncPeriod", "minSyncPeriod"],
  detectLocal: ["bridgeInterface", "interfaceNamePrefix", "clusterCIDRs"],
};

/** Warnings for fields that kube-proxy does not know: it logs them and goes on with their defaults. */
export function unknownFields(stated: StatedConfig): Diagnostic[] {
  return Object.entries(fields).flatMap(([section, known]) => {
    const values = section === "" ? stated.values : stated.values[section];
    if (!isMapping(values)) return [];
    return Object.keys(values)
      .filter((name) => !known.includes(name))
      .map((name): Diagnostic => {
        const path = section === "" ? [name] : [section, name];
        const near = suggest(name, known);
        const range = stated.range(path);
        return {
          code: "kube-proxy-unknown-field",
          severity: "warning",
          message: `${stated.name}: kube-proxy knows no field ${path.join(".")} and leaves it out`,
          ...(range === undefined ? {} : { range }),
          ...(near === undefined ? {} : { hint: `Did you mean "${near}"?` }),
        };
      });
  });
}
