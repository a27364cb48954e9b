// Writes V8's code cache beside every chunk of the command line: after the commands below have run, so that it holds
// the functions that a run needs. usage: node scripts/write-code-cache.mjs MAIN-CHUNK
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { loadChunk, scripts } from "./chunk-loader.cjs";

const manifests = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  replicas: 3
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: web
        ports:
        - containerPort: 8080
          name: http
---
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  type: NodePort
  selector:
    app: web
  ports:
  - port: 80
    protocol: TCP
    targetPort: http
`;

const commands = [
  ["--help"],
  ["render"],
  ["render", "-o", "save", "-t", "all"],
  ["get", "svc,ep,po,no", "-A"],
  ["describe", "service", "web", "-n", "shop"],
  ["trace", "svc/web", "-n", "shop"],
  ["resolve", "web.shop"],
  ["lint"],
  ["iptables", "-t", "nat", "-L", "-n"],
];

const folder = mkdtempSync(join(tmpdir(), "k8snet-code-cache-"));
writeFileSync(join(folder, "manifests.yaml"), manifests);
const quiet = { isTTY: false, write: () => undefined };
const io = {
  stdout: quiet,
  stderr: quiet,
  env: {},
  cwd: folder,
  readStdin: async () => new Uint8Array(),
};
const { run } = loadChunk(resolve(process.argv[2]));
// What a command answers does not matter here: one that fails has only loaded less.
for (const command of commands) await run(["-f", "manifests.yaml", ...command], io);
for (const [path, script] of scripts) writeFileSync(`${path}.cache`, script.createCachedData());
rmSync(folder, { recursive: true });
