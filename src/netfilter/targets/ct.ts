import type { OptionUse } from "../rule-text/options.ts";
import { RuleProblem } from "../rule-text/problem.ts";
import type { CtTarget, TraceTarget } from "../target.ts";
import { integer, uint16 } from "../values/numbers.ts";
import type { TargetExtension } from "./extension.ts";

/** Conntrack events in the order in which they are printed. */
const events = [
  "new",
  "related",
  "destroy",
  "reply",
  "assured",
  "protoinfo",
  "helper",
  "mark",
  "natseqinfo",
  "secmark",
];

function eventList(text: string | undefined, known: readonly string[]): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const words = text.split(",");
  const unknown = words.find((word) => !known.includes(word));
  if (unknown !== undefined) throw new RuleProblem(`Unknown event type "${unknown}"`);
  return known.filter((name) => words.includes(name));
}

function zone(uses: readonly OptionUse[]): CtTarget["zone"] {
  const use = uses.findLast(({ name }) => name.startsWith("--zone"));
  if (use === undefined) return undefined;
  const id = use.value.toLowerCase() === "mark" ? "mark" : integer(use.value, 0, uint16);
  if (id === 0) return undefined;
  const direction = use.name === "--zone-orig" ? "orig" : use.name === "--zone-reply" ? "reply" : undefined;
  return direction === undefined ? { id } : { id, direction };
}

function optionsText(target: CtTarget, dashes: string): string {
  let text = "";
  if (target.notrack) text += ` ${dashes}notrack`;
  if (target.helper !== undefined) text += ` ${dashes}helper ${target.helper}`;
  if (target.timeout !== undefined) text += ` ${dashes}timeout ${target.timeout}`;
  if (target.events !== undefined) text += ` ${dashes}ctevents ${target.events.join(",")}`;
  if (target.expectationEvents !== undefined)
    text += ` ${dashes}expevents ${target.expectationEvents.join(",")}`;
  if (target.zone === undefined) return text;
  const direction = target.zone.direction === undefined ? "" : `-${target.zone.direction}`;
  return `${text} ${dashes}zone${direction} ${target.zone.id}`;
}

/** `-j CT` and `-j NOTRACK`. */
export const ctExtension: TargetExtension<CtTarget> = {
  names: ["CT", "NOTRACK"],
  options: {
    "--notrack": { values: 0 },
    "--helper": {},
    "--timeout": {},
    "--ctevents": {},
    "--expevents": {},
    "--zone-orig": {},
    "--zone-reply": {},
    "--zone": {},
  },
  decode(options, _scope, name) {
    if (name === "NOTRACK") {
      if (options.uses.length > 0) throw new RuleProblem(`unknown option "${options.uses[0]!.name}"`);
      return { kind: "ct", asNotrack: true, notrack: true };
    }
    const helper = options.value("--helper");
    const timeout = options.value("--timeout");
    const onEvents = eventList(options.value("--ctevents"), events);
    const expectationEvents = eventList(options.value("--expevents"), ["new"]);
    const inZone = zone(options.uses);
    return {
      kind: "ct",
      asNotrack: false,
      notrack: options.has("--notrack"),
      ...(helper === undefined ? {} : { helper }),
      ...(timeout === undefined ? {} : { timeout }),
      ...(onEvents === undefined ? {} : { events: onEvents }),
      ...(expectationEvents === undefined ? {} : { expectationEvents }),
      ...(inZone === undefined ? {} : { zone: inZone }),
    };
  },
  save: (target) => (target.asNotrack ? "" : optionsText(target, "--")),
  list: (target) => (target.asNotrack ? " NOTRACK" : ` CT${optionsText(target, "")}`),
};

export const traceExtension: TargetExtension<TraceTarget> = {
  names: ["TRACE"],
  options: {},
  decode: () => ({ kind: "trace" }),
  save: () => "",
  list: () => "",
};
