import type { IpFamily } from "../../net/ip.ts";
import type { ListView } from "../../netfilter/list-view.ts";
import { listMatch } from "../../netfilter/matches/registry.ts";
import type { AddressMatch, Chain, InterfaceMatch, Rule, Table } from "../../netfilter/ruleset.ts";
import { listedTargetName, listTarget } from "../../netfilter/targets/registry.ts";
import { listAddress, listAddressName } from "../../netfilter/values/addresses.ts";
import { numericProtocolName, protocolNumber } from "../../netfilter/values/protocols.ts";
import { serviceName } from "../../netfilter/values/service-names.ts";
import { counterColumn, shortCounter } from "./iptables-counters.ts";
import {
  defaultRelease,
  type IptablesRelease,
  type IptablesTraits,
  newestTraits,
  traitsOf,
} from "./iptables-versions.ts";

/** The flags of `iptables -L`, and whose output it is. */
export interface PrintListOptions {
  readonly family: IpFamily;
  /** `-n` (default true); without it names of a built-in table, never of a resolver. */
  readonly numeric?: boolean;
  /** `-v`: counters and interfaces. */
  readonly verbose?: boolean;
  /** `-x`: counters in full. */
  readonly exact?: boolean;
  readonly lineNumbers?: boolean;
  /** Only this chain. */
  readonly chain?: string;
  /** Only the rule of this number in the chain, from 1: its bare line. */
  readonly rule?: number;
  readonly release?: IptablesRelease;
}

/** The options with nothing left open. */
interface Layout {
  readonly family: IpFamily;
  readonly numeric: boolean;
  readonly verbose: boolean;
  readonly exact: boolean;
  readonly lineNumbers: boolean;
  readonly traits: IptablesTraits;
}

const chunkLength = 1 << 16;

/** A table as `iptables -L` prints it, in chunks of about 64 KB. */
export function* printList(table: Table, options: PrintListOptions): Generator<string, void> {
  const layout = layoutOf(options);
  const chains = table.chains.filter((chain) => options.chain === undefined || chain.name === options.chain);
  if (options.rule !== undefined) {
    for (const chain of chains) {
      const rule = chain.rules[options.rule - 1];
      if (rule !== undefined) yield `${ruleLine(rule, options.rule, layout)}\n`;
    }
    return;
  }
  const references = countReferences(table);
  const header = headerLine(layout);
  let text = "";
  for (const [index, chain] of chains.entries()) {
    if (index > 0) text += "\n";
    text += `${chainLine(chain, references.get(chain.name) ?? 0, layout)}\n${header}\n`;
    let number = 0;
    for (const rule of chain.rules) {
      text += `${ruleLine(rule, ++number, layout)}\n`;
      if (text.length > chunkLength) {
        yield text;
        text = "";
      }
    }
  }
  if (text !== "") yield text;
}

function layoutOf(options: PrintListOptions): Layout {
  return {
    family: options.family,
    numeric: options.numeric ?? true,
    verbose: options.verbose ?? false,
    exact: options.exact ?? false,
    lineNumbers: options.lineNumbers ?? false,
    traits: traitsOf(options.release ?? defaultRelease)?.traits ?? newestTraits,
  };
}

/** How many rules of the table jump or go to each chain. */
function countReferences(table: Table): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const chain of table.chains)
    for (const { target } of chain.rules)
      if (target?.kind === "jump") counts.set(target.chain, (counts.get(target.chain) ?? 0) + 1);
  return counts;
}

function chainLine(chain: Chain, references: number, layout: Layout): string {
  if (chain.policy === undefined) return `Chain ${chain.name} (${references} references)`;
  if (!layout.verbose) return `Chain ${chain.name} (policy ${chain.policy})`;
  const show = (count: bigint): string => (layout.exact ? `${count}` : shortCounter(count));
  const packets = show(chain.counters?.packets ?? 0n);
  const bytes = show(chain.counters?.bytes ?? 0n);
  return `Chain ${chain.name} (policy ${chain.policy} ${packets} packets, ${bytes} bytes)`;
}

function headerLine(layout: Layout): string {
  const number = layout.lineNumbers ? "num  " : "";
  const counters = !layout.verbose ? "" : layout.exact ? "    pkts      bytes " : " pkts bytes ";
  const interfaces = layout.verbose ? " in     out    " : "";
  return `${number}${counters}target     prot opt${interfaces} source               destination         `;
}

/** One rule's line. The blanks at its end are the tool's own. */
function ruleLine(rule: Rule, number: number, layout: Layout): string {
  let text = layout.lineNumbers ? `${`${number}`.padEnd(4)} ` : "";
  if (layout.verbose)
    text +=
      counterColumn(rule.counters?.packets ?? 0n, layout.exact) +
      counterColumn(rule.counters?.bytes ?? 0n, layout.exact);
  const { target } = rule;
  text += `${(target === undefined ? "" : listedTargetName(target)).padEnd(9)} `;
  text += protocolAndOptions(rule, layout);
  if (layout.verbose)
    text += ` ${interfaceText(rule.inInterface, layout).padEnd(6)} ${interfaceText(rule.outInterface, layout).padEnd(6)} `;
  text += `${addressColumn(rule.source, layout)}${addressColumn(rule.destination, layout)}`;
  if (target?.kind === "jump" && target.goto) text += "[goto] ";
  const view = layout.numeric
    ? numericView(layout.family, rule.protocol?.name)
    : namesView(layout.family, rule.protocol?.name);
  for (const match of rule.matches) text += listMatch(match, view);
  return target === undefined ? text : text + listTarget(target, view);
}

function protocolAndOptions(rule: Rule, layout: Layout): string {
  const { protocol, fragment } = rule;
  const { traits } = layout;
  const name = protocolColumn(protocol?.name ?? "all", layout);
  const column = traits.joinedProtocolColumn ? name.padEnd(5) : `${name.padEnd(4)} `;
  const options =
    fragment === undefined
      ? layout.family === 6
        ? traits.ipv6Options
        : "--"
      : fragment.inverted
        ? "!f"
        : "-f";
  return `${protocol?.inverted === true ? "!" : " "}${column}${options} `;
}

function protocolColumn(name: string, layout: Layout): string {
  if (layout.numeric && layout.traits.numericProtocols) return `${protocolNumber(name) ?? name}`;
  if (layout.numeric && layout.traits.shortIcmpv6 && name === "ipv6-icmp") return "icmpv6";
  return layout.numeric ? numericProtocolName(name) : name;
}

function interfaceText(match: InterfaceMatch | undefined, layout: Layout): string {
  if (match === undefined) return layout.numeric ? "*" : "any";
  return match.inverted ? `!${match.name}` : match.name;
}

function addressColumn(match: AddressMatch | undefined, layout: Layout): string {
  if (match === undefined) {
    const any = layout.numeric ? (layout.family === 6 ? "::/0" : "0.0.0.0/0") : "anywhere";
    return ` ${any.padEnd(19)} `;
  }
  const text = layout.numeric ? listAddress(match) : listAddressName(match);
  return `${match.inverted ? "!" : " "}${text.padEnd(19)} `;
}

function numericView(family: IpFamily, protocol: string | undefined): ListView {
  return { family, numeric: true, protocol, portName: numericPort };
}

function namesView(family: IpFamily, protocol: string | undefined): ListView {
  return { family, numeric: false, protocol, portName: namedPort };
}

function numericPort(port: number): string {
  return `${port}`;
}

function namedPort(port: number, protocol: string): string {
  return serviceName(port, protocol) ?? `${port}`;
}
