import { promises as fs } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { usageError } from "../../diagnostics/diagnostic.ts";
import { inputOptionsOf } from "../input/input-options.ts";
import { tell } from "../input/load-input.ts";
import { findConfig } from "../settings/find-config.ts";
import { givenOptionsOf } from "../settings/given-options.ts";
import { loadSettings } from "../settings/load-settings.ts";
import type { CommandIo } from "../terminal/io.ts";
import type { GitCheckout } from "./git-checkout.ts";
import type { GitSpec } from "./git-spec.ts";

/** A revision, ready to be read like a folder. */
export interface RevisionFiles {
  /** What to read; nothing where the revision has none of it yet. */
  readonly filenames: readonly string[];
  /** Reads in the revision. */
  readonly io: CommandIo;
  nameOf(name: string): string;
}

const isGlob = (path: string): boolean => /[*?[{]/.test(path);

/**
 * The files of a revision, as they are in a checkout of it. A k8snet.yaml, and what that and flags name, is the
 * revision's own; where it has none, today's.
 * @param beside what of it is read where the spec does not say it; undefined: what `-f` and k8snet.yaml name
 * @throws InputError when the revision, or what of it is asked for, is not there
 */
export async function revisionFiles(
  checkout: GitCheckout,
  spec: GitSpec,
  beside: string | undefined,
  command: Command,
  outerIo: CommandIo,
): Promise<RevisionFiles> {
  const io = { ...outerIo, cwd: checkout.cwd };
  await provideConfig(checkout, command, outerIo);
  const filenames = await present(
    await wanted(checkout, spec, beside, command, io),
    checkout,
    spec,
    outerIo,
    command,
  );
  const { options } = await loadSettings(command, io, {}, false, filenames);
  const dumps = options.dump.map((word) => word.slice(word.indexOf("=") + 1));
  for (const path of [options.kubeProxyConfig, options.baseRules, ...dumps])
    if (path !== undefined) await checkout.provide(path);
  return { filenames, io, nameOf: (name) => checkout.nameOf(name) };
}

async function provideConfig(
  checkout: GitCheckout,
  command: Command,
  { cwd, env }: CommandIo,
): Promise<void> {
  const named = inputOptionsOf(command).config ?? (env["K8SNET_CONFIG"] || undefined);
  const stated = givenOptionsOf(command).filename ?? [];
  const path = named ?? (await findConfig(undefined, stated, cwd))?.source.name;
  if (path !== undefined) await checkout.provide(path);
}

/** What is read of the revision, as paths in it. */
async function wanted(
  checkout: GitCheckout,
  { path }: GitSpec,
  beside: string | undefined,
  command: Command,
  io: CommandIo,
): Promise<readonly string[]> {
  // As git itself reads REV:PATH: from the repository's root, or from here with a leading `./`.
  if (path !== "") return [/^\.\.?(\/|$)/.test(path) ? checkout.pathOf(path) : checkout.pathFromRoot(path)];
  if (beside !== undefined) return [checkout.pathOf(beside)];
  const { filenames } = await loadSettings(command, io, {}, false);
  const paths = filenames.filter((name) => name !== "-").map((name) => checkout.pathOf(name));
  return paths.length > 0 ? paths : ["."];
}

/** What the revision has of it. What is new since then is not there yet: that is the difference, and no mistake. */
async function present(
  paths: readonly string[],
  checkout: GitCheckout,
  { revision, path }: GitSpec,
  io: CommandIo,
  command: Command,
): Promise<readonly string[]> {
  const found: string[] = [];
  const missing: string[] = [];
  for (const each of paths) {
    await checkout.provideFolder(each);
    (isGlob(each) || (await checkout.has(each)) ? found : missing).push(each);
  }
  const isHere = async (name: string): Promise<boolean> =>
    fs.stat(resolve(io.cwd, name)).then(
      () => true,
      () => false,
    );
  for (const each of missing) {
    if (path !== "" || !(await isHere(each))) {
      throw usageError(
        "nothing-in-revision",
        `${revision} has no ${path === "" ? each : path}`,
        "git:REV:PATH says where in the repository",
      );
    }
    const message = `${revision} has no ${each}: all that is there now counts as added`;
    await tell([{ code: "nothing-in-revision", severity: "warning", message }], inputOptionsOf(command), io);
  }
  return found;
}
