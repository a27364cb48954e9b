import { type Diagnostic, hasErrors, InputError, usageError } from "../../diagnostics/diagnostic.ts";
import { readSources } from "../../manifests/read-sources.ts";
import type { IpFamily } from "../../net/ip.ts";
import { parseSave } from "../../netfilter/parse-save.ts";
import type { Ruleset } from "../../netfilter/ruleset.ts";
import type { InputOptions } from "../input/input-options.ts";
import { tell } from "../input/load-input.ts";
import type { CommandIo } from "../terminal/io.ts";

/**
 * The rules of `--dump` without any manifests: of `--node` where the dump's argument names it, else of the first
 * dump of the family.
 * @throws InputError when a file can't be read or holds no rules
 */
export async function dumpOfNobody(
  options: InputOptions,
  family: IpFamily,
  io: CommandIo,
  diagnostics: Diagnostic[],
): Promise<Ruleset> {
  const wanted = options.dump.find(
    (word) => options.node !== undefined && word.startsWith(`${options.node}=`),
  );
  const words = wanted === undefined ? options.dump : [wanted];
  const found: Ruleset[] = [];
  for (const word of words) {
    const file = /^[a-z0-9][-a-z0-9.]*=/.test(word) ? word.slice(word.indexOf("=") + 1) : word;
    const read = await readSources({
      filenames: [file],
      recursive: false,
      cwd: io.cwd,
      readStdin: () => io.readStdin(),
    });
    if (hasErrors(read.diagnostics)) throw new InputError(read.diagnostics);
    for (const source of [...read.dumps, ...read.manifests]) {
      const parsed = parseSave(source);
      diagnostics.push(...parsed.diagnostics.filter(({ severity }) => severity !== "note"));
      found.push(...parsed.rulesets);
    }
  }
  if (found.length === 0)
    throw usageError(
      "no-rules-in-dump",
      `${words.join(", ")} holds no iptables rules`,
      "a dump is what `iptables-save` printed on a node",
    );
  const asked = found.find((ruleset) => ruleset.family === family);
  if (asked === undefined) {
    const other = family === 6 ? 4 : 6;
    const message = `${words.join(", ")} holds IPv${other} rules only: ${other === 6 ? "ip6tables" : "iptables"} shows them`;
    diagnostics.push({ code: "dump-of-other-family", severity: "note", message });
  }
  await tell(diagnostics, options, io);
  // A node of one family has no rules of the other.
  return asked ?? { family, tables: [] };
}
