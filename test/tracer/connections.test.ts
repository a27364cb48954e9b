import { formatFraction } from "../../src/printers/trace/share.ts";
import type { End } from "../../src/tracer/model.ts";
import { eventsOf, send } from "./one-node.ts";

/** Every packet to the node's port 80 goes to 10.0.0.8, half of them to port 1, the others to port 2. */
const balancing = (filter: readonly string[] = []): string =>
  `*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A PREROUTING -p tcp -m tcp --dport 80 -m statistic --mode random --probability 0.50000000000 -j DNAT --to-destination 10.0.0.8:1
-A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.8:2
-A POSTROUTING -j MASQUERADE
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
${filter.join("\n")}
COMMIT
`.replace("\n\nCOMMIT", "\nCOMMIT");

const lines = (ends: readonly End[]): string[] =>
  ends.map((end) => `${formatFraction(end.probability)} ${end.outcome} ${end.server ?? ""}`.trim());

describe("a packet of an established connection", () => {
  test("goes where the first one went: nat is not asked", () => {
    const ends = send(balancing(), { state: "established" });
    expect(lines(ends)).toEqual(["1/2 delivered 10.0.0.8:1", "1/2 delivered 10.0.0.8:2"]);
    expect(ends.map((end) => eventsOf(end, "nat"))).toEqual(["", ""]);
    expect(ends.map((end) => end.seenSource)).toEqual(["10.0.0.1", "10.0.0.1"]);
  });

  test.each([
    ["--ctstate ESTABLISHED --ctdir ORIGINAL -j DROP", "delivered", "dropped"],
    ["--ctstatus SEEN_REPLY --ctdir ORIGINAL -j DROP", "delivered", "dropped"],
    ["--ctstate DNAT --ctdir REPLY -j DROP", "reply-lost", "reply-lost"],
    ["--ctstate NEW -j DROP", "dropped", "dropped"],
  ])("-m conntrack %s: the first packet is %s, a later one %s", (rule, first, later) => {
    const rules = balancing([`-A FORWARD -m conntrack ${rule}`]);
    expect(send(rules).map((end) => end.outcome)).toEqual([first, first]);
    expect(send(rules, { state: "established" }).map((end) => end.outcome)).toEqual([later, later]);
  });

  test("there is none where the first one does not get through", () => {
    const rules = balancing(["-A FORWARD -m conntrack --ctstate NEW -j DROP"]);
    const [end] = send(rules, { state: "established" });
    expect(end?.reason).toBe("no connection comes about: DROP in chain FORWARD");
  });

  test("has the flags of one: no SYN", () => {
    const rules = balancing(["-A FORWARD -p tcp -m tcp --tcp-flags SYN,ACK ACK -j DROP"]);
    const ends = send(rules, { state: "established" });
    expect(ends.map((end) => [end.outcome, end.reason])).toEqual([
      ["dropped", "DROP in chain FORWARD"],
      ["dropped", "DROP in chain FORWARD"],
    ]);
  });
});

describe("a packet of a flow that conntrack knows", () => {
  test("goes to the endpoint that the entry names, whatever the rules say now", () => {
    const entry = { kind: "mapped", address: "10.0.0.77", port: 9 } as const;
    const ends = send(balancing(), { entry });
    expect(lines(ends)).toEqual(["1 unreachable"]);
    expect(ends[0]?.connections.map(({ reply }) => [reply.source, reply.destination])).toEqual([
      ["10.0.0.77", "10.0.0.1"],
    ]);
  });

  test("to one of today's endpoints: that one alone", () => {
    const entry = { kind: "mapped", address: "10.0.0.8", port: 2 } as const;
    expect(lines(send(balancing(), { entry }))).toEqual(["1 delivered 10.0.0.8:2"]);
  });

  test("is none of a new connection's packets to the filter", () => {
    const entry = { kind: "mapped", address: "10.0.0.8", port: 2 } as const;
    const rules = balancing([
      "-A FORWARD -m conntrack --ctstate NEW -j REJECT --reject-with icmp-port-unreachable",
    ]);
    expect(lines(send(rules, { entry }))).toEqual(["1 delivered 10.0.0.8:2"]);
  });

  test("without any rule left, nobody knows whether it was masqueraded", () => {
    const entry = { kind: "mapped", address: "10.0.0.8", port: 2 } as const;
    const ends = send(balancing().replace(/-A .*\n/g, ""), { entry });
    expect(ends.map((end) => [end.seenSource, end.assumptions.map((at) => at.holds)])).toEqual([
      ["10.0.0.1", [true]],
      ["10.0.0.9", [false]],
    ]);
  });

  test("that began before the rules: they are not asked, and it is still new", () => {
    const rules = balancing(["-A INPUT -m conntrack --ctstate NEW -j DROP"]);
    const ends = send(rules, { entry: { kind: "unmapped" } });
    expect(lines(ends)).toEqual(["1 dropped"]);
    expect(eventsOf(ends[0]!, "nat")).toBe("");
  });

  test("whose entry has been deleted: a new one", () => {
    const entry = { kind: "mapped", address: "10.0.0.77", port: 9, deleted: true } as const;
    expect(lines(send(balancing(), { entry }))).toEqual([
      "1/2 delivered 10.0.0.8:1",
      "1/2 delivered 10.0.0.8:2",
    ]);
  });
});
