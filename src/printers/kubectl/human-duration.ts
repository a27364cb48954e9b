const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

/** `2d3h`; the smaller unit is left out when it is 0. */
function two(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`;
}

/**
 * A time span as kubectl's AGE column has it: at most two units, coarser the longer it is
 * (k8s.io/apimachinery/pkg/util/duration, HumanDuration).
 * @param seconds may be fractional; a clock that is up to two seconds behind counts as 0.
 */
export function humanDuration(seconds: number): string {
  const s = Math.trunc(seconds);
  if (s < -1) return "<invalid>";
  if (s < 0) return "0s";
  if (s < 2 * minute) return `${s}s`;
  if (s < 10 * minute) return two(Math.floor(s / minute), "m", s % minute, "s");
  if (s < 3 * hour) return `${Math.floor(s / minute)}m`;
  if (s < 8 * hour) return two(Math.floor(s / hour), "h", Math.floor((s % hour) / minute), "m");
  if (s < 2 * day) return `${Math.floor(s / hour)}h`;
  if (s < 8 * day) return two(Math.floor(s / day), "d", Math.floor((s % day) / hour), "h");
  if (s < 2 * year) return `${Math.floor(s / day)}d`;
  if (s < 8 * year) return two(Math.floor(s / year), "y", Math.floor((s % year) / day), "d");
  return `${Math.floor(s / year)}y`;
}

/**
 * How long ago a timestamp was.
 * @param timestamp RFC 3339; empty or missing: unknown
 * @param now milliseconds since 1970; undefined without a clock: unknown, so that output stays the same
 */
export function age(timestamp: string | undefined, now: number | undefined): string {
  const then = timestamp === undefined || timestamp === "" ? Number.NaN : Date.parse(timestamp);
  if (now === undefined || Number.isNaN(then)) return "<unknown>";
  return humanDuration((now - then) / 1000);
}
