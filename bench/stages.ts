import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { loadAll } from "js-yaml";
import { compileLess } from "../src/cli/terminal/compiler-budget.ts";
import { defaultClusterOptions } from "../src/cluster/options.ts";
import { buildNetwork, podHost } from "../src/cluster-network/build-network.ts";
import { hasErrors } from "../src/diagnostics/diagnostic.ts";
import type { SourceText } from "../src/diagnostics/source.ts";
import { readKubeProxyConfig } from "../src/kube-proxy/read-config.ts";
import { parseSave } from "../src/netfilter/parse-save.ts";
import type { Ruleset } from "../src/netfilter/ruleset.ts";
import { type LoadedCluster, loadCluster, renderNode } from "../src/pipeline.ts";
import { printSave } from "../src/printers/iptables/iptables-save.ts";
import type { Network } from "../src/tracer/network.ts";
import { makePacket } from "../src/tracer/packet.ts";
import { sendingAddress, trace } from "../src/tracer/trace.ts";

/** Parts of the work, each timed in a process of its own: `node stages.mjs STAGE ARGUMENT` prints a sample. */
const stages: Readonly<Record<string, (argument: string) => number | Promise<number>>> = {
  "js-yaml": (path) => {
    const { text } = source(path);
    return timed(() => loadAll(text));
  },
  // As the command line does it.
  load: async (path) => {
    await compileLess([source(path)]);
    return timed(() => void load(path));
  },
  sha256: (count) => {
    const names = Array.from({ length: Number(count) }, (_, i) => `shop/svc-${i}:httptcp10.128.0.${i}:8080`);
    return timed(() => {
      for (const name of names) createHash("sha256").update(name).digest();
    });
  },
  rules: (path) => {
    const loaded = load(path);
    return timed(() => save(rulesOf(loaded, 0)));
  },
  "manifests-to-save": (path) => timed(() => save(rulesOf(load(path), 0))),
  dump: (path) => {
    const text = source(path);
    const { cluster } = loadCluster([], { validate: "ignore", cluster: defaultClusterOptions });
    return timed(() => {
      const [ruleset] = parseSave(text).rulesets;
      const [node] = cluster.nodes;
      const network = buildNetwork(cluster, undefined, {
        family: 4,
        rulesetOf: () => ruleset,
      });
      expectEnds(send(network, node!.name, "10.96.1.0"), 50);
      save(ruleset!);
    });
  },
  "trace-one": (path) => {
    const loaded = load(path);
    const network = networkOf(loaded);
    const service = loaded.cluster.services.find((each) => each.namespace === "shop");
    const source = loaded.cluster.pods.at(-1)!;
    const passed = [source, ...loaded.cluster.pods.filter((pod) => pod.labels["app"] === service!.name)];
    for (const pod of passed) network.hosts.get(pod.nodeName!)?.ruleset; // The rules are part of loading.
    return timed(() => expectEnds(send(network, podHost(source), service!.clusterIps[0]!), 3));
  },
  "trace-pairs": (path) => {
    const loaded = load(path);
    const network = networkOf(loaded);
    const services = loaded.cluster.services.filter((each) => each.namespace === "shop");
    const sources = loaded.cluster.pods.slice(0, 10).map(podHost);
    return timed(() => {
      for (const service of services) {
        for (const from of sources) expectEnds(send(network, from, service.clusterIps[0]!), 1);
      }
    });
  },
};

function timed(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

function source(path: string): SourceText {
  return { name: path, text: readFileSync(path, "utf8") };
}

function load(path: string): LoadedCluster {
  const loaded = loadCluster([source(path)], { validate: "strict", cluster: defaultClusterOptions });
  if (hasErrors(loaded.diagnostics)) throw new Error(JSON.stringify(loaded.diagnostics[0]?.message));
  return loaded;
}

function rulesOf(loaded: LoadedCluster, node: number): Ruleset {
  return renderNode(
    loaded,
    loaded.cluster.nodes[node]!,
    readKubeProxyConfig(undefined, loaded.cluster).config,
  );
}

/** Prints all rules and keeps none of the text. */
function save(ruleset: Ruleset): void {
  let length = 0;
  for (const chunk of printSave(ruleset)) length += chunk.length;
  if (length < 1000) throw new Error(`only ${length} characters of rules`);
}

function networkOf(loaded: LoadedCluster): Network {
  const rulesets = new Map<string, Ruleset>();
  const rulesetOf = (name: string): Ruleset => {
    const found =
      rulesets.get(name) ??
      rulesOf(
        loaded,
        loaded.cluster.nodes.findIndex((node) => node.name === name),
      );
    rulesets.set(name, found);
    return found;
  };
  return buildNetwork(loaded.cluster, loaded.endpoints, { family: 4, rulesetOf });
}

/** A connection from a host to port 80 of an address; how many ends it can have. */
function send(network: Network, from: string, destination: string): number {
  const host = network.hosts.get(from)!;
  const address = sendingAddress(host, destination)!;
  const packet = makePacket({ protocol: "tcp", source: address, destination, destinationPort: 80 });
  return trace(network, host, packet).ends.length;
}

function expectEnds(ends: number, least: number): void {
  if (ends < least) throw new Error(`${ends} ends instead of ${least} or more`);
}

const [name, argument] = process.argv.slice(2);
const milliseconds = await stages[name ?? ""]!(argument ?? "");
const memory = process.resourceUsage().maxRSS * 1024;
process.stdout.write(`${JSON.stringify({ milliseconds, memory })}\n`);
