import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Answer, runK8snet } from "../run-k8snet.ts";

const service = (name: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\nspec: { selector: { app: web }, ports: [{ port: 80 }] }\n`;

// Each page is bundled anew in a working copy.
jest.setTimeout(30_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "k8snet-serve-"));
  writeFileSync(join(folder, "web.yaml"), service("first"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Served {
  readonly url: string;
  stop(): Promise<Answer>;
}

/** Starts `serve` and waits for the address it prints. */
async function serve(...args: string[]): Promise<Served> {
  const ending = new AbortController();
  let said: (url: string) => void = () => undefined;
  const url = new Promise<string>((done) => {
    said = done;
  });
  const answer = runK8snet(["serve", "-f", folder, ...args], {
    cwd: folder,
    stop: ending.signal,
    onStdout: (text) => said(text.trim()),
  });
  return {
    url: await url,
    stop() {
      ending.abort();
      return answer;
    },
  };
}

interface Response {
  readonly status: number;
  readonly text: string;
}

function fetchText(url: string, headers: Record<string, string> = {}): Promise<Response> {
  return new Promise((done, fail) => {
    get(url, { headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => done({ status: response.statusCode ?? 0, text }));
    }).on("error", fail);
  });
}

/** Waits for the next event of a served page; `change` is done when the listener is there. */
function nextChange(url: string, change: () => void): Promise<void> {
  return new Promise((done, fail) => {
    const request = get(`${url}events`, (response) => {
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        if (part.startsWith(": ")) change();
        if (!part.includes("event: change")) return;
        request.destroy();
        done();
      });
    });
    request.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "ECONNRESET") fail(error);
    });
  });
}

test("serves the page on this machine only, and ends cleanly", async () => {
  const served = await serve();
  expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  const page = await fetchText(served.url);
  expect(page.status).toBe(200);
  expect(page.text).toContain("name: first");
  expect(page.text).toContain("connect-src 'self'");
  expect(await served.stop()).toMatchObject({ status: 0, stdout: `${served.url}\n` });
  await expect(fetchText(served.url)).rejects.toThrow();
});

test.each([
  ["another path", "passwd", {}, 404],
  ["another host's name", "", { host: "attacker.example" }, 403],
  ["localhost", "", { host: "localhost:1" }, 200],
] as const)("%s", async (_, path, headers, status) => {
  const served = await serve();
  expect((await fetchText(served.url + path, headers)).status).toBe(status);
  await served.stop();
});

test("the page follows the files, through an error and back", async () => {
  const served = await serve();
  await nextChange(served.url, () => writeFileSync(join(folder, "web.yaml"), "kind: Service\n  bad: [\n"));
  const broken = (await fetchText(served.url)).text;
  expect(broken).toContain("web.yaml:2");
  expect(broken).toContain('"errors":');
  await nextChange(served.url, () => writeFileSync(join(folder, "web.yaml"), service("second")));
  expect((await fetchText(served.url)).text).toContain("name: second");
  expect((await served.stop()).status).toBe(0);
});

test("a port that is taken is an error of usage", async () => {
  const served = await serve();
  const port = new URL(served.url).port;
  const second = await runK8snet(["serve", "-f", folder, "--port", port], { cwd: folder });
  expect(second).toMatchObject({ status: 2, stdout: "" });
  expect(second.stderr).toContain(
    `error: 127.0.0.1:${port} is taken by another program [not-listening]\nhint: --port 0`,
  );
  await served.stop();
});

test.each(["203.0.113.7", "no.such.host.invalid"])(
  "--host %s is no address of this machine",
  async (host) => {
    const answer = await runK8snet(["serve", "-f", folder, "--host", host], { cwd: folder });
    expect(answer).toMatchObject({ status: 2, stdout: "" });
    expect(answer.stderr).toContain(`error: ${host} is no address of this machine [not-listening]`);
  },
);
