import type { TimeMatch } from "../../match.ts";
import type { OptionUse } from "../../rule-text/options.ts";
import { RuleProblem } from "../../rule-text/problem.ts";
import type { MatchExtension } from "../extension.ts";

const weekDayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const lastSecond = 86399;
/** The last second that the kernel's 32-bit field holds: no end. */
const lastDate = 0x7fffffff;

/** `YYYY[-MM[-DD[Thh[:mm[:ss]]]]]` in UTC as seconds since 1970. */
function date(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const parts = /^(\d+)(?:-(\d+)(?:-(\d+)(?:T(\d+)(?::(\d+)(?::(\d+))?)?)?)?)?$/.exec(text);
  const [year, month = 1, day = 1, hour = 0, minute = 0, second = 0] = (parts ?? [])
    .slice(1)
    .map((part) => (part === undefined ? undefined : Number(part)));
  if (
    year === undefined ||
    year < 1970 ||
    year > 2038 ||
    month > 12 ||
    day > 31 ||
    hour > 23 ||
    minute > 59 ||
    second > 59
  )
    throw new RuleProblem(`Invalid date "${text}" specified. Should be YYYY[-MM[-DD[Thh[:mm[:ss]]]]]`);
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}

/** `hh:mm[:ss]` as seconds since midnight. */
function daytime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const parts = /^(\d+):(\d+)(?::(\d+))?$/.exec(text);
  const [hour = 24, minute = 0, second = 0] = (parts ?? [])
    .slice(1)
    .map((part) => (part === undefined ? undefined : Number(part)));
  if (hour > 23 || minute > 59 || second > 59)
    throw new RuleProblem(
      `invalid time "${text}" specified, should be hh:mm[:ss] format and within the boundaries`,
    );
  return 3600 * hour + 60 * minute + second;
}

/** The numbers from 1 to `count` that are chosen, all but them when inverted; undefined when all are. */
function chosenDays(
  chosen: ReadonlySet<number>,
  inverted: boolean,
  count: number,
): readonly number[] | undefined {
  const days = Array.from({ length: count }, (_, index) => index + 1).filter(
    (day) => chosen.has(day) !== inverted,
  );
  return days.length === count ? undefined : days;
}

function monthDays(use: OptionUse | undefined): readonly number[] | undefined {
  if (use === undefined) return undefined;
  const days = use.value.split(",").map((word) => {
    const day = /^\d{1,2}$/.test(word) ? Number(word) : 32;
    if (day > 31) throw new RuleProblem(`${word} is not a valid day for --monthdays`, use.word);
    return day;
  });
  return chosenDays(new Set(days), use.inverted, 31);
}

function weekDays(use: OptionUse | undefined): readonly number[] | undefined {
  if (use === undefined) return undefined;
  const days = use.value.split(",").map((word) => {
    // The tool looks at three characters, and takes any number but 0; those beyond 7 are no day.
    const shown = word.slice(0, 3);
    const day = /^\d+$/.test(shown)
      ? Number(shown)
      : weekDayNames.findIndex((name) => name.slice(0, 2) === shown.slice(0, 2)) + 1;
    if (day < 1) throw new RuleProblem(`${shown} is not a valid day specifier`, use.word);
    return day;
  });
  return chosenDays(new Set(days), use.inverted, 7);
}

function clock(seconds: number): string {
  const pad = (value: number): string => `${value}`.padStart(2, "0");
  return `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
}

function dateText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19);
}

/** The day with the ending that iptables gives it: 1st, but also 11st. */
function ordinal(day: number): string {
  return `${day}${["th", "st", "nd", "rd"][day % 10] ?? "th"}`;
}

function weekDayText(days: readonly number[]): string {
  return days.map((day) => weekDayNames[day - 1]).join(",");
}

export const timeExtension: MatchExtension<TimeMatch> = {
  modules: ["time"],
  options: {
    "--datestart": {},
    "--datestop": {},
    "--timestart": {},
    "--timestop": {},
    "--contiguous": { values: 0 },
    "--weekdays": { invertible: true },
    "--monthdays": { invertible: true },
    "--localtz": { values: 0, excludes: ["--utc"] },
    "--utc": { values: 0, excludes: ["--localtz", "--kerneltz"] },
    "--kerneltz": { values: 0, excludes: ["--utc"] },
  },
  decode(options) {
    const first = daytime(options.value("--timestart")) ?? 0;
    const last = daytime(options.value("--timestop")) ?? lastSecond;
    const start = date(options.value("--datestart"));
    const stop = date(options.value("--datestop"));
    const inMonth = monthDays(options.find("--monthdays"));
    const inWeek = weekDays(options.find("--weekdays"));
    if (options.has("--contiguous") && first < last)
      throw new RuleProblem("time: --contiguous only makes sense when stoptime is smaller than starttime");
    return {
      kind: "time",
      daytime: { first, last },
      ...(inMonth === undefined ? {} : { monthDays: inMonth }),
      ...(inWeek === undefined ? {} : { weekDays: inWeek }),
      ...(start === undefined || start === 0 ? {} : { start }),
      ...(stop === undefined || stop === lastDate ? {} : { stop }),
      kernelTimeZone: options.has("--kerneltz") || options.has("--localtz"),
      contiguous: options.has("--contiguous"),
    };
  },
  save(match) {
    const { first, last } = match.daytime;
    let text = " -m time";
    if (first !== 0 || last !== lastSecond) text += ` --timestart ${clock(first)} --timestop ${clock(last)}`;
    if (match.monthDays !== undefined) text += ` --monthdays ${match.monthDays.join(",")}`;
    if (match.weekDays !== undefined) text += ` --weekdays ${weekDayText(match.weekDays)}`;
    if (match.start !== undefined) text += ` --datestart ${dateText(match.start)}`;
    // Without an end the tool prints the last second that its 32-bit field holds.
    text += ` --datestop ${dateText(match.stop ?? lastDate)}`;
    if (match.kernelTimeZone) text += " --kerneltz";
    return match.contiguous ? `${text} --contiguous` : text;
  },
  list(match) {
    const { first, last } = match.daytime;
    let text = " TIME";
    if (first !== 0 || last !== lastSecond) text += ` from ${clock(first)} to ${clock(last)}`;
    if (match.weekDays !== undefined) text += ` on ${weekDayText(match.weekDays)}`;
    if (match.monthDays !== undefined) text += ` on ${match.monthDays.map(ordinal).join(",")}`;
    if (match.start !== undefined) text += ` starting from ${dateText(match.start).replace("T", " ")}`;
    if (match.stop !== undefined) text += ` until date ${dateText(match.stop).replace("T", " ")}`;
    if (!match.kernelTimeZone) text += " UTC";
    return match.contiguous ? `${text} contiguous` : text;
  },
};
