import { missingForLab } from "./kernel-lab.ts";

const missing = missingForLab();

/** `describe` where the kernel can be asked; elsewhere the tests are skipped with the reason, and fail under CI. */
export function describeInLab(name: string, tests: () => void): void {
  if (missing === undefined) {
    describe(name, tests);
    return;
  }
  if (process.env["CI"] === "true") {
    test(name, () => {
      throw new Error(`kernel tests can't run: ${missing}`);
    });
    return;
  }
  process.stderr.write(`skipped: ${name}: ${missing}\n`);
  describe.skip(name, tests);
}
