import { rangeBetween, type SourceRange, type SourceText } from "../../diagnostics/source.ts";
import type { Match } from "../match.ts";
import type { AddressMatch, Counters, InterfaceMatch, ProtocolMatch, Rule } from "../ruleset.ts";
import type { Target } from "../target.ts";
import type { RuleParts } from "./rule-parts.ts";

/** A rule read from a text. Its place is an offset until somebody asks for line and column. */
export class ParsedRule implements Rule {
  readonly source: AddressMatch | undefined;
  readonly destination: AddressMatch | undefined;
  readonly inInterface: InterfaceMatch | undefined;
  readonly outInterface: InterfaceMatch | undefined;
  readonly protocol: ProtocolMatch | undefined;
  readonly fragment: { readonly inverted: boolean } | undefined;
  readonly matches: readonly Match[];
  readonly target: Target | undefined;
  readonly counters: Counters | undefined;
  readonly #text: SourceText;
  readonly #offset: number;

  constructor(
    parts: RuleParts,
    source: AddressMatch | undefined,
    destination: AddressMatch | undefined,
    text: SourceText,
    offset: number,
  ) {
    this.source = source;
    this.destination = destination;
    this.inInterface = parts.inInterface;
    this.outInterface = parts.outInterface;
    this.protocol = parts.protocol;
    this.fragment = parts.fragment;
    this.matches = parts.matches;
    this.target = parts.target;
    this.counters = parts.counters;
    this.#text = text;
    this.#offset = offset;
  }

  /** The rule's line, without the line end. */
  get range(): SourceRange {
    return lineRange(this.#text, this.#offset);
  }
}

/** From an offset to the end of its line. */
export function lineRange(source: SourceText, offset: number): SourceRange {
  const newline = source.text.indexOf("\n", offset);
  const end = newline === -1 ? source.text.length : newline;
  return rangeBetween(source, offset, source.text[end - 1] === "\r" ? end - 1 : end);
}
