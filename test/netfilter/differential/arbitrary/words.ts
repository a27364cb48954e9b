import fc from "fast-check";

/** A random text of a command line. */
export type Words = fc.Arbitrary<string>;

export const pick = (...texts: readonly string[]): Words => fc.constantFrom(...texts);
export const int = (min: number, max: number): Words => fc.integer({ min, max }).map(String);
/** `! ` one time in three. */
export const maybeNot: Words = pick("", "", "! ");
export const maybe = (words: Words): Words => fc.oneof(fc.constant(""), words);
export const join = (...parts: readonly (Words | string)[]): Words =>
  fc
    .tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part)))
    .map((texts) => texts.filter((text) => text !== "").join(" "));
export const glue = (...parts: readonly (Words | string)[]): Words =>
  fc
    .tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part)))
    .map((texts) => texts.join(""));
export const list = (word: Words, max = 4): Words =>
  fc.uniqueArray(word, { minLength: 1, maxLength: max }).map((words) => words.join(","));

export const number32: Words = fc.oneof(
  fc.nat(70000).map(String),
  fc.integer({ min: 0, max: 0xffffffff }).map((value) => `0x${value.toString(16)}`),
  pick("0", "1", "0x4000", "0x00004000", "4294967295", "010"),
);
export const port: Words = fc.oneof(
  int(0, 65535),
  pick("0", "80", "443", "53", "65535", "0x50", "http", "ssh"),
);
export const numericPort: Words = fc.oneof(int(1, 65535), pick("80", "443", "53"));
export const portRange: Words = fc
  .tuple(fc.nat(30000), fc.integer({ min: 30001, max: 65535 }))
  .map(([first, last]) => `${first}:${last}`);
export const ports: Words = fc.oneof(numericPort, port, portRange, pick(":1024", "1024:", "0:0"));

export const quoted = (text: string): string =>
  `"${text.replace(/["\\]/g, (character) => `\\${character}`)}"`;
export const oddText: Words = fc.oneof(
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
export const interfaceName: Words = pick(
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

export const families: Readonly<Record<4 | 6, Family>> = {
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
