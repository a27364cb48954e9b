import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Flow, followFlow } from "../../../src/analysis/flows/flow.ts";
import { withClientPods } from "../../../src/analysis/matrix/sources.ts";
import { verifyFindings } from "../../../src/analysis/verify/differences/findings.ts";
import { inferConfig } from "../../../src/analysis/verify/dump/infer-config.ts";
import { likelyKey } from "../../../src/analysis/verify/likely-answer.ts";
import { NodeFlows } from "../../../src/analysis/verify/node-flows.ts";
import { NodeVerifier } from "../../../src/analysis/verify/verify-node.ts";
import { makeNetwork } from "../../../src/cli/input/make-network.ts";
import { outsideHost } from "../../../src/cluster-network/build-network.ts";
import type { Ruleset } from "../../../src/netfilter/ruleset.ts";
import { saveRule } from "../../../src/printers/iptables/iptables-save.ts";
import { everyFlow } from "./every-flow.ts";
import { mutantOf, randomNumbers } from "./mutations.ts";
import { readSave, recordedCluster, recordings, verifyGround } from "./recorded-clusters.ts";

/** How many mutants each cluster gets; `MUTANTS=625 npx jest verify-mutations` tries 5,000. */
const mutants = Number(process.env["MUTANTS"] ?? 12);
const release = process.env["MUTANTS_RELEASE"] ?? "1.37.0";
const seed = Number(process.env["MUTANTS_SEED"] ?? 0);

const clusters = [
  ["jobs-app", "minikube"],
  ["traffic-policy", "edge-1"],
  ["session-affinity", "minikube"],
  ["load-balancer", "minikube"],
  ["ports", "minikube"],
  ["no-endpoints", "minikube"],
  ["terminating", "minikube-m02"],
  ["topology", "b2"],
] as const;

test.each(clusters)(
  "%s on %s: an error exactly where some packet fares otherwise",
  (cluster, nodeName) => {
    const folder = join(recordings, "clusters", cluster);
    const path = join(folder, release, nodeName, "iptables-save.txt");
    const text = readFileSync(path, "utf8");
    const ground = verifyGround(recordedCluster(folder));
    const withClients = { ...ground, cluster: withClientPods(ground.cluster).cluster };
    const node = ground.cluster.nodes.find((candidate) => candidate.name === nodeName)!;
    const original = readSave(path, text)!;
    const verifier = new NodeVerifier(withClients, node, {
      ...inferConfig(original),
      release: minorOf(release),
    });
    const truth = truthOf(withClients, node, original);
    const random = randomNumbers(cluster.length * 7919 + seed);
    const missed: string[] = [];
    const falseErrors: string[] = [];
    let changed = 0;
    let tried = 0;
    while (tried < mutants) {
      const made = mutantOf(text, random);
      if (made === undefined) continue;
      tried++;
      const { kind, rule } = made;
      const mutant = readSave(path, made.text)!;
      const findings = verifyFindings(verifier.verify(mutant), saveRule);
      const error = findings.some(({ severity }) => severity === "error");
      const guard = kind === "dropped" && rule === "-A INPUT -j KUBE-FIREWALL";
      const matters = guard || truth.changedBy(mutant, /^foreign|policy/.test(kind));
      if (matters) changed++;
      if (matters && !error) missed.push(`${kind}: ${rule}`);
      if (error && !matters) falseErrors.push(`${kind}: ${rule}`);
    }
    if (mutants > 12) {
      const counts = `${missed.length} missed, ${falseErrors.length} false errors`;
      process.stderr.write(
        `${cluster} ${release}: ${tried} mutants, ${changed} change what becomes of a packet; ${counts}\n`,
      );
    }
    expect({ missed, falseErrors }).toEqual({ missed: [], falseErrors: [] });
    expect(changed).toBeGreaterThan(0);
  },
  600_000,
);

function minorOf(name: string): string {
  return name.split(".").slice(0, 2).join(".");
}

/** What every flow says of a node's rules: those that verify asks about, and whatever else somebody may send. */
function truthOf(
  ground: ReturnType<typeof verifyGround>,
  node: ReturnType<typeof verifyGround>["cluster"]["nodes"][number],
  original: Ruleset,
): { changedBy(mutant: Ruleset, byOthers: boolean): boolean } {
  const cluster = {
    ...ground.cluster,
    nodes: [node, ...ground.cluster.nodes.filter((other) => other !== node)],
  };
  const own = new NodeFlows(cluster, ground.endpoints, node, 4, outsideHost);
  const verifier = new NodeVerifier(ground, node, {
    ...inferConfig(original),
    release: minorOf(release),
  });
  const networkOf = (ruleset: Ruleset): ReturnType<typeof makeNetwork> =>
    makeNetwork(cluster, ground.endpoints, 4, (name) => verifier.rulesOf(name, ruleset));
  const before = networkOf(original);
  const every = everyFlow(cluster, before, 4);
  const expect = (flows: readonly Flow[]): { flow: Flow; key: string | undefined }[] =>
    flows.map((flow) => ({ flow, key: likelyKey(followFlow(before, flow)) }));
  const ofServices = expect([...own.services.flatMap((key) => own.ofService(key)), ...every.ofServices]);
  const others = expect([...own.between(before), ...own.ofNode(), ...every.others]);
  return {
    changedBy(mutant, byOthers) {
      const after = networkOf(mutant);
      // Packets of no connection, and to no Service, are no measure for others' rules.
      const plain = own.between(before).filter(({ state, sourceAddress }) => !state && !sourceAddress);
      const asked = byOthers ? [...ofServices, ...expect(plain)] : [...ofServices, ...others];
      return asked.some(({ flow, key }) => likelyKey(followFlow(after, flow)) !== key);
    },
  };
}
