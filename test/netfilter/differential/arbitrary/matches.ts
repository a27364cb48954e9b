import fc from "fast-check";
import {
  type Family,
  glue,
  int,
  join,
  list,
  maybe,
  maybeNot,
  number32,
  numericPort,
  oddText,
  pick,
  portRange,
  ports,
  quoted,
  type Words,
} from "./words.ts";

const state = pick("NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED");
const clock: Words = fc.tuple(fc.nat(23), fc.nat(59), fc.nat(59)).map(([h, m, s]) => `${h}:${m}:${s}`);

/** Matches that any rule may have. */
export function generalMatches(f: Family): readonly Words[] {
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
export function protocolMatches(f: Family): readonly Words[] {
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
