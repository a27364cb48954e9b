import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** Why there is no browser to test with; undefined when there is one. */
export const noBrowser = existsSync(executablePath) ? undefined : `${executablePath} is not there`;

/** Describes tests that need a browser: skipped with a reason where there is none, but failed in CI. */
export function describeInBrowser(name: string, tests: () => void): void {
  if (noBrowser === undefined) describe(name, tests);
  else if (process.env["CI"] === "true") {
    test(name, () => {
      throw new Error(`the tests of the page must run in CI: ${noBrowser}`);
    });
  } else {
    console.warn(`skipped: ${name}: ${noBrowser}`);
    describe.skip(name, tests);
  }
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"],
  });
}

/** A page with what went wrong in it: errors on its console, exceptions, and requests beyond its own file. */
export interface WatchedPage {
  readonly page: Page;
  readonly errors: string[];
  readonly requests: string[];
}

export async function openPage(
  browser: Browser,
  url: string,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, ...options });
  const errors: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("request", (request) => {
    if (request.url() !== url.split("#")[0] && !request.url().startsWith("data:"))
      requests.push(request.url());
  });
  await page.goto(url);
  return { page, errors, requests };
}
