import type { AnswerEnd, TraceAnswer } from "../../analysis/trace/request.ts";
import { formatConditions } from "./conditional-share.ts";
import { formatPercent } from "./share.ts";

/** Text that mermaid takes as it is: on one line, and what it or HTML could read as its own as an entity (`#59;`). */
function safe(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[;#<>&"'`{}[\]\\]/g, (character) => `#${character.charCodeAt(0)};`);
}

/** Participants by host name, with an identifier each. */
class Participants {
  readonly #ids = new Map<string, string>();

  id(name: string): string {
    let id = this.#ids.get(name);
    if (id === undefined) {
      id = `p${this.#ids.size}`;
      this.#ids.set(name, id);
    }
    return id;
  }

  lines(): string[] {
    return [...this.#ids].map(([name, id]) => `  participant ${id} as ${safe(name)}`);
  }
}

function endLines(answer: TraceAnswer, end: AnswerEnd, participants: Participants): string[] {
  const lines: string[] = [];
  let at = answer.source.host;
  const say = (host: string, text: string): void => {
    lines.push(`Note over ${participants.id(host)}: ${safe(text)}`);
  };
  for (const hop of end.hops) say(at, hop.text);
  for (const step of end.steps) {
    if (step.direction === "reply") break;
    if (step.kind === "rewrite") say(step.node, `${step.how} ${step.what} ${step.from} to ${step.to}`);
    if (step.kind === "route" && step.way === "send" && step.to !== undefined) {
      const { source, destination, destinationPort } = step.packet;
      const packet = `${source} to ${destination}:${destinationPort}`;
      lines.push(`${participants.id(step.host)}->>${participants.id(step.to)}: ${safe(packet)}`);
      at = step.to;
    }
  }
  const from = participants.id(answer.source.host);
  if (end.outcome === "delivered")
    lines.push(`${participants.id(at)}-->>${from}: reply of ${safe(end.server ?? "")}`);
  else if (end.outcome === "rejected")
    lines.push(`${participants.id(end.host)}--x${from}: ${safe(end.reason)}`);
  else say(end.host, `${end.outcome}: ${end.reason}`);
  return lines;
}

/** A sequence diagram: each end is a branch of `alt`. */
export function printTraceMermaid(answer: TraceAnswer): string {
  const participants = new Participants();
  participants.id(answer.source.host);
  const ends = answer.ends.filter((end) => end.when === "first");
  const body: string[] = [];
  ends.forEach((end, at) => {
    const lines = endLines(answer, end, participants);
    if (ends.length === 1) {
      body.push(...lines.map((line) => `  ${line}`));
      return;
    }
    const what = `${end.server ?? end.outcome}${formatConditions(end.assumptions)}`;
    body.push(`  ${at === 0 ? "alt" : "else"} ${formatPercent(end.probability)} ${safe(what)}`);
    body.push(...lines.map((line) => `    ${line}`));
  });
  if (ends.length > 1) body.push("  end");
  return `${["sequenceDiagram", ...participants.lines(), ...body].join("\n")}\n`;
}
