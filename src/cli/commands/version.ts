import { version } from "../../version.ts";
import type { CommandModule } from "./index.ts";

export const versionCommand: CommandModule = {
  register: (program, io) =>
    program
      .command("version")
      .description("print the version and the known releases of kube-proxy and iptables")
      .addHelpText("after", "\nExamples:\n  k8snet version\n  k8snet --version")
      .action(async () => {
        const { knownReleases, nearestRelease } = await import("../../kube-proxy/versions.ts");
        const { printReleaseList } = await import("../../printers/kube-proxy-versions-text.ts");
        const { provenReleases } = await import("../../printers/iptables/iptables-versions.ts");
        await io.stdout.write(
          `k8snet ${version}\n${printReleaseList({ releases: knownReleases, nearest: nearestRelease })}iptables ${provenReleases.join(", ")}\n`,
        );
      }),
};
