import type { IpFamily } from "../../net/ip.ts";
import { RuleProblem } from "./problem.ts";

/** An option of a match or target, as iptables-extensions(8) describes it. */
export interface OptionSpec {
  /** How many words follow it; 1 when not said. */
  readonly values?: 0 | 1 | 2;
  /** Whether `!` may stand before it. */
  readonly invertible?: boolean;
  /** Whether it may be given more than once. */
  readonly repeatable?: boolean;
  /** The option that this is another name for. */
  readonly as?: string;
  /** Options that may not stand beside it. */
  readonly excludes?: readonly string[];
  /** Options that must stand beside it. */
  readonly needs?: readonly string[];
  /** Whether the match can't do without it. */
  readonly required?: boolean;
}

export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** One option as it was given. */
export interface OptionUse {
  readonly name: string;
  readonly value: string;
  /** The second word of options that take two. */
  readonly second: string;
  readonly inverted: boolean;
  /** Index of the option's word in its line. */
  readonly word: number;
}

/** What is known of a rule when a match or target is decoded. */
export interface RuleScope {
  readonly family: IpFamily;
  /** The protocol of `-p`, as iptables prints it. */
  readonly protocol: string | undefined;
  readonly protocolInverted: boolean;
  /** Whether the text is for iptables-restore, or what a kernel already has. */
  readonly strict: boolean;
  /** The kernel interface that restore input goes to; the nft one changes how some matches are said. */
  readonly backend?: "nft" | "legacy";
}

/** The options given to one match or target. */
export class OptionUses {
  readonly uses: OptionUse[] = [];

  find(name: string): OptionUse | undefined {
    for (const use of this.uses) if (use.name === name) return use;
    return undefined;
  }
  has(name: string): boolean {
    return this.find(name) !== undefined;
  }
  value(name: string): string | undefined {
    return this.find(name)?.value;
  }
  /** Whether `!` stood before the option. */
  inverted(name: string): boolean {
    return this.find(name)?.inverted ?? false;
  }
  /** @throws RuleProblem when the option was not given. */
  required(name: string): OptionUse {
    const use = this.find(name);
    if (use === undefined) throw new RuleProblem(`option "${name}" must be specified`);
    return use;
  }
}

/**
 * Checks what iptables checks of every option by its table: given once, not inverted where it can't be, nothing
 * beside it that excludes it, everything beside it that it needs.
 * @throws RuleProblem naming the extension
 */
export function checkOptions(extension: string, table: OptionTable, options: OptionUses): void {
  for (const use of options.uses) {
    const spec = table[use.name];
    if (spec === undefined) continue;
    if (use.inverted && spec.invertible !== true)
      throw new RuleProblem(`${extension}: option "${use.name}" cannot be inverted.`, use.word);
    if (spec.repeatable !== true && options.find(use.name) !== use)
      throw new RuleProblem(`${extension}: option "${use.name}" can only be used once.`, use.word);
    for (const other of spec.excludes ?? [])
      if (options.has(other))
        throw new RuleProblem(
          `${extension}: option "${use.name}" cannot be used together with "${other}".`,
          use.word,
        );
    for (const other of spec.needs ?? [])
      if (!options.has(other))
        throw new RuleProblem(`${extension}: option "${use.name}" also requires "${other}".`, use.word);
  }
  for (const [name, spec] of Object.entries(table))
    if (spec.required === true && !options.has(name))
      throw new RuleProblem(`${extension}: option "${name}" must be specified`);
}
