import fc from "fast-check";
import {
  canonicalIp,
  cidrAddress,
  cidrContains,
  formatCidr,
  hostPort,
  ipFromBigInt,
  ipToBigInt,
  isIpv4,
  maskCidr,
  parseCidr,
} from "../../src/net/ip.ts";

test.each([
  ["10.96.0.1", true],
  ["10.96.001.5", false],
  ["10.96.300.1", false],
  ["10.96.0", false],
  ["::1", false],
])("isIpv4(%s) is %s", (text, expected) => {
  expect(isIpv4(text)).toBe(expected);
});

test.each([
  ["FD00:0:0:0:0:0:0:1", "fd00::1"],
  ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  ["10.0.0.1", "10.0.0.1"],
  ["::1.2.3.4", "::102:304"],
  ["64:ff9b::192.0.2.1", "64:ff9b::c000:201"],
])("canonicalIp(%s) is %s", (text, expected) => {
  expect(canonicalIp(text)).toBe(expected);
});

test("an address survives the way to a number and back", () => {
  fc.assert(
    fc.property(fc.ipV4(), (ip) => {
      expect(ipFromBigInt(ipToBigInt(ip), 4)).toBe(ip);
    }),
  );
  fc.assert(
    fc.property(fc.bigInt(0n, (1n << 128n) - 1n), (value) => {
      expect(ipToBigInt(ipFromBigInt(value, 6))).toBe(value);
    }),
  );
});

test("networks", () => {
  const cidr = parseCidr("10.244.7.3/16")!;
  expect(formatCidr(maskCidr(cidr))).toBe("10.244.0.0/16");
  expect(cidrContains(cidr, "10.244.255.255")).toBe(true);
  expect(cidrContains(cidr, "10.245.0.0")).toBe(false);
  expect(cidrContains(parseCidr("fd00:10::/32")!, "fd00:10::5")).toBe(true);
  expect(cidrContains(cidr, "fd00::1")).toBe(false);
  expect(cidrAddress(parseCidr("10.96.0.0/12")!, 10)).toBe("10.96.0.10");
  expect(parseCidr("10.0.0.1")).toBeUndefined();
  expect(parseCidr("10.0.0.0/33")).toBeUndefined();
  expect(hostPort("fd00::1", 80)).toBe("[fd00::1]:80");
});
