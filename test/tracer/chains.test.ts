import { eventsOf, send } from "./one-node.ts";

/** A filter table: the INPUT chain's rules first, then those of other chains. */
function filter(rules: readonly string[], policy = "ACCEPT"): string {
  const chains = new Set(rules.flatMap((rule) => / -[jg] ([A-Z]\d?)$/.exec(rule)?.[1] ?? []));
  const declared = [...chains].map((chain) => `:${chain} - [0:0]`);
  return [
    "*filter",
    `:INPUT ${policy} [0:0]`,
    ":FORWARD ACCEPT [0:0]",
    ":OUTPUT ACCEPT [0:0]",
    ...declared,
    ...rules,
    "COMMIT",
    "",
  ].join("\n");
}

describe("the way through chains, as TRACE prints it", () => {
  test.each([
    ["no rule: the policy", [], "INPUT policy 1"],
    [
      "a chain returns at its end",
      ["-A INPUT -j A", "-A A -s 1.1.1.1/32 -j DROP"],
      "INPUT rule 1, A return 2, INPUT policy 2",
    ],
    [
      "RETURN",
      ["-A INPUT -j A", "-A A -p tcp -j RETURN", "-A A -j DROP"],
      "INPUT rule 1, A rule 1, INPUT policy 2",
    ],
    [
      "RETURN of a built-in chain is its policy",
      ["-A INPUT -p tcp -j RETURN", "-A INPUT -j DROP"],
      "INPUT rule 1, INPUT policy 3",
    ],
    [
      "after a goto the packet returns to the caller's caller",
      [
        "-A INPUT -j A",
        "-A INPUT -p tcp -j ACCEPT",
        "-A A -g B",
        "-A A -j DROP",
        "-A B -s 1.1.1.1/32 -j DROP",
      ],
      "INPUT rule 1, A rule 1, B return 2, INPUT rule 2",
    ],
    [
      "a goto from a built-in chain ends in its policy",
      ["-A INPUT -g A", "-A INPUT -j DROP", "-A A -s 1.1.1.1/32"],
      "INPUT rule 1, A return 2, INPUT policy 3",
    ],
    [
      "a rule without a target is reported and passed",
      ["-A INPUT -p tcp", "-A INPUT -p tcp -j ACCEPT"],
      "INPUT rule 1, INPUT rule 2",
    ],
    [
      "a rule without any condition looks like the chain's end",
      ["-A INPUT -j A", "-A A -j ACCEPT"],
      "INPUT rule 1, A return 1",
    ],
    [
      "with a comment it does not",
      ["-A INPUT -j A", '-A A -m comment --comment "x" -j ACCEPT'],
      "INPUT rule 1, A rule 1",
    ],
  ])("%s", (_, rules, expected) => {
    const [end, ...others] = send(filter(rules));
    expect(others).toEqual([]);
    expect(eventsOf(end!, "filter")).toBe(expected);
  });
});

describe("matches", () => {
  const matching = [
    "-s 10.0.0.0/24",
    "! -s 10.0.0.8/32",
    "-d 10.0.0.1/32",
    "-i eth0",
    "-i eth+",
    "! -i lo",
    "-p tcp",
    "! -p udp",
    "-p tcp -m tcp --dport 80",
    "-p tcp -m tcp --dport 1:80",
    "-p tcp -m tcp ! --dport 81",
    "-p tcp -m tcp --sport 1024:65535",
    "-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN",
    "-m addrtype --dst-type LOCAL",
    "-m addrtype ! --src-type LOCAL",
    "-m addrtype --src-type UNICAST",
    "-m conntrack --ctstate NEW",
    "-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT",
    "-m conntrack --ctorigdst 10.0.0.1",
    "-m mark --mark 0x0",
    "-m mark ! --mark 0x4000/0x4000",
    "-p tcp -m multiport --dports 443,80",
    "-m iprange --src-range 10.0.0.2-10.0.0.20",
    "-m recent --set --name L --mask 255.255.255.255 --rsource",
    "-m nfacct --nfacct-name  n",
    "-m statistic --mode random --probability 1.0",
  ];
  test.each(matching)("%s matches", (conditions) => {
    const ends = send(filter([`-A INPUT ${conditions} -j DROP`]), { later: false });
    expect(ends.map((end) => [end.outcome, end.assumptions])).toEqual([["dropped", []]]);
  });

  const others = [
    "-s 10.0.0.8/32",
    "! -s 10.0.0.0/24",
    "-d 10.0.0.0/32",
    "-i lo",
    "-p udp",
    "-p tcp -m tcp --dport 81",
    "-p tcp -m tcp --sport 1:1023",
    "-m addrtype --src-type LOCAL",
    "-m addrtype ! --dst-type LOCAL",
    "-m conntrack --ctstate RELATED,ESTABLISHED",
    "-m conntrack --ctstate INVALID",
    "-m mark --mark 0x4000/0x4000",
    "-m recent --rcheck --seconds 600 --reap --name L --mask 255.255.255.255 --rsource",
    "-m statistic --mode random --probability 0.0",
  ];
  test.each(others)("%s does not match", (conditions) => {
    const [end] = send(filter([`-A INPUT ${conditions} -j DROP`]), { recordTried: true });
    expect(end?.outcome).toBe("delivered");
    const tried = end?.steps.find((step) => step.kind === "tried" && step.direction === "request");
    expect(tried).toMatchObject({ chain: "INPUT", number: 1, reason: expect.stringMatching(/./) as string });
  });

  test("a client's unknown port may be in a range or not", () => {
    const rules = filter(["-A INPUT -p tcp -m tcp --sport 40000:50000 -j DROP"]);
    expect(send(rules).map((end) => [end.outcome, end.assumptions[0]?.holds])).toEqual([
      ["dropped", true],
      ["delivered", false],
    ]);
    expect(send(rules, { sourcePort: 45000 }).map((end) => end.outcome)).toEqual(["dropped"]);
  });

  test("a match that is not understood goes both ways, and the same question has one answer", () => {
    const rules = filter([
      "-A INPUT -m set --match-set bad src -j A",
      "-A INPUT -m set --match-set bad src -j DROP",
      "-A A -p tcp",
    ]);
    expect(send(rules).map((end) => [end.outcome, end.assumptions.map((at) => at.holds)])).toEqual([
      ["dropped", [true]],
      ["delivered", [false]],
    ]);
  });
});

describe("targets", () => {
  test.each([
    ["REJECT", "-j REJECT --reject-with icmp-port-unreachable", "rejected"],
    ["DROP", "-j DROP", "dropped"],
    ["LOG goes on", "-j LOG", "delivered"],
  ])("%s", (_, target, outcome) => {
    expect(send(filter([`-A INPUT -p tcp ${target}`])).map((end) => end.outcome)).toEqual([outcome]);
  });

  test("a policy of DROP", () => {
    expect(send(filter([], "DROP")).map((end) => [end.outcome, end.reason])).toEqual([
      ["dropped", "policy DROP in chain INPUT"],
    ]);
  });

  test.each([
    ["0x4000/0x4000", 0x4000],
    ["0x1/0xffffffff", 0x1],
    ["0x3/0x0", 0x8 ^ 0x3],
    ["0xf0/0xff", 0xf0],
  ])("--set-xmark %s: (mark AND NOT mask) XOR value", (xmark, expected) => {
    const rules = `*mangle
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
-A PREROUTING -p tcp -j MARK --set-xmark 0x8/0xffffffff
-A PREROUTING -p tcp -j MARK --set-xmark ${xmark}
COMMIT
`;
    const [end] = send(rules);
    expect(end?.path.filter((event) => event.chain === "INPUT").map((event) => event.mark)).toEqual([
      xmark === "0x4000/0x4000" ? 0x4008 : expected,
    ]);
  });

  test("DNAT to several addresses: each as likely", () => {
    const rules = `*nat
:PREROUTING ACCEPT [0:0]
-A PREROUTING -p tcp -j DNAT --to-destination 10.0.0.8-10.0.0.9:8080
COMMIT
`;
    const ends = send(rules, { from: "client", to: "10.0.0.1" });
    expect(ends.map(({ probability }) => `${probability.numerator}/${probability.denominator}`)).toEqual([
      "1/2",
      "1/2",
    ]);
  });

  test("a loop or a missing chain is no ruleset the kernel would load", () => {
    expect(() => send(filter(["-A INPUT -j A", "-A A -j A"]))).toThrow("leads back to itself");
    expect(() => send("*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j GONE\nCOMMIT\n")).toThrow(/GONE/);
  });
});

describe("where nat is asked", () => {
  const nat = `*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
COMMIT
`;
  test.each([
    ["a packet that comes in", {}, "PREROUTING policy 1, INPUT policy 1"],
    [
      "one over the loopback: only on its way out",
      { from: "node" as const },
      "OUTPUT policy 1, POSTROUTING policy 1",
    ],
    ["one of an established connection: never", { state: "established" as const }, ""],
    ["an invalid one: never", { state: "invalid" as const }, ""],
  ])("%s", (_, options, expected) => {
    expect(eventsOf(send(nat, options)[0]!, "nat")).toBe(expected);
  });
});
