import type { Difference } from "./analysis/diff/diff.ts";
import { diffWorlds } from "./analysis/diff/diff.ts";
import type { World } from "./analysis/diff/world.ts";
import { checkExpectations } from "./analysis/expectations/check-expectations.ts";
import type { ExpectationResult, ExpectationsFile } from "./analysis/expectations/model.ts";
import { lint } from "./analysis/lint/lint.ts";
import { matrixAddresses } from "./analysis/matrix/addresses.ts";
import { buildMatrix } from "./analysis/matrix/matrix.ts";
import type { Matrix, MatrixAddress, MatrixSource } from "./analysis/matrix/model.ts";
import { matrixSources, withClientPods } from "./analysis/matrix/sources.ts";
import { tracePacket } from "./analysis/trace/trace-packet.ts";
import { notComparable } from "./analysis/verify/dump/comparable.ts";
import { dumpFindings } from "./analysis/verify/dump-findings.ts";
import { type DumpVerification, type VerifyRequest, verifyDump } from "./analysis/verify/verify-dump.ts";
import { buildNetwork, outsideHost } from "./cluster-network/build-network.ts";
import type { NetworkOptions } from "./cluster-network/options.ts";
import type { Finding } from "./diagnostics/finding.ts";
import type { KubeProxyConfig } from "./kube-proxy/config.ts";
import { networkShapeOf } from "./kube-proxy/network-shape.ts";
import type { Ruleset } from "./netfilter/ruleset.ts";
import { type LoadedCluster, renderNode } from "./pipeline.ts";
import { printRules, saveRule } from "./printers/iptables/iptables-save.ts";

/** A cluster with the rules of its nodes, of one address family: what the analyses start from. */
export interface RuledCluster extends Pick<LoadedCluster, "cluster" | "endpoints"> {
  readonly config: KubeProxyConfig;
  /** A node's rules; undefined for a name that is no node's. */
  rulesetOf(node: string): Ruleset | undefined;
}

/**
 * Gives the nodes of a loaded cluster the rules that kube-proxy writes; a node's are made when they are first asked for.
 * @param config release, family and configuration, from {@link decideKubeProxyConfig}
 * @param dumps rules that nodes really have, by node, in place of rendered ones
 *
 * @example
 * ```ts
 * const loaded = loadCluster([{ name: "all.yaml", text }], { validate: "strict", cluster: defaultClusterOptions });
 * const { config } = decideKubeProxyConfig(loaded.cluster);
 * const cluster = withRules(loaded, config);
 * ```
 */
export function withRules(
  loaded: Pick<LoadedCluster, "cluster" | "endpoints">,
  config: KubeProxyConfig,
  dumps: ReadonlyMap<string, Ruleset> = new Map(),
): RuledCluster {
  const { cluster, endpoints } = loaded;
  const nodes = new Map(cluster.nodes.map((node) => [node.name, node]));
  const rulesets = new Map<string, Ruleset>(dumps);
  return {
    cluster,
    endpoints,
    config,
    rulesetOf(name) {
      const node = nodes.get(name);
      const ruleset =
        rulesets.get(name) ?? (node === undefined ? undefined : renderNode(loaded, node, config));
      if (ruleset !== undefined) rulesets.set(name, ruleset);
      return ruleset;
    },
  };
}

/** The network that packets of a cluster travel: for {@link buildNetwork}, {@link tracePacket} and {@link trace}. */
export function networkOptionsOf(ruled: RuledCluster): NetworkOptions {
  const { config } = ruled;
  return { ...networkShapeOf(config), family: config.family, rulesetOf: (node) => ruled.rulesetOf(node) };
}

/**
 * What differs between two clusters by meaning: `k8snet diff`. Every flow whose fate changes is told, with one example.
 *
 * @example
 * ```ts
 * const { objects, flows } = diffClusters(withRules(base, config), withRules(head, config));
 * for (const { text } of objects) console.log(text); // jobs/backend-service: 3 -> 4 endpoints, port 3000/TCP (…)
 * if (flows.some((flow) => flow.breaking)) process.exitCode = 1;
 * ```
 */
export function diffClusters(before: RuledCluster, after: RuledCluster): Difference {
  return diffWorlds(worldOf("before", before), worldOf("after", after), saveRule);
}

function worldOf(name: string, ruled: RuledCluster): World {
  const { cluster, endpoints, config } = ruled;
  const shape = networkShapeOf(config);
  return {
    name,
    cluster,
    endpoints,
    family: config.family,
    shape,
    rulesetOf: (node) => ruled.rulesetOf(node),
  };
}

/** What comparing a dump with the manifests gave, and what there is to say of it. */
export interface ClusterVerification extends DumpVerification {
  /**
   * An error for each difference that changes the fate of some packet, a warning for any other; one error where the
   * dump can't be held against the manifests.
   */
  readonly findings: readonly Finding[];
}

/**
 * Holds a node's own rules against those that kube-proxy writes for the manifests: `k8snet verify`. What the request
 * does not state is found from the dump.
 *
 * @example
 * ```ts
 * const [dump] = parseSave({ name: "node-1", text: await readFile("save-node-1.txt", "utf8") }).rulesets;
 * const { findings, took } = verifyCluster(loaded, { dump: dump!, node: "node-1" });
 * ```
 */
export function verifyCluster(
  loaded: Pick<LoadedCluster, "cluster" | "endpoints">,
  request: VerifyRequest,
): ClusterVerification {
  const { cluster, endpoints } = loaded;
  const name = "the dump";
  const reason = notComparable(request.dump, cluster, name);
  if (reason !== undefined && reason.because !== "no-services") {
    const { because: _, ...finding } = reason;
    return { nodes: [], took: [], findings: [{ ...finding, severity: "error" }] };
  }
  const makeNetwork: Parameters<typeof verifyDump>[0]["makeNetwork"] = (of, behind, family, rulesetOf) =>
    buildNetwork(of, behind, { family, rulesetOf });
  const verification = verifyDump(
    { cluster, endpoints, makeNetwork, outsideHost, ruleText: saveRule },
    request,
  );
  return { ...verification, findings: dumpFindings(verification, request.dump, cluster, name, saveRule) };
}

/** Which part of a matrix is asked for; all of it by default. */
export interface MatrixFilter {
  readonly from?: (source: MatrixSource) => boolean;
  readonly to?: (address: MatrixAddress) => boolean;
}

/**
 * Who reaches what, from where: `k8snet matrix`.
 *
 * @example
 * ```ts
 * const { rows } = matrixOf(cluster, { from: (source) => source.kind === "outside" });
 * for (const { service, kind, cells } of rows) console.log(service.name, kind, cells.map((cell) => cell.parts));
 * ```
 */
export function matrixOf(ruled: RuledCluster, { from, to }: MatrixFilter = {}): Matrix {
  const { cluster, clients } = withClientPods(ruled.cluster);
  const { family } = ruled.config;
  return buildMatrix(
    matrixSources(cluster, clients, outsideHost).filter((source) => from?.(source) ?? true),
    matrixAddresses(cluster).filter((address) => address.family === family && (to?.(address) ?? true)),
    {
      cluster,
      endpoints: ruled.endpoints,
      networks: new Map([[family, buildNetwork(cluster, ruled.endpoints, networkOptionsOf(ruled))]]),
      ruleText: saveRule,
    },
  );
}

/**
 * Holds a cluster against expectations: `k8snet test`.
 * @param files from {@link readExpectations}
 * @param defaultNamespace of names that state none
 *
 * @example
 * ```ts
 * const { file, diagnostics } = readExpectations({ name: "k8snet-test.yaml", text });
 * if (hasErrors(diagnostics)) throw new InputError(diagnostics);
 * const failed = checkCluster(cluster, [file]).filter(({ unmet }) => unmet.length > 0);
 * ```
 */
export function checkCluster(
  ruled: RuledCluster,
  files: readonly ExpectationsFile[],
  defaultNamespace = "default",
): readonly ExpectationResult[] {
  const { cluster, endpoints, config } = ruled;
  return checkExpectations(files, {
    cluster,
    endpoints,
    trace: ({ to, from, protocol }, namespace) =>
      tracePacket(
        { cluster, endpoints, network: networkOptionsOf(ruled) },
        {
          target: to,
          ...(from === undefined ? {} : { from }),
          ...(protocol === undefined ? {} : { protocol }),
          namespace: namespace ?? defaultNamespace,
          options: { later: false },
        },
      ),
    rulesOf: (node) =>
      new Map(
        (ruled.rulesetOf(node)?.tables ?? []).map((table) => [
          table.name,
          [...printRules(table)].join("").split("\n"),
        ]),
      ),
    findings: () =>
      lint({ cluster, endpoints, defaultNamespace, localDetector: config.localDetector }).findings,
  });
}
