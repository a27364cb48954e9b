import type { ServicePort } from "../../cluster/model.ts";
import type { LoadedCluster } from "../../pipeline.ts";

const head = `# What must stay true; \`k8snet test\` checks it. Written by \`k8snet init\` from what was true then.
apiVersion: k8snet/v1alpha1
kind: Expectations
`;

/** At most this many Services get an expectation in the first file: it is to be read. */
const most = 50;

/** A first file of expectations: each Service of the manifests is reached by pods as it is now. */
export function firstExpectations(loaded: Pick<LoadedCluster, "endpoints"> | undefined): string {
  const lines: string[] = [];
  for (const { service, port, family, endpoints, unknown } of loaded?.endpoints.servicePorts ?? []) {
    if (service.simulated || unknown !== undefined || lines.length >= most) continue;
    if (service.clusterIps[0] === "None" || family !== service.ipFamilies[0]) continue;
    const ready = endpoints.filter((endpoint) => endpoint.ready).length;
    lines.push(
      `  - to: ${target(service.namespace, service.name, port)}\n` +
        (ready > 0 ? `    expect: delivered\n    endpoints: ${ready}\n` : "    expect: rejected\n"),
    );
  }
  return `${head}${lines.length === 0 ? "expectations: []\n" : `expectations:\n${lines.join("")}`}`;
}

function target(namespace: string, name: string, port: ServicePort): string {
  const protocol = port.protocol === "TCP" ? "" : `\n    protocol: ${port.protocol}`;
  return `${name}.${namespace}:${port.port}${protocol}`;
}
