import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { runK8snet } from "../cli/run-k8snet.ts";
import { dangerousTexts } from "../graph/pictures.ts";
import { describeInBrowser, launch, openPage } from "./browser.ts";

const root = join(__dirname, "..", "..");
const jobs = join(root, "fixtures", "jobs-app", "manifests");
const recorded = join(root, "fixtures", "conformance", "clusters");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

jest.setTimeout(120_000);

describeInBrowser("the page", () => {
  let browser: Browser;
  let folder: string;

  /** The page of an input as a file's URL. */
  async function pageOf(name: string, args: readonly string[], stdin = ""): Promise<string> {
    const file = join(folder, `${name}.html`);
    const answer = await runK8snet(["graph", ...args, "-o", "html", "--output-file", file], { stdin });
    if (answer.status !== 0) throw new Error(answer.stderr);
    return pathToFileURL(file).href;
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "k8snet-page-"));
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("shows the jobs application, without an error and without a request", async () => {
    const { page, errors, requests } = await openPage(browser, await pageOf("jobs", ["-f", jobs]));
    const titles = await page.locator("#picture .box .title").allTextContents();
    expect(titles).toEqual(
      expect.arrayContaining(["PREROUTING", "KUBE-SERVICES", "KUBE-SVC-6R7RAWWNQI6ZLKMO", "10.244.1.2:3000"]),
    );
    expect(await page.locator("#picture .label").allTextContents()).toEqual(
      expect.arrayContaining(["33.3%", "10.96.5.81:3000 tcp"]),
    );
    expect(await page.locator("#tables").textContent()).toContain("backend-service");
    await page.locator("#picture .label", { hasText: "10.96.5.81:3000" }).hover();
    expect(await page.locator("#detail").textContent()).toContain("-j KUBE-SVC-6R7RAWWNQI6ZLKMO");
    expect(await page.locator("#notes").textContent()).toBe(
      "simulated: 2 ClusterIPs, 1 pod IP, 3 nodes; stated: 1 ClusterIP, 6 pod IPs",
    );
    expect({ errors, requests }).toEqual({ errors: [], requests: [] });
    await page.close();
  });

  test("traces 10.96.5.81:3000 to three endpoints with the numbers of trace -o json", async () => {
    const { page, errors } = await openPage(browser, await pageOf("jobs", ["-f", jobs]));
    await page.fill("#to", "10.96.5.81");
    await page.fill("#port", "3000");
    await page.click("#packet button");
    const ends = await page.locator(".ends summary strong").allTextContents();
    expect(ends).toEqual(["33.3%", "33.3%", "33.3%"]);
    const { stdout } = await runK8snet(["trace", "10.96.5.81:3000", "-f", jobs, "-o", "json"]);
    expect(JSON.parse((await page.locator("#json pre").textContent()) ?? "")).toEqual(JSON.parse(stdout));
    expect(await page.locator("#picture .arrow.lit").count()).toBeGreaterThanOrEqual(8);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("a packet from outside to a node port: rewritten addresses, rules and their reasons", async () => {
    const vote = join(root, "fixtures", "vote", "manifests");
    const { page, errors } = await openPage(browser, await pageOf("vote", ["-f", vote]));
    await page.fill("#from", "external");
    await page.fill("#to", "node/kind-worker");
    await page.fill("#port", "30000");
    await page.click("#packet button");
    const text = (await page.locator(".ends").textContent()) ?? "";
    expect(text).toMatch(/DNAT: the destination \S+:30000 becomes \S+:80/);
    expect(text).toContain("MASQUERADE: the source");
    expect(text).toContain("-A KUBE-NODEPORTS");
    expect(await page.inputValue("#node")).toBe("kind-worker");
    expect(errors).toEqual([]);
    await page.close();
  });

  test("works by keyboard alone", async () => {
    const { page } = await openPage(browser, await pageOf("jobs", ["-f", jobs]));
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    for (let presses = 0; presses < 60; presses++) {
      if (await page.evaluate("document.activeElement?.id === 'to'")) break;
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Control+A");
    await page.keyboard.type("10.96.5.81");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("3000");
    await page.keyboard.press("Enter");
    expect(await page.locator(".ends summary").count()).toBe(3);
    await page.locator(".walk button").last().focus();
    await page.locator(".ends .walk button", { hasText: "Next step" }).first().focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    expect(await page.locator('[aria-current="step"]').count()).toBe(1);
    expect(await page.locator(".said").first().textContent()).toMatch(/^Step 2 of \d+: /);
    await page.locator("#picture .box.service-chain").focus();
    expect(await page.locator("#detail").textContent()).toContain("-A KUBE-SERVICES -d 10.96.5.81/32");
    expect(await page.locator("#detail").textContent()).toMatch(/backend\.yaml:\d+|\.yaml:\d+/);
    await page.close();
  });

  test.each([
    ["light", 1400, "a packet", "to=10.96.5.81:3000"],
    ["dark", 1400, "a packet", "to=10.96.5.81:3000"],
    ["light", 390, "a packet", "to=10.96.5.81:3000"],
    ["dark", 390, "all Services", "service="],
    ["light", 1400, "all Services", "service="],
  ] as const)("axe finds no serious fault, %s, %d pixels wide, %s", async (colorScheme, width, _, hash) => {
    const url = `${await pageOf("jobs", ["-f", jobs])}#${hash}`;
    const { page } = await openPage(browser, url, {
      colorScheme,
      viewport: { width, height: 900 },
      bypassCSP: true,
    });
    await page.evaluate(axe);
    const found = (await page.evaluate("axe.run().then((result) => result.violations)")) as {
      id: string;
      impact: string;
      nodes: { html: string }[];
    }[];
    const serious = found.filter(({ impact }) => impact === "serious" || impact === "critical");
    expect(serious.map(({ id, nodes }) => [id, nodes.slice(0, 3).map((node) => node.html)])).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    await page.close();
  });

  test("nothing of the input runs or breaks the page", async () => {
    const service = dangerousTexts.map(
      (text, index) =>
        `apiVersion: v1\nkind: Service\nmetadata:\n  name: s${index}\n  annotations: { note: ${JSON.stringify(text)} }\nspec:\n  selector: { app: ${JSON.stringify("x")} } # ${JSON.stringify(text)}\n  ports: [{ port: 80 }]\n`,
    );
    const file = join(folder, "</script><b>&.yaml".replace(/\//g, "_"));
    writeFileSync(file, service.join("---\n"));
    const { page, errors, requests } = await openPage(browser, await pageOf("dangerous", ["-f", file]));
    await page.fill("#to", "<img src=x onerror=window.broken=1>");
    await page.click("#packet button");
    expect(await page.evaluate("window.broken")).toBeUndefined();
    expect(await page.locator("img, #main script").count()).toBe(0);
    expect(await page.locator("#answer [role=alert]").textContent()).toContain("<img");
    expect({ errors, requests }).toEqual({ errors: [], requests: [] });
    await page.close();
  });

  test("a page of 100 Services is below 1 MB and finds one of them", async () => {
    const services = Array.from(
      { length: 100 },
      (_, n) =>
        `apiVersion: v1\nkind: Service\nmetadata: { name: s${n} }\nspec: { selector: { app: web }, ports: [{ port: 80 }] }\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: d${n} }\nspec: { replicas: 3, selector: { matchLabels: { app: d${n} } }, template: { metadata: { labels: { app: d${n} } }, spec: { containers: [{ name: web, image: web }] } } }\n`,
    ).join("---\n");
    const url = await pageOf("hundred", ["-f", "-"], services);
    expect(statSync(join(folder, "hundred.html")).size).toBeLessThan(1_000_000);
    const { page } = await openPage(browser, url);
    await page.fill("#search", "s42");
    expect(await page.locator("#services button").allTextContents()).toEqual([
      "all found1",
      expect.stringContaining("default/s42"),
    ]);
    await page.click("#services button >> nth=1");
    expect(await page.locator("#chains-title").textContent()).toBe("Chains: default/s42 on minikube");
    await page.close();
  });

  test("all Services are a box each; the search chooses among them, a click or Enter draws one", async () => {
    const input = Array.from(
      { length: 30 },
      (_, n) =>
        `apiVersion: v1\nkind: Service\nmetadata: { name: vote${n} }\nspec: { selector: { app: vote }, ports: [{ name: web, port: 80 }] }\n`,
    ).join("---\n");
    const { page, errors } = await openPage(browser, `${await pageOf("cards", ["-f", "-"], input)}#service=`);
    expect(await page.locator("#picture .box.refusal .title").count()).toBeGreaterThanOrEqual(30);
    await page.fill("#search", "vote1");
    expect(await page.locator("#chains-title").textContent()).toBe("Chains: Services found on minikube");
    expect(await page.locator("#picture .box.refusal .title").count()).toBe(1);
    await page.fill("#search", "");
    await page.locator("#picture .box.refusal", { hasText: "vote12:web" }).focus();
    await page.keyboard.press("Enter");
    expect(await page.locator("#chains-title").textContent()).toContain("Chains: default/vote12 on");
    expect(errors).toEqual([]);
    await page.close();
  });

  test("many endpoints are one box, and each with its chain when asked for", async () => {
    const stdin = `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { clusterIP: 10.96.0.80, selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 40
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: web }] } }
`;
    const { page, errors } = await openPage(
      browser,
      `${await pageOf("forty", ["-f", "-"], stdin)}#to=10.96.0.80:80`,
    );
    expect(await page.locator("#picture .box.endpoint .title").allTextContents()).toEqual(["40 endpoints"]);
    expect(await page.locator("#picture .box.endpoint.lit").count()).toBe(1);
    await page.click("#every-chain");
    expect(await page.locator("#picture .box.endpoint.lit").count()).toBe(40);
    expect(await page.locator("#every-chain").count()).toBe(0);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("a node's own dump is drawn and traced in place of generated rules", async () => {
    const dump = join(folder, "dump.txt");
    const saved = await runK8snet([
      "render",
      "-f",
      jobs,
      "-t",
      "all",
      "-o",
      "save",
      "--node",
      "minikube-m02",
    ]);
    // Only the first endpoint is left of the three.
    writeFileSync(dump, saved.stdout.replace(/ -m statistic --mode random --probability 0\.3\d+/, ""));
    const args = ["-f", jobs, "--dump", `minikube-m02=${dump}`];
    const { page, errors } = await openPage(browser, `${await pageOf("dump", args)}#to=10.96.5.81:3000`);
    expect(await page.locator(".ends summary strong").allTextContents()).toEqual(["100%"]);
    const { stdout } = await runK8snet(["trace", "10.96.5.81:3000", ...args, "-o", "json"]);
    expect(JSON.parse((await page.locator("#json pre").textContent()) ?? "")).toEqual(JSON.parse(stdout));
    expect(errors).toEqual([]);
    await page.close();
  });

  test("rules of a dump that are generated alike keep their reason and the manifest's line", async () => {
    const dump = join(folder, "origins.txt");
    const saved = await runK8snet(["render", "-f", jobs, "-t", "all", "-o", "save"]);
    const own = "-A PREROUTING -s 192.0.2.0/24 -j DROP\n-A PREROUTING";
    writeFileSync(dump, saved.stdout.replace("-A PREROUTING", own));
    const { page, errors } = await openPage(
      browser,
      `${await pageOf("origins", ["-f", jobs, "--dump", dump])}#node=minikube`,
    );
    await page.locator("#picture .box.service-chain").hover();
    expect(await page.locator("#detail").textContent()).toMatch(/reached at its cluster IP.*\.yaml:\d+/);
    expect(await page.locator("#picture .box.refusal").count()).toBe(1);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("a dump without manifests: the page knows the Services that its rules name", async () => {
    const args = ["--dump", join(recorded, "jobs-app/1.37.0/minikube/iptables-save.txt")];
    const { page, errors } = await openPage(browser, `${await pageOf("lone", args)}#to=10.96.5.81:3000`);
    expect(await page.locator("body").textContent()).toContain("jobs/backend-service");
    expect(await page.locator(".ends summary strong").allTextContents()).toEqual(["33.3%", "33.3%", "33.3%"]);
    const { stdout } = await runK8snet(["trace", "10.96.5.81:3000", ...args, "-o", "json"]);
    expect(JSON.parse((await page.locator("#json pre").textContent()) ?? "")).toEqual(JSON.parse(stdout));
    expect(errors).toEqual([]);
    await page.close();
  });

  test("a dual-stack cluster shows IPv4 or IPv6, as chosen or as the packet's address asks", async () => {
    const stdin = `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { ipFamilyPolicy: RequireDualStack, selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: web }] } }
`;
    const file = join(folder, "dual.yaml");
    writeFileSync(file, stdin);
    const ranges = [
      "--service-cidr",
      "10.96.0.0/12,fd00:10:96::/112",
      "--cluster-cidr",
      "10.244.0.0/16,fd00:10:244::/56",
    ];
    const args = ["-f", file, ...ranges];
    const { page, errors } = await openPage(browser, await pageOf("dual", args));
    expect(await page.inputValue("#to")).toMatch(/^10\./);
    await page.selectOption("#family", "6");
    expect(await page.inputValue("#to")).toMatch(/^fd00:10:96::/);
    expect(await page.locator("#picture .box.endpoint .title").first().textContent()).toMatch(/^\[fd00:/);
    await page.click("#packet button");
    expect(await page.locator(".ends summary strong").allTextContents()).toEqual(["50%", "50%"]);
    const target = `[${await page.inputValue("#to")}]:80`;
    const { stdout } = await runK8snet(["trace", target, ...args, "-o", "json"]);
    expect(JSON.parse((await page.locator("#json pre").textContent()) ?? "")).toEqual(JSON.parse(stdout));
    await page.selectOption("#family", "4");
    await page.fill("#to", target.slice(1, -4));
    await page.click("#packet button");
    expect(await page.inputValue("#family")).toBe("6");
    expect(errors).toEqual([]);
    await page.close();
  });

  test("the page's JSON is trace's where there is session affinity and a second protocol, too", async () => {
    const file = join(folder, "affinity.yaml");
    const port = (protocol: string): string =>
      `{ name: ${protocol.toLowerCase()}, port: 53, protocol: ${protocol} }`;
    writeFileSync(
      file,
      `apiVersion: v1
kind: Service
metadata: { name: dns }
spec:
  clusterIP: 10.96.0.99
  sessionAffinity: ClientIP
  selector: { app: dns }
  ports: [${port("TCP")}, ${port("UDP")}]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: dns }
spec:
  replicas: 2
  selector: { matchLabels: { app: dns } }
  template: { metadata: { labels: { app: dns } }, spec: { containers: [{ name: dns, image: dns }] } }
`,
    );
    const { page, errors } = await openPage(
      browser,
      `${await pageOf("affinity", ["-f", file])}#to=10.96.0.99:53`,
    );
    const { stdout } = await runK8snet(["trace", "10.96.0.99:53", "-f", file, "-o", "json"]);
    expect(JSON.parse((await page.locator("#json pre").textContent()) ?? "")).toEqual(JSON.parse(stdout));
    expect(await page.locator(".ends summary strong").allTextContents()).toEqual(["50%", "50%"]);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("hiding what containers are told changes no name and no number", async () => {
    const file = join(folder, "told.yaml");
    const text = readFileSync(join(jobs, "backend.yaml"), "utf8");
    writeFileSync(
      file,
      text.replace(/(\n\s+)image: .*/, '$&$1env: [{ name: A, value: "b: {c}" }]$1args:$1- |$1  one$1  two'),
    );
    expect(readFileSync(file, "utf8")).toContain("args:");
    const { page, errors } = await openPage(
      browser,
      `${await pageOf("told", ["-f", file])}#to=10.96.5.81:3000`,
    );
    const { stdout } = await runK8snet(["trace", "10.96.5.81:3000", "-f", file, "-o", "json"]);
    expect(JSON.parse((await page.locator("#json pre").textContent()) ?? "")).toEqual(JSON.parse(stdout));
    expect(errors).toEqual([]);
    await page.close();
  });

  test("a served page follows the files and shows what is wrong with them", async () => {
    const file = join(folder, "live.yaml");
    const service = (name: string): string =>
      `apiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\nspec: { selector: { app: web }, ports: [{ port: 80 }] }\n`;
    writeFileSync(file, service("first"));
    const ending = new AbortController();
    let said: (url: string) => void = () => undefined;
    const url = new Promise<string>((done) => {
      said = done;
    });
    const answer = runK8snet(["serve", "-f", file], {
      stop: ending.signal,
      onStdout: (line) => said(line.trim()),
    });
    const { page, errors } = await openPage(browser, await url);
    await page.locator("#services", { hasText: "default/first" }).waitFor();
    writeFileSync(file, "kind: Service\n  bad: [\n");
    await page.locator("pre[role=alert]", { hasText: "live.yaml:2" }).waitFor();
    writeFileSync(file, service("second"));
    await page.locator("#services", { hasText: "default/second" }).waitFor();
    expect(errors).toEqual([]);
    await page.close();
    ending.abort();
    expect((await answer).status).toBe(0);
  });

  test("printed, the picture is whole and the form is gone", async () => {
    const { page } = await openPage(browser, `${await pageOf("jobs", ["-f", jobs])}#to=10.96.5.81:3000`);
    await page.emulateMedia({ media: "print" });
    for (const part of ["#packet", "#packet-title", "#detail", "#json"])
      expect([part, await page.locator(part).isVisible()]).toEqual([part, false]);
    const [svg, frame] = await Promise.all(
      ["#picture svg", "#picture"].map((at) => page.locator(at).boundingBox()),
    );
    expect(svg!.width).toBeLessThanOrEqual(frame!.width + 1);
    await page.close();
  });

  test("what is secret does not get into the page", async () => {
    const stdin = [
      'apiVersion: v1\nkind: Secret\nmetadata: { name: a }\nstringData:\n  password: "hunter2"\n  key: |\n    line-one\n    line-two\n',
      "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { name: topsecret }\n",
      'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  containers:\n    - name: a\n      image: a\n      args: [--token=abc123]\n      env: [{ name: TOKEN, value: "s3cr3t" }]\n      livenessProbe: { exec: { command: [mysql, -pROOTPW] } }\n      readinessProbe:\n        httpGet: { path: "/health?key=QUERYKEY", port: 80, httpHeaders: [{ name: Authorization, value: Basic HDRPW }] }\n      lifecycle: { preStop: { exec: { command: [sh, -c, "curl STOPPW"] } } }\n',
      "# password of the test system: COMMENTPW\napiVersion: v1\nkind: Service\nmetadata: { name: a, annotations: { example.com/token: ANNOTATIONPW } }\nspec:\n  selector: { app: a } # was TRAILINGPW\n  ports: [{ port: 80 }] # k8snet-ignore no-endpoints\n",
      "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: a }\nspec: { values: { password: VALUESPW } }\n",
    ].join("---\n");
    const url = await pageOf("secrets", ["-f", "-"], stdin);
    const text = readFileSync(new URL(url), "utf8");
    const secrets = [
      "hunter2",
      "line-one",
      "line-two",
      "topsecret",
      "abc123",
      "s3cr3t",
      "ROOTPW",
      "QUERYKEY",
    ];
    for (const secret of [
      ...secrets,
      "HDRPW",
      "STOPPW",
      "COMMENTPW",
      "ANNOTATIONPW",
      "TRAILINGPW",
      "VALUESPW",
    ]) {
      expect([secret, text.includes(secret)]).toEqual([secret, false]);
    }
    expect(text).toContain("k8snet-ignore");
    const { page, errors } = await openPage(browser, url);
    expect(await page.locator("#tables").textContent()).toContain("minikube");
    expect(errors).toEqual([]);
    await page.close();
  });
});
