import { join } from "node:path";
import { instance, type Viz } from "@viz-js/viz";
import { printDot } from "../../../src/printers/pictures/dot.ts";
import { runK8snet } from "../../cli/run-k8snet.ts";
import { dangerousTexts, pictureOfText } from "../../graph/pictures.ts";

/** DOT as Graphviz itself (compiled to WebAssembly) reads and draws it. */

const jobs = join(__dirname, "..", "..", "..", "fixtures", "jobs-app", "manifests");
let viz: Viz;

beforeAll(async () => {
  viz = await instance();
});

/** The texts of a drawing, line by line. */
function drawnTexts(dot: string): string[] {
  const { status, output, errors } = viz.render(dot, { format: "svg" });
  expect({ status, errors }).toEqual({ status: "success", errors: [] });
  return [...(output ?? "").matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) =>
    text!
      .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
      .replace(/&lt;/g, "<")
      .replace(/&gt;/g, ">")
      .replace(/&quot;/g, '"')
      .replace(/&amp;/g, "&")
      .replace(/\u00a0/g, " "),
  );
}

test.each([
  [
    "the jobs application",
    [],
    ["KUBE-SVC-6R7RAWWNQI6ZLKMO", "10.244.1.2:3000", "10.96.5.81:3000 tcp", "33.3%"],
  ],
  ["its cluster", ["--scope", "cluster"], ["minikube-m02", "jobs/backend-service", "ClusterIP 10.96.5.81"]],
  ["a packet", ["--trace", "10.96.5.81:3000"], ["DNAT to 10.244.1.3:3000", "PREROUTING"]],
])("Graphviz draws %s", async (_, args, texts) => {
  const { stdout } = await runK8snet(["graph", "-f", jobs, "-o", "dot", ...args]);
  expect(drawnTexts(stdout)).toEqual(expect.arrayContaining(texts));
});

test.each(dangerousTexts)("Graphviz shows %j as it is", (text) => {
  const shown = drawnTexts(printDot(pictureOfText(text)));
  // Line ends and other controls become blanks; an arrow's label keeps its lines.
  const line = text.replace(/[\u0000-\u001f]/g, " ");
  expect(shown.filter((at) => at === line).length).toBeGreaterThanOrEqual(6);
});
