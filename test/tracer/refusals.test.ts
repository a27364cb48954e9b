import { eventsOf, send } from "./one-node.ts";

const rejecting = (how: string, output = "ACCEPT"): string => `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ${output} [0:0]
-A OUTPUT -m conntrack --ctstate RELATED -s 10.0.0.1/32 -d 10.0.0.9/32 -j ACCEPT
-A INPUT -p tcp -j REJECT --reject-with ${how}
-A INPUT -p udp -j REJECT --reject-with ${how}
COMMIT
`;

describe("what the client of a rejected packet sees", () => {
  test.each([
    ["tcp", "icmp-port-unreachable", "connection refused"],
    ["udp", "icmp-port-unreachable", "connection refused"],
    ["tcp", "tcp-reset", "connection refused"],
    ["tcp", "icmp-host-unreachable", "no route to host"],
    ["udp", "icmp-host-unreachable", undefined],
    ["tcp", "icmp-net-unreachable", "network is unreachable"],
    ["tcp", "icmp-proto-unreachable", "protocol not available"],
    ["udp", "icmp-admin-prohibited", "no route to host"],
  ])("%s %s: %s", (protocol, how, error) => {
    const rules = how === "tcp-reset" ? rejecting(how).replace(/-A INPUT -p udp.*\n/, "") : rejecting(how);
    const ends = send(rules, { protocol });
    expect(ends.map((end) => [end.outcome, end.clientSees])).toEqual([["rejected", error]]);
  });

  test("nothing, when the refusal does not come back", () => {
    const dropping = rejecting("icmp-port-unreachable", "DROP").replace(/-A OUTPUT.*\n/, "");
    const [end] = send(dropping);
    expect(end?.outcome).toBe("reply-lost");
    expect(end?.clientSees).toBeUndefined();
    expect(end?.reason).toBe(
      "REJECT in chain INPUT with icmp-port-unreachable, but the refusal is lost: policy DROP in chain OUTPUT",
    );
  });

  test("a refusal belongs to the packet's own connection and is no part of its path", () => {
    const [end] = send(rejecting("icmp-port-unreachable", "DROP"));
    expect(end?.outcome).toBe("rejected");
    expect(eventsOf(end!, "filter")).toBe("INPUT rule 1");
  });
});

const forwarding = (rule: string): string => `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A PREROUTING -p udp --dport 80 -j DNAT --to-destination 10.0.0.8:53
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -j MASQUERADE
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
${rule}
:OUTPUT ACCEPT [0:0]
COMMIT
`;

describe("what conntrack holds afterwards", () => {
  test("of a rewritten packet that passes: how it came, and how replies come", () => {
    const [end] = send(forwarding(""), { protocol: "udp", sourcePort: 4000 });
    expect(end?.outcome).toBe("delivered");
    expect(end?.connections).toEqual([
      {
        node: "node",
        original: {
          protocol: "udp",
          source: "10.0.0.9",
          sourcePort: 4000,
          destination: "10.0.0.1",
          destinationPort: 80,
        },
        reply: {
          protocol: "udp",
          source: "10.0.0.8",
          sourcePort: 53,
          destination: "10.0.0.1",
          destinationPort: 4000,
        },
      },
    ]);
  });

  test.each([
    ["rejected", "-A FORWARD -p udp -j REJECT --reject-with icmp-port-unreachable"],
    ["dropped", "-A FORWARD -p udp -j DROP"],
  ])("of a packet that is %s: nothing", (outcome, rule) => {
    const [end] = send(forwarding(rule), { protocol: "udp" });
    expect(end?.outcome).toBe(outcome);
    expect(end?.connections).toEqual([]);
  });
});
