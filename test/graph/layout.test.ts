import { join } from "node:path";
import { runK8snet } from "../cli/run-k8snet.ts";

const fixtures = join(__dirname, "..", "..", "fixtures");

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Rectangles of a class of an SVG of ours. */
function rectangles(svg: string, group: string): Rectangle[] {
  const found = svg.matchAll(
    new RegExp(
      `<g class="${group}[^>]*>\\s*(?:<title>[^<]*</title>\\s*)?<rect x="(\\S+)" y="(\\S+)" width="(\\S+)" height="(\\S+)"`,
      "g",
    ),
  );
  return [...found].map(([, x, y, width, height]) => ({
    x: Number(x),
    y: Number(y),
    width: Number(width),
    height: Number(height),
  }));
}

function overlap(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

test.each([
  ["the jobs application", ["-f", join(fixtures, "jobs-app", "manifests")]],
  ["the vote application", ["-f", join(fixtures, "vote", "manifests")]],
  ["the cluster", ["-f", join(fixtures, "vote", "manifests"), "--scope", "cluster"]],
  ["a packet", ["-f", join(fixtures, "vote", "manifests"), "--trace", "svc/vote"]],
])("in the picture of %s nothing overlaps", async (_, args) => {
  const { stdout, status } = await runK8snet(["graph", ...args, "-o", "svg"]);
  expect(status).toBe(0);
  const places = [...rectangles(stdout, "box"), ...rectangles(stdout, "label")];
  expect(places.length).toBeGreaterThan(5);
  const clashes = places.flatMap((a, at) => places.slice(at + 1).filter((b) => overlap(a, b)));
  expect(clashes).toEqual([]);
});

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Points on the drawn line of an arrow: `M`, `L` and `Q` of our paths. */
function pointsOn(path: string): Point[] {
  const points: Point[] = [];
  let at: Point = { x: 0, y: 0 };
  const point = (text: string): Point => {
    const [x, y] = text.split(",").map(Number);
    return { x: x!, y: y! };
  };
  for (const [, kind, rest] of path.matchAll(/([MLQ])([^MLQ]+)/g)) {
    const [first, second] = rest!.trim().split(/\s+/).map(point);
    const [bend, end] = kind === "Q" ? [first!, second!] : [kind === "M" ? first! : at, first!];
    for (let t = 0; t <= 1; t += 0.05) {
      const [a, b, c] = kind === "L" ? [1 - t, 0, t] : [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
      points.push({ x: a * at.x + b * bend.x + c * end.x, y: a * at.y + b * bend.y + c * end.y });
    }
    at = end;
  }
  return points.slice(21);
}

function inside({ x, y }: Point, box: Rectangle): boolean {
  return x > box.x + 1 && x < box.x + box.width - 1 && y > box.y + 1 && y < box.y + box.height - 1;
}

const services = (n: number, replicas: number): string =>
  Array.from({ length: n }, (_, i) => {
    const labels = `app: s${i}`;
    return `apiVersion: v1
kind: Service
metadata: { name: s${i}, namespace: ${i % 3 === 0 ? "shop" : "ledger"} }
spec: { type: ${i % 4 === 1 ? "NodePort" : "ClusterIP"}, selector: { ${labels} }, ports: [{ port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: s${i}, namespace: ${i % 3 === 0 ? "shop" : "ledger"} }
spec:
  replicas: ${i % 5 === 2 ? 0 : replicas}
  selector: { matchLabels: { ${labels} } }
  template: { metadata: { labels: { ${labels} } }, spec: { containers: [{ name: web, image: web }] } }
`;
  }).join("---\n");

test.each([
  ["3 Services", 3, []],
  ["3 Services and their pods by node", 3, ["--scope", "cluster"]],
  ["30 Services", 30, []],
  ["30 Services with all chains", 30, ["--detail", "chains"]],
  ["300 Services", 300, []],
  ["300 Services of the cluster", 300, ["--scope", "cluster"]],
])("%s: boxes apart from each other, no arrow behind a box", async (_, n, args) => {
  const { stdout, status } = await runK8snet(["graph", "-f", "-", "-o", "svg", ...args], {
    stdin: services(n, 3),
  });
  expect(status).toBe(0);
  const boxes = rectangles(stdout, "box");
  const labels = rectangles(stdout, "label");
  const places = [...boxes, ...labels];
  expect(boxes.length).toBeGreaterThan(n);
  expect(places.flatMap((a, at) => places.slice(at + 1).filter((b) => overlap(a, b)))).toEqual([]);
  const lines = [...stdout.matchAll(/<path d="(M[^"]+)" marker-end/g)].map(([, path]) => pointsOn(path!));
  expect(lines.flatMap((line) => line.flatMap((at) => boxes.filter((box) => inside(at, box))))).toEqual([]);
});

test.each([3, 30, 300])("of %s Services those without endpoints are there, as refused", async (n) => {
  const { stdout } = await runK8snet(["graph", "-f", "-", "-o", "svg", "--detail", "services"], {
    stdin: services(n, 2),
  });
  const refused = n === 3 ? 1 : n / 5;
  expect(rectangles(stdout, "box refusal").length).toBe(refused + 1);
  expect(stdout.match(/no endpoint: refused/g)?.length).toBeGreaterThanOrEqual(refused);
});

test("an SVG is not written to a terminal", async () => {
  const answer = await runK8snet(["graph", "-f", join(fixtures, "vote", "manifests"), "-o", "svg"], {
    isTTY: true,
  });
  expect(answer).toMatchObject({ status: 2, stdout: "" });
  expect(answer.stderr).toContain("--output-file graph.svg");
});

test("the way of a packet shows the shares of the trace and what is rewritten", async () => {
  const jobs = join(fixtures, "jobs-app", "manifests");
  const { stdout } = await runK8snet(["graph", "-f", jobs, "--trace", "10.96.5.81:3000"]);
  expect(stdout.match(/33\.3%/g)).toHaveLength(6);
  expect(stdout).toContain("DNAT to 10.244.1.2:3000");
});
