import type { ListView } from "../list-view.ts";
import { listedTargetText } from "../listed-text.ts";
import type { Target, UnknownTarget } from "../target.ts";
import { connmarkTargetExtension } from "./connmark.ts";
import { ctExtension, traceExtension } from "./ct.ts";
import type { TargetExtension, TargetOf } from "./extension.ts";
import { logExtension, nflogExtension } from "./log.ts";
import { markTargetExtension } from "./mark.ts";
import { dnatExtension, masqueradeExtension, redirectExtension, snatExtension } from "./nat.ts";
import { netmapExtension } from "./netmap.ts";
import { rejectExtension } from "./reject.ts";
import { tcpmssExtension, tproxyExtension } from "./tproxy.ts";

/** Targets that need no extension: a chain, a verdict, and what is not understood. */
type Plain = "jump" | "verdict" | "unknown";

const byKind: { readonly [K in Exclude<Target["kind"], Plain>]: TargetExtension<TargetOf<K>> } = {
  reject: rejectExtension,
  dnat: dnatExtension,
  snat: snatExtension,
  redirect: redirectExtension,
  masquerade: masqueradeExtension,
  netmap: netmapExtension,
  mark: markTargetExtension,
  connmark: connmarkTargetExtension,
  log: logExtension,
  nflog: nflogExtension,
  trace: traceExtension,
  ct: ctExtension,
  tproxy: tproxyExtension,
  tcpmss: tcpmssExtension,
};

/** The half of an extension that reads. */
type TargetDecoder = Pick<TargetExtension, "names" | "options" | "decode">;

const decoders: readonly TargetDecoder[] = Object.values(byKind);

const byName: ReadonlyMap<string, TargetDecoder> = new Map(
  decoders.flatMap((extension) => extension.names.map((name) => [name, extension] as const)),
);

/** The extension behind `-j NAME`; undefined for a chain and for a target that is not understood. */
export function targetExtension(name: string): TargetDecoder | undefined {
  return byName.get(name);
}

/** The printers of an extension's target. The cast says what {@link byKind}'s type guarantees for each kind alone. */
function extensionOf(target: Exclude<Target, { kind: Plain }>): TargetExtension {
  return byKind[target.kind] as TargetExtension;
}

/** The word in the target column of a listing: the kernel's name, which knows no aliases. */
export function listedTargetName(target: Target): string {
  return target.kind === "ct" ? "CT" : targetName(target);
}

/** The word behind `-j` or `-g`. */
export function targetName(target: Target): string {
  switch (target.kind) {
    case "jump":
      return target.chain;
    case "verdict":
      return target.verdict;
    case "unknown":
      return target.name;
    case "ct":
      return target.asNotrack ? "NOTRACK" : "CT";
    default:
      return extensionOf(target).names[0]!;
  }
}

/** A target as `iptables-save` prints it, with the blank before. */
export function saveTarget(target: Target): string {
  switch (target.kind) {
    case "jump":
      return `${target.goto ? " -g " : " -j "}${target.chain}`;
    case "verdict":
      return ` -j ${target.verdict}`;
    case "unknown":
      return ` -j ${target.name}${target.text === "" ? "" : ` ${target.text}`}`;
    default:
      return ` -j ${targetName(target)}${extensionOf(target).save(target)}`;
  }
}

/** What `iptables -L` prints of a target behind the matches, with the blank before. */
export function listTarget(target: Target, view: ListView): string {
  switch (target.kind) {
    case "jump":
    case "verdict":
      return "";
    case "unknown":
      return listedTargetText(target.name, target.text) ?? (target.text === "" ? "" : ` ${target.text}`);
    default:
      return extensionOf(target).list(target, view);
  }
}

/** A target as its name and the text of its options, for who knows no more of its kind than that. */
export function targetAsText(target: Target): UnknownTarget {
  if (target.kind === "unknown") return target;
  const [name = "", ...options] = saveTarget(target).slice(" -j ".length).split(" ");
  return { kind: "unknown", name, text: options.join(" ") };
}
