import type { Match } from "../match.ts";
import { matchExtension } from "../matches/registry.ts";
import type { AddressMatch } from "../ruleset.ts";
import type { Target } from "../target.ts";
import { targetExtension } from "../targets/registry.ts";
import { addressMatch } from "../values/addresses.ts";
import { fixedOptions, interfaceMatch, onceOptions, protocolMatch } from "./fixed-options.ts";
import { textMatchModules, textTargets } from "./module-names.ts";
import { checkOptions, type OptionTable, OptionUses, type RuleScope } from "./options.ts";
import { RuleProblem } from "./problem.ts";
import { countersOf, emptyParts, type RuleParts, type RuleSurroundings } from "./rule-parts.ts";
import type { Words } from "./words.ts";

const noAddresses: readonly AddressMatch[] = [];

/** A match or target whose options are being collected. */
interface OpenExtension {
  readonly name: string;
  /** Undefined for what is kept as text. */
  readonly options: OptionTable | undefined;
  readonly uses: OptionUses;
  /** The words behind its name: first, and one past the last that belongs to it. */
  readonly first: number;
  end: number;
  /** Where the match stands among the rule's matches. */
  asText: boolean;
}

const verdicts = new Map<string, Target>(
  (["ACCEPT", "DROP", "RETURN", "QUEUE"] as const).map((verdict) => [verdict, { kind: "verdict", verdict }]),
);

/**
 * Reads the words of one rule. One parser serves a whole text, so that nothing is allocated twice.
 */
export class RuleParser {
  private readonly around: RuleSurroundings;
  private words!: Words;
  private at = 0;
  private inverted = false;
  private open: OpenExtension[] = [];
  private openTarget: OpenExtension | undefined;
  private protocolLoaded = false;
  /** The options that the rule has had, as bits. */
  private given = 0;
  private parts!: RuleParts;

  constructor(around: RuleSurroundings) {
    this.around = around;
  }

  /**
   * Reads a rule from word `first` on, behind `-A CHAIN`.
   * @throws RuleProblem with the index of the word that is wrong
   */
  parse(words: Words, first: number): RuleParts {
    this.words = words;
    this.at = first;
    this.inverted = false;
    this.open = [];
    this.openTarget = undefined;
    this.protocolLoaded = false;
    this.given = 0;
    this.parts = emptyParts();
    const { values } = words;
    while (this.at < values.length) this.readWord(values[this.at]!);
    if (this.inverted) throw new RuleProblem("nothing appropriate following !", values.length - 1);
    this.close();
    return this.parts;
  }

  private readWord(word: string): void {
    if (word === "!") {
      if (this.inverted) throw new RuleProblem("multiple consecutive ! not allowed", this.at);
      this.inverted = true;
      this.at++;
      return;
    }
    const fixed = fixedOptions.get(word);
    if (fixed !== undefined) this.readFixed(fixed);
    else if (word.charCodeAt(0) === dash) this.readOption(word);
    else if (!this.takeLoose()) throw new RuleProblem(`Bad argument \`${word}'`, this.at);
    this.inverted = false;
  }

  /** The word behind the current option; moves past both. */
  private value(): string {
    const value = this.words.values[this.at + 1];
    if (value === undefined)
      throw new RuleProblem(`option "${this.words.values[this.at]}" requires an argument`, this.at);
    this.at += 2;
    return value;
  }

  private once(option: string): void {
    const bit = 1 << onceOptions.indexOf(option);
    if ((this.given & bit) !== 0) throw new RuleProblem(`multiple ${option} flags not allowed`, this.at);
    this.given |= bit;
  }

  private notInverted(option: string): void {
    if (this.inverted) throw new RuleProblem(`cannot have ! before ${option}`, this.at);
  }

  private readFixed(option: string): void {
    const { parts } = this;
    const word = this.at;
    try {
      switch (option) {
        case "-s":
          this.once(option);
          parts.source = this.addressOrList(this.value());
          parts.moreSources = this.moreAddresses;
          return;
        case "-d":
          this.once(option);
          parts.destination = this.addressOrList(this.value());
          parts.moreDestinations = this.moreAddresses;
          return;
        case "-i":
          this.once(option);
          parts.inInterface = interfaceMatch(this.value(), this.inverted, this.around.strict);
          return;
        case "-o":
          this.once(option);
          parts.outInterface = interfaceMatch(this.value(), this.inverted, this.around.strict);
          return;
        case "-p":
          this.once(option);
          parts.protocol = protocolMatch(this.value(), this.inverted);
          return;
        case "-f":
          this.once(option);
          if (this.around.strict && this.around.family === 6)
            throw new RuleProblem("`-f' is not supported in IPv6, use -m frag instead");
          parts.fragment = { inverted: this.inverted };
          this.at++;
          return;
        case "-m":
          if (this.inverted) throw new RuleProblem("unexpected ! flag before --match");
          this.openMatch(this.value());
          return;
        case "-j":
        case "-g":
          this.once("-j");
          this.notInverted(option);
          this.readTarget(this.value(), option === "-g");
          return;
        case "-c":
          this.once(option);
          this.notInverted(option);
          this.readCounters();
          return;
        default:
          this.at++;
      }
    } catch (problem) {
      throw problem instanceof RuleProblem ? new RuleProblem(problem.message, problem.word ?? word) : problem;
    }
  }

  /** The first address of an option; the others of a list go to {@link moreAddresses}. */
  private addressOrList(text: string): AddressMatch | undefined {
    const { around, inverted } = this;
    if (text.includes(":") && !around.strict) around.family = 6;
    const [first = "", ...others] = text.includes(",")
      ? text.split(",").filter((part) => part !== "")
      : [text];
    if (others.length > 0 && inverted)
      throw new RuleProblem("! not allowed with multiple source or destination IP addresses");
    this.moreAddresses =
      others.length === 0 ? noAddresses : others.map((other) => addressMatch(other, around.family, false));
    const match = addressMatch(first, around.family, inverted);
    if (inverted && match?.mask === 0 && around.backend === "nft")
      throw new RuleProblem("rule would never match");
    return match;
  }
  private moreAddresses: readonly (AddressMatch | undefined)[] = noAddresses;

  private readCounters(): void {
    const first = this.words.values[this.at + 1];
    if (first === undefined) throw new RuleProblem("-c requires packet and byte counter", this.at);
    const comma = first.indexOf(",");
    const packets = comma === -1 ? first : first.slice(0, comma);
    const bytes = comma === -1 ? this.words.values[this.at + 2] : first.slice(comma + 1);
    if (bytes === undefined) throw new RuleProblem("-c requires packet and byte counter", this.at);
    if (!/^\d+$/.test(packets)) throw new RuleProblem("-c packet counter not numeric", this.at + 1);
    if (!/^\d+$/.test(bytes)) throw new RuleProblem("-c byte counter not numeric", this.at + 1);
    this.parts.counters = countersOf(packets, bytes);
    this.at += comma === -1 ? 3 : 2;
  }

  private openMatch(module: string): void {
    const options = matchExtension(module)?.options;
    if (options === undefined && this.around.strict && !textMatchModules.has(module))
      throw new RuleProblem(`Couldn't load match \`${module}'`, this.at - 1);
    this.open.push(this.opened(module, options));
  }

  private readTarget(name: string, goto: boolean): void {
    const verdict = goto ? undefined : verdicts.get(name);
    if (verdict !== undefined) this.parts.target = verdict;
    else if (goto) this.parts.target = { kind: "jump", chain: name, goto };
    else {
      const jump = this.around.jumpTo(name);
      if (jump !== undefined) {
        this.parts.target = jump;
        return;
      }
      const options = targetExtension(name)?.options;
      if (options === undefined && !this.isTextTarget(name))
        this.parts.target = { kind: "jump", chain: name, goto };
      else this.openTarget = this.opened(name, options);
    }
  }

  /** A target that iptables ships, or in a dump any that has options. */
  private isTextTarget(name: string): boolean {
    if (textTargets.has(name)) return true;
    return !this.around.strict && this.words.values[this.at]?.startsWith("--") === true;
  }

  private opened(name: string, options: OptionTable | undefined): OpenExtension {
    const { at } = this;
    return { name, options, uses: new OptionUses(), first: at, end: at, asText: options === undefined };
  }

  /** An option of a match or of the target: the target's first, then the matches' from the last one back. */
  private readOption(word: string): void {
    if (this.giveTo(this.openTarget, word, undefined)) return;
    for (let i = this.open.length - 1; i >= 0; i--) if (this.giveTo(this.open[i], word, undefined)) return;
    if ((this.openTarget ?? this.open.at(-1))?.options === undefined && this.takeLoose()) return;
    if (this.readShortened(word)) return;
    const name = this.parts.protocol?.name;
    const options = name === undefined ? undefined : matchExtension(name)?.options;
    if (!this.protocolLoaded && name !== undefined && options !== undefined) {
      // iptables loads the protocol's own match where one of its options stands without `-m`.
      const implied = this.opened(name, options);
      this.open.push(implied);
      this.protocolLoaded = this.giveTo(implied, word, undefined) || this.readShortened(word);
      if (this.protocolLoaded) return;
      this.open.pop();
    }
    if (!this.takeLoose()) throw new RuleProblem(`unknown option "${word}"`, this.at);
  }

  /** Gives an option to a match or target that has it; `attached` is the value of `--option=value`. */
  private giveTo(extension: OpenExtension | undefined, word: string, attached: string | undefined): boolean {
    const named = extension?.options?.[word];
    if (extension === undefined || named === undefined) return false;
    const name = named.as ?? word;
    const spec = extension.options![name] ?? named;
    const count = attached === undefined ? (spec.values ?? 1) : (spec.values ?? 1) - 1;
    const { values } = this.words;
    if (this.at + count >= values.length)
      throw new RuleProblem(`option "${word}" requires an argument`, this.at);
    const { inverted, at } = this;
    extension.uses.uses.push({
      name,
      value: attached ?? (count > 0 ? values[at + 1]! : ""),
      second: count > 1 ? values[at + 2]! : attached !== undefined && count > 0 ? values[at + 1]! : "",
      inverted,
      word: this.at,
    });
    this.at = at + 1 + count;
    extension.end = this.at;
    return true;
  }

  /** `--option=value`, and a long option by its beginning, as getopt_long(3) takes them. */
  private readShortened(word: string): boolean {
    if (!word.startsWith("--")) return this.readAttached(word);
    const equals = word.indexOf("=");
    const name = equals === -1 ? word : word.slice(0, equals);
    const attached = equals === -1 ? undefined : word.slice(equals + 1);
    if (name.length === 2) return false;
    const target = this.openTarget === undefined ? [] : [this.openTarget];
    const extensions = [...target, ...this.open.toReversed()];
    const exact = extensions.find((extension) => extension.options?.[name] !== undefined);
    if (exact !== undefined) return this.giveTo(exact, name, attached);
    const fixed = [...fixedOptions].filter(([long]) => long.startsWith(name));
    const found = extensions.flatMap((extension) =>
      Object.keys(extension.options ?? {})
        .filter((long) => long.startsWith(name))
        .map((long) => ({ extension, long })),
    );
    const meanings = new Set([
      ...fixed.map(([, short]) => short),
      ...found.map(({ extension, long }) => extension.options?.[long]?.as ?? long),
    ]);
    if (meanings.size > 1) throw new RuleProblem(`option "${word}" is ambiguous`, this.at);
    if (found.length > 0) return this.giveTo(found[0]!.extension, found[0]!.long, attached);
    if (fixed.length === 0) return false;
    if (attached !== undefined) this.splitWord(fixed[0]![1], attached);
    this.readFixed(fixed[0]![1]);
    return true;
  }

  /** Makes two words of the current one. */
  private splitWord(first: string, second: string): void {
    const { values, starts, ends } = this.words;
    values.splice(this.at, 1, first, second);
    starts.splice(this.at, 0, starts[this.at]!);
    ends.splice(this.at, 0, ends[this.at]!);
  }

  /** `-ptcp`: a short option with its value in the same word. */
  private readAttached(word: string): boolean {
    const option = fixedOptions.get(word.slice(0, 2));
    if (option === undefined || word.length < 3 || "-f-4-6-c".includes(option)) return false;
    this.splitWord(option, word.slice(2));
    this.readFixed(option);
    return true;
  }

  /** In a dump, a word nobody knows belongs to the match or target it stands behind, which is kept as text. */
  private takeLoose(): boolean {
    const current = this.openTarget ?? this.open.at(-1);
    if (current === undefined || (this.around.strict && current.options !== undefined)) return false;
    current.asText = true;
    this.at++;
    current.end = this.at;
    return true;
  }

  private close(): void {
    const { family, strict, backend } = this.around;
    const { protocol } = this.parts;
    const scope: RuleScope = {
      family,
      strict,
      ...(backend === undefined ? {} : { backend }),
      protocol: protocol?.name,
      protocolInverted: protocol?.inverted ?? false,
    };
    if (this.open.length > 0) this.parts.matches = this.open.map((open) => this.decodeMatch(open, scope));
    if (this.openTarget !== undefined) this.parts.target = this.decodeTarget(this.openTarget, scope);
  }

  private decodeMatch(open: OpenExtension, scope: RuleScope): Match {
    const extension = open.asText ? undefined : matchExtension(open.name);
    if (extension !== undefined) {
      try {
        if (this.around.strict) checkOptions(open.name, extension.options, open.uses);
        return extension.decode(open.uses, scope, open.name);
      } catch (problem) {
        this.rethrowIfStrict(problem, open);
      }
    }
    return { kind: "unknown", module: open.name, text: this.textOf(open) };
  }

  private decodeTarget(open: OpenExtension, scope: RuleScope): Target {
    const extension = open.asText ? undefined : targetExtension(open.name);
    if (extension !== undefined) {
      try {
        if (this.around.strict) checkOptions(open.name, extension.options, open.uses);
        return extension.decode(open.uses, scope, open.name);
      } catch (problem) {
        this.rethrowIfStrict(problem, open);
      }
    }
    return { kind: "unknown", name: open.name, text: this.textOf(open) };
  }

  private rethrowIfStrict(problem: unknown, open: OpenExtension): void {
    if (!(problem instanceof RuleProblem)) throw problem;
    if (this.around.strict) throw new RuleProblem(problem.message, problem.word ?? open.first - 1);
  }

  /** The options of what is kept as text, which must stand together: else the rule as a whole is kept. */
  private textOf(kept: OpenExtension): string {
    const between = (other: OpenExtension): boolean =>
      other !== kept && other.first > kept.first && other.first <= kept.end;
    if (
      !this.around.strict &&
      (this.open.some(between) || (this.openTarget !== undefined && between(this.openTarget)))
    )
      throw new RuleProblem(`the options of ${kept.name} stand between others`, kept.first - 1);
    this.parts.unknown = [...this.parts.unknown, kept.name];
    return this.words.textBetween(kept.first, kept.end);
  }
}

const dash = 45;
