import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { printMermaid } from "../../src/printers/pictures/mermaid.ts";
import { runK8snet } from "../cli/run-k8snet.ts";
import { dangerousTexts, pictureOfText } from "../graph/pictures.ts";
import { describeInBrowser, launch } from "./browser.ts";

/** Diagrams as mermaid itself reads and draws them, with the settings that GitHub has. */

const jobs = join(__dirname, "..", "..", "fixtures", "jobs-app", "manifests");
const mermaid = join(require.resolve("mermaid"), "..", "mermaid.min.js");

jest.setTimeout(120_000);

const services = (n: number): string =>
  Array.from(
    { length: n },
    (_, i) => `apiVersion: v1
kind: Service
metadata: { name: s${i}, namespace: shop }
spec: { type: NodePort, selector: { app: s${i} }, ports: [{ port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: d${i}, namespace: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: s${i} } }
  template: { metadata: { labels: { app: s${i} } }, spec: { containers: [{ name: web, image: web }] } }
`,
  )
    .slice(0, n)
    .join("---\n");

interface Drawn {
  readonly error?: string;
  /** Texts of boxes, of labels of arrows, and of frames; lines joined by a blank. */
  readonly boxes: string[];
  readonly labels: string[];
  readonly frames: string[];
  readonly foreign: number;
  readonly broken: boolean;
}

describeInBrowser("mermaid", () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launch();
    page = await browser.newPage();
    await page.setContent("<div id=drawing></div>");
    await page.addScriptTag({ path: mermaid });
    await page.evaluate("mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' })");
  });
  afterAll(() => browser?.close());

  async function draw(text: string): Promise<Drawn> {
    return (await page.evaluate(`(async (text) => {
      const all = (at) => [...document.querySelectorAll("#drawing " + at)].map((part) =>
        [...part.querySelectorAll("p")].flatMap((p) => [...p.childNodes]).map((node) => node.textContent).join(" ").trim());
      try {
        await mermaid.parse(text);
        const { svg } = await mermaid.render("drawn", text);
        document.getElementById("drawing").innerHTML = svg;
      } catch (error) {
        return { error: String(error), boxes: [], labels: [], frames: [], foreign: 0, broken: false };
      }
      return {
        boxes: all(".node"),
        labels: all(".edgeLabel .label").filter((label) => label !== ""),
        frames: all(".cluster-label"),
        foreign: document.querySelectorAll("#drawing script, #drawing img, #drawing a, #drawing b").length,
        broken: "broken" in window,
      };
    })(${JSON.stringify(text)})`)) as Drawn;
  }

  test("draws the jobs application; names of chains stay whole", async () => {
    const { stdout } = await runK8snet(["graph", "-f", jobs]);
    const drawn = await draw(stdout);
    expect(drawn.error).toBeUndefined();
    expect(drawn.boxes).toContain(
      "KUBE-SVC-6R7RAWWNQI6ZLKMO  jobs/backend-service:backend  not from 10.244.0.0/16: masquerade",
    );
    expect(drawn.labels).toEqual(expect.arrayContaining(["10.96.5.81:3000 tcp", "33.3%"]));
    const broken = await page.evaluate(`[...document.querySelectorAll("#drawing .node foreignObject")].filter(
      (part) => part.querySelectorAll("br").length + 1 < Math.round(part.getBoundingClientRect().height / 24)).length`);
    expect(broken).toBe(0);
  });

  test.each([
    ["30 Services", 30, []],
    ["30 Services with their pods", 30, ["--scope", "cluster"]],
    ["300 Services", 300, []],
  ])("draws %s within its limits", async (_, n, args) => {
    const { stdout } = await runK8snet(["graph", "-f", "-", ...args], { stdin: services(n) });
    const drawn = await draw(stdout);
    expect(drawn.error).toBeUndefined();
    expect(drawn.frames).toEqual(expect.arrayContaining(["namespace shop", "namespace kube-system"]));
    expect(drawn.boxes.length).toBeGreaterThan(n);
  });

  test("beyond the limits it draws nothing, and graph says so before", async () => {
    const { stdout, stderr } = await runK8snet(["graph", "-f", "-", "--detail", "chains"], {
      stdin: services(200),
    });
    expect(stderr).toMatch(/note: GitHub draws at most 500 arrows, and here are \d+\n/);
    const drawn = await draw(stdout);
    // mermaid draws a bomb with the reason in place of a text that is too long.
    expect(drawn.error ?? drawn.boxes.join()).not.toContain("KUBE-SVC");
  });

  test("draws the way of a packet, as a flowchart and as a sequence", async () => {
    const way = await draw((await runK8snet(["graph", "-f", jobs, "--trace", "10.96.5.81:3000"])).stdout);
    expect(way.labels.filter((label) => label.includes("DNAT to"))).toHaveLength(3);
    const { stdout } = await runK8snet(["trace", "-f", jobs, "10.96.5.81:3000", "-o", "mermaid"]);
    expect((await draw(stdout)).error).toBeUndefined();
    expect(await page.locator("#drawing").textContent()).toContain("DNAT destination 10.96.5.81:3000");
  });

  test("what a dump's rules are named can't break a sequence", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "k8snet-mermaid-")), "dump.txt");
    const name = "<b>;#x'";
    const rule = `-A INPUT -p tcp -m set --match-set ${name} src -j REJECT`;
    writeFileSync(
      file,
      `*nat\n:PREROUTING ACCEPT\n:KUBE-SERVICES -\nCOMMIT\n*filter\n:INPUT ACCEPT\n${rule}\nCOMMIT\n`,
    );
    const { stdout } = await runK8snet([
      ...["trace", "192.168.49.2:22", "--from", "external", "-o", "mermaid"],
      ...["--dump", `minikube=${file}`, "-f", jobs],
    ]);
    rmSync(dirname(file), { recursive: true });
    expect(stdout).toContain("alt ");
    expect(await draw(stdout)).toMatchObject({ foreign: 0, broken: false });
    expect(await page.locator("#drawing").textContent()).toContain(name);
  });

  test.each(dangerousTexts)("shows %j as it is", async (text) => {
    const drawn = await draw(printMermaid(pictureOfText(text)));
    const line = text.replace(/[\u0000-\u001f]/g, " ");
    expect(drawn).toMatchObject({ foreign: 0, broken: false });
    expect(drawn.error).toBeUndefined();
    expect(drawn.boxes).toEqual([`${line}  ${line}`, `${line}  ${line}  ${line}`]);
    expect(drawn.frames).toEqual([line]);
  });
});
