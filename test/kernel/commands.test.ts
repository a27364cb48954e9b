import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { runK8snet } from "../cli/run-k8snet.ts";
import { describeInLab } from "./in-lab.ts";
import { hasNfacct } from "./kernel-lab.ts";

const manifests = join(__dirname, "../../fixtures/conformance/clusters/jobs-app/manifests");

describeInLab("the script of render -o commands runs where no rule is", () => {
  test.each(["", "-t all", "KUBE-SERVICES", "--service jobs/frontend-service", "-t filter --ip-family 6"])(
    "render %s",
    async (words) => {
      const argv = ["render", "-o", "commands", "-f", manifests, ...words.split(" ").filter(Boolean)];
      const { status, stdout } = await runK8snet([...argv, ...(hasNfacct() ? [] : ["--no-nfacct"])]);
      expect(status).toBe(0);
      const ran = spawnSync("unshare", ["-n", "sh", "-s"], { input: stdout, encoding: "utf8" });
      expect([ran.status, ran.stderr]).toEqual([0, ""]);
    },
  );
});
