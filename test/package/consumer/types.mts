import { findTable, type Ruleset, version } from "k8snet";

const empty: Ruleset = { family: 4, tables: [] };
export const found: string = findTable(empty, "nat")?.name ?? version;
// @ts-expect-error: the types are there, not `any`
export const wrong: number = version;
