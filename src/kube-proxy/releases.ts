/** Which releases of kube-proxy there are, and which of them stands for what a user asks for. */

/** Releases with traits of their own, oldest first; the patch release is the recorded one. */
export const knownReleases: readonly { readonly release: string; readonly recorded?: string }[] = [
  { release: "1.11" },
  { release: "1.15", recorded: "1.15.12" },
  { release: "1.16", recorded: "1.16.15" },
  { release: "1.17", recorded: "1.17.17" },
  { release: "1.18", recorded: "1.18.17" },
  { release: "1.19", recorded: "1.19.16" },
  { release: "1.20", recorded: "1.20.15" },
  { release: "1.21", recorded: "1.21.14" },
  { release: "1.22", recorded: "1.22.17" },
  { release: "1.23", recorded: "1.23.17" },
  { release: "1.24", recorded: "1.24.17" },
  { release: "1.25", recorded: "1.25.9" },
  { release: "1.26", recorded: "1.26.13" },
  { release: "1.28", recorded: "1.28.15" },
  { release: "1.29", recorded: "1.29.15" },
  { release: "1.30", recorded: "1.30.4" },
  { release: "1.31", recorded: "1.31.4" },
  { release: "1.33", recorded: "1.33.13" },
  { release: "1.34", recorded: "1.34.4" },
  { release: "1.35", recorded: "1.35.4" },
  { release: "1.36", recorded: "1.36.3" },
  { release: "1.37", recorded: "1.37.0" },
];

/** Releases that could not be recorded, and whose rules are printed in their place. */
export const nearestRelease: Readonly<Record<string, string>> = { "1.27": "1.28", "1.32": "1.31" };

/** The newest release there are recordings of. */
export const newestRelease = knownReleases[knownReleases.length - 1]!.release;

/** `28` of `1.28`. */
export function minorOf(release: string): number {
  return Number(release.slice(release.indexOf(".") + 1));
}

/** What a release asked for stands for. */
export type ReleaseAnswer =
  | { readonly kind: "known"; readonly release: string }
  /** Rules of another release are printed; `note` says so. */
  | { readonly kind: "nearest"; readonly release: string; readonly note: string }
  | { readonly kind: "refused"; readonly message: string; readonly hint: string };

/**
 * The release whose rules to print for what the user wrote: `1.31`, `v1.31.4`, `1.31.4-gke.100`.
 */
export function resolveRelease(written: string): ReleaseAnswer {
  const match = /^v?(\d+)\.(\d{1,3})(?:[.+-].*)?$/.exec(written.trim());
  const hint = `releases: ${knownReleases.map((known) => known.release).join(", ")}`;
  if (match === null)
    return { kind: "refused", message: `"${written}" is no release of kube-proxy such as 1.37`, hint };
  const release = `${match[1]}.${Number(match[2])}`;
  if (knownReleases.some((known) => known.release === release)) return { kind: "known", release };
  const nearest = nearestRelease[release];
  if (nearest !== undefined) {
    const note = `kube-proxy ${release} could not be recorded: these are the rules of ${nearest}`;
    return { kind: "nearest", release: nearest, note };
  }
  if (match[1] === "1" && minorOf(release) > minorOf(newestRelease)) {
    const note = `kube-proxy ${release} is newer than the newest known release: these are the rules of ${newestRelease}`;
    return { kind: "nearest", release: newestRelease, note };
  }
  return { kind: "refused", message: `the rules of kube-proxy ${release} are not known`, hint };
}
