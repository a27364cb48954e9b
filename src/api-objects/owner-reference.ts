import { stableUid } from "../cluster/stable-hash.ts";
import type { Json } from "./json.ts";

/** An object that controls another. */
export interface Controller {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Simulated where it is not known: the API server takes no reference without one. */
  readonly uid?: string;
}

/** `metadata.ownerReferences` of an object that a controller made in a namespace. */
export function controlledBy({ apiVersion, kind, name, uid }: Controller, namespace: string): Json {
  return [
    {
      apiVersion,
      blockOwnerDeletion: true,
      controller: true,
      kind,
      name,
      uid: uid ?? stableUid(`${kind}/${namespace}/${name}`),
    },
  ];
}
