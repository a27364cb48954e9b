import type { KubeProxyConfig } from "./config.ts";

/** What kube-proxy's configuration says about the shape of a node's network. */
export interface NetworkShape {
  readonly routeLocalnet: boolean;
  readonly podInterface?: string;
  readonly podLinks?: "point-to-point";
}

/** The detector of local traffic names how pods hang on their node; `localhostNodePorts` switches route_localnet on. */
export function networkShapeOf({ localDetector, localhostNodePorts }: KubeProxyConfig): NetworkShape {
  const routeLocalnet = localhostNodePorts;
  if (localDetector.kind === "bridge-interface") return { routeLocalnet, podInterface: localDetector.name };
  if (localDetector.kind === "interface-name-prefix")
    return { routeLocalnet, podInterface: localDetector.prefix, podLinks: "point-to-point" };
  return { routeLocalnet };
}
