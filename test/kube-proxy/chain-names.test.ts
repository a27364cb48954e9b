import { createHash } from "node:crypto";
import fc from "fast-check";
import { endpointChain, servicePortChain } from "../../src/kube-proxy/chain-names.ts";
import { sha256 } from "../../src/kube-proxy/sha256.ts";

test("sha256 is SHA-256 of the text in UTF-8, whatever its length", () => {
  const text = fc.oneof(fc.string({ maxLength: 300, unit: "binary" }), fc.string({ maxLength: 300 }));
  fc.assert(
    fc.property(text, (value) => {
      expect(Buffer.from(sha256(value)).toString("hex")).toBe(
        createHash("sha256").update(value).digest("hex"),
      );
    }),
    { numRuns: 500 },
  );
});

test.each([55, 56, 63, 64, 119, 120, 5000])("sha256 of %i bytes, at the edges of blocks", (length) => {
  const text = "a".repeat(length);
  expect(Buffer.from(sha256(text)).toString("hex")).toBe(createHash("sha256").update(text).digest("hex"));
});

// Recorded: clusters/jobs-app, and the vote lab's listing for a port without a name in old releases.
test.each([
  ["jobs/backend-service:backend", "tcp", "KUBE-SVC-6R7RAWWNQI6ZLKMO"],
  ["default/kubernetes:https", "tcp", "KUBE-SVC-NPX46M4PTMTKRN6Y"],
  ["kube-system/kube-dns:dns-tcp", "tcp", "KUBE-SVC-ERIFXISQEP7F7OF4"],
  ["kube-system/kube-dns:metrics", "tcp", "KUBE-SVC-JD5MR3NA4I4DYORP"],
  ["kube-system/kube-dns:dns", "udp", "KUBE-SVC-TCOU7JCQXEZGVUNU"],
  ["instavote/vote:", "tcp", "KUBE-SVC-VIQHAVHDK4QE7NA4"],
])("%s %s is %s", (name, protocol, chain) => {
  expect(servicePortChain("SVC", name, protocol)).toBe(chain);
});

test("an endpoint's chain hashes its address and port too", () => {
  expect(endpointChain("jobs/backend-service:backend", "tcp", "10.244.1.2:3000")).toBe(
    "KUBE-SEP-O3HWD4DESFNXEYL6",
  );
});

test("the longest chain name is one that iptables takes", () => {
  const name = `${"n".repeat(63)}/${"s".repeat(63)}:${"p".repeat(63)}`;
  for (const kind of ["SVC", "SVL", "EXT", "XLB", "FW"] as const) {
    expect(servicePortChain(kind, name, "sctp").length).toBeLessThanOrEqual(28);
  }
});
