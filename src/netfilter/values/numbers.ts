import { RuleProblem } from "../rule-text/problem.ts";
import { servicePort } from "./service-names.ts";

/**
 * A whole number as strtoul(3) with base 0 reads it: decimal, `0x` hexadecimal, leading-zero octal.
 * @returns undefined when the text is no such number
 */
export function readInteger(text: string): number | undefined {
  const first = text.charCodeAt(0) - 48;
  if (first >= 1 && first <= 9 && text.length < 16) {
    let value = first;
    for (let i = 1; i < text.length; i++) {
      const digit = text.charCodeAt(i) - 48;
      if (digit < 0 || digit > 9) return undefined;
      value = value * 10 + digit;
    }
    return value;
  }
  if (/^[1-9]\d*$|^0$/.test(text)) return Number(text);
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return Number.parseInt(text, 16);
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  return undefined;
}

/** A whole number from `min` to `max`. @throws RuleProblem */
export function integer(text: string, min: number, max: number): number {
  const value = readInteger(text);
  if (value === undefined || value < min || value > max)
    throw new RuleProblem(`bad value "${text}", or out of range (${min}-${max})`);
  return value;
}

export const uint8 = 0xff;
export const uint16 = 0xffff;
export const uint32 = 0xffffffff;

/** `VALUE` or `VALUE/MASK`, each of 32 bits; the mask is all ones when absent. @throws RuleProblem */
export function markAndMask(text: string): { value: number; mask: number } {
  const slash = text.indexOf("/");
  if (slash === -1) return { value: integer(text, 0, uint32), mask: uint32 };
  return {
    value: integer(text.slice(0, slash), 0, uint32),
    mask: integer(text.slice(slash + 1), 0, uint32),
  };
}

/** A mark as iptables prints it: `0x4000`. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** A number or `FIRST:LAST`; both ends included. */
export interface IntegerRange {
  readonly first: number;
  readonly last: number;
}

/** `5`, `5:10`, `:10` or `5:` up to `max`. @throws RuleProblem */
export function integerRange(text: string, max: number): IntegerRange {
  const colon = text.indexOf(":");
  if (colon === -1) {
    const value = text === "" ? 0 : integer(text, 0, max);
    return { first: value, last: value };
  }
  const first = colon === 0 ? 0 : integer(text.slice(0, colon), 0, max);
  const last = colon === text.length - 1 ? max : integer(text.slice(colon + 1), 0, max);
  return { first, last };
}

/** `5`, or `5:10` when the ends differ. */
export function rangeText(range: IntegerRange): string {
  return range.first === range.last ? `${range.first}` : `${range.first}:${range.last}`;
}

/** A whole number of up to 64 bits. @throws RuleProblem */
export function bigInteger(text: string): bigint {
  if (/^(0[xX][0-9a-fA-F]+|[1-9]\d*|0)$/.test(text)) {
    const value = BigInt(text);
    if (value < 1n << 64n) return value;
  }
  throw new RuleProblem(`bad value "${text}"`);
}

/** ` !` or nothing, as it stands before an option. */
export function not(inverted: boolean): string {
  return inverted ? " !" : "";
}

/** `0x1f` with two digits at least. */
export function hexByte(value: number): string {
  return `0x${value.toString(16).padStart(2, "0")}`;
}

/** A port by number or by the name of its service. @throws RuleProblem */
export function portNumber(text: string, protocol: string): number {
  const number = readInteger(text) ?? servicePort(text, protocol);
  if (number === undefined || number > uint16)
    throw new RuleProblem(`invalid port/service \`${text}' specified`);
  return number;
}

/**
 * A port as getaddrinfo(3) resolves it: a decimal number, of which it keeps 16 bits, or a service of any protocol.
 * @throws RuleProblem
 */
export function resolvedPort(text: string): number {
  const number = /^\d+$/.test(text)
    ? Number(BigInt.asIntN(32, BigInt(text)))
    : (servicePort(text, "tcp") ?? servicePort(text, "udp") ?? servicePort(text, "sctp"));
  if (number === undefined || number < 0)
    throw new RuleProblem(`Port "${text}" does not resolve to anything.`);
  return number & uint16;
}

/** Ports of an option that asks the resolver: `80`, `80:90`, `:90`, `80:`. @throws RuleProblem */
export function resolvedPorts(text: string): IntegerRange {
  const [first, last, ...rest] = text.split(":");
  if (rest.length > 0) throw new RuleProblem("Too many components (max: 2)");
  const low = first === "" ? 0 : resolvedPort(first!);
  if (last === undefined) return { first: low, last: low };
  return { first: low, last: last === "" ? uint16 : resolvedPort(last) };
}
