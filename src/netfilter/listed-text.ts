/**
 * Matches and targets that are kept as text because nothing here needs to know what they mean, and whose listing
 * still follows from the text: for each the patterns of its options and what `iptables -L` says instead.
 */
type Rewrites = readonly (readonly [RegExp, string])[];

const matchListings: Readonly<Record<string, Rewrites>> = {
  ah: [
    [/^--ahspi (\S+)$/, "ah spi:$1"],
    [/^! --ahspi (\S+)$/, "ah spi:!$1"],
  ],
  connbytes: [
    [
      /^--connbytes (\S+) --connbytes-mode (\S+) --connbytes-dir (\S+)$/,
      "connbytes $1 connbytes mode $2 connbytes direction $3",
    ],
  ],
  connlabel: [[/^(! )?--label "?([^"]*?)"?(?: --(set))?$/, "connlabel $1$2 $3"]],
  cpu: [[/^(! )?--cpu (\S+)$/, "cpu $1$2"]],
  esp: [
    [/^--espspi (\d+)$/, "esp spi:$1"],
    [/^--espspi (\d+:\d+)$/, "esp spis:$1"],
    [/^! --espspi (\d+:\d+)$/, "esp spis:!$1"],
  ],
  helper: [[/^--helper "?([^"]*?)"?$/, 'helper match "$1"']],
  realm: [[/^--realm (\S+)$/, "realm $1"]],
  set: [[/^(! )?--match-set (\S+ \S+)$/, "$1match-set $2"]],
  string: [
    [/^--(?:hex-)?string ("(?:[^"\\]|\\.)*") --algo (\S+)$/, "STRING match  $1 ALGO name $2"],
    [/^! --(?:hex-)?string ("(?:[^"\\]|\\.)*") --algo (\S+)$/, "STRING match ! $1 ALGO name $2"],
  ],
  tcpmss: [[/^--mss (\S+)$/, "tcpmss match $1"]],
  u32: [[/^(! )?--u32 (.*)$/, "$1u32 $2"]],
};

const targetListings: Readonly<Record<string, Rewrites>> = {
  AUDIT: [[/^--type (\S+)$/, "AUDIT $1"]],
  CHECKSUM: [[/^--checksum-fill$/, "CHECKSUM fill"]],
  CLASSIFY: [[/^--set-class 0*([0-9a-f]+):0*([0-9a-f]+)$/, "CLASSIFY set $1:$2"]],
  DSCP: [[/^--set-dscp (\S+)$/, "DSCP set $1"]],
  ECN: [[/^--ecn-tcp-remove$/, "ECN TCP remove"]],
  HL: [[/^--hl-set (\d+)$/, "HL set to $1"]],
  NFQUEUE: [
    [/^--queue-(num|balance) (\S+)(?: --queue-(bypass))?(?: --queue-(cpu-fanout))?$/, "NFQUEUE $1 $2 $3 $4"],
  ],
  TCPOPTSTRIP: [[/^--strip-options (\S+)$/, "TCPOPTSTRIP options $1"]],
  TEE: [[/^--gateway (\S+)$/, "TEE gw:$1"]],
  TOS: [[/^--set-tos (\S+)$/, "TOS set $1"]],
  TTL: [
    [/^--ttl-set (\d+)$/, "TTL set to $1"],
    [/^--ttl-inc (\d+)$/, "TTL increment by $1"],
    [/^--ttl-dec (\d+)$/, "TTL decrement by $1"],
  ],
};

function rewrite(rewrites: Rewrites | undefined, text: string): string | undefined {
  for (const [pattern, listing] of rewrites ?? [])
    if (pattern.test(text)) return ` ${text.replace(pattern, listing).trimEnd()}`;
  return undefined;
}

/** What a listing says of a match that is kept as text, with the blank before; undefined when that is not known. */
export function listedMatchText(module: string, text: string): string | undefined {
  return rewrite(matchListings[module], text);
}

/** The same of a target. */
export function listedTargetText(name: string, text: string): string | undefined {
  return rewrite(targetListings[name], text);
}
