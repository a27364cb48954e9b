import { createHash } from "node:crypto";
import { objectKey } from "../../cluster/model.ts";
import type { PageData } from "../../page/data.ts";
import { pageStyle } from "../../page/style.ts";
import { printHtml } from "../../printers/html.ts";
import { printSave } from "../../printers/iptables/iptables-save.ts";
import { version } from "../../version.ts";
import { findService, type LoadedInput } from "../input/load-input.ts";
import { nodeRules } from "../input/node-rules.ts";
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
  const rules = await nodeRules(input, { ...io, stderr });
  const service = request.service === undefined ? undefined : objectKey(findService(input, request.service));
  const { options, settings, cluster } = input;
  const own = options.dump.length > 0 || input.dumps.length > 0 || options.baseRules !== undefined;
  const data: PageData = {
    version,
    sources: pageSources(input.manifests.objects),
    validate: options.validate,
    cluster: settings.cluster,
    config: rules.config,
    rulesets: own
      ? Object.fromEntries(cluster.nodes.map((node) => [node.name, [...printSave(rules.of(node))].join("")]))
      : {},
    ...(options.node === undefined ? {} : { node: options.node }),
    ...(service === undefined ? {} : { service }),
    namespace: options.namespace ?? options.defaultNamespace ?? "default",
    ignore: settings.ignore,
    notes: notes.join(""),
    live: request.live,
  };
  return pageOf(data);
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
