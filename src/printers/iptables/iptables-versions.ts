/** Which iptables printed: the release and the kernel interface it talks to. */
export interface IptablesRelease {
  readonly version: string;
  readonly backend: "nft" | "legacy";
}

/** What differs between releases of iptables in what they print. */
export interface IptablesTraits {
  /** `-n` shows protocols as numbers (`0 6 17`), not names (`all tcp udp`). */
  readonly numericProtocols: boolean;
  /** The opt column of IPv6 rules: `--`, or two blanks before 1.8.9. */
  readonly ipv6Options: string;
  /** `-n` says `icmpv6` where others say `ipv6-icmp`. */
  readonly shortIcmpv6: boolean;
  /** A name that fills the prot column touches the opt column (`%-5s` in place of `%-4s `). */
  readonly joinedProtocolColumn: boolean;
  /** A rule without target ends in a blank in `-S` and `iptables-save` with the nft backend. */
  readonly blankAfterTargetless: boolean;
  /** The message for a chain that is not there names the nft tool (nft backend only). */
  readonly missingChainNamesNft: boolean;
}

/** The traits of the newest release known. */
export const newestTraits: IptablesTraits = {
  numericProtocols: false,
  ipv6Options: "--",
  shortIcmpv6: false,
  joinedProtocolColumn: false,
  blankAfterTargetless: false,
  missingChainNamesNft: false,
};

/** Releases whose output was recorded from the real tool; what is between takes the nearest older. */
const measured: readonly { readonly version: string; readonly traits: IptablesTraits }[] = [
  {
    version: "1.8.7",
    traits: {
      ...newestTraits,
      ipv6Options: "  ",
      shortIcmpv6: true,
      joinedProtocolColumn: true,
      blankAfterTargetless: true,
      missingChainNamesNft: true,
    },
  },
  { version: "1.8.9", traits: { ...newestTraits, numericProtocols: true, missingChainNamesNft: true } },
  { version: "1.8.10", traits: { ...newestTraits, numericProtocols: true } },
  { version: "1.8.11", traits: newestTraits },
  { version: "1.8.13", traits: newestTraits },
];

/** The release that is printed when none is asked for. */
export const defaultRelease: IptablesRelease = { version: "1.8.11", backend: "nft" };

/** Releases whose listings are proven against recordings. */
export const provenReleases: readonly string[] = ["1.8.7", "1.8.9", "1.8.11"];

function order(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  return major * 1e6 + minor * 1e3 + patch;
}

/**
 * The traits of a release. A release that is not known takes those of the nearest one, and `note` says which;
 * `older` is what listings from before 1.8 look like.
 * @returns undefined when the text is no release
 */
export function traitsOf(
  release: IptablesRelease,
): { readonly traits: IptablesTraits; readonly note?: string } | undefined {
  const version = release.version === "older" ? "1.6.1" : release.version.replace(/^v/, "");
  if (!/^1\.\d+(\.\d+)?$/.test(version)) return undefined;
  const exact = measured.find((known) => known.version === version);
  if (exact !== undefined) return { traits: exact.traits };
  const wanted = order(version);
  const nearest = measured.reduce((best, known) => {
    const closer = Math.abs(order(known.version) - wanted) < Math.abs(order(best.version) - wanted);
    return closer ? known : best;
  });
  if (release.version === "older") return { traits: nearest.traits };
  return {
    traits: nearest.traits,
    note: `iptables ${version} was not recorded; printed as ${nearest.version} prints`,
  };
}
