import type { ClusterObject } from "../../../api-objects/json.ts";

/** A column of `kubectl get`; `wide` ones show with `-o wide` only. */
export interface Column {
  readonly name: string;
  readonly wide?: boolean;
}

/** What a row can need beside its object. */
export interface RowContext {
  /** Milliseconds since 1970; undefined: ages are unknown. */
  readonly now: number | undefined;
}

/** How one kind is shown: its columns, and the cells of one object in the same order. */
export interface TableKind {
  readonly columns: readonly Column[];
  cells(object: ClusterObject["object"], context: RowContext): readonly string[];
}

const wide = (name: string): Column => ({ name, wide: true });

/** Columns by name: `["NAME", "AGE", "+IP"]`; a plus marks those of `-o wide`. */
export function columns(...names: readonly string[]): readonly Column[] {
  return names.map((name) => (name.startsWith("+") ? wide(name.slice(1)) : { name }));
}
