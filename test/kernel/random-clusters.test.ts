import { prepareCluster } from "./clusters.ts";
import { describeInLab } from "./in-lab.ts";
import { disagreement, hasNfacct, runLab } from "./kernel-lab.ts";
import { randomCluster } from "./random-clusters.ts";
import { Random } from "./random-rules.ts";

/** More with K8SNET_SEEDS=N; a failing seed can be run alone with K8SNET_SEED=N. */
const seeds =
  process.env["K8SNET_SEED"] === undefined
    ? Array.from({ length: Number(process.env["K8SNET_SEEDS"] ?? 8) }, (_, at) => at + 1)
    : [Number(process.env["K8SNET_SEED"])];

describeInLab("clusters thrown together", () => {
  test.each(seeds)(
    "seed %d: every packet takes a way that the trace shows",
    (seed) => {
      const prepared = prepareCluster(randomCluster(new Random(seed), `seed ${seed}`), hasNfacct());
      const datagrams = prepared.packets.flatMap(({ protocol }, at) => (protocol === "udp" ? [at] : []));
      const { packets, afterwards } = runLab({ ...prepared, afterwards: [{ packets: datagrams }] });
      const answered = afterwards[0]!.filter((_, at) => packets[datagrams[at]!]?.result === "delivered");
      const established = { state: { state: "established" } } as const;
      const different = [
        ...packets.map((packet) => disagreement(prepared.network, packet)),
        ...answered.map((packet) => disagreement(prepared.network, packet, established)),
      ].filter((text) => text !== undefined);
      const report = different.slice(0, 3).join("\n\n");
      expect(`${different.length} of ${packets.length} differ\n${report}`).toBe(
        `0 of ${packets.length} differ\n`,
      );
    },
    120_000,
  );
});
