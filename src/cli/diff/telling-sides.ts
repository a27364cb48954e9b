import { provenanceNote } from "../../cluster/provenance.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { colorsFor } from "../terminal/colors.ts";
import type { CommandIo } from "../terminal/io.ts";
import type { Worlds } from "./load-worlds.ts";

/** What there is to say of both sides alike is said once, of the side that is read first. */
export class TellingSides {
  readonly io: CommandIo;
  readonly #earlier = new Set<string>();
  readonly #now = new Set<string>();

  constructor(io: CommandIo) {
    const written = new Set<string>();
    const write = (text: string): ReturnType<CommandIo["stderr"]["write"]> => {
      if (written.has(text)) return;
      written.add(text);
      return io.stderr.write(text);
    };
    const { isTTY, columns } = io.stderr;
    this.io = { ...io, stderr: { isTTY, columns, write }, isTold: (said) => this.#isTold(said) };
  }

  /** From here on it is about the other side. */
  next(): void {
    for (const said of this.#now) this.#earlier.add(said);
  }

  /** Whether it was said of the other side; what is simulated is said of both together. */
  #isTold(said: Diagnostic | string): boolean {
    if (typeof said === "string") return true;
    const text = `${said.code} ${said.message}`;
    this.#now.add(text);
    return this.#earlier.has(text);
  }
}

/** Says once what of the clusters no manifest states. */
export async function tellSimulated({ families, options }: Worlds, io: CommandIo): Promise<void> {
  const [{ before, after }] = families;
  const [old, now] = [before, after].map((world) => provenanceNote(world.cluster.provenance));
  const colors = colorsFor(io.stderr, io.env, options.color);
  const tell = async (note: string): Promise<void> => io.stderr.write(`${colors.note("note:")} ${note}\n`);
  if (old === now) {
    if (now !== undefined) await tell(now);
    return;
  }
  await tell(`before: ${old ?? "simulated: nothing"}`);
  await tell(`after: ${now ?? "simulated: nothing"}`);
}
