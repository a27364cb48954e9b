import type { Pod, ServicePort } from "../../cluster/model.ts";

/** Whether a container of the pod declares what the Service port targets, by name or number, and protocol. */
export function declaresTarget(pod: Pod, port: ServicePort): boolean {
  return pod.ports.some(
    (own) =>
      own.protocol === port.protocol &&
      (typeof port.targetPort === "number" ? own.port === port.targetPort : own.name === port.targetPort),
  );
}

/** The number of the pod's port that the Service port leads to; undefined where no container has the name. */
export function targetNumber(pod: Pod, port: ServicePort): number | undefined {
  const { targetPort } = port;
  if (typeof targetPort === "number") return targetPort;
  return pod.ports.find((own) => own.name === targetPort && own.protocol === port.protocol)?.port;
}

/** The ports that the pods' containers declare, as `http 8080/TCP`, each once, in order of first appearance. */
export function declaredPorts(pods: readonly Pod[]): string[] {
  const found = new Set<string>();
  for (const pod of pods) {
    for (const { name, port, protocol } of pod.ports) {
      found.add(`${name === "" ? "" : `${name} `}${port}/${protocol}`);
    }
  }
  return [...found];
}

/** What a person calls the pod: its workload where it has one. */
export function ownerName(pod: Pod): string {
  return pod.owner === undefined ? `Pod ${pod.name}` : `${pod.owner.kind} ${pod.owner.name}`;
}

/** The owners of the pods, each once. */
export function ownerNames(pods: readonly Pod[]): string[] {
  return [...new Set(pods.map(ownerName))];
}
