import { isHostName } from "../../src/net/host-name.ts";

test.each([
  ["lb.example.com", true],
  ["lb.example.com.", true],
  ["localhost", true],
  ["a-1.eu-central-1.elb.amazonaws.com", true],
  ["1password.com", true],
  ["203.0.113", false],
  ["203.0.113.300", false],
  ["1234", false],
  ["lb..example.com", false],
  ["-lb.example.com", false],
  ["lb_1.example.com", false],
  ["", false],
])("%j: %s", (text, expected) => {
  expect(isHostName(text)).toBe(expected);
});
