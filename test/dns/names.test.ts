import fc from "fast-check";
import { parseName } from "../../src/dns/parse-name.ts";
import { candidateNames } from "../../src/dns/resolve-name.ts";
import { addressOfReverseName, reverseName } from "../../src/dns/reverse-name.ts";
import { canonicalIp } from "../../src/net/ip.ts";

test.each([
  ["", "empty"],
  ["svc", "empty"],
  ["default.svc", { kind: "svc", namespace: "default" }],
  ["web.shop.svc", { kind: "svc", namespace: "shop", service: "web" }],
  ["db-0.db.ops.svc", { kind: "svc", namespace: "ops", service: "db", endpoint: "db-0" }],
  ["_pg._tcp.db.ops.svc", { kind: "svc", namespace: "ops", service: "db", port: "pg", protocol: "tcp" }],
  ["10-0-0-1.ops.pod", { kind: "pod", namespace: "ops", service: "10-0-0-1" }],
  ["a.b.c.db.ops.svc", undefined],
  ["www.example", undefined],
])("%j asks for %j", (name, expected) => {
  expect(parseName(name)).toEqual(expected);
});

test("a reverse name leads back to its address", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6().map(canonicalIp)), (address) => {
      expect(addressOfReverseName(reverseName(address))).toBe(address);
    }),
  );
  expect(addressOfReverseName("96.10.in-addr.arpa")).toBeUndefined();
});

const conf = {
  nameservers: ["10.96.0.10"],
  searches: ["shop.svc.cluster.local", "svc.cluster.local", "cluster.local"],
  options: [{ name: "ndots", value: "5" }],
  assumedServer: false,
};

test("search domains come first below ndots, last from there on, not at all behind a final dot", () => {
  expect(candidateNames("web", conf)).toEqual([
    "web.shop.svc.cluster.local.",
    "web.svc.cluster.local.",
    "web.cluster.local.",
    "web.",
  ]);
  expect(candidateNames("a.b.c.d.e.f", conf)[0]).toBe("a.b.c.d.e.f.");
  expect(candidateNames("web.", conf)).toEqual(["web."]);
  expect(candidateNames("web.shop", { ...conf, options: [] })[0]).toBe("web.shop.");
});
