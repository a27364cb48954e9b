// The rules of every node of a cluster, as `iptables-save` would print them there.
// usage: node render.mjs [FILE OR FOLDER...]
import {
  decideKubeProxyConfig,
  hasErrors,
  loadCluster,
  printDiagnostics,
  printSave,
  renderNode,
} from "k8snet";
import { readSources } from "k8snet/node";

const filenames = process.argv.slice(2);
const read = await readSources({
  filenames: filenames.length > 0 ? filenames : ["manifests"],
  recursive: true,
  cwd: process.cwd(),
  readStdin: async () => new Uint8Array(),
});
const loaded = loadCluster(read.manifests, {
  validate: "strict",
  cluster: { defaultNamespace: "default", clusterServices: true },
});
const { config } = decideKubeProxyConfig(loaded.cluster, { version: "1.37" });

const diagnostics = [...read.diagnostics, ...loaded.diagnostics];
process.stderr.write(printDiagnostics(diagnostics));
if (hasErrors(diagnostics)) process.exit(2);

for (const node of loaded.cluster.nodes) {
  process.stdout.write(`# ${node.name}\n`);
  for (const chunk of printSave(renderNode(loaded, node, config))) process.stdout.write(chunk);
}
