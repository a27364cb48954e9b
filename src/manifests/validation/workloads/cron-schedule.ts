/**
 * A CronJob's schedule as robfig/cron's standard parser reads it, and what it says of one that it can't read.
 */

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const months = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const days = "sun mon tue wed thu fri sat".split(" ");

/** Minute, hour, day of the month, month, day of the week. */
const places: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: months },
  { min: 0, max: 6, names: days },
];

const descriptors = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];
const duration = /^[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;

/** What is wrong with a schedule; undefined when nothing is. */
export function scheduleProblem(schedule: string): string | undefined {
  if (schedule.startsWith("@")) return descriptorProblem(schedule);
  const fields = schedule.split(/\s+/).filter((field) => field !== "");
  if (fields.length !== places.length) {
    return `expected exactly 5 fields, found ${fields.length}: [${fields.join(" ")}]`;
  }
  for (const [i, field] of fields.entries()) {
    for (const range of field.split(",")) {
      const problem = range === "" ? undefined : rangeProblem(range, places[i]!);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

function descriptorProblem(text: string): string | undefined {
  if (descriptors.includes(text)) return undefined;
  if (!text.startsWith("@every ")) return `unrecognized descriptor: ${text}`;
  const stated = text.slice("@every ".length);
  if (duration.test(stated)) return undefined;
  return `failed to parse duration ${text}: time: invalid duration ${JSON.stringify(stated)}`;
}

/** `5`, `1-5`, `*`, each with `/STEP` or without. */
function rangeProblem(range: string, bounds: Bounds): string | undefined {
  const [whole, stepText, ...more] = range.split("/") as [string, ...string[]];
  const [lowText, highText, ...rest] = whole.split("-") as [string, ...string[]];
  let low: number | string = bounds.min;
  let high: number | string = bounds.max;
  if (lowText !== "*" && lowText !== "?") {
    low = numberOf(lowText, bounds);
    if (typeof low === "string") return low;
    if (rest.length > 0) return `too many hyphens: ${range}`;
    high = highText === undefined ? low : numberOf(highText, bounds);
    if (typeof high === "string") return high;
  }
  let step: number | string = 1;
  if (more.length > 0) return `too many slashes: ${range}`;
  if (stepText !== undefined) {
    step = numberOf(stepText, { min: 0, max: 0 });
    if (typeof step === "string") return step;
    if (highText === undefined) high = bounds.max;
  }
  if (low < bounds.min) return `beginning of range (${low}) below minimum (${bounds.min}): ${range}`;
  if (high > bounds.max) return `end of range (${high}) above maximum (${bounds.max}): ${range}`;
  if (low > high) return `beginning of range (${low}) beyond end of range (${high}): ${range}`;
  return step === 0 ? `step of range should be a positive number: ${range}` : undefined;
}

/** A number or the name of a month or day; a text says why it is none. */
function numberOf(text: string, { names, min }: Bounds): number | string {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return named + min;
  if (!/^[-+]?\d+$/.test(text)) {
    return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
  }
  const number = Number(text);
  return number < 0 ? `negative number (${number}) not allowed: ${text}` : number;
}
