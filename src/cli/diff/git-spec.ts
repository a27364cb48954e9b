/** A revision and, where it is said, what of it to read. */
export interface GitSpec {
  readonly revision: string;
  /** From the repository's root, or from the current folder with a leading `./`; empty where nothing says it. */
  readonly path: string;
}

/** `git:REV[:PATH]` in its parts; undefined for any other text. */
export function parseGitSpec(text: string): GitSpec | undefined {
  const match = /^git:([^:]+)(?::(.*))?$/.exec(text);
  return match === null ? undefined : { revision: match[1]!, path: match[2] ?? "" };
}
