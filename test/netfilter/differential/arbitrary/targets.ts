import fc from "fast-check";
import { generalMatches, protocolMatches } from "./matches.ts";
import {
  type Family,
  glue,
  int,
  interfaceName,
  join,
  list,
  maybe,
  maybeNot,
  number32,
  numericPort,
  pick,
  type Words,
} from "./words.ts";

/** The tables that rules are made for. */
export type ArbitraryTable = "filter" | "nat" | "mangle" | "raw";

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

/** A rule's text for each target, with matches that it may have, and the table where it may stand. */
export function targets(f: Family): readonly { table: ArbitraryTable; text: Words }[] {
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
  const any = (text: Words): { table: ArbitraryTable; text: Words } => ({
    table: "filter",
    text: chance(f, join(body(f), interfaces, text)),
  });
  const plain = (table: ArbitraryTable, text: Words) => ({ table, text: join(body(f), text) });
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
