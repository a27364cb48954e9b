/**
 * Rulesets that no kube-proxy would write: jumps, gotos, returns, marks, negations, ranges. Chains jump only to later
 * ones, so there are no loops.
 */

/** Small, fast and the same everywhere (mulberry32). */
export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to `below` - 1. */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  pick<T>(things: readonly T[]): T {
    return things[this.below(things.length)]!;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
}

/** What the rules of one node may speak of. */
export interface RuleWorld {
  readonly addresses: readonly string[];
  readonly networks: readonly string[];
  readonly interfaces: readonly string[];
  readonly ports: readonly number[];
}

type TableName = "mangle" | "nat" | "filter";

const hooks: Readonly<Record<TableName, readonly string[]>> = {
  mangle: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
  nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
  filter: ["INPUT", "FORWARD", "OUTPUT"],
};

const userChains = ["ALPHA", "BETA", "GAMMA", "DELTA", "EPSILON"];

function negation(random: Random): string {
  return random.chance(30) ? "! " : "";
}

function addressPart(random: Random, world: RuleWorld, option: "-s" | "-d"): string {
  const what = random.chance(60) ? random.pick(world.networks) : `${random.pick(world.addresses)}/32`;
  return `${negation(random)}${option} ${what}`;
}

/** iptables takes `-i` where packets come in and `-o` where they go out; in user chains both. */
function interfacePart(random: Random, world: RuleWorld, chain: string): string | undefined {
  const comesIn = !["OUTPUT", "POSTROUTING"].includes(chain);
  const goesOut = !["PREROUTING", "INPUT"].includes(chain);
  const options = [...(comesIn ? ["-i"] : []), ...(goesOut ? ["-o"] : [])];
  if (options.length === 0) return undefined;
  return `${negation(random)}${random.pick(options)} ${random.pick([...world.interfaces, "eth+", "nothing0"])}`;
}

function protocolPart(random: Random, world: RuleWorld): string {
  const protocol = random.pick(["tcp", "tcp", "udp"]);
  if (random.chance(30)) return `${random.chance(20) ? "! " : ""}-p ${protocol}`;
  const port = random.pick(world.ports);
  const ports = random.chance(40)
    ? `${Math.max(1, port - random.below(3000))}:${port + random.below(3000)}`
    : port;
  return `-p ${protocol} -m ${protocol} ${negation(random)}--dport ${ports}`;
}

function matchPart(random: Random, world: RuleWorld): string {
  const mask = random.pick(["0xf", "0xff", "0x4000", "0xffffffff"]);
  switch (random.below(8)) {
    case 0:
      return `-m mark ${negation(random)}--mark 0x${random.below(16).toString(16)}/${mask}`;
    case 1: {
      const states = random.pick([
        "NEW",
        "RELATED,ESTABLISHED",
        "INVALID",
        "NEW,ESTABLISHED",
        "DNAT",
        "SNAT",
      ]);
      return `-m conntrack ${negation(random)}--ctstate ${states}`;
    }
    case 2:
      return `-m addrtype ${negation(random)}--${random.pick(["dst", "src"])}-type ${random.pick(["LOCAL", "UNICAST", "BROADCAST"])}`;
    case 3:
      return `-m comment --comment "rule ${random.below(1000)}"`;
    case 4:
      return `-m multiport ${random.chance(30) ? "! " : ""}--dports ${random.pick(world.ports)},${random.pick(world.ports)}`;
    case 5:
      return `-m iprange ${random.chance(30) ? "! " : ""}--dst-range 10.244.0.0-10.244.1.9`;
    case 6:
      return `-m conntrack --ctorigdst ${random.pick(world.addresses)}`;
    default:
      return `-m statistic --mode random --probability ${random.pick(["0.5", "0.33333333349", "0.1", "1.0"])}`;
  }
}

function conditions(random: Random, world: RuleWorld, chain: string): string[] {
  const parts: string[] = [];
  if (random.chance(35)) parts.push(addressPart(random, world, "-s"));
  if (random.chance(45)) parts.push(addressPart(random, world, "-d"));
  const device = random.chance(25) ? interfacePart(random, world, chain) : undefined;
  if (device !== undefined) parts.push(device);
  const protocol = random.chance(40) ? protocolPart(random, world) : undefined;
  if (protocol !== undefined) parts.push(protocol);
  if (random.chance(40)) {
    const match = matchPart(random, world);
    const needsPorts = match.includes("multiport");
    if (!needsPorts) parts.push(match);
    else if (protocol === undefined) parts.push(`-p tcp ${match}`);
  }
  return parts;
}

const refusals = [
  "icmp-port-unreachable",
  "icmp-host-unreachable",
  "icmp-net-unreachable",
  "icmp-proto-unreachable",
  "icmp-admin-prohibited",
  "tcp-reset",
];

function plainTarget(random: Random, table: TableName, later: readonly string[]): string {
  const roll = random.below(100);
  if (roll < 35 && later.length > 0) return `-${random.chance(25) ? "g" : "j"} ${random.pick(later)}`;
  if (roll < 60) {
    const mask = random.pick(["0xffffffff", "0xf", "0xf0", "0x0"]);
    return `-j MARK --set-xmark 0x${random.below(256).toString(16)}/${mask}`;
  }
  if (roll < 75) return "-j RETURN";
  if (roll < 83) return "-j ACCEPT";
  if (roll < 86 && table !== "nat") return "-j DROP";
  if (roll < 90 && table === "filter") return `-j REJECT --reject-with ${random.pick(refusals)}`;
  if (roll < 94 && table === "mangle") return "-j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff";
  return "";
}

/** Targets that only some hooks of the nat table take, so only built-in chains have them. */
function natTarget(random: Random, world: RuleWorld, chain: string): string | undefined {
  if (chain === "PREROUTING" || chain === "OUTPUT") {
    const port = random.pick(world.ports);
    return random.chance(85)
      ? `-j DNAT --to-destination ${random.pick(world.addresses)}:${port}`
      : `-j REDIRECT --to-ports ${port}`;
  }
  if (chain !== "POSTROUTING") return undefined;
  return random.chance(60)
    ? "-j MASQUERADE --random-fully"
    : `-j SNAT --to-source ${random.pick(world.addresses)}`;
}

function chainRules(
  random: Random,
  world: RuleWorld,
  table: TableName,
  chain: string,
  isUser: boolean,
): string[] {
  const later = isUser ? userChains.slice(userChains.indexOf(chain) + 1) : userChains;
  return Array.from({ length: random.below(6) }, () => {
    const parts = conditions(random, world, isUser ? "" : chain);
    const nat = table === "nat" && !isUser && random.chance(35) ? natTarget(random, world, chain) : undefined;
    const target = nat ?? plainTarget(random, table, later);
    const needsTcp = nat !== undefined || target.includes("tcp-reset");
    const protocol = parts.findIndex((part) => part.includes("-p "));
    if (needsTcp && protocol === -1) parts.push("-p tcp");
    else if (target.includes("tcp-reset")) parts[protocol] = "-p tcp";
    return ["-A", chain, ...parts, target].filter((part) => part !== "").join(" ");
  });
}

/** Restore input with random rules in mangle, nat and filter. */
export function randomRules(random: Random, world: RuleWorld): string {
  const lines: string[] = [];
  for (const table of ["mangle", "nat", "filter"] as const) {
    lines.push(`*${table}`, ...hooks[table].map((hook) => `:${hook} ACCEPT [0:0]`));
    lines.push(...userChains.map((chain) => `:${chain} - [0:0]`));
    for (const hook of hooks[table]) lines.push(...chainRules(random, world, table, hook, false));
    for (const chain of userChains) lines.push(...chainRules(random, world, table, chain, true));
    lines.push("COMMIT");
  }
  return `${lines.join("\n")}\n`;
}
