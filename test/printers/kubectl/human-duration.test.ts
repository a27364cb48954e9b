import { age, humanDuration } from "../../../src/printers/kubectl/human-duration.ts";

const minute = 60;
const hour = 3600;
const day = 86_400;
const year = 365 * day;

// The table of k8s.io/apimachinery's own test of HumanDuration.
test.each([
  [-3, "<invalid>"],
  [-1, "0s"],
  [0, "0s"],
  [1, "1s"],
  [70, "70s"],
  [119, "119s"],
  [2 * minute - 1, "119s"],
  [2 * minute, "2m"],
  [2 * minute + 1, "2m1s"],
  [10 * minute - 1, "9m59s"],
  [10 * minute, "10m"],
  [10 * minute + 1, "10m"],
  [3 * hour - 1, "179m"],
  [3 * hour, "3h"],
  [3 * hour + 1, "3h"],
  [3 * hour + minute, "3h1m"],
  [8 * hour - 1, "7h59m"],
  [8 * hour, "8h"],
  [8 * hour + 59 * minute, "8h"],
  [2 * day - 1, "47h"],
  [2 * day, "2d"],
  [2 * day + 1, "2d"],
  [2 * day + hour, "2d1h"],
  [8 * day - 1, "7d23h"],
  [8 * day, "8d"],
  [8 * day + 23 * hour, "8d"],
  [2 * year - 1, "729d"],
  [2 * year, "2y"],
  [2 * year + day, "2y1d"],
  [8 * year - 1, "7y364d"],
  [8 * year, "8y"],
  [8 * year + 364 * day, "8y"],
])("%d seconds are %s", (seconds, expected) => {
  expect(humanDuration(seconds)).toBe(expected);
});

test.each([
  ["2026-11-21T10:00:00Z", "2026-11-21T10:00:06Z", "6s"],
  ["2026-11-21T10:00:00Z", undefined, "<unknown>"],
  [undefined, "2026-11-21T10:00:06Z", "<unknown>"],
  ["", "2026-11-21T10:00:06Z", "<unknown>"],
])("the age of %s at %s is %s", (timestamp, now, expected) => {
  expect(age(timestamp, now === undefined ? undefined : Date.parse(now))).toBe(expected);
});
