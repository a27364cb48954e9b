import { catalogue } from "../../diagnostics/catalogue/catalogue.ts";
import { lintCodes } from "../../diagnostics/catalogue/codes-lint.ts";
import type { FieldPath } from "../../manifests/objects.ts";
import { suggest } from "../../manifests/schema/suggest.ts";
import type { Outcome } from "../../tracer/model.ts";
import type { Check, FindingsExpectation, FlowExpectation, RulesExpectation, Share } from "./model.ts";
import { isMapping, type Refuse, refuseUnknown } from "./read-expectations.ts";
import { readShare } from "./read-share.ts";
import { readStatement } from "./statements.ts";

type Json = Readonly<Record<string, unknown>>;

/** An entry as read, before it knows its place. */
export interface ReadEntry {
  readonly name: string;
  readonly check: Check;
  readonly namespace?: string;
}

const outcomes: readonly Outcome[] = ["delivered", "rejected", "dropped", "unreachable", "reply-lost"];
const shared = ["name", "namespace"];
const flowFields = ["from", "to", "protocol", "expect", "endpoints", "masquerade", "via", "probability"];
const rulesFields = ["rulesContain", "node", "table"];
const findingsFields = ["noFindings", "severity"];
const allFields = [...shared, ...flowFields, ...rulesFields, ...findingsFields, "statement"];

/** Fields may be written as one reads them: `rules contain`, `no findings`. */
const spaced: Readonly<Record<string, string>> = {
  "rules contain": "rulesContain",
  "no findings": "noFindings",
};

/** The name under which a field stands in the entry. */
function writtenAs(entry: Json, field: string): string {
  const other = Object.keys(spaced).find((key) => spaced[key] === field);
  return other !== undefined && Object.hasOwn(entry, other) ? other : field;
}

/** The fields by their own names; one without a value, or written twice, is refused. */
function fieldsOf(entry: Json, path: FieldPath, refuse: Refuse): Json {
  const fields: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(entry)) {
    const field = spaced[key] ?? key;
    if (Object.hasOwn(fields, field)) refuse([...path, key], `${field} stands here twice`, undefined, "key");
    if (value === null && allFields.includes(field))
      refuse([...path, key], `${key} has no value`, undefined, "key");
    fields[field] = value;
  }
  return fields;
}

/** One entry of `expectations:`; undefined when it is no expectation at all. */
export function readEntry(entry: unknown, path: FieldPath, refuse: Refuse): ReadEntry | undefined {
  if (!isMapping(entry)) {
    const such = typeof entry === "string" ? `{statement: ${entry}}` : "{to: svc/web:80}";
    return refuse(path, "an expectation is a mapping", `such as ${such}`);
  }
  const fields = fieldsOf(entry, path, refuse);
  const at = (field: string): FieldPath => [...path, writtenAs(entry, field)];
  const given = (field: string): boolean => Object.hasOwn(fields, field);
  const kinds = ["to", "statement", "rulesContain", "noFindings"].filter(given);
  const [first, second] = kinds;
  if (first === undefined) {
    refuseUnknown(fields, allFields, path, refuse);
    return refuse(path, "an expectation has one of to, statement, rulesContain and noFindings");
  }
  if (second !== undefined) {
    return refuse(at(second), `${second} can't stand beside ${first}`, undefined, "key");
  }
  const known = {
    to: flowFields,
    statement: ["statement"],
    rulesContain: rulesFields,
    noFindings: findingsFields,
  };
  refuseUnknown(fields, [...shared, ...known[first as keyof typeof known]], path, refuse);
  if (fields[first] === null) return undefined;
  const check = readCheck(first, fields, at, refuse);
  if (check === undefined) return undefined;
  const { name, namespace } = fields;
  if (isGiven(name) && typeof name !== "string") refuse(at("name"), "name is a text");
  if (isGiven(namespace) && typeof namespace !== "string") refuse(at("namespace"), "namespace is a text");
  return {
    name: typeof name === "string" && name !== "" ? name : nameOf(check),
    check,
    ...(typeof namespace === "string" ? { namespace } : {}),
  };
}

/** A field without a value is refused already. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

type At = (field: string) => FieldPath;

function readCheck(kind: string, fields: Json, at: At, refuse: Refuse): Check | undefined {
  switch (kind) {
    case "statement":
      return readStatementEntry(fields, at, refuse);
    case "rulesContain":
      return readRules(fields, at, refuse);
    case "noFindings":
      return readFindings(fields, at, refuse);
    default:
      return readFlow(fields, at, refuse);
  }
}

/** One text, or a list of texts. */
function texts(fields: Json, field: string, at: At, refuse: Refuse): readonly string[] {
  const value = fields[field];
  if (value === undefined || value === null) return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const found = list.filter((item) => typeof item === "string" && item !== "") as string[];
  if (found.length < list.length) refuse(at(field), `${field} is a text or a list of texts`);
  // Nothing asked for is met by anything.
  if (list.length === 0) refuse(at(field), `${field} is an empty list`);
  return found;
}

function readFlow(fields: Json, at: At, refuse: Refuse): FlowExpectation {
  const { masquerade } = fields;
  if (isGiven(masquerade) && typeof masquerade !== "boolean") {
    refuse(at("masquerade"), "masquerade is true or false");
  }
  const protocol = readProtocol(fields, at, refuse);
  const endpoints = readEndpoints(fields, at, refuse);
  const probability = readProbability(fields, at, refuse);
  return {
    kind: "flow",
    from: texts(fields, "from", at, refuse),
    to: texts(fields, "to", at, refuse),
    expect: readOutcomes(fields, at, refuse),
    via: texts(fields, "via", at, refuse),
    ...(protocol === undefined ? {} : { protocol }),
    ...(endpoints === undefined ? {} : { endpoints }),
    ...(typeof masquerade === "boolean" ? { masquerade } : {}),
    ...(probability === undefined ? {} : { probability }),
  };
}

function readOutcomes(fields: Json, at: At, refuse: Refuse): readonly Outcome[] {
  const found: Outcome[] = [];
  for (const text of texts(fields, "expect", at, refuse)) {
    const outcome = outcomes.find((each) => each === text);
    if (outcome !== undefined) found.push(outcome);
    else {
      const near = suggest(text, outcomes);
      const hint = near === undefined ? `one of ${outcomes.join(", ")}` : `did you mean "${near}"?`;
      refuse(at("expect"), `"${text}" is no outcome`, hint);
    }
  }
  return found.length === 0 ? ["delivered"] : found;
}

function readProtocol(fields: Json, at: At, refuse: Refuse): FlowExpectation["protocol"] {
  const { protocol } = fields;
  if (!isGiven(protocol)) return undefined;
  const found = (["tcp", "udp", "sctp"] as const).find((each) => each === String(protocol).toLowerCase());
  return found ?? refuse(at("protocol"), "protocol is TCP, UDP or SCTP");
}

function readEndpoints(fields: Json, at: At, refuse: Refuse): FlowExpectation["endpoints"] {
  const { endpoints } = fields;
  if (!isGiven(endpoints)) return undefined;
  if (typeof endpoints === "number" && Number.isInteger(endpoints) && endpoints >= 0) return endpoints;
  if (typeof endpoints !== "number") return texts(fields, "endpoints", at, refuse);
  return refuse(at("endpoints"), "endpoints is a whole number, or a list of addresses or pods");
}

function readProbability(fields: Json, at: At, refuse: Refuse): FlowExpectation["probability"] {
  const { probability } = fields;
  if (!isGiven(probability)) return undefined;
  const wrong = (path: FieldPath): undefined =>
    refuse(path, "a probability is a fraction (1/3), a number (0.33) or a percentage (33%)");
  if (!isMapping(probability)) return readShare(probability) ?? wrong(at("probability"));
  if (Object.keys(probability).length === 0) return wrong(at("probability"));
  const shares: Record<string, Share> = {};
  for (const [endpoint, written] of Object.entries(probability)) {
    const share = readShare(written) ?? wrong([...at("probability"), endpoint]);
    if (share !== undefined) shares[endpoint] = share;
  }
  return shares;
}

function readStatementEntry(fields: Json, at: At, refuse: Refuse): Check | undefined {
  const { statement } = fields;
  if (typeof statement !== "string") return refuse(at("statement"), "a statement is a sentence");
  const read = readStatement(statement);
  if (read.kind === "unknown") return refuse(at("statement"), read.message, read.hint);
  return { kind: "statement", text: statement };
}

function readRules(fields: Json, at: At, refuse: Refuse): RulesExpectation {
  const { node, table } = fields;
  const tables = ["nat", "filter", "mangle", "raw", "security"];
  if (isGiven(node) && typeof node !== "string") refuse(at("node"), "node is a node's name");
  if (isGiven(table) && (typeof table !== "string" || !tables.includes(table))) {
    refuse(at("table"), `table is one of ${tables.join(", ")}`);
  }
  return {
    kind: "rules",
    contain: texts(fields, "rulesContain", at, refuse),
    ...(typeof node === "string" ? { node } : {}),
    ...(typeof table === "string" ? { table } : {}),
  };
}

function readFindings(fields: Json, at: At, refuse: Refuse): FindingsExpectation | undefined {
  const value = fields["noFindings"];
  if (value === false) return refuse(at("noFindings"), "noFindings is true, or a list of codes");
  const codes = value === true ? [] : texts(fields, "noFindings", at, refuse);
  for (const code of codes) {
    if (Object.hasOwn(lintCodes, code)) continue;
    const near = suggest(code, Object.keys(lintCodes));
    const hint = near === undefined ? "k8snet lint --list shows them" : `did you mean "${near}"?`;
    const isOther = Object.hasOwn(catalogue, code);
    refuse(at("noFindings"), isOther ? `lint never reports ${code}` : `there is no code "${code}"`, hint);
  }
  const { severity } = fields;
  const known = (["error", "warning", "info"] as const).find((each) => each === severity);
  if (isGiven(severity) && known === undefined) {
    refuse(at("severity"), "severity is error, warning or info");
  }
  // Infos are no faults; a code that is named counts whatever its severity.
  return { kind: "findings", codes, severity: known ?? (codes.length > 0 ? "info" : "warning") };
}

function nameOf(check: Check): string {
  switch (check.kind) {
    case "flow": {
      const from = check.from.length === 0 ? "" : `${check.from.join(", ")} -> `;
      return `${from}${check.to.join(", ")} is ${check.expect.join(" or ")}`;
    }
    case "statement":
      return check.text;
    case "rules":
      return `rules contain ${check.contain.join(", ")}`;
    case "findings":
      return check.codes.length === 0 ? "no findings" : `no ${check.codes.join(", ")}`;
  }
}
