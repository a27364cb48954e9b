import type { AssumedEndpoint, Assumption, ObservedService } from "../cluster/options.ts";
import type { SourceRange } from "../diagnostics/source.ts";
import type { SettingName, SettingValues } from "./settings.ts";

/** An entry of `ignore:`: findings of lint that are not to be told. */
export interface IgnoreEntry {
  readonly code: string;
  /** `namespace/name` or `name`, `*` for any stretch; absent: every object. */
  readonly object?: string;
  readonly reason?: string;
}

/** What k8snet.yaml, or one of its environments, states. */
export interface ConfigLayer {
  readonly values: Partial<SettingValues>;
  /** Where each setting stands. */
  readonly ranges: Partial<Readonly<Record<SettingName, SourceRange>>>;
  readonly observed: Readonly<Record<string, ObservedService>>;
  readonly assume: Readonly<Record<string, Assumption>>;
  readonly ignore: readonly IgnoreEntry[];
}

/** A k8snet.yaml as read. */
export interface ConfigFile {
  /** As shown to the user. */
  readonly name: string;
  readonly base: ConfigLayer;
  readonly environments: Readonly<Record<string, ConfigLayer>>;
}

export const emptyLayer: ConfigLayer = { values: {}, ranges: {}, observed: {}, assume: {}, ignore: [] };

export type { AssumedEndpoint };
