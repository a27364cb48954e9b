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
