import { execFileSync } from "node:child_process";
import { join } from "node:path";

let bundled: string | undefined;

/**
 * The page's script. In what is shipped the build puts the bundle itself in the place of this module; in a working
 * copy it is bundled when it is first asked for.
 */
export function pageScript(): string {
  const build = join(__dirname, "..", "..", "..", "scripts", "build-page.mjs");
  bundled ??= execFileSync(process.execPath, [build], { encoding: "utf8", maxBuffer: 1 << 26 });
  return bundled;
}
