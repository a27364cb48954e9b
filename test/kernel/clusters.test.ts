import { prepareCluster } from "./clusters.ts";
import { describeInLab } from "./in-lab.ts";
import { disagreement, hasNfacct, runLab } from "./kernel-lab.ts";
import { labClusters } from "./lab-clusters.ts";

describeInLab("the kernel does with every packet what the trace says", () => {
  test.each(labClusters.map((cluster) => [cluster.name, cluster] as const))(
    "%s",
    (_, cluster) => {
      const prepared = prepareCluster(cluster, hasNfacct());
      const datagrams = prepared.packets.flatMap(({ protocol }, at) => (protocol === "udp" ? [at] : []));
      const { packets, afterwards } = runLab({ ...prepared, afterwards: [{ packets: datagrams }] });
      const answered = afterwards[0]!.filter((_, at) => packets[datagrams[at]!]?.result === "delivered");
      const different = [
        ...packets.map((packet) => disagreement(prepared.network, packet)),
        ...answered.map((packet) =>
          disagreement(prepared.network, packet, { state: { state: "established" } }),
        ),
      ].filter((text) => text !== undefined);
      const report = different.slice(0, 3).join("\n\n");
      expect(`${different.length} of ${packets.length} differ\n${report}`).toBe(
        `0 of ${packets.length} differ\n`,
      );
      expect(packets.length).toBeGreaterThan(20);
    },
    60_000,
  );
});
