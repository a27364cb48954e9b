import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A small fuzzer for jest: every target runs its whole corpus first, then mutations of it. `FUZZ_SECONDS` is the time
 * for each target (without it, a fixed number of mutations runs: enough to keep the targets alive), `FUZZ_SEED` the
 * seed (1 in CI). A failure prints the input, which then belongs into `corpus/TARGET/`.
 */

/** Numbers from 0 (included) to `below` (excluded), the same for the same seed. */
export interface Random {
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
}

/** The mulberry32 generator. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
  return { below, pick: (items) => items[below(items.length)]! };
}

export interface FuzzTarget<T> {
  /** Inputs that are mutated: real ones, and files of `corpus/NAME`. */
  readonly seeds: readonly T[];
  mutate(input: T, random: Random): T;
  /** Runs the input; throws (an assertion too) when the target misbehaves. */
  run(input: T): void | Promise<void>;
}

const seconds = Number(process.env["FUZZ_SECONDS"] ?? 0);
const withoutTime = 100;
/** CI tries the same inputs each time, so that a change is judged by what it changed; `npm run fuzz` tries new ones. */
const inCi = process.env["CI"] === "true";
/** Milliseconds that one input may take: beyond it is a denial of service. */
const slowest = 5000;

/** Declares the jest test of a target. */
export function fuzz<T>(name: string, target: FuzzTarget<T>): void {
  test(
    `${name} survives mutations`,
    async () => {
      const seed = Number(process.env["FUZZ_SEED"] ?? (seconds > 0 && !inCi ? Date.now() % 2 ** 32 : 1));
      const random = randomFrom(seed);
      const until = performance.now() + seconds * 1000;
      let runs = 0;
      for (const input of target.seeds) await runOne(target, input, seed);
      while (seconds > 0 ? performance.now() < until : runs < withoutTime) {
        let input = random.pick(target.seeds);
        for (let times = 1 + random.below(4); times > 0; times--) input = target.mutate(input, random);
        await runOne(target, input, seed);
        runs++;
      }
      if (seconds > 0) process.stdout.write(`fuzz ${name}: ${runs} inputs in ${seconds} s, seed ${seed}\n`);
      expect(runs).toBeGreaterThan(0);
    },
    (seconds + 30) * 1000,
  );
}

async function runOne<T>(target: FuzzTarget<T>, input: T, seed: number): Promise<void> {
  const began = performance.now();
  try {
    await target.run(input);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new Error(`seed ${seed}, input ${JSON.stringify(input)}\n${text}`);
  }
  const took = performance.now() - began;
  if (took > slowest) throw new Error(`${Math.round(took)} ms for ${JSON.stringify(input)}`);
}

/** Files of `corpus/NAME` as text, in order of name. */
export function corpus(name: string): readonly string[] {
  const folder = join(__dirname, "corpus", name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((file) => readFileSync(join(folder, file), "utf8"));
}

/**
 * One random edit of a text: a stretch removed, doubled, moved or replaced by a word that means something to the
 * parser, a character changed, a line repeated or indented.
 * @param words tokens of the format
 */
export function mutateText(text: string, random: Random, words: readonly string[]): string {
  const at = random.below(text.length + 1);
  const to = Math.min(text.length, at + 1 + random.below(random.pick([2, 8, 80])));
  const head = text.slice(0, at);
  const part = text.slice(at, to);
  const tail = text.slice(to);
  switch (random.below(7)) {
    case 0:
      return head + tail;
    case 1:
      return head + part + part + tail;
    case 2:
      return tail + part + head;
    case 3:
      return head + random.pick(words) + tail;
    case 4:
      return head + random.pick(words) + part + tail;
    case 5:
      return (
        head + String.fromCodePoint(random.pick([0, 9, 10, 27, 34, 39, 92, 0x85, 0xfeff, 0x1f600])) + tail
      );
    default: {
      const lines = text.split("\n");
      const line = random.below(lines.length);
      lines.splice(random.below(lines.length), 0, random.pick(["", " ", "  "]) + lines[line]!);
      return lines.join("\n");
    }
  }
}
