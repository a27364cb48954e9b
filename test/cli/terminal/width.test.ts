import { runK8snet } from "../run-k8snet.ts";

const jobs = ["-f", "fixtures/jobs-app/manifests"];

async function lines(args: readonly string[], columns?: number): Promise<string[]> {
  const env = { NO_COLOR: "1" };
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  const { stdout } = await runK8snet([...args, ...jobs], { env, ...terminal });
  return stdout.trimEnd().split("\n");
}

test("get cuts selectors, images and sources, never names and addresses", async () => {
  const [head, ...rows] = await lines(["get", "svc", "-A", "-o", "wide"], 120);
  expect(head?.trimEnd()).toMatch(
    /^NAMESPACE +NAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT.* SELECTOR +SOURCE$/,
  );
  expect(rows.at(-1)).toContain(" 10.96.0.10   <none>        53/UDP,53/TCP,9153/TCP ");
  expect(rows.at(-1)).toContain("k8s-app=kub…");
});

test.each([
  ["get", ["get", "pods", "-o", "wide", "-A"]],
  ["trace", ["trace", "svc/backend-service", "--explain"]],
  ["render -o tree", ["render", "-o", "tree"]],
])("%s: a wide terminal, a pipe and a file get the same lines", async (_, args) => {
  expect(await lines(args, 1000)).toEqual(await lines(args));
});

test.each([60, 80, 100])("render -o tree on %i columns loses no word", async (columns) => {
  const words = (text: readonly string[]): string[] =>
    text.flatMap((line) => line.match(/[^\s│├└─]+/g) ?? []);
  const narrow = await lines(["render", "-o", "tree"], columns);
  expect(words(narrow)).toEqual(words(await lines(["render", "-o", "tree"])));
  expect(Math.max(...narrow.map((line) => line.length))).toBeLessThanOrEqual(columns);
});

test("render --service -o tree begins where packets come in, and shows only this Service", async () => {
  const text = await lines(["render", "--service", "jobs/backend-service", "-o", "tree"]);
  expect(text[0]).toBe("KUBE-SERVICES");
  expect(text[1]).toMatch(/^[├└]─ tcp to 10\.96\.5\.81:3000 → KUBE-SVC-6R7RAWWNQI6ZLKMO/);
  expect(text.join("\n")).not.toContain("kube-dns");
});

test("a finding's source line is cut around its caret", async () => {
  const label = "x".repeat(50);
  const stdin = `apiVersion: v1\nkind: Service\nmetadata: { name: web, labels: { a: ${label}, b: ${label}, c: ${label} } }\nspec: { ports: [{ port: 80 }], selector: { app: web, tier: ${label} } }\n`;
  const { stdout } = await runK8snet(["lint", "-f", "-"], {
    stdin,
    isTTY: true,
    columns: 70,
    env: { NO_COLOR: "1" },
  });
  const frame = stdout.split("\n").filter((line) => /^ *\d* \|/.test(line));
  expect(frame.length).toBeGreaterThanOrEqual(2);
  for (const line of frame) expect(line.length).toBeLessThanOrEqual(70);
  expect(frame[1]).toContain("^");
});
