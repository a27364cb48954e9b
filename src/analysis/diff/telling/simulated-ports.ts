import { objectKey } from "../../../cluster/model.ts";
import type { World } from "../world.ts";
import type { FlowSummary } from "./flow-summaries.ts";

/** The same summaries, with node ports that no manifest states said to be simulated: the cluster has others. */
export function markSimulatedPorts(
  summaries: readonly FlowSummary[],
  before: World,
  after: World,
): readonly FlowSummary[] {
  const [old, now] = [simulatedPorts(before), simulatedPorts(after)];
  return summaries.map((summary) => {
    const { example, service, address, port } = summary;
    const number = (example.before ?? example.after)!.flow.port;
    const ports = example.before === undefined ? now : old;
    if (address !== "node port" || !ports.has(`${service} ${number}`)) return summary;
    return { ...summary, port: `${port} (simulated)` };
  });
}

/** `namespace/name number` */
function simulatedPorts({ cluster }: World): ReadonlySet<string> {
  return new Set(
    cluster.services.flatMap((service) =>
      service.ports
        .filter((port) => port.nodePortSimulated)
        .map((port) => `${objectKey(service)} ${port.nodePort}`),
    ),
  );
}
