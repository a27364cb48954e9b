import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runK8snet } from "../run-k8snet.ts";

/** Three pods, one a node, behind a Service. */
export const base = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: NodePort
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http, nodePort: 30080}]
---
apiVersion: v1
kind: Service
metadata: {name: pay, namespace: shop}
spec: {type: ExternalName, externalName: pay.example.com}
`;

/** Endpoints as `diff` lists them, all with the same port. */
export const pods = (port: number): string[] =>
  ["10.244.0.107", "10.244.1.18", "10.244.2.104"].map((ip) => `${ip}:${port}`);
export const thirds = (port: number): string =>
  pods(port)
    .map((pod) => `1/3 ${pod}`)
    .join(", ");
export const either = pods(8080)
  .join(", ")
  .replace(/, (?=[^,]*$)/, " or ");
export const local: Edit = ["type: NodePort", "type: NodePort\n  externalTrafficPolicy: Local"];

export type Edit = readonly [from: string, to: string];

/** A text with parts of it replaced, each of which must be there. */
export function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((before, [from, to]) => {
    expect(before).toContain(from);
    return before.replace(from, to);
  }, text);
}

/** A folder for each test of a file, and `diff` of two texts in it. */
export function comparedFolder() {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "k8snet-changes-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  return {
    path: () => folder,
    async diff(old: string, now: string, ...words: string[]): Promise<{ status: number; stdout: string }> {
      writeFileSync(join(folder, "old.yaml"), old);
      writeFileSync(join(folder, "new.yaml"), now);
      return runK8snet(["diff", "old.yaml", "new.yaml", ...words], { cwd: folder });
    },
  };
}
