import type { Command } from "commander";
import { readExpectation, unmetExpectations } from "../../analysis/trace/expectation.ts";
import { namedForAll } from "../../analysis/trace/home-of-name.ts";
import { withOtherProtocols } from "../../analysis/trace/other-protocols.ts";
import type { TraceAnswer } from "../../analysis/trace/request.ts";
import { sourceClasses } from "../../analysis/trace/source-classes.ts";
import { splitTarget } from "../../analysis/trace/target/target-text.ts";
import { type TraceGround, type TraceRequest, tracePacket } from "../../analysis/trace/trace-packet.ts";
import { InputError, usageError } from "../../diagnostics/diagnostic.ts";
import { traitsOf } from "../../kube-proxy/versions.ts";
import { canonicalIp, isIp, isIpv6 } from "../../net/ip.ts";
import { type Colors, noColors } from "../../printers/colors.ts";
import { UnwalkableRuleset } from "../../tracer/rules/table-context.ts";
import type { TraceOptions } from "../../tracer/trace.ts";
import { type TraceCommandOptions, traceFormats } from "../commands/trace.ts";
import { findService, type LoadedInput, loadInput } from "../input/load-input.ts";
import { networkOptionsOf } from "../input/network-options.ts";
import { familyOfOptions, nodeRules } from "../input/node-rules.ts";
import { outputsOf, writeOutputs } from "../output/output-options.ts";
import { colorsFor } from "../terminal/colors.ts";
import { CommandExit, exitStatus } from "../terminal/exit-status.ts";
import { fitTerminal } from "../terminal/fit-terminal.ts";
import type { CommandIo } from "../terminal/io.ts";

type TraceFormat = (typeof traceFormats)[number];

/** The action of `k8snet trace`. */
export async function runTrace(
  argument: string | undefined,
  options: TraceCommandOptions,
  command: Command,
  io: CommandIo,
): Promise<void> {
  const outputs = outputsOf(options, { formats: traceFormats, fallback: "tree", env: io.env });
  const expected = options.expect === undefined ? undefined : readExpectation(options.expect);
  const loaded = await loadInput(command, io);
  const targets = targetsOf(argument, options, loaded);
  const input = withFamilyOf(targets[0]!, loaded);
  const ground = await groundOf(input, options, io);
  const wantsJson = outputs.some((output) => output.format === "json");
  const requests = targets.flatMap((target) =>
    requestsOf(target, options, input, ground, { json: wantsJson, detailed: outputs.some(isDetailed) }),
  );
  const answers = requests.map((request) => {
    const answer = answered(ground, request, options);
    if (!wantsJson) return answer;
    return withOtherProtocols(answer, (protocol) => answered(ground, { ...request, protocol }, options));
  });
  const { color } = input.options;
  await writeOutputs(
    outputs,
    async (format, toTerminal) => {
      const colors = toTerminal ? colorsFor(io.stdout, io.env, color) : noColors;
      const text = await printAnswers(format, answers, options, colors);
      const isForPeople = format !== "json" && format !== "mermaid";
      return toTerminal && isForPeople ? fitTerminal(text, io.stdout) : text;
    },
    io,
  );
  if (options.allSources === true) await tellNotes(answers, color, io);
  if (expected === undefined) return;
  const unmet = answers.flatMap((answer) =>
    unmetExpectations(answer, expected).map((text) => ({ answer, text })),
  );
  for (const { answer, text } of unmet) {
    await io.stderr.write(`${answer.source.label} -> ${answer.target.text}: ${text}\n`);
  }
  if (unmet.length > 0) throw new CommandExit(exitStatus.findings);
}

function isDetailed(output: { readonly format: TraceFormat }): boolean {
  return output.format === "detailed";
}

/** The targets asked for: TARGET, `--to`, `--dst`, or every port of `--service`. */
function targetsOf(argument: string | undefined, options: TraceCommandOptions, input: LoadedInput): string[] {
  const given = [argument, options.to, options.dst].filter((text) => text !== undefined);
  if (options.service !== undefined) {
    if (given.length > 0) throw usageError("two-targets", "--service stands in place of TARGET");
    const service = findService(input, options.service);
    if (service.ports.length === 0) return [`svc/${service.namespace}/${service.name}`];
    return service.ports.map((port) => {
      const which = port.name === "" ? String(port.port) : port.name;
      return `svc/${service.namespace}/${service.name}:${which}`;
    });
  }
  const [target] = given;
  if (target === undefined || target.trim() === "") {
    throw usageError("no-target", "trace needs a target", "k8snet trace svc/NAME, or an address and port");
  }
  if (given.length > 1) throw usageError("two-targets", `there are several targets: ${given.join(", ")}`);
  return [target];
}

/** An IPv6 address as target asks for the IPv6 rules, unless a flag says otherwise. */
function withFamilyOf(target: string, input: LoadedInput): LoadedInput {
  const { host } = splitTarget(target);
  if (input.options.ipFamily !== undefined || !isIpv6(host)) return input;
  return { ...input, options: { ...input.options, ipFamily: "6" } };
}

async function groundOf(
  input: LoadedInput,
  options: TraceCommandOptions,
  io: CommandIo,
): Promise<TraceGround> {
  const rules = await nodeRules(input, io);
  return {
    cluster: input.cluster,
    endpoints: input.endpoints,
    lastUdpEntries: traitsOf(rules.config.release).lastUdpEntries,
    network: {
      ...networkOptionsOf(input, rules, familyOfOptions(input)),
      ...(options.podLinks === undefined ? {} : { podLinks: options.podLinks }),
      ...(options.podInterface === undefined ? {} : { podInterface: options.podInterface }),
      ...(options.uplink === undefined ? {} : { uplink: options.uplink }),
    },
  };
}

function requestsOf(
  target: string,
  options: TraceCommandOptions,
  input: LoadedInput,
  ground: TraceGround,
  wants: { readonly json: boolean; readonly detailed: boolean },
): TraceRequest[] {
  const from = options.from ?? options.src;
  if (options.from !== undefined && options.src !== undefined) {
    throw usageError("two-sources", "--from and --src are the same; say one");
  }
  const namespace = input.options.namespace ?? input.options.defaultNamespace ?? "default";
  const recent = recentOf(options.recent);
  const sourcePort = sourcePortOf(options.sourcePort);
  const ct = connectionOf(options.ct);
  const base: TraceRequest = {
    target,
    namespace,
    namespaceAsked: input.options.namespace !== undefined,
    ...(options.protocol === undefined ? {} : { protocol: options.protocol }),
    ...(sourcePort === undefined ? {} : { sourcePort }),
    ...(ct.flow === undefined ? {} : { flow: ct.flow }),
    options: {
      later: wants.json && recent === undefined,
      recordTried: wants.detailed,
      kernelProbability: options.kernelProbability ?? false,
      ...(ct.state === undefined ? {} : { state: ct.state }),
      ...(recent === undefined ? {} : { recent }),
    },
  };
  if (options.allSources === true) {
    if (from !== undefined) throw usageError("two-sources", "--all-sources and --from exclude each other");
    const { namespaceAsked = false } = base;
    const named = namedForAll(target, { cluster: ground.cluster, namespace, namespaceAsked });
    return sourceClasses(ground, named, namespace).map((who) => ({ ...base, target: named, from: who }));
  }
  return [from === undefined ? base : { ...base, from }];
}

/** `CHAIN=IP`, several. */
function recentOf(texts: readonly string[] | undefined): ReadonlyMap<string, readonly string[]> | undefined {
  if (texts === undefined) return undefined;
  const lists = new Map<string, string[]>();
  for (const text of texts) {
    const [, list, address] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (list === undefined || address === undefined || !isIp(address)) {
      throw usageError(
        "bad-recent",
        `--recent ${text} is not CHAIN=IP`,
        "such as --recent KUBE-SEP-…=10.244.1.2",
      );
    }
    lists.set(list, [...(lists.get(list) ?? []), canonicalIp(address)]);
  }
  return lists;
}

/** `new`, `established`, `established=IP[:PORT]`, `unmapped` or `invalid`. */
function connectionOf(text: string | undefined): Pick<TraceRequest, "flow"> & Pick<TraceOptions, "state"> {
  if (text === undefined || text === "new") return {};
  if (text === "established" || text === "invalid") return { state: text };
  if (text === "unmapped") return { flow: { kind: "unmapped" } };
  const endpoint = /^established=(.+)$/.exec(text)?.[1];
  const { host = "", port } = endpoint === undefined ? {} : splitTarget(endpoint);
  const isPort = port === undefined || (/^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65536);
  if (!isIp(host) || !isPort) {
    throw usageError(
      "bad-connection-state",
      `--ct ${text} is no state of a connection`,
      "new, established, established=IP:PORT (led to this endpoint), unmapped or invalid",
    );
  }
  const address = canonicalIp(host);
  return { flow: { kind: "mapped", address, ...(port === undefined ? {} : { port: Number(port) }) } };
}

function sourcePortOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 65536) return Number(text);
  throw usageError("bad-port", `--source-port ${text} is no port from 1 to 65535`);
}

function answered(ground: TraceGround, request: TraceRequest, options: TraceCommandOptions): TraceAnswer {
  try {
    const answer = tracePacket(ground, request);
    return options.endpoint === undefined ? answer : onlyEndpoint(answer, options.endpoint);
  } catch (error) {
    if (!(error instanceof UnwalkableRuleset)) throw error;
    const range = error.rule?.range;
    throw new InputError([
      {
        code: "unwalkable-ruleset",
        severity: "error",
        message: `the rules of node ${error.node} can't be walked: ${error.message}`,
        hint: "the kernel does not load such rules; the dump is incomplete or was edited",
        ...(range === undefined ? {} : { range }),
      },
    ]);
  }
}

/** The answer with only the ends at one endpoint. */
function onlyEndpoint(answer: TraceAnswer, endpoint: string): TraceAnswer {
  const ends = answer.ends.filter(
    (end) => end.server === endpoint || end.server?.replace(/:\d+$/, "") === endpoint,
  );
  if (ends.length > 0) return { ...answer, ends };
  const servers = [...new Set(answer.ends.flatMap((end) => end.server ?? []))].sort();
  const hint = servers.length === 0 ? "it reaches none" : `it can reach ${servers.join(", ")}`;
  throw usageError("unknown-endpoint", `the packet never reaches ${endpoint}`, hint);
}

/** A line an answer has no room for what is to be said of them: it goes to standard error. */
async function tellNotes(
  answers: readonly TraceAnswer[],
  color: string | undefined,
  io: CommandIo,
): Promise<void> {
  const colors = colorsFor(io.stderr, io.env, color);
  const notes = new Set(answers.flatMap((answer) => answer.notes));
  const text = [...notes].map((note) => `${colors.note("note:")} ${note}\n`).join("");
  if (text !== "") await io.stderr.write(fitTerminal(text, io.stderr));
}

async function printAnswers(
  format: TraceFormat,
  answers: readonly TraceAnswer[],
  options: TraceCommandOptions,
  colors: Colors,
): Promise<string> {
  if (format === "json") {
    const { printTraceJson } = await import("../../printers/trace/json.ts");
    return printTraceJson(answers);
  }
  if (format === "mermaid") {
    const { printTraceMermaid } = await import("../../printers/trace/mermaid.ts");
    return answers.map(printTraceMermaid).join("\n");
  }
  const { printTraceLines, printTraceSummary } = await import("../../printers/trace/summary.ts");
  if (options.allSources === true && format !== "detailed") return printTraceLines(answers, colors);
  if (format === "summary") return answers.map((answer) => printTraceSummary(answer, colors)).join("\n");
  const { printTraceDetailed, printTraceTree } = await import("../../printers/trace/tree.ts");
  const wanted = { explain: options.explain ?? false, reply: options.reply ?? false };
  const print = format === "detailed" ? printTraceDetailed : printTraceTree;
  return answers.map((answer) => print(answer, wanted, colors)).join("\n");
}
