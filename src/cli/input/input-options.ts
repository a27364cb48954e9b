import { type Command, InvalidArgumentError, Option } from "commander";
import { anyCase } from "../any-case.ts";

/**
 * The options that say what to read and what cluster it is: the same on every command, before or after the
 * command's name, accumulating.
 */
export interface InputOptions {
  readonly filename: readonly string[];
  readonly recursive: boolean;
  /** `--dump [NODE=]FILE` as written. */
  readonly dump: readonly string[];
  readonly baseRules?: string;
  readonly node?: string;
  readonly allNodes: boolean;
  readonly defaultNamespace?: string;
  readonly namespace?: string;
  readonly allNamespaces: boolean;
  readonly serviceCidr?: string;
  readonly clusterCidr?: string;
  readonly nodes?: number;
  /** False for `--no-cluster-services`. */
  readonly clusterServices: boolean;
  readonly lbIp: readonly string[];
  readonly scale: readonly string[];
  readonly ready: readonly string[];
  readonly terminating: readonly string[];
  readonly drain: readonly string[];
  readonly includeHooks: boolean;
  readonly kubeProxyConfig?: string;
  readonly kubeProxyVersion?: string;
  /** False for `--no-nfacct`. */
  readonly nfacct: boolean;
  readonly iptablesVersion?: string;
  readonly iptablesBackend?: "nft" | "legacy";
  readonly ipFamily?: string;
  readonly validate: "strict" | "warn" | "ignore";
  readonly config?: string;
  readonly env?: string;
  readonly strict: boolean;
  readonly color: "auto" | "always" | "never";
}

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

function isNamespace(value: string): boolean {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(value);
}

function defaultNamespace(value: string): string {
  if (isNamespace(value)) return value;
  throw new InvalidArgumentError(`"${value}" is no namespace: lower-case letters, digits and "-".`);
}

function namespaceName(value: string): string {
  if (isNamespace(value)) return value;
  throw new InvalidArgumentError(
    `"${value}" is no namespace: -n is the namespace; iptables' own options go after \`k8snet iptables\`.`,
  );
}

function wholeNumber(value: string): number {
  if (!/^[1-9]\d{0,4}$/.test(value))
    throw new InvalidArgumentError(`"${value}" is no number of nodes from 1 to 99999.`);
  return Number(value);
}

/** Options of which every use counts, wherever it stands. */
const lists = ["filename", "dump", "lbIp", "scale", "ready", "terminating", "drain"] as const;

/** Adds the input options to a command. They are hidden in the help of single commands, which refer to `k8snet --help`. */
export function addInputOptions(command: Command): Command {
  const root = command.parent === null;
  const add = (option: Option): void => {
    command.addOption(root ? option : option.hideHelp());
  };
  add(
    new Option("-f, --filename <path>", "file, folder, glob or - for standard input; repeatable").argParser(
      collect,
    ),
  );
  add(new Option("-R, --recursive", "folders with their subfolders"));
  add(
    new Option(
      "--dump <[node=]file>",
      "a node's iptables-save in place of generated rules; repeatable",
    ).argParser(collect),
  );
  add(new Option("--base-rules <file>", "a save of other rules that ours are laid over"));
  add(new Option("--node <name>", "whose rules to show (default: the first node)"));
  add(new Option("--all-nodes", "the rules of every node"));
  add(
    new Option(
      "--default-namespace <ns>",
      "namespace of objects that state none (default: default)",
    ).argParser(defaultNamespace),
  );
  add(new Option("-n, --namespace <ns>", "namespace to select or look up in").argParser(namespaceName));
  add(new Option("-A, --all-namespaces", "all namespaces"));
  add(new Option("--service-cidr <cidrs>", "Service range, or two for dual stack"));
  add(new Option("--cluster-cidr <cidrs>", "pod range, or two for dual stack"));
  add(new Option("--nodes <n>", "how many nodes to simulate").argParser(wholeNumber));
  add(new Option("--no-cluster-services", "leave out the simulated kubernetes and kube-dns"));
  add(new Option("--lb-ip <svc/name=ip>", "address of a load balancer; repeatable").argParser(collect));
  add(new Option("--scale <workload=n>", "what if it had n replicas; repeatable").argParser(collect));
  add(
    new Option("--ready <workload=n/m>", "what if n of its m pods were ready; repeatable").argParser(collect),
  );
  add(
    new Option("--terminating <workload=n>", "what if n of its pods were terminating; repeatable").argParser(
      collect,
    ),
  );
  add(new Option("--drain <node/name>", "what if the node were drained; repeatable").argParser(collect));
  add(new Option("--include-hooks", "keep Helm hooks"));
  add(new Option("--kube-proxy-config <file>", "a KubeProxyConfiguration"));
  add(new Option("--kube-proxy-version <1.NN>", "release of kube-proxy (default: the newest known)"));
  add(new Option("--kubernetes-version <1.NN>", "the same").hideHelp());
  add(new Option("--no-nfacct", "the kernel has no nfacct"));
  add(new Option("--iptables-version <1.8.N>", "release whose listing to print (default: 1.8.11)"));
  add(new Option("--iptables-backend <name>", "nft or legacy (default: nft)").choices(["nft", "legacy"]));
  add(anyCase(new Option("--ip-family <4|6>", "which rules (default: 4)"), ["4", "6", "IPv4", "IPv6"]));
  add(
    new Option("--validate <how>", "unknown fields: strict, warn or ignore (default: strict)").choices([
      "strict",
      "warn",
      "ignore",
    ]),
  );
  add(new Option("--config <file>", "the k8snet.yaml to use"));
  add(new Option("--env <name>", "one of its environments"));
  add(new Option("--strict", "exit 2 where the answer is not this cluster's"));
  if (!root) add(colorOption());
  return command;
}

/** `--color`, which the root has as well as every command. */
export function colorOption(): Option {
  return new Option("--color <when>", "colour: auto, always or never").choices(["auto", "always", "never"]);
}

/** The input options of a command, those before its name and those behind it together; the later one wins. */
export function inputOptionsOf(command: Command): InputOptions {
  const chain: Command[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) chain.unshift(at);
  const merged: Record<string, unknown> = {};
  for (const level of chain) {
    const values = level.opts();
    for (const [key, value] of Object.entries(values)) {
      const given = level.getOptionValueSource(key) !== "default";
      if ((lists as readonly string[]).includes(key)) {
        merged[key] = [
          ...((merged[key] as string[] | undefined) ?? []),
          ...((value as string[] | undefined) ?? []),
        ];
      } else if (value !== undefined && (given || merged[key] === undefined)) merged[key] = value;
    }
  }
  for (const key of lists) merged[key] ??= [];
  for (const key of ["recursive", "allNodes", "allNamespaces", "includeHooks", "strict"])
    merged[key] ??= false;
  merged["kubeProxyVersion"] ??= merged["kubernetesVersion"];
  merged["validate"] ??= "strict";
  return merged as unknown as InputOptions;
}
