import type { LoadedObject } from "../../manifests/objects.ts";

/**
 * The annotation that `k8snet get -o yaml` puts on what it made up: `true` for a whole object, else the made-up
 * fields. Read back in, they count as made up again.
 */
export const simulatedAnnotation = "k8snet.io/simulated";

/** The made-up fields of an object that k8snet printed, `["true"]` for all of it; empty for any other object. */
export function simulatedMarks(loaded: LoadedObject): readonly string[] {
  if (loaded.role === "other") return [];
  const text = loaded.object.metadata.annotations?.[simulatedAnnotation];
  return text === undefined ? [] : text.split(",");
}

const madeAnew: readonly LoadedObject["role"][] = ["service", "endpoints", "endpointslice"];

/**
 * Whether an object is left out since it will be made again from the others: the cluster's own Services, whose
 * endpoints no list of objects may hold, and what the endpoints controllers write.
 */
export function isMadeAnew(loaded: LoadedObject): boolean {
  return madeAnew.includes(loaded.role) && simulatedMarks(loaded).includes("true");
}
