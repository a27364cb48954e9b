/** Exit status of every command. */
export const exitStatus = {
  /** Clean; warnings and infos too. */
  ok: 0,
  /** A difference, a failed expectation, a lint error. */
  findings: 1,
  /** Bad usage or bad input. */
  badInput: 2,
  /** A bug in k8snet. */
  bug: 3,
} as const;

/** Ends a command with a status after it has written all it had to say. */
export class CommandExit extends Error {
  override readonly name = "CommandExit";
  readonly status: number;
  constructor(status: number) {
    super(`exit ${status}`);
    this.status = status;
  }
}
