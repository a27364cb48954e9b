import { truncateSubsets } from "../../../src/api-objects/endpoints/endpoint-capacity.ts";

const subset = (ready: number, notReady: number) => ({
  ready: Array.from({ length: ready }, (_, i) => i),
  notReady: Array.from({ length: notReady }, (_, i) => i),
});

test.each([
  ["all have room", [[600, 400]], undefined],
  ["ready ones first", [[900, 400]], [[900, 100]]],
  ["ready ones alone", [[1200, 400]], [[1000, 0]]],
  [
    "each subset its share",
    [
      [1500, 0],
      [500, 10],
    ],
    [
      [750, 0],
      [250, 0],
    ],
  ],
  [
    "shares rounded up, the last gets what is left",
    [
      [700, 0],
      [700, 0],
      [700, 0],
    ],
    [
      [334, 0],
      [334, 0],
      [332, 0],
    ],
  ],
  [
    "shares of those that are not ready",
    [
      [400, 600],
      [100, 300],
    ],
    [
      [400, 334],
      [100, 166],
    ],
  ],
])("%s", (_, given, expected) => {
  const shown = truncateSubsets<number, ReturnType<typeof subset>>(given.map(([a, b]) => subset(a!, b!)));
  expect(shown?.map(({ ready, notReady }) => [ready.length, notReady.length])).toEqual(expected);
});
