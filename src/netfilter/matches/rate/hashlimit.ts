import type { HashlimitMatch } from "../../match.ts";
import type { OptionTable, OptionUses, RuleScope } from "../../rule-text/options.ts";
import { RuleProblem } from "../../rule-text/problem.ts";
import { prefixLength } from "../../values/addresses.ts";
import { integer, uint32 } from "../../values/numbers.ts";
import type { MatchExtension } from "../extension.ts";
import { ratePeriod, rateText } from "./rates.ts";

/** Units of a second in which the kernel counts packets' time (XT_HASHLIMIT_SCALE_v2). */
const scale = 1000000n;
/** Bytes are counted in units of 16 (XT_HASHLIMIT_BYTE_SHIFT). */
const byteShift = 4n;
const byteExpireSeconds = 15;
const byteExpireBurstSeconds = 60;
const defaultBurst = 5n;
const highestBurst = 1000000n;
const defaultCollectInterval = 1000;
const max32 = BigInt(uint32);

const hashedBy = ["srcip", "srcport", "dstip", "dstport"] as const;

/** What the rule's text says of the rate, and the milliseconds after which an idle entry goes. */
interface Rate {
  readonly unit: "packets" | "bytes";
  readonly cost: bigint;
  readonly burst: bigint;
  readonly expire: number;
  /** Length of the rate's unit. */
  readonly seconds: number;
}

function costOfBytes(bytes: bigint): bigint {
  return max32 / (((bytes >> byteShift) & max32) + 1n);
}

function bytesOfCost(cost: bigint): bigint {
  return ((cost === 0n ? max32 : max32 / cost) - 1n) << byteShift;
}

const factors: Readonly<Record<string, bigint>> = { m: 1n << 20n, k: 1n << 10n };

/** `512kb/s`; undefined when the text is no rate of bytes. */
function byteCost(text: string): bigint | undefined {
  const at = text.indexOf("b/s");
  if (at <= 0) return undefined;
  const count = /^\d+/.exec(text);
  if (count === null || BigInt(count[0]) === 0n) return undefined;
  return costOfBytes(BigInt(count[0]) * (factors[text[at - 1]!] ?? 1n));
}

function burstOf(text: string | undefined): bigint {
  if (text === undefined) return defaultBurst;
  const parts = /^(\d+)(.*)$/.exec(text);
  const count = parts === null ? 0n : BigInt(parts[1]!);
  if (count < 1n || (parts![2] === "" && count > highestBurst))
    throw new RuleProblem(`bad value for option "--hashlimit-burst", or out of range (1-${highestBurst}).`);
  return count * (factors[parts![2]![0] ?? ""] ?? 1n);
}

function rateOf(options: OptionUses): Rate & { readonly above: boolean } {
  const above = options.find("--hashlimit-above");
  const use = above ?? options.find("--hashlimit-upto");
  if (use === undefined) throw new RuleProblem("You have to specify --hashlimit");
  const exceeds = (above !== undefined) !== use.inverted;
  const burst = burstOf(options.value("--hashlimit-burst"));
  const bytes = byteCost(use.value);
  if (bytes === undefined) {
    const { period, seconds } = ratePeriod(use.value, scale);
    if (burst > highestBurst)
      throw new RuleProblem(`bad value for option "--hashlimit-burst", or out of range (1-${highestBurst}).`);
    return {
      unit: "packets",
      cost: period,
      burst,
      expire: Number(seconds) * 1000,
      seconds: Number(seconds),
      above: exceeds,
    };
  }
  if (!options.has("--hashlimit-burst"))
    return {
      unit: "bytes",
      cost: bytes,
      burst: 0n,
      expire: byteExpireSeconds * 1000,
      seconds: 1,
      above: exceeds,
    };
  const unit = bytesOfCost(bytes);
  if (burst < unit) throw new RuleProblem(`burst cannot be smaller than ${unit}b`);
  return {
    unit: "bytes",
    cost: bytes,
    burst: (burst + unit - 1n) / unit,
    expire: byteExpireBurstSeconds * 1000,
    seconds: 1,
    above: exceeds,
  };
}

function by(text: string | undefined): HashlimitMatch["by"] {
  const words = (text ?? "").split(/[,|]/).filter((word) => word !== "");
  const unknown = words.find((word) => !hashedBy.some((name) => name === word));
  if (unknown !== undefined)
    throw new RuleProblem(`hashlimit: Bad value for "--hashlimit-mode" option: "${text}"`);
  return hashedBy.filter((name) => words.includes(name));
}

const byteUnits = [
  { name: "m", size: 1n << 20n },
  { name: "k", size: 1n << 10n },
];
const oneByte = { name: "", size: 1n };

/** A byte rate in the largest unit that says it exactly, with its burst. */
function byteRate(cost: bigint, burst: bigint, burstPrefix: string): { text: string; milliseconds: number } {
  const rate = bytesOfCost(cost);
  // The tool's mask has 32 bits: rates beyond are shown in single bytes.
  const rounded = (size: bigint): bigint => rate & max32 & ~(size - 1n);
  const unit = byteUnits.find(({ size }) => rate >= size && costOfBytes(rounded(size)) === cost) ?? oneByte;
  const text = `${rate / unit.size}${unit.name}b/s`;
  if (burst === 0n) return { text, milliseconds: byteExpireSeconds * 1000 };
  const total = rate * burst;
  const burstUnit = byteUnits.find(({ size }) => total >= size) ?? oneByte;
  return {
    text: `${text} ${burstPrefix}burst ${total / burstUnit.size}${burstUnit.name}b`,
    milliseconds: byteExpireBurstSeconds * 1000,
  };
}

/** With `--hashlimit-rate-match` the cost is that of a second, and the interval defaults to the rate's unit. */
function rateMatchOf(
  options: OptionUses,
  rate: Pick<HashlimitMatch["rate"], "unit" | "cost">,
  seconds: number,
): Pick<HashlimitMatch, "rate" | "rateMatch"> {
  if (!options.has("--hashlimit-rate-match")) return { rate };
  const text = options.value("--hashlimit-rate-interval");
  const bytes = rate.unit === "bytes";
  const interval = text === undefined ? (bytes ? 1 : seconds) : Number.parseInt(text, 10);
  if (!(interval > 0))
    throw new RuleProblem(`hashlimit: Bad value for "--hashlimit-rate-interval" option: "${text}"`);
  return {
    rate: bytes ? rate : { unit: rate.unit, cost: rate.cost / BigInt(seconds) },
    rateMatch: { interval },
  };
}

function rateAndBurst(match: HashlimitMatch, prefix: string): { text: string; milliseconds: number } {
  if (match.rate.unit === "bytes") return byteRate(match.rate.cost, match.burst, prefix);
  // A listing shows the rate of the whole interval, a save that of a second.
  const interval = prefix === "" ? BigInt(match.rateMatch?.interval ?? 1) : 1n;
  const { text, milliseconds } = rateText(match.rate.cost * interval, scale);
  return { text: `${text} ${prefix}burst ${match.burst}`, milliseconds };
}

/** What stands behind rate and burst, alike in both forms but for the options' prefix. */
function rest(match: HashlimitMatch, prefix: string, milliseconds: number): string {
  let text = "";
  const add = (option: string, value: number | undefined): void => {
    if (value !== undefined) text += ` ${prefix}${option} ${value}`;
  };
  add("htable-size", match.tableSize);
  add("htable-max", match.tableMaximum);
  add("htable-gcinterval", match.collectInterval);
  const expire = match.expire ?? 0;
  if (expire !== milliseconds) add("htable-expire", expire);
  add("srcmask", match.sourcePrefix);
  add("dstmask", match.destinationPrefix);
  if (match.rateMatch === undefined) return text;
  text += ` ${prefix}rate-match`;
  if (match.rateMatch.interval !== 1) add("rate-interval", match.rateMatch.interval);
  return text;
}

function optional<K extends string>(key: K, value: number | undefined, usual: number): { [P in K]?: number } {
  if (value === undefined || value === usual) return {};
  const entry: { [P in K]?: number } = {};
  entry[key] = value;
  return entry;
}

function sizes(options: OptionUses, scope: RuleScope, expire: number): Partial<HashlimitMatch> {
  const number = (name: string): number | undefined => {
    const text = options.value(`--hashlimit-${name}`);
    return text === undefined ? undefined : integer(text, 0, uint32);
  };
  const prefix = (name: string): number | undefined => {
    const text = options.value(`--hashlimit-${name}`);
    return text === undefined ? undefined : prefixLength(text, scope.family);
  };
  const full = scope.family === 4 ? 32 : 128;
  return {
    ...optional("tableSize", number("htable-size"), 0),
    ...optional("tableMaximum", number("htable-max"), 0),
    ...optional("collectInterval", number("htable-gcinterval"), defaultCollectInterval),
    expire: number("htable-expire") ?? expire,
    ...optional("sourcePrefix", prefix("srcmask"), full),
    ...optional("destinationPrefix", prefix("dstmask"), full),
  };
}

const options: OptionTable = {
  "--hashlimit": { as: "--hashlimit-upto" },
  "--hashlimit-upto": { invertible: true, excludes: ["--hashlimit-above"] },
  "--hashlimit-above": { invertible: true, excludes: ["--hashlimit-upto"] },
  "--hashlimit-srcmask": {},
  "--hashlimit-dstmask": {},
  "--hashlimit-burst": {},
  "--hashlimit-htable-size": {},
  "--hashlimit-htable-max": {},
  "--hashlimit-htable-gcinterval": {},
  "--hashlimit-htable-expire": {},
  "--hashlimit-mode": {},
  "--hashlimit-name": { required: true },
  "--hashlimit-rate-match": { values: 0 },
  "--hashlimit-rate-interval": {},
};

export const hashlimitExtension: MatchExtension<HashlimitMatch> = {
  modules: ["hashlimit"],
  options,
  decode(uses, scope) {
    const { unit, cost, burst, expire, above, seconds } = rateOf(uses);
    const name = uses.required("--hashlimit-name");
    if (name.value === "" || name.value.includes("/"))
      throw new RuleProblem("hashlimit: bad name", name.word);
    return {
      kind: "hashlimit",
      name: name.value,
      above,
      ...rateMatchOf(uses, { unit, cost }, seconds),
      burst,
      by: by(uses.value("--hashlimit-mode")),
      ...sizes(uses, scope, expire),
    };
  },
  save(match) {
    const { text, milliseconds } = rateAndBurst(match, "--hashlimit-");
    const mode = match.by.length === 0 ? "" : ` --hashlimit-mode ${match.by.join(",")}`;
    return ` -m hashlimit --hashlimit-${match.above ? "above" : "upto"} ${text}${mode} --hashlimit-name ${match.name}${rest(match, "--hashlimit-", milliseconds)}`;
  },
  list(match) {
    const { text, milliseconds } = rateAndBurst(match, "");
    const mode = match.by.length === 0 ? "" : ` mode ${match.by.join("-")}`;
    return ` limit: ${match.above ? "above" : "up to"} ${text}${mode}${rest(match, "", milliseconds)}`;
  },
};
