import { join } from "node:path";
import { dumpFindings } from "../../../src/analysis/verify/dump-findings.ts";
import { verifyDump } from "../../../src/analysis/verify/verify-dump.ts";
import type { KubeProxyConfig } from "../../../src/kube-proxy/config.ts";
import { readKubeProxyConfig } from "../../../src/kube-proxy/read-config.ts";
import { knownReleases } from "../../../src/kube-proxy/versions.ts";
import { type LoadedCluster, loadCluster, renderNode } from "../../../src/pipeline.ts";
import { printSave, saveRule } from "../../../src/printers/iptables/iptables-save.ts";
import { randomCluster } from "../../kernel/random-clusters.ts";
import { Random } from "../../kernel/random-rules.ts";
import { readSave, recordedCluster, recordings, verifyGround } from "./recorded-clusters.ts";

/** How many clusters each release and setting gets; `CLUSTERS=20 npx jest any-settings` tries more. */
const clusters = Number(process.env["CLUSTERS"] ?? 1);

type Settings = Partial<KubeProxyConfig>;

/** What a dump is to tell by itself, each with what the reader is told of it. */
const settings: readonly (readonly [string, Settings, (isIpv6: boolean) => string])[] = [
  ["the defaults", {}, (isIpv6) => `cluster CIDR ${isIpv6 ? "fd00:10:244::/56" : "10.244.0.0/16"}`],
  ["masqueradeAll", { masqueradeAll: true }, () => "masqueradeAll"],
  ["pods told by nothing", { localDetector: { kind: "none" } }, () => "pods not told from other clients"],
  ["pods told by nothing, masqueradeAll", { localDetector: { kind: "none" }, masqueradeAll: true }, () => ""],
  ["pods told by node", { localDetector: { kind: "node-cidr" } }, () => ""],
  ["pods told by bridge", { localDetector: { kind: "bridge-interface", name: "cni0" } }, () => ""],
  [
    "pods told by interface",
    { localDetector: { kind: "interface-name-prefix", prefix: "veth" }, masqueradeAll: true },
    () => "",
  ],
  [
    "node ports on one network",
    { nodePortAddresses: ["192.168.49.0/24", "fd00:49::/64"] },
    (isIpv6) => `node ports on ${isIpv6 ? "fd00:49::" : "192.168.49."}`,
  ],
  [
    "node ports on one network and localhost",
    { nodePortAddresses: ["192.168.49.0/24", "127.0.0.0/8"] },
    (isIpv6) => (isIpv6 ? "" : ", 127.0.0.1/32"),
  ],
  ["another masquerade bit", { masqueradeBit: 31 }, () => "masquerade bit 31"],
  ["a kernel without nfacct", { nfacct: false }, () => ""],
  ["no node ports on localhost", { localhostNodePorts: false }, () => ""],
];

function load(seed: number): { loaded: LoadedCluster; family: 4 | 6; random: Random } {
  const random = new Random(seed);
  const lab = randomCluster(random, `cluster ${seed}`);
  const loaded = loadCluster([{ name: lab.name, text: lab.manifests }], {
    validate: "strict",
    cluster: {
      defaultNamespace: "default",
      clusterServices: true,
      serviceCidrs: ["10.96.0.0/16", "fd00:10:96::/112"],
      clusterCidrs: ["10.244.0.0/16", "fd00:10:244::/56"],
    },
  });
  return { loaded, family: lab.family ?? 4, random };
}

describe.each(knownReleases.map(({ release }) => release))("release %s", (release) => {
  test.each(settings)("%s: a random cluster's rules are clean, with nothing stated", (name, stated, told) => {
    for (let number = 0; number < clusters; number++) {
      const seed = [...`${release} ${name} ${number}`].reduce(
        (sum, each) => Math.imul(sum ^ each.charCodeAt(0), 16777619) >>> 0,
        2166136261,
      );
      const { loaded, family, random } = load(seed);
      const { config } = readKubeProxyConfig(undefined, loaded.cluster, { family });
      const node = random.pick(loaded.cluster.nodes);
      const rendered = renderNode(loaded, node, { ...config, ...stated, release });
      const text = [...printSave(rendered)].join("");
      const dump = readSave(family === 6 ? "ip6tables-save" : "iptables-save", text)!;
      const answer = verifyDump(verifyGround(loaded), { dump });
      const took = answer.took.join("; ");
      expect([seed, dumpFindings(answer, dump, loaded.cluster, "dump", saveRule)]).toEqual([seed, []]);
      // Chance makes clusters whose rules do not show a setting.
      const usual = [...printSave(renderNode(loaded, node, { ...config, release }))].join("");
      const isShown = name === "the defaults" ? text.includes("KUBE-SVC-") : text !== usual;
      expect([seed, took]).toEqual([seed, expect.stringContaining(isShown ? told(family === 6) : "")]);
    }
  });
});

test("rules that tell pods by one node's network are that node's, where nothing else tells nodes apart", () => {
  const loaded = recordedCluster(join(recordings, "clusters/jobs-app"));
  const { config } = readKubeProxyConfig(undefined, loaded.cluster, { family: 4 });
  for (const node of loaded.cluster.nodes) {
    const rendered = renderNode(loaded, node, { ...config, localDetector: { kind: "node-cidr" } });
    const dump = readSave("iptables-save", [...printSave(rendered)].join(""))!;
    const { took } = verifyDump(verifyGround(loaded), { dump });
    expect(took).toEqual(expect.arrayContaining([`node ${node.name}`, "pods told by their node's network"]));
  }
});
