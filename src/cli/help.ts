import { type Command, Help, type Option } from "commander";
import type { Colors } from "../printers/colors.ts";

/** The commands of `k8snet --help`, by what one wants. */
const commandSections: readonly (readonly [title: string, commands: readonly string[]])[] = [
  [
    "See the cluster's rules and objects",
    ["render", "iptables", "shell", "get", "describe", "graph", "serve"],
  ],
  ["Ask where packets go", ["trace", "resolve", "matrix"]],
  ["Check", ["lint", "test", "diff", "verify"]],
  ["Set up", ["init", "config", "collect", "completion", "version", "help"]],
];

/** Commands that are other names of one in the list. */
const foldedIntoIptables: readonly string[] = ["iptables-save", "ip6tables", "ip6tables-save"];

/** The input flags that `k8snet --help` shows; `k8snet help input` has all of them. */
const firstFlags: readonly string[] = ["--filename", "--recursive", "--node", "--namespace"];

/** All input flags by what they are about. */
const flagSections: readonly (readonly [title: string, flags: readonly string[]])[] = [
  [
    "What is read",
    [
      "--filename",
      "--recursive",
      "--dump",
      "--base-rules",
      "--include-hooks",
      "--validate",
      "--config",
      "--env",
    ],
  ],
  ["Whose rules, which objects", ["--node", "--all-nodes", "--ip-family", "--namespace", "--all-namespaces"]],
  [
    "The cluster, where the manifests do not say it",
    [
      "--default-namespace",
      "--service-cidr",
      "--cluster-cidr",
      "--nodes",
      "--no-cluster-services",
      "--lb-ip",
    ],
  ],
  ["What if", ["--scale", "--ready", "--terminating", "--drain"]],
  [
    "kube-proxy and iptables",
    [
      "--kube-proxy-config",
      "--kube-proxy-version",
      "--no-nfacct",
      "--iptables-version",
      "--iptables-backend",
    ],
  ],
];

/** What a list of help shows: a term and what it means; and its heading. */
interface Section {
  readonly title: string;
  readonly items: readonly (readonly [term: string, text: string])[];
}

function printSections(sections: readonly Section[], colors: Colors): string {
  const shown = sections.filter((section) => section.items.length > 0);
  const width = Math.max(...shown.flatMap(({ items }) => items.map(([term]) => term.length)));
  return shown
    .map(({ title, items }) => {
      const lines = items.map(
        ([term, text]) => `  ${colors.service(term)}${" ".repeat(width - term.length)}  ${text}`,
      );
      return `${colors.strong(title)}\n${lines.join("\n")}\n`;
    })
    .join("\n");
}

function commandItem(command: Command): readonly [string, string] {
  const words = command.registeredArguments.map((argument) => {
    const name = argument.name() + (argument.variadic ? "..." : "");
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [[command.name(), ...words].join(" "), command.summary() || command.description()];
}

function flagItem(option: Option): readonly [string, string] {
  return [option.short === undefined ? `    ${option.flags}` : option.flags, option.description];
}

/** `k8snet --help`: one screen. */
export function printRootHelp(program: Command, colors: Colors): string {
  const listed = new Set([...commandSections.flatMap(([, names]) => names), ...foldedIntoIptables]);
  const visible = new Help().visibleCommands(program).map((command) => command.name());
  const unlisted = visible.filter((name) => !listed.has(name));
  const sections = [...commandSections, ["More", unlisted] as const].map(([title, names]) => ({
    title,
    items: names.flatMap((name) => program.commands.filter((c) => c.name() === name)).map(commandItem),
  }));
  const flags = program.options.filter((option) => firstFlags.includes(option.long ?? ""));
  const own = program.options.filter((option) => ["--color", "--version"].includes(option.long ?? ""));
  return [
    `${colors.strong("Usage:")} k8snet <command> [flags]\n\n${program.description()}\n`,
    `${printSections(
      [
        ...sections,
        {
          title: "Flags of every command, and more by `k8snet help input`",
          items: [...flags, ...own].map(flagItem),
        },
      ],
      colors,
    )}${colors.dim("Each command's own flags and examples: k8snet help <command>")}\n`,
  ].join("\n");
}

/** `k8snet help input`: the flags that every command takes. */
export function printInputHelp(program: Command, colors: Colors): string {
  const known = new Map(
    program.options.filter((o) => !o.hidden).map((option) => [option.long ?? "", option]),
  );
  const sections = flagSections.map(([title, names]) => ({
    title,
    items: names.flatMap((name) => known.get(name) ?? []).map(flagItem),
  }));
  const placed = new Set(flagSections.flatMap(([, names]) => names));
  const rest = [...known.values()].filter((option) => !placed.has(option.long ?? ""));
  return [
    "These flags may stand before or after the name of any command. Each may also be set in k8snet.yaml",
    "or as K8SNET_* in the environment; `k8snet config` shows the values and where each came from.\n",
    printSections([...sections, { title: "All else", items: rest.map(flagItem) }], colors),
  ].join("\n");
}

/** Commander's help of one command, with our colours, and where the input flags are explained. */
export function commandHelp(colors: () => Colors): Partial<Help> {
  return {
    styleTitle: (text) => colors().strong(text),
    styleSubcommandTerm: (text) => colors().service(text),
    styleOptionTerm: (text) => colors().service(text),
    styleArgumentTerm: (text) => colors().service(text),
    commandUsage: (command) =>
      new Help().commandUsage(command).replace("[options]", "[flags]").replace("[options] ", ""),
    formatHelp: (command, helper) =>
      `${Help.prototype.formatHelp.call(helper, command, helper)}\nFlags on what is read and what cluster it is (-f, --node, …): k8snet help input\n`,
  };
}
