/** What `iptables ARGS…` was asked for. */
export type IptablesRequest =
  | {
      readonly command: "list";
      readonly table: string;
      readonly chain?: string;
      readonly rule?: number;
      readonly numeric: boolean;
      readonly verbose: boolean;
      readonly exact: boolean;
      readonly lineNumbers: boolean;
    }
  | {
      readonly command: "rules";
      readonly table: string;
      readonly chain?: string;
      readonly rule?: number;
      readonly verbose: boolean;
    }
  | {
      readonly command: "check";
      readonly table: string;
      readonly chain: string;
      readonly words: readonly string[];
    }
  | { readonly command: "version" };

/** A command line that iptables refuses. */
export interface ArgumentProblem {
  readonly message: string;
  /** False for the messages that iptables prints without its name in front. */
  readonly named: boolean;
}

const shortOptions: Readonly<Record<string, string>> = {
  "--list": "-L",
  "--list-rules": "-S",
  "--check": "-C",
  "--table": "-t",
  "--numeric": "-n",
  "--verbose": "-v",
  "--exact": "-x",
  "--line-numbers": "--line-numbers",
  "--version": "-V",
  "--wait": "-w",
  "--ipv4": "-4",
  "--ipv6": "-6",
  "--append": "-A",
  "--delete": "-D",
  "--insert": "-I",
  "--replace": "-R",
  "--flush": "-F",
  "--zero": "-Z",
  "--new-chain": "-N",
  "--delete-chain": "-X",
  "--policy": "-P",
  "--rename-chain": "-E",
};

/** Commands that would change rules. */
const writing = new Set(["-A", "-D", "-I", "-R", "-F", "-Z", "-N", "-X", "-P", "-E"]);
/** How iptables names options in its messages. */
const inMessages: Readonly<Record<string, string>> = { "--line-numbers": "-0" };

/** The state of reading one command line. */
class ArgumentReader {
  private readonly argv: readonly string[];
  private at = 0;
  private table = "filter";
  private command: "-L" | "-S" | "-C" | undefined;
  private chain: string | undefined;
  private rule: number | undefined;
  private readonly flags = new Set<string>();
  private readonly rest: string[] = [];
  private version = false;

  constructor(argv: readonly string[]) {
    this.argv = argv;
  }

  /** @throws ProblemSignal */
  read(): IptablesRequest {
    while (this.at < this.argv.length && !this.version) this.readWord(this.argv[this.at++]!);
    return this.request();
  }

  private readWord(word: string): void {
    if (word.startsWith("--") && word.length > 2) this.readLong(word);
    else if (word.startsWith("-") && word.length > 1) this.readCluster(word);
    else this.readSpecification(word, `Bad argument \`${word}'`, false);
  }

  private readLong(word: string): void {
    const [name = "", attached] = word.split(/=(.*)/s);
    const exact = shortOptions[name];
    const found = Object.keys(shortOptions).filter((option) => option.startsWith(name));
    const option = exact ?? (found.length === 1 ? shortOptions[found[0]!] : undefined);
    if (option === undefined || this.command === "-C")
      this.readSpecification(word, `unknown option "${word}"`, true);
    else this.apply(option, attached, word);
  }

  /** `-nvL`: single letters together; the rest behind one that takes a value is its value. */
  private readCluster(word: string): void {
    for (let i = 1; i < word.length; i++) {
      const option = `-${word[i]}`;
      const rest = word.slice(i + 1);
      if ("LStCw".includes(word[i]!) || writing.has(option)) {
        this.apply(option, rest === "" ? undefined : rest, word);
        return;
      }
      if (!"nvx46V".includes(word[i]!)) {
        this.readSpecification(word, `unknown option "${word}"`, true);
        return;
      }
      this.apply(option, undefined, word);
    }
  }

  private apply(option: string, attached: string | undefined, word: string): void {
    if (writing.has(option)) fail(`${option} would change rules, and these are only shown`);
    switch (option) {
      case "-L":
      case "-S":
        this.setCommand(option);
        this.chain = attached ?? this.optional();
        if (this.chain !== undefined) this.rule = ruleNumber(this.optional());
        return;
      case "-C":
        this.setCommand(option);
        this.chain = attached ?? this.needed(word);
        return;
      case "-t":
        this.table = attached ?? this.needed(word);
        return;
      case "-V":
        this.version = true;
        return;
      case "-w":
        if (attached === undefined && /^\d+$/.test(this.argv[this.at] ?? "")) this.at++;
        return;
      case "-4":
      case "-6":
        this.flags.add(option);
        return;
      case "-v":
        this.flags.add(option);
        return;
      default:
        if (this.flags.has(option)) fail(`multiple ${inMessages[option] ?? option} flags not allowed`);
        this.flags.add(option);
    }
  }

  private setCommand(command: "-L" | "-S" | "-C"): void {
    if (this.command !== undefined) fail(`Cannot use ${command} with ${this.command}`);
    this.command = command;
  }

  /** A word that belongs to a rule: what `-C` asks for, and out of place with any other command. */
  private readSpecification(word: string, message: string, named: boolean): void {
    if (this.command === "-C") {
      this.rest.push(word);
      return;
    }
    const option = /^-[psdiojgmcf]$/.test(word) ? word : undefined;
    if (option === undefined) fail(message, named);
    if (this.command !== undefined || this.argv.slice(this.at).some((later) => /^-\w*[LS]/.test(later)))
      fail(`Illegal option \`${option}' with this command`);
    fail("no command specified");
  }

  private optional(): string | undefined {
    const next = this.argv[this.at];
    if (next === undefined || next.startsWith("-") || next.startsWith("!")) return undefined;
    this.at++;
    return next;
  }

  private needed(word: string): string {
    const next = this.argv[this.at++];
    if (next === undefined) fail(`option "${word}" requires an argument`);
    return next;
  }

  private request(): IptablesRequest {
    const { table, chain, rule, flags } = this;
    if (this.version) return { command: "version" };
    if (this.command === undefined) fail("no command specified");
    const where = { ...(chain === undefined ? {} : { chain }), ...(rule === undefined ? {} : { rule }) };
    if (this.command === "-C") return { command: "check", table, chain: chain!, words: this.rest };
    const verbose = flags.has("-v");
    if (this.command === "-L")
      return {
        command: "list",
        table,
        ...where,
        numeric: flags.has("-n"),
        verbose,
        exact: flags.has("-x"),
        lineNumbers: flags.has("--line-numbers"),
      };
    for (const illegal of ["-n", "-x", "--line-numbers"])
      if (flags.has(illegal)) fail(`Illegal option \`${inMessages[illegal] ?? illegal}' with this command`);
    return { command: "rules", table, ...where, verbose };
  }
}

function ruleNumber(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  if (!/^\d+$/.test(word) || Number(word) === 0) fail(`Invalid rule number \`${word}'`);
  return Number(word);
}

class ProblemSignal extends Error {
  readonly problem: ArgumentProblem;
  constructor(problem: ArgumentProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

function fail(message: string, named = true): never {
  throw new ProblemSignal({ message, named });
}

/** Reads the words behind `iptables` as iptables itself does (getopt_long with `L::S::t:nvx…`). */
export function readIptablesArguments(
  argv: readonly string[],
): { readonly request: IptablesRequest } | { readonly problem: ArgumentProblem } {
  try {
    return { request: new ArgumentReader(argv).read() };
  } catch (signal) {
    if (signal instanceof ProblemSignal) return { problem: signal.problem };
    throw signal;
  }
}
