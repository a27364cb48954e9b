/**
 * What fields an API type has, as data: enough to check a manifest as the API server's JSON decoder does, with
 * its words for what is wrong (they name the Go types).
 */
export type Schema = ScalarSchema | ListSchema | MapSchema | StructSchema;

export interface ScalarSchema {
  readonly kind:
    | "string"
    | "bool"
    | "int32"
    | "int64"
    | "float"
    | "intOrString"
    | "quantity"
    | "time"
    | "any";
  /** The Go type, as the decoder names it. */
  readonly goType: string;
}

export interface ListSchema {
  readonly kind: "list";
  readonly of: Schema;
  readonly goType: string;
}

export interface MapSchema {
  readonly kind: "map";
  readonly of: Schema;
  readonly goType: string;
}

export interface StructSchema {
  readonly kind: "struct";
  /** The Go type without its package: `ServicePort`. */
  readonly name: string;
  readonly goType: string;
  readonly fields: ReadonlyMap<string, Schema>;
  /** Fields that stand in an embedded Go struct, with its name: the decoder says it, JSON has it not. */
  readonly embedded?: ReadonlyMap<string, string>;
  /** Fields that are not listed are let through: only what we read of it is modelled. */
  readonly open?: boolean;
}

export const string: ScalarSchema = { kind: "string", goType: "string" };
export const bool: ScalarSchema = { kind: "bool", goType: "bool" };
export const int32: ScalarSchema = { kind: "int32", goType: "int32" };
export const int64: ScalarSchema = { kind: "int64", goType: "int64" };
export const intOrString: ScalarSchema = { kind: "intOrString", goType: "int32" };
export const quantity: ScalarSchema = { kind: "quantity", goType: "resource.Quantity" };
export const time: ScalarSchema = { kind: "time", goType: "v1.Time" };
/** Not modelled: anything goes. */
export const any: ScalarSchema = { kind: "any", goType: "" };

/** A string type of its own, such as `v1.Protocol`. */
export function named(goType: string): ScalarSchema {
  return { kind: "string", goType };
}

export function list(of: Schema): ListSchema {
  return { kind: "list", of, goType: `[]${of.goType}` };
}

export function map(of: Schema): MapSchema {
  return { kind: "map", of, goType: `map[string]${of.goType}` };
}

export function struct(name: string, fields: Readonly<Record<string, Schema>>): StructSchema {
  return { kind: "struct", name, goType: `v1.${name}`, fields: new Map(Object.entries(fields)) };
}

/** A struct that embeds another one's fields. */
export function embedding(
  outer: StructSchema,
  name: string,
  fields: Readonly<Record<string, Schema>>,
): StructSchema {
  const embedded = new Map(Object.keys(fields).map((field) => [field, name]));
  return { ...outer, fields: new Map([...outer.fields, ...Object.entries(fields)]), embedded };
}

/** A struct of which only the fields that we read are modelled. */
export function partialStruct(name: string, fields: Readonly<Record<string, Schema>>): StructSchema {
  return { ...struct(name, fields), open: true };
}
