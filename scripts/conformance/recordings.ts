import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildCluster } from "../../src/cluster/build-cluster.ts";
import type { ClusterModel } from "../../src/cluster/model.ts";
import { defaultClusterOptions } from "../../src/cluster/options.ts";
import type { SourceText } from "../../src/diagnostics/source.ts";
import type { ResolvedEndpoints } from "../../src/endpoints/model.ts";
import { resolveEndpoints } from "../../src/endpoints/resolve-endpoints.ts";
import { readConfigText } from "../../src/kube-proxy/configuration/stated-config.ts";
import { generateRuleset } from "../../src/kube-proxy/generate-ruleset.ts";
import { readKubeProxyConfig } from "../../src/kube-proxy/read-config.ts";
import { restoreDialect } from "../../src/kube-proxy/restore-dialect.ts";
import { resolveRelease } from "../../src/kube-proxy/versions.ts";
import { parseManifests } from "../../src/manifests/parse-manifests.ts";
import type { IpFamily } from "../../src/net/ip.ts";
import { printRestore } from "../../src/printers/iptables/iptables-restore.ts";
import { printSave } from "../../src/printers/iptables/iptables-save.ts";
import { compareTexts } from "./compare.ts";

/** One recorded text of one node. */
export interface Recording {
  /** `clusters/NAME`, `releases/NAME` or `packets/NAME`. */
  readonly cluster: string;
  /** `1.37.0` */
  readonly release: string;
  readonly node: string;
  /** `proxy-config`, or the `config-X` it was recorded under. */
  readonly config: string;
  readonly family: IpFamily;
  readonly form: "save" | "restore";
  readonly path: string;
}

const fileName = /^(ip6?)tables-(save|restore)\.txt$/;

/** The release that wrote rules in folders that do not say it: those of `packets/`. */
const unsaidRelease = "1.37.0";

/** Every recorded text below a folder with `clusters/`, `releases/` and `packets/`. */
export function findRecordings(root: string): Recording[] {
  return ["clusters", "releases", "packets"].flatMap((group) =>
    readdirSync(join(root, group), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort()
      .flatMap((name) => recordingsOf(root, `${group}/${name}`)),
  );
}

function recordingsOf(root: string, cluster: string): Recording[] {
  return readdirSync(join(root, cluster), { recursive: true, encoding: "utf8" })
    .sort()
    .flatMap((path): Recording[] => {
      const parts = path.split("/");
      const match = fileName.exec(parts.pop()!);
      if (match === null) return [];
      const [release, ...rest] = /^\d+\.\d+\.\d+$/.test(parts[0]!) ? parts : [unsaidRelease, ...parts];
      return [
        {
          cluster,
          release: release!,
          node: rest[rest.length - 1]!,
          config: rest.length > 1 ? rest[0]! : "proxy-config",
          family: match[1] === "ip6" ? 6 : 4,
          form: match[2] === "save" ? "save" : "restore",
          path: join(root, cluster, path),
        },
      ];
    });
}

/** A cluster and its endpoints, ready to render. */
export interface ReadCluster {
  readonly cluster: ClusterModel;
  readonly endpoints: ResolvedEndpoints;
}

/** Reads the cluster of a folder such as `clusters/jobs-app`. */
export type ClusterReader = (root: string, name: string) => ReadCluster;

/** The cluster as `kubectl get … -o yaml` printed it. */
export const readObserved: ClusterReader = (root, name) => {
  const source = sourceAt(join(root, name, "cluster.yaml"));
  const read = parseManifests([source], { validate: "ignore" });
  const { cluster } = buildCluster(read.manifests, defaultClusterOptions);
  return { cluster, endpoints: resolveEndpoints(cluster).endpoints };
};

/** A file as a text to parse. */
export function sourceAt(path: string): SourceText {
  return { name: path, text: readFileSync(path, "utf8") };
}

/** Renders what was recorded, and says how it differs. Each cluster is read once. */
export class Conformance {
  private readonly root: string;
  private readonly read: ClusterReader;
  private readonly clusters = new Map<string, ReadCluster>();

  constructor(root: string, read: ClusterReader = readObserved) {
    this.root = root;
    this.read = read;
  }

  /** Differences between a recording and ours; empty when they are equal. */
  check(recording: Recording): string[] {
    const expected = readFileSync(recording.path, "utf8");
    return compareTexts(expected, this.render(recording), recording.form === "restore");
  }

  /** Our text for a recording. */
  render(recording: Recording): string {
    const { cluster, endpoints } = this.clusterOf(recording.cluster);
    const answer = resolveRelease(recording.release);
    if (answer.kind === "refused") throw new Error(answer.message);
    const node = cluster.nodes.find(({ name }) => name === recording.node);
    if (node === undefined) throw new Error(`no node ${recording.node} in ${recording.cluster}`);
    const { stated } = readConfigText(
      sourceAt(join(this.root, recording.cluster, `${recording.config}.yaml`)),
    );
    const { release } = answer;
    const { config } = readKubeProxyConfig(stated, cluster, { release, family: recording.family });
    const ruleset = generateRuleset(cluster, endpoints, node, config);
    const chunks =
      recording.form === "save" ? printSave(ruleset) : printRestore(ruleset, restoreDialect(release));
    return [...chunks].join("");
  }

  private clusterOf(name: string): ReadCluster {
    let known = this.clusters.get(name);
    if (known === undefined) {
      known = this.read(this.root, name);
      this.clusters.set(name, known);
    }
    return known;
  }
}
