import fc from "fast-check";

/**
 * Random rules as a person would write them for `iptables-restore`: every match and target that is modelled,
 * in all their forms, most of them right.
 */
export interface ArbitraryRule {
  readonly table: "filter" | "nat" | "mangle" | "raw";
  readonly chain: string;
  /** Everything behind `-A CHAIN`. */
  readonly text: string;
}

type Words = fc.Arbitrary<string>;

const pick = (...texts: readonly string[]): Words => fc.constantFrom(...texts);
const int = (min: number, max: number): Words => fc.integer({ min, max }).map(String);
/** `! ` one time in three. */
const maybeNot: Words = pick("", "", "! ");
const maybe = (words: Words): Words => fc.oneof(fc.constant(""), words);
const join = (...parts: readonly (Words | string)[]): Words =>
  fc
    .tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part)))
    .map((texts) => texts.filter((text) => text !== "").join(" "));
const glue = (...parts: readonly (Words | string)[]): Words =>
  fc
    .tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part)))
    .map((texts) => texts.join(""));
const list = (word: Words, max = 4): Words =>
  fc.uniqueArray(word, { minLength: 1, maxLength: max }).map((words) => words.join(","));

const number32: Words = fc.oneof(
  fc.nat(70000).map(String),
  fc.integer({ min: 0, max: 0xffffffff }).map((value) => `0x${value.toString(16)}`),
  pick("0", "1", "0x4000", "0x00004000", "4294967295", "010"),
);
const port: Words = fc.oneof(int(0, 65535), pick("0", "80", "443", "53", "65535", "0x50", "http", "ssh"));
const numericPort: Words = fc.oneof(int(1, 65535), pick("80", "443", "53"));
const portRange: Words = fc
  .tuple(fc.nat(30000), fc.integer({ min: 30001, max: 65535 }))
  .map(([first, last]) => `${first}:${last}`);
const ports: Words = fc.oneof(numericPort, port, portRange, pick(":1024", "1024:", "0:0"));

const quoted = (text: string): string => `"${text.replace(/["\\]/g, (character) => `\\${character}`)}"`;
const oddText: Words = fc.oneof(
  pick(
    "plain",
    "two words",
    "it's",
    'say "hi"',
    "back\\slash",
    "a/b:c",
    "Grüße, 世界 🎉",
    "x",
    "-dash",
    "!",
    "tab\there",
    "$HOME `id`",
    "a,b;c|d#e",
  ),
  fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 60 }),
  fc.integer({ min: 200, max: 300 }).map((length) => "y".repeat(length)),
  fc.integer({ min: 120, max: 135 }).map((length) => "é".repeat(length)),
);

const address4: Words = fc.oneof(
  fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((parts) => parts.join(".")),
  pick("10.96.0.10", "127.0.0.1", "0.0.0.0", "255.255.255.255", "169.254.1.1"),
);
const address6: Words = fc.oneof(
  fc
    .array(fc.nat(0xffff), { minLength: 8, maxLength: 8 })
    .map((parts) => parts.map((part) => part.toString(16)).join(":")),
  fc.tuple(fc.nat(0xffff), fc.nat(0xffff)).map(([a, b]) => `fd00:10:${a.toString(16)}::${b.toString(16)}`),
  pick(
    "::1",
    "::",
    "fe80::1",
    "2001:db8::",
    "::ffff:10.0.0.1",
    "1:0:0:2:0:0:0:3",
    "fd00:0010:0244:0001:0000:0000:0000:00ab",
  ),
);
const mask4: Words = fc.oneof(
  int(0, 32),
  pick("255.255.0.0", "255.0.255.0", "255.255.255.255", "0.0.0.0", "0.0.0.255"),
);
const mask6: Words = fc.oneof(int(0, 128), pick("ffff::", "ffff:ffff:ffff:ffff::", "ffff::ffff"));
const interfaceName: Words = pick(
  "eth0",
  "cbr0",
  "veth+",
  "lo",
  "a",
  "cni-podman0",
  "eth0.100",
  "wlp2s0f0u1i2abc",
);

export interface Family {
  readonly family: 4 | 6;
  readonly address: Words;
  readonly network: Words;
  readonly icmp: Words;
  readonly icmpProtocol: string;
}

const families: Readonly<Record<4 | 6, Family>> = {
  4: {
    family: 4,
    address: address4,
    network: fc.oneof(address4, glue(address4, "/", mask4)),
    icmp: join(
      "-m icmp",
      maybeNot,
      "--icmp-type",
      pick(
        "8",
        "3/4",
        "any",
        "echo-request",
        "3",
        "0",
        "11/1",
        "port-unreachable",
        "echo-rep",
        "200",
        "fragmentation-needed",
        "3/20",
      ),
    ),
    icmpProtocol: "icmp",
  },
  6: {
    family: 6,
    address: address6,
    network: fc.oneof(address6, glue(address6, "/", mask6)),
    icmp: join(
      "-m icmp6",
      maybeNot,
      "--icmpv6-type",
      pick(
        "128",
        "1/4",
        "echo-request",
        "packet-too-big",
        "133",
        "135",
        "neighbor-solicitation",
        "redirect",
        "3",
        "200/3",
      ),
    ),
    icmpProtocol: "ipv6-icmp",
  },
};

const state = pick("NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED");
const clock: Words = fc.tuple(fc.nat(23), fc.nat(59), fc.nat(59)).map(([h, m, s]) => `${h}:${m}:${s}`);

/** Matches that any rule may have. */
function generalMatches(f: Family): readonly Words[] {
  return [
    join("-m comment --comment", oddText.map(quoted)),
    join("-m conntrack", maybeNot, "--ctstate", list(fc.oneof(state, pick("SNAT", "DNAT", "new", "EST")))),
    join(
      "-m conntrack",
      maybeNot,
      "--ctorigsrc",
      f.network,
      maybe(join(maybeNot, "--ctproto", pick("tcp", "17", "6"))),
      maybe(join(maybeNot, "--ctorigdstport", fc.oneof(numericPort, portRange))),
      maybe(join("--ctdir", pick("ORIGINAL", "REPLY", "reply"))),
    ),
    join(
      "-m conntrack",
      maybeNot,
      "--ctreplsrc",
      f.address,
      maybeNot,
      "--ctstatus",
      list(pick("ASSURED", "CONFIRMED", "SEEN_REPLY", "EXPECTED")),
    ),
    join("-m conntrack", maybeNot, "--ctexpire", pick("10", "10:20", "0:5", ":7", "7:")),
    join("-m state", maybeNot, "--state", list(state)),
    join("-m mark", maybeNot, "--mark", fc.oneof(number32, glue(number32, "/", number32))),
    join("-m connmark", maybeNot, "--mark", fc.oneof(number32, glue(number32, "/", number32))),
    join(
      "-m addrtype",
      maybeNot,
      "--dst-type",
      list(pick("LOCAL", "UNICAST", "BROADCAST", "MULTICAST", "local", "ANYCAST")),
    ),
    join(
      "-m addrtype",
      maybeNot,
      "--src-type",
      pick("LOCAL", "UNSPEC", "BLACKHOLE"),
      maybe(join(maybeNot, "--dst-type", pick("LOCAL", "PROHIBIT"))),
    ),
    join(
      "-m statistic --mode random",
      maybeNot,
      "--probability",
      fc.oneof(
        pick("0.5", "0.3333333333", "0.00024414062", "1", "0", "0.33333", "1e-3", ".5"),
        fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value.toFixed(10)),
      ),
    ),
    fc
      .tuple(fc.integer({ min: 1, max: 50 }), fc.nat(49), maybeNot)
      .map(
        ([every, packet, not]) => `-m statistic --mode nth ${not}--every ${every} --packet ${packet % every}`,
      ),
    join(
      "-m recent",
      maybeNot,
      "--rcheck",
      maybe(join("--seconds", int(1, 100000))),
      maybe(join("--hitcount", int(0, 20))),
      maybe(fc.constant("--rttl")),
      maybe(join("--name", pick("A", "list-1", "KUBE-SEP-1"))),
      maybe(pick("--rsource", "--rdest")),
    ),
    join(
      "-m recent --update --seconds",
      int(1, 9999),
      "--reap",
      maybe(
        join(
          "--mask",
          f.family === 4 ? pick("255.255.255.0", "255.255.255.255") : pick("ffff::", "ffff:ffff::"),
        ),
      ),
    ),
    join("-m recent", maybeNot, pick("--set", "--remove"), maybe(join("--name", pick("A", "b_c")))),
    join(
      "-m limit --limit",
      glue(int(1, 3000), pick("/s", "/sec", "/m", "/minute", "/hour", "/h", "/day", "")),
      maybe(join("--limit-burst", int(1, 200))),
    ),
    join("-m limit --limit-burst", int(1, 100)),
    join(
      "-m hashlimit",
      pick("--hashlimit-upto", "--hashlimit-above", "--hashlimit"),
      glue(int(10, 5000), pick("/s", "/min", "/hour", "/day")),
      maybe(join("--hashlimit-burst", int(1, 9))),
      maybe(join("--hashlimit-mode", list(pick("srcip", "dstip")))),
      glue(
        "--hashlimit-name ",
        fc.nat(1e9).map((n) => `h${n}`),
      ),
      maybe(join("--hashlimit-htable-expire", int(1, 100000))),
      maybe(join("--hashlimit-srcmask", int(1, 32))),
      maybe(join("--hashlimit-htable-size", int(1, 1000))),
    ),
    join(
      "-m hashlimit --hashlimit-upto",
      glue(int(1, 9999), pick("kb/s", "mb/s", "b/s")),
      "--hashlimit-mode srcip",
      glue(
        "--hashlimit-name ",
        fc.nat(1e9).map((n) => `b${n}`),
      ),
    ),
    join(
      "-m iprange",
      maybeNot,
      "--src-range",
      fc.tuple(f.address, f.address).map((ends) => ends.join("-")),
      maybe(join(maybeNot, "--dst-range", f.address)),
    ),
    join("-m length", maybeNot, "--length", pick("64", "64:128", ":100", "100:", "0x40", "0:65535")),
    f.family === 4
      ? join("-m ttl", pick("--ttl-eq 64", "! --ttl-eq 64", "--ttl-lt 5", "--ttl-gt 200", "--ttl 3"))
      : join("-m hl", pick("--hl-eq 64", "! --hl-eq 64", "--hl-lt 5", "--hl-gt 200")),
    join(
      "-m tos",
      maybeNot,
      "--tos",
      pick("0x10", "0x10/0x3f", "16", "Minimize-Delay", "normal-service", "0/0xff", "0x2/0xf"),
    ),
    join(
      "-m dscp",
      maybeNot,
      pick(
        "--dscp 10",
        "--dscp 0x2e",
        "--dscp-class EF",
        "--dscp-class af31",
        "--dscp-class BE",
        "--dscp-class CS7",
      ),
    ),
    join(
      "-m pkttype",
      maybeNot,
      "--pkt-type",
      pick("unicast", "broadcast", "multicast", "bcast", "MULTICAST", "host"),
    ),
    join("-m quota", maybeNot, "--quota", fc.oneof(int(0, 1e9), pick("18446744073709551615", "0x10"))),
    join(
      "-m time",
      maybe(fc.tuple(clock, clock).map(([a, b]) => `--timestart ${a} --timestop ${b}`)),
      maybe(join(maybeNot, "--weekdays", pick("Mon,Tue", "1,3,5", "Sa,Su", "Sunday", "Mon"))),
      maybe(join(maybeNot, "--monthdays", pick("1,2,3,11,12,13,21,22,23,31", "5", "30"))),
      maybe(pick("--datestart 2024-01-02T03:04:05", "--datestart 2025", "--datestop 2030-12")),
      maybe(pick("--kerneltz", "--utc")),
    ),
    join(
      "-m connlimit",
      pick("--connlimit-above", "--connlimit-upto", "! --connlimit-above"),
      int(0, 100),
      maybe(join("--connlimit-mask", int(0, f.family === 4 ? 32 : 128))),
      maybe(pick("--connlimit-saddr", "--connlimit-daddr")),
    ),
    join(
      "-m physdev",
      maybe(join(maybeNot, "--physdev-in", pick("eth0", "veth+"))),
      maybeNot,
      "--physdev-is-in",
    ),
    join("-m cgroup", maybeNot, "--cgroup", number32),
    // Kept as text: in the form in which the tool prints them.
    pick(
      '-m u32 --u32 "0x6&0xff=0x1"',
      '-m string --string "abc def" --algo bm',
      '-m string ! --hex-string "|0a0b|" --algo kmp',
      "-m cpu ! --cpu 1",
      "-m connbytes --connbytes 0:1000 --connbytes-mode packets --connbytes-dir both",
      "-m helper --helper ftp",
    ),
  ];
}

/** Matches and the protocol they need. */
function protocolMatches(f: Family): readonly Words[] {
  return [
    join(
      pick("-p tcp", "-p 6", "-p TCP"),
      maybe(fc.constant("-m tcp")),
      maybeNot,
      pick("--dport", "--sport", "--destination-port"),
      ports,
    ),
    join(
      "-p tcp -m tcp",
      maybeNot,
      "--tcp-flags",
      list(pick("SYN", "ACK", "FIN", "RST", "URG", "PSH")),
      list(pick("SYN", "ACK", "ALL", "NONE"), 2),
    ),
    join(
      "-p tcp -m tcp",
      maybe(join(maybeNot, "--sport", ports)),
      pick("--syn", "! --syn", "--tcp-option 7", "! --tcp-option 8"),
    ),
    fc.constant("-m tcp -p tcp"),
    join(
      "-p udp -m udp",
      maybe(join(maybeNot, "--sport", ports)),
      maybe(join(maybeNot, "--dport", fc.oneof(numericPort, portRange))),
    ),
    join("-p sctp -m sctp", maybeNot, "--dport", fc.oneof(numericPort, portRange)),
    join(
      pick("-p tcp", "-p udp", "-p sctp", "-p udplite"),
      "-m multiport",
      maybeNot,
      pick("--dports", "--sports", "--ports"),
      list(fc.oneof(numericPort, portRange), 6),
    ),
    join("-p", f.icmpProtocol, f.icmp),
    join(
      maybeNot,
      "-p",
      pick(
        "tcp",
        "udp",
        "gre",
        "47",
        "esp",
        "ah",
        "132",
        "33",
        "igmp",
        "200",
        "ipv6-icmp",
        "icmp",
        "ospf",
        "sctp",
      ),
    ),
    pick("-p all", ""),
  ];
}

const fixed = (f: Family): Words =>
  join(
    maybe(join(maybeNot, pick("-s", "--source", "--src"), f.network)),
    maybe(join(maybeNot, pick("-d", "--dst"), f.network)),
    f.family === 4 ? pick("", "", "", "-f", "! -f") : "",
  );

const chance = (f: Family, body: Words): Words =>
  // Matches may stand before or behind the addresses.
  fc
    .tuple(fixed(f), body, fc.boolean())
    .map(([head, tail, first]) => (first ? `${head} ${tail}` : `${tail} ${head}`).trim());

function body(f: Family, extra: Words = fc.constant("")): Words {
  const general = fc.array(fc.oneof(...generalMatches(f)), { maxLength: 2 }).map((texts) => texts.join(" "));
  return chance(f, join(maybe(fc.oneof(...protocolMatches(f))), general, extra));
}

const interfaces: Words = join(
  maybe(join(maybeNot, "-i", interfaceName)),
  maybe(join(maybeNot, "-o", interfaceName)),
);
const mark = fc.oneof(number32, glue(number32, "/", number32));
const natAddress = (f: Family): Words =>
  fc.oneof(
    f.address,
    fc.tuple(f.address, f.address).map((ends) => ends.join("-")),
  );
const withPorts = (f: Family): Words =>
  f.family === 4
    ? fc.oneof(
        glue(natAddress(f), ":", numericPort),
        glue(f.address, ":", pick("80-90", "1000-1000")),
        pick(":8080"),
      )
    : fc.oneof(glue("[", natAddress(f), "]:", numericPort), glue("[", f.address, "]:80-90"));

function targets(f: Family): readonly { table: ArbitraryRule["table"]; text: Words }[] {
  const reject =
    f.family === 4
      ? pick(
          "",
          "icmp-net-unreachable",
          "icmp-host-prohibited",
          "admin-prohib",
          "icmp-port-unreachable",
          "proto-unreach",
        )
      : pick("", "icmp6-no-route", "adm-prohibited", "icmp6-addr-unreachable", "reject-route", "policy-fail");
  const any = (text: Words): { table: ArbitraryRule["table"]; text: Words } => ({
    table: "filter",
    text: chance(f, join(body(f), interfaces, text)),
  });
  const plain = (table: ArbitraryRule["table"], text: Words) => ({ table, text: join(body(f), text) });
  return [
    any(pick("-j ACCEPT", "-j RETURN", "-j DROP", "-j OTHER", "-g OTHER", "")),
    any(pick("-j ACCEPT", "-j DROP", "-j OTHER")),
    plain(
      "mangle",
      pick(
        "-j NFQUEUE --queue-num 3 --queue-bypass",
        "-j DSCP --set-dscp 0x2e",
        "-j TOS --set-tos 0x1f/0xff",
        "-j TEE --gateway GATEWAY",
        "-j CLASSIFY --set-class 1:10",
      ).map((text) => text.replace("GATEWAY", f.family === 4 ? "10.0.0.9" : "fd00::9")),
    ),
    plain(
      "filter",
      reject.map((type) => (type === "" ? "-j REJECT" : `-j REJECT --reject-with ${type}`)),
    ),
    plain(
      "filter",
      join(
        "-j LOG",
        maybe(
          join("--log-prefix", fc.oneof(pick("a", '"two words: "', '"it\'s"'), fc.constant("x".repeat(29)))),
        ),
        maybe(join("--log-level", pick("info", "4", "debug", "7", "error"))),
        maybe(pick("--log-uid", "--log-ip-options --log-tcp-options", "--log-tcp-sequence --log-macdecode")),
      ),
    ),
    plain(
      "filter",
      join(
        "-j NFLOG",
        maybe(join("--nflog-group", int(0, 65535))),
        maybe(join("--nflog-prefix", pick("abc", '"a b"'))),
        maybe(join("--nflog-size", int(0, 1000))),
        maybe(join("--nflog-threshold", int(0, 100))),
      ),
    ),
    plain("mangle", join("-j MARK", pick("--set-mark", "--set-xmark"), mark)),
    plain("mangle", join("-j MARK", pick("--and-mark", "--or-mark", "--xor-mark"), number32)),
    plain(
      "mangle",
      join(
        "-j CONNMARK",
        fc.oneof(
          join(pick("--set-mark", "--set-xmark"), mark),
          join(
            pick("--save-mark", "--restore-mark"),
            maybe(fc.oneof(join("--mask", number32), join("--nfmask", number32, "--ctmask", number32))),
          ),
        ),
      ),
    ),
    {
      table: "mangle",
      text: join(
        "-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS",
        fc.oneof(join("--set-mss", int(0, 1500)), fc.constant("--clamp-mss-to-pmtu")),
      ),
    },
    {
      table: "mangle",
      text: join(
        pick("-p tcp", "-p udp -m udp --dport 53"),
        "-j TPROXY --on-port",
        int(0, 65535),
        maybe(join("--on-ip", f.address)),
        maybe(join("--tproxy-mark", mark)),
      ),
    },
    {
      table: "nat",
      text: join(
        "-p tcp",
        maybe(fc.constant("-m tcp")),
        "-j DNAT --to-destination",
        withPorts(f),
        maybe(fc.constant("--random")),
        maybe(fc.constant("--persistent")),
      ),
    },
    { table: "nat", text: join(body(f), "-j DNAT --to-destination", natAddress(f)) },
    {
      table: "nat",
      text: join(
        "-p udp -j SNAT --to-source",
        withPorts(f),
        maybe(pick("--random", "--random-fully", "--persistent")),
      ),
    },
    { table: "nat", text: join(body(f), "-j SNAT --to-source", natAddress(f)) },
    {
      table: "nat",
      text: join(
        "-p tcp -j MASQUERADE",
        maybe(join("--to-ports", pick("1024", "1024-2048"))),
        maybe(pick("--random", "--random-fully")),
      ),
    },
    {
      table: "nat",
      text: join(
        "-p tcp -j REDIRECT",
        maybe(join("--to-ports", pick("8080", "8080-8090"))),
        maybe(fc.constant("--random")),
      ),
    },
    { table: "nat", text: join("-j NETMAP --to", f.network) },
    plain(
      "raw",
      join(
        "-j CT",
        fc.oneof(
          fc.constant("--notrack"),
          join(pick("--zone", "--zone-orig", "--zone-reply"), pick("1", "5", "mark")),
          join("--ctevents", list(pick("new", "destroy", "mark", "assured", "reply"))),
        ),
      ),
    ),
    plain(
      "raw",
      pick(
        "-j NOTRACK",
        "-j TRACE",
        "-m rpfilter --loose -j DROP",
        "-m rpfilter --invert --validmark -j DROP",
        "-m socket --transparent --nowildcard",
      ),
    ),
    plain(
      "filter",
      pick(
        "-m owner --uid-owner 1000-2000",
        "-m owner ! --gid-owner 0",
        "-m owner --socket-exists",
        "-m owner --uid-owner root --gid-owner 54321 --suppl-groups",
        "-m mac --mac-source 00:0a:BB:cc:0d:e",
        "-m policy --dir in --pol ipsec --strict --reqid 5 --proto esp --mode transport --next --spi 0x10",
        "-m policy --dir out --pol none",
      ),
    ),
    {
      table: "filter",
      text: join(
        join(
          "-m policy --dir in --pol ipsec",
          maybeNot,
          "--mode tunnel",
          maybeNot,
          "--tunnel-src",
          f.network,
          maybeNot,
          "--tunnel-dst",
          f.address,
        ),
        "-j ACCEPT",
      ),
    },
    { table: "filter", text: join("-p tcp -j REJECT --reject-with tcp-reset") },
  ];
}

/** A rule in a chain that no hook leads to, so that only its own text decides. */
export function arbitraryRule(family: 4 | 6): fc.Arbitrary<ArbitraryRule> {
  return fc
    .oneof(
      ...targets(families[family]).map(({ table, text }) =>
        text.map((rule) => ({ table, chain: "CHAIN", text: rule })),
      ),
    )
    .map((rule) => ({ ...rule, text: rule.text.replace(/^ +| +$/g, "") }));
}

/** A rule with something changed that may make it wrong. */
export function mutatedRule(family: 4 | 6): fc.Arbitrary<ArbitraryRule> {
  const odd = pick(
    "!",
    "-m",
    "-j",
    "--dport",
    "-1",
    "99999",
    "0x",
    "nonsense",
    "256.1.1.1",
    "tcp",
    "--ctstate",
    "/33",
    "-p",
    '"',
    "4294967296",
    "-s",
    "10.0.0.0/33",
    "--random",
    "-x",
    "KUBE-A",
    "ACCEPT",
  );
  return fc
    .tuple(
      arbitraryRule(family),
      fc.nat(),
      fc.constantFrom("drop", "double", "swap", "insert", "replace"),
      odd,
    )
    .map(([rule, position, how, word]) => {
      const words = rule.text.split(" ");
      const at = position % Math.max(1, words.length);
      if (how === "drop") words.splice(at, 1);
      else if (how === "double") words.splice(at, 0, words[at]!);
      else if (how === "swap") words.splice(at, 2, words[at + 1] ?? "", words[at]!);
      else if (how === "insert") words.splice(at, 0, word);
      else words[at] = word;
      return { ...rule, text: words.join(" ") };
    });
}

/** A restore input with one rule. */
export function restoreInput(rule: ArbitraryRule): string {
  return `*${rule.table}\n:CHAIN - [0:0]\n:OTHER - [0:0]\n-A ${rule.chain} ${rule.text}\nCOMMIT\n`;
}
