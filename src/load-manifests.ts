import type { SourceText } from "./diagnostics/source.ts";
import {
  type ParseManifestsOptions,
  type ParseManifestsResult,
  parseManifestsInSteps,
} from "./manifests/parse-manifests.ts";

/** What of an `AbortSignal` is asked; so the types need neither a browser's nor node's. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason: unknown;
}

/** How long work goes on before everything else gets a turn, in milliseconds: a frame of a screen. */
const turn = 16;

/**
 * The items of long work, with a rest every 16 ms in which timers, input and the signal get their turn.
 * @throws the signal's reason when it is aborted
 */
export async function* abortable<T, R>(work: Iterable<T, R>, signal?: AbortSignalLike): AsyncGenerator<T, R> {
  const items = work[Symbol.iterator]();
  let since = performance.now();
  for (let item = items.next(); ; item = items.next()) {
    if (item.done === true) return item.value;
    if (performance.now() - since >= turn) {
      await new Promise<void>((resolve) => setTimeout(resolve, 0));
      since = performance.now();
    }
    if (signal?.aborted === true) {
      items.return?.();
      throw signal.reason;
    }
    yield item.value;
  }
}

export interface LoadManifestsOptions extends Partial<ParseManifestsOptions> {
  readonly signal?: AbortSignalLike;
}

/**
 * {@link parseManifests} for input of any size: it blocks nobody for longer than a document takes, and can be
 * aborted.
 * @throws the signal's reason when it is aborted
 */
export async function loadManifests(
  sources: readonly SourceText[],
  { validate = "strict", signal }: LoadManifestsOptions = {},
): Promise<ParseManifestsResult> {
  const steps = abortable(parseManifestsInSteps(sources, { validate }), signal);
  let step = await steps.next();
  while (step.done !== true) step = await steps.next();
  return step.value;
}
