import { promises as fs } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { usageError } from "../../diagnostics/diagnostic.ts";
import { git } from "./git-program.ts";

/** What `-f` may find in folders, and what says how to read them. */
const isPlain = (path: string): boolean =>
  /\.(?:ya?ml|json)(?:\.gz)?$/i.test(path) || /(?:^|\/)Kustomization$/.test(path);

const isConfig = (path: string): boolean => /(?:^|\/)k8snet\.ya?ml$/.test(path);

/**
 * A revision as a folder of its own, with the files that are asked for: what is read there is read as in a checkout
 * of it, k8snet.yaml and what that names included. The repository is not touched.
 */
export class GitCheckout {
  readonly revision: string;
  /** Where the current folder is in it. */
  readonly cwd: string;
  readonly #here: string;
  readonly #top: string;
  readonly #scratch: string;
  readonly #names: ReadonlySet<string>;
  readonly #links: readonly string[];

  private constructor(
    revision: string,
    scratch: string,
    place: { here: string; top: string; prefix: string },
    names: ReadonlySet<string>,
    links: readonly string[],
  ) {
    this.revision = revision;
    this.#scratch = scratch;
    this.#here = place.here;
    this.#top = place.top;
    this.#names = names;
    this.#links = links;
    this.cwd = join(this.#root, place.prefix);
  }

  get #root(): string {
    return join(this.#scratch, "tree");
  }

  /** @throws InputError when git, the repository or the revision is not there */
  static async of(revision: string, here: string): Promise<GitCheckout> {
    await git(["rev-parse", "--verify", "--quiet", `${revision}^{commit}`], { cwd: here }).catch(async () => {
      await git(["rev-parse", "--git-dir"], { cwd: here });
      throw await unknownRevision(revision, here);
    });
    const line = async (...args: string[]): Promise<string> =>
      (await git(["rev-parse", ...args], { cwd: here })).replace(/\r?\n$/, "");
    const place = { here, top: await line("--show-toplevel"), prefix: await line("--show-prefix") };
    const list = await git(["ls-tree", "-r", "-z", "--full-tree", revision], { cwd: here });
    const entries = list.split("\0").filter((entry) => entry !== "");
    const nameOf = (entry: string): string => entry.slice(entry.indexOf("\t") + 1);
    const links = entries.filter((entry) => entry.startsWith("120000 ")).map(nameOf);
    const scratch = await fs.mkdtemp(join(tmpdir(), "k8snet-revision-"));
    const checkout = new GitCheckout(revision, scratch, place, new Set(entries.map(nameOf)), links);
    try {
      await checkout.#begin();
    } catch (error) {
      await checkout.remove();
      throw error;
    }
    return checkout;
  }

  async #begin(): Promise<void> {
    await fs.mkdir(this.cwd, { recursive: true });
    // The search for k8snet.yaml ends at the root of a repository.
    await fs.writeFile(join(this.#root, ".git"), "");
    await git(["read-tree", this.revision], { cwd: this.#top, env: this.#index });
    // Links may lead anywhere. Without any, no more is written than is asked for: a repository may be big.
    const isFirst = this.#links.length > 0 ? isPlain : (name: string): boolean => isConfig(name);
    await this.#write([...new Set([...[...this.#names].filter(isFirst), ...this.#links])]);
    if (this.#links.length === 0) await this.provideFolder("manifests");
  }

  /** Sees to it that a file, or the manifests in a folder or of a glob, are there. */
  async provideFolder(path: string): Promise<void> {
    const fixed = path.replace(/[*?[{].*$/, "");
    const start = relative(this.#root, resolve(this.cwd, fixed)).replaceAll("\\", "/");
    // Before a glob may stand a part of a name.
    const isPart = fixed !== path && !fixed.endsWith("/") && fixed !== "";
    const isIn = (name: string): boolean =>
      start === "" || name === start || name.startsWith(isPart ? start : `${start}/`);
    const isNew = (name: string): boolean => name === start || (this.#links.length === 0 && isPlain(name));
    await this.#write([...this.#names].filter((name) => isIn(name) && isNew(name)));
  }

  get #index(): Readonly<Record<string, string>> {
    return { GIT_INDEX_FILE: join(this.#scratch, "index") };
  }

  async #write(names: readonly string[]): Promise<void> {
    const args = ["checkout-index", "--force", `--prefix=${this.#root}/`, "-z", "--stdin"];
    const stdin = names.map((name) => `${name}\0`).join("");
    await git(args, { cwd: this.#top, env: this.#index, stdin });
  }

  /**
   * A path of the current folder as one of {@link cwd}.
   * @throws InputError for one that is not in the repository
   */
  pathOf(path: string): string {
    const inside = relative(relativeRoot(this.#here, this.cwd, this.#root), resolve(this.#here, path));
    if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
      throw usageError(
        "outside-repository",
        `${path} is outside of this repository: git:${this.revision} has no such folder`,
        `git:${this.revision}:PATH says what of it to compare`,
      );
    }
    return this.pathFromRoot(inside);
  }

  /** A path from the repository's root as one of {@link cwd}. */
  pathFromRoot(path: string): string {
    return relative(this.cwd, join(this.#root, path)) || ".";
  }

  /** Whether the revision has a file or folder there. */
  async has(path: string): Promise<boolean> {
    return fs.stat(resolve(this.cwd, path)).then(
      () => true,
      () => false,
    );
  }

  /** Sees to it that a file is there that settings name: the revision's own or, where it has none, today's. */
  async provide(path: string): Promise<void> {
    const target = resolve(this.cwd, path);
    const name = relative(this.#root, target).replaceAll("\\", "/");
    if (isAbsolute(path) || name.startsWith("../") || (await this.has(path))) return;
    if (this.#names.has(name)) return this.#write([name]);
    await fs.mkdir(dirname(target), { recursive: true });
    await fs.symlink(resolve(this.#here, path), target);
  }

  /** How a file of {@link cwd} is called: `main:manifests/web.yaml`. */
  nameOf(name: string): string {
    return `${this.revision}:${relative(this.#root, resolve(this.cwd, name)).replaceAll("\\", "/")}`;
  }

  /** Takes the folder away. */
  async remove(): Promise<void> {
    await fs.rm(this.#scratch, { recursive: true, force: true });
  }
}

/** The repository's root as the current folder's path has it, links in it included. */
function relativeRoot(here: string, cwd: string, root: string): string {
  return resolve(here, relative(cwd, root));
}

async function unknownRevision(revision: string, cwd: string): Promise<Error> {
  const shallow = (await git(["rev-parse", "--is-shallow-repository"], { cwd }).catch(() => "")).trim();
  return usageError(
    "unknown-revision",
    `git knows no revision "${revision}" here`,
    shallow === "true"
      ? "this clone is shallow, it has only the last commits: fetch the others (actions/checkout: fetch-depth: 0)"
      : "`git fetch` gets what is elsewhere (in a shallow clone of actions/checkout: fetch-depth: 0)",
  );
}
