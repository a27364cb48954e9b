/**
 * Colours by meaning. Printers ask for these and never for a colour by name, so that a pipe gets the same text
 * without escapes, and the command line alone decides what each meaning looks like.
 */
export interface Colors {
  readonly error: Paint;
  readonly warning: Paint;
  readonly note: Paint;
  readonly success: Paint;
  /** A Service's name or address. */
  readonly service: Paint;
  /** An endpoint's address. */
  readonly endpoint: Paint;
  /** A mark or masquerading. */
  readonly mark: Paint;
  /** A verdict: ACCEPT, DROP, REJECT. */
  readonly verdict: Paint;
  /** What is mechanical. */
  readonly dim: Paint;
  readonly strong: Paint;
}

export type Paint = (text: string) => string;

const plain: Paint = (text) => text;

/** No colours: for pipes and files. */
export const noColors: Colors = {
  error: plain,
  warning: plain,
  note: plain,
  success: plain,
  service: plain,
  endpoint: plain,
  mark: plain,
  verdict: plain,
  dim: plain,
  strong: plain,
};
