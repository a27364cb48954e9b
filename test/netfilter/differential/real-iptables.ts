import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The real tools of this machine, run in network namespaces that end with each call. */
export interface RealIptables {
  readonly version: string;
  readonly backend: "nft" | "legacy";
  readonly family: 4 | 6;
}

export const listingForms: Readonly<Record<string, string>> = {
  save: "-save",
  "save -c": "-save -c",
  "-S": " -t TABLE -S",
  "-S -v": " -t TABLE -S -v",
  "-L": " -t TABLE -L",
  "-n -L": " -t TABLE -n -L",
  "-n -L --line-numbers": " -t TABLE -n -L --line-numbers",
  "-v -L": " -t TABLE -v -L",
  "-nvL": " -t TABLE -nvL",
  "-nvxL --line-numbers": " -t TABLE -nvxL --line-numbers",
};

function program(real: RealIptables): string {
  return `${real.family === 4 ? "iptables" : "ip6tables"}-${real.backend}`;
}

/** The prefix that gives a command a network namespace of its own; undefined where that is not allowed. */
function namespaceCommand(): readonly string[] | undefined {
  for (const prefix of [
    ["unshare", "-n"],
    ["unshare", "-rn"],
  ])
    if (spawnSync(prefix[0]!, [...prefix.slice(1), "true"]).status === 0) return prefix;
  return undefined;
}

/** The tools to test against, or why there are none. */
export function findRealIptables(): { readonly tools: readonly RealIptables[]; readonly missing?: string } {
  if (namespaceCommand() === undefined) return { tools: [], missing: "no right to make a network namespace" };
  const tools: RealIptables[] = [];
  for (const backend of ["nft", "legacy"] as const)
    for (const family of [4, 6] as const) {
      const answer = spawnSync(program({ version: "", backend, family }), ["--version"], {
        encoding: "utf8",
      });
      const version = /v(1\.8\.\d+)/.exec(answer.stdout ?? "")?.[1];
      if (answer.status === 0 && version !== undefined) tools.push({ version, backend, family });
    }
  return tools.length === 0 ? { tools, missing: "iptables is not installed" } : { tools };
}

/** Runs a shell script in a namespace, with a folder for files that ends with the call. */
function inNamespace<T>(run: (folder: string, script: (text: string) => string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "k8snet-iptables-"));
  try {
    return run(folder, (text) => {
      const [command, ...prefix] = namespaceCommand()!;
      const file = join(folder, "script.sh");
      writeFileSync(file, text);
      const answer = spawnSync(command!, [...prefix, "sh", file], {
        encoding: "utf8",
        maxBuffer: 1 << 28,
        cwd: folder,
        env: { ...process.env, LC_ALL: "C.UTF-8", TZ: "UTC", XTABLES_LOCKFILE: join(folder, "lock") },
      });
      return answer.stdout;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether `iptables-restore` takes each of the texts, and its message where it does not. */
export function restoreEach(
  real: RealIptables,
  texts: readonly string[],
): readonly { readonly accepted: boolean; readonly message: string }[] {
  return inNamespace((folder, script) => {
    const lines = ["nfacct add known 2>/dev/null", "ipset create known hash:ip 2>/dev/null"];
    for (const [index, text] of texts.entries()) {
      writeFileSync(join(folder, `${index}.in`), text);
      lines.push(`timeout 10 ${program(real)}-restore ${index}.in >${index}.err 2>&1; echo $?`);
    }
    const codes = script(`${lines.join("\n")}\n`)
      .trim()
      .split("\n")
      .slice(-texts.length);
    return codes.map((code, index) => ({
      accepted: code === "0",
      message: readFileSync(join(folder, `${index}.err`), "utf8"),
    }));
  });
}

/** Every listing of a table after `iptables-restore -c` has read a text that it takes. */
export function listEach(real: RealIptables, text: string, table: string): ReadonlyMap<string, string> {
  return inNamespace((folder, script) => {
    writeFileSync(join(folder, "rules"), text);
    const lines = [`${program(real)}-restore -c rules || exit 1`];
    for (const [index, form] of Object.values(listingForms).entries())
      lines.push(`timeout 60 ${program(real)}${form.replace("TABLE", table)} >${index}.out 2>/dev/null`);
    script(`${lines.join("\n")}\n`);
    return new Map(
      Object.keys(listingForms).map((form, index) => [
        form,
        readFileSync(join(folder, `${index}.out`), "utf8"),
      ]),
    );
  });
}
