/**
 * Why a rule's text can't be what iptables takes. Thrown by the readers of single values and caught once per
 * line, where it becomes a Diagnostic or, in a dump, text that is kept as it stood.
 */
export class RuleProblem extends Error {
  override readonly name = "RuleProblem";
  /** Index of the word that is wrong, where it is known. */
  readonly word: number | undefined;
  constructor(message: string, word?: number) {
    super(message);
    this.word = word;
  }
}
