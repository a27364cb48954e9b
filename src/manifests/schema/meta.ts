import {
  any,
  bool,
  int64,
  list,
  map,
  named,
  partialStruct,
  type StructSchema,
  string,
  struct,
  time,
} from "./types.ts";

const ownerReference = struct("OwnerReference", {
  apiVersion: string,
  kind: string,
  name: string,
  uid: named("types.UID"),
  controller: bool,
  blockOwnerDeletion: bool,
});

/** meta/v1 ObjectMeta. */
export const objectMeta = struct("ObjectMeta", {
  name: string,
  generateName: string,
  namespace: string,
  selfLink: string,
  uid: named("types.UID"),
  resourceVersion: string,
  generation: int64,
  creationTimestamp: time,
  deletionTimestamp: time,
  deletionGracePeriodSeconds: int64,
  labels: map(string),
  annotations: map(string),
  ownerReferences: list(ownerReference),
  finalizers: list(string),
  managedFields: list(
    struct("ManagedFieldsEntry", {
      manager: string,
      operation: named("v1.ManagedFieldsOperationType"),
      apiVersion: string,
      time,
      fieldsType: string,
      // The API server keeps it as raw JSON, too.
      fieldsV1: any,
      subresource: string,
    }),
  ),
});

/** The two fields every object begins with, and its metadata. */
export const typeAndMeta = { apiVersion: string, kind: string, metadata: objectMeta };

export const labelSelector = struct("LabelSelector", {
  matchLabels: map(string),
  matchExpressions: list(
    struct("LabelSelectorRequirement", {
      key: string,
      operator: named("v1.LabelSelectorOperator"),
      values: list(string),
    }),
  ),
});

export const objectReference = struct("ObjectReference", {
  kind: string,
  namespace: string,
  name: string,
  uid: named("types.UID"),
  apiVersion: string,
  resourceVersion: string,
  fieldPath: string,
});

export const condition = struct("Condition", {
  type: string,
  status: string,
  observedGeneration: int64,
  lastTransitionTime: time,
  reason: string,
  message: string,
});

/** A condition of a Pod's or Node's status, of which we read type, status and reason. */
export function statusCondition(name: string): StructSchema {
  return partialStruct(name, { type: string, status: string, reason: string });
}
