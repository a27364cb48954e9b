import { version } from "../../version.ts";
import type { CommandModule } from "./index.ts";

export const versionCommand: CommandModule = {
  register: (program, io) =>
    program
      .command("version")
      .description("the version, and the releases of kube-proxy and iptables it knows")
      .action(async () => {
        await io.stdout.write(`k8snet ${version}\n`);
      }),
};
