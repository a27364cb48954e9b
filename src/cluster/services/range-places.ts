import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { stableHash } from "../stable-hash.ts";
import type { ServiceDraft } from "./build-service.ts";

/**
 * How the API server gives out a range: the low part is kept for stated values, what is allocated begins behind
 * it and comes round to it last (KEP-3070 for ClusterIPs, KEP-3668 for node ports).
 */
export class RangePlaces {
  readonly size: number;
  readonly #band: number;

  /** @param step the band is one `step`th of the range, from 16 to `most` */
  constructor(size: number, step: number, most: number) {
    this.size = size;
    this.#band = size < 16 ? 0 : Math.min(Math.max(Math.floor(size / step), 16), most, size - 1);
  }

  /** The place a key's hash names, never in the band. */
  home(key: string): number {
    return this.size === 0 ? 0 : stableHash(key) % (this.size - this.#band);
  }

  /** The place of the range's value number `offset`. */
  place(offset: number): number {
    return (offset - this.#band + this.size) % this.size;
  }

  offset(place: number): number {
    return (place + this.#band) % this.size;
  }
}

/** The API server's answer when a range has nothing left. */
export function rangeFull(service: ServiceDraft, reason: string): Diagnostic {
  const range = service.source?.range(["metadata", "name"]);
  return {
    code: "range-full",
    severity: "error",
    message: `Service "${service.name}" cannot be created: ${reason}`,
    hint: "State a larger range, or fewer Services.",
    ...(range === undefined ? {} : { range }),
  };
}
