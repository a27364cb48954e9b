import { createHash } from "node:crypto";
import { objectKey } from "../../cluster/model.ts";
import { InputError } from "../../diagnostics/diagnostic.ts";
import type { IpFamily } from "../../net/ip.ts";
import type { PageData, PageFamily } from "../../page/data.ts";
import { pageStyle } from "../../page/style.ts";
import { printSave } from "../../printers/iptables/iptables-save.ts";
import { printHtml } from "../../printers/pictures/html.ts";
import { version } from "../../version.ts";
import { findService, type LoadedInput } from "../input/load-input.ts";
import { familyOfOptions, nodeRules } from "../input/node-rules.ts";
import type { CommandIo, OutputStream } from "../terminal/io.ts";
import { pageScript } from "./page-script.ts";
import { pageSources } from "./page-sources.ts";

/** What is asked of a page beside the input. */
export interface PageRequest {
  readonly service?: string;
  /** It is served, and reloads when the input changes. */
  readonly live: boolean;
}

/**
 * The whole page as one text.
 * @throws InputError as `nodeRules` does, and for an unknown Service
 */
export async function printPage(input: LoadedInput, request: PageRequest, io: CommandIo): Promise<string> {
  const notes: string[] = [];
  const stderr: OutputStream = {
    ...io.stderr,
    write(text) {
      notes.push(text.replace(/\u001b\[[\d;]*m/g, ""));
      return io.stderr.write(text);
    },
  };
  const [first, ...others] = familiesOf(input);
  const families = [await pageFamily(input, first!, { ...io, stderr })];
  for (const family of others) families.push(...(await otherFamily(input, family, io)));
  const service = request.service === undefined ? undefined : objectKey(findService(input, request.service));
  const { options, settings } = input;
  const data: PageData = {
    version,
    sources: input.ownDumps === undefined ? pageSources(input.manifests.objects) : [],
    validate: options.validate,
    cluster: settings.cluster,
    families,
    onlyDumps: input.ownDumps !== undefined,
    ...(options.node === undefined ? {} : { node: options.node }),
    ...(service === undefined ? {} : { service }),
    namespace: options.namespace ?? options.defaultNamespace ?? "default",
    ignore: settings.ignore,
    notes: notes.join(""),
    live: request.live,
  };
  return pageOf(data);
}

const silent: OutputStream = { isTTY: false, write: () => undefined };

/** The families whose rules there are: those of the Service ranges, the one asked for first. */
function familiesOf(input: LoadedInput): readonly IpFamily[] {
  const first = familyOfOptions(input);
  const stated = input.cluster.ranges.serviceCidrs.map(({ family }) => family);
  return [...new Set([first, ...stated])];
}

function hasDumps({ options, dumps }: LoadedInput): boolean {
  return options.dump.length > 0 || dumps.length > 0;
}

/** Generated rules are made by the page itself; only what differs from them is handed over. */
async function pageFamily(loaded: LoadedInput, family: IpFamily, io: CommandIo): Promise<PageFamily> {
  const input: LoadedInput = { ...loaded, options: { ...loaded.options, ipFamily: `${family}` } };
  const rules = await nodeRules(input, io);
  const own = hasDumps(input) || input.options.baseRules !== undefined;
  const { nodes } = input.cluster;
  return {
    config: rules.config,
    rulesets: own
      ? Object.fromEntries(nodes.map((node) => [node.name, [...printSave(rules.of(node))].join("")]))
      : {},
  };
}

/** The family beside the one asked for; none where the dumps hold no rules of it. */
async function otherFamily(input: LoadedInput, family: IpFamily, io: CommandIo): Promise<PageFamily[]> {
  try {
    return [await pageFamily(input, family, { ...io, stderr: silent })];
  } catch (error) {
    if (error instanceof InputError) return [];
    throw error;
  }
}

/** A served page that says what is wrong with the input. */
export function printErrorPage(errors: string): string {
  return pageOf({ live: true, errors });
}

function pageOf(data: PageData | { readonly live: boolean; readonly errors: string }): string {
  const script = pageScript();
  return printHtml({
    title: "k8snet",
    script,
    style: pageStyle,
    scriptHash: hashOf(script),
    styleHash: hashOf(pageStyle),
    data,
    live: data.live,
  });
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
