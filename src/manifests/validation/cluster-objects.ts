import { familyOf } from "../../net/ip.ts";
import type { NodeObject, ObjectMeta } from "../objects.ts";
import { checkCidr } from "./addresses.ts";
import type { FieldErrors } from "./field-errors.ts";
import { Path } from "./field-path.ts";
import { checkMetadata, labelName, subdomainName } from "./metadata.ts";
import { isLabelValue, isQualifiedName } from "./names.ts";

const effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/** core's ValidateNode, of its spec. */
export function checkNode(errors: FieldErrors, node: NodeObject): void {
  checkMetadata(errors, node.metadata, subdomainName);
  const { taints = [], podCIDR = "", podCIDRs = [] } = node.spec ?? {};
  const cidrs = podCIDRs.length > 0 ? podCIDRs : podCIDR === "" ? [] : [podCIDR];
  const path = new Path("spec").child("podCIDRs");
  const before = errors.errors.length;
  for (const [i, cidr] of cidrs.entries()) {
    const shown = podCIDRs.length > 0 ? ["spec", "podCIDRs", i] : ["spec", "podCIDR"];
    checkCidr(errors, path.index(i), cidr, { shown });
  }
  if (cidrs.length > 1 && errors.errors.length === before) {
    const families = new Set(cidrs.map((cidr) => familyOf(cidr.split("/")[0]!)));
    if (cidrs.length > 2 || families.size < 2) {
      errors.invalid(path, cidrs, "may specify no more than one CIDR for each IP family");
    }
  }
  checkTaints(errors, taints);
}

type Taint = NonNullable<NonNullable<NodeObject["spec"]>["taints"]>[number];

/** core's validateNodeTaints, whose paths name metadata. */
function checkTaints(errors: FieldErrors, taints: readonly Partial<Taint>[]): void {
  const seen = new Set<string>();
  for (const [i, { key = "", value = "", effect = "" }] of taints.entries()) {
    const path = new Path("metadata").child("taints").index(i);
    const shown = (field: string) => ({ shown: ["spec", "taints", i, field] });
    errors.invalidEach(path.child("key"), key, isQualifiedName(key), shown("key"));
    errors.invalidEach(path.child("value"), value, isLabelValue(value), shown("value"));
    if (effect === "") errors.required(path.child("effect"), "", shown("effect"));
    else if (!effects.includes(effect))
      errors.notSupportedAt(path.child("effect"), effect, effects, shown("effect"));
    const pair = `${key}:${effect}`;
    if (seen.has(pair)) {
      const taint = { Key: key, Value: value, Effect: effect, TimeAdded: null };
      const detail = "taints must be unique by key and effect pair";
      errors.duplicateAt(path, taint, { shown: ["spec", "taints", i] }, detail);
    }
    seen.add(pair);
  }
}

/** core's ValidateNamespace: the API server labels a Namespace with its name. */
export function checkNamespace(errors: FieldErrors, { metadata }: { readonly metadata: ObjectMeta }): void {
  checkMetadata(errors, metadata, labelName);
  const { name = "" } = metadata;
  const path = new Path("metadata").child("labels");
  errors.invalidEach(path, name, isLabelValue(name), { shown: ["metadata", "name"] });
}
