import { canonicalIp, formatCidr, isIp, isIpv4, isIpv6, maskCidr, parseCidr } from "../../net/ip.ts";
import type { FieldErrors, ProblemExtras } from "./field-errors.ts";
import type { Path } from "./field-path.ts";

const leadingZeros = /^\d+(?:\.\d+){3}$/;
const mapped = /^[0:]*:ffff:\d+\.\d+\.\d+\.\d+$/i;

/** What is wrong with the text as an address; undefined when nothing is. */
function addressProblem(text: string): string | undefined {
  if (isIpv4(text)) return undefined;
  if (isIpv6(text)) return isMapped(text) ? "must not be an IPv4-mapped IPv6 address" : undefined;
  const start = text.lastIndexOf(":") + 1;
  const dotted = text.slice(start);
  const withoutZeros = text.slice(0, start) + dotted.replace(/(^|\.)0+(?=\d)/g, "$1");
  if (leadingZeros.test(dotted) && isIp(withoutZeros)) return "must not have leading 0s";
  return "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
}

function isMapped(text: string): boolean {
  return mapped.test(text) || /^[0:]*:ffff:[0-9a-f]{1,4}:[0-9a-f]{1,4}$/i.test(text);
}

/** Checks an address field; true when it is one. */
export function checkIp(errors: FieldErrors, path: Path, text: string, extras?: ProblemExtras): boolean {
  const problem = addressProblem(text);
  if (problem !== undefined) errors.invalid(path, text, problem, extras);
  return problem === undefined;
}

/** Checks an address field that came after the strict check: it must be written as Go writes it. */
export function checkCanonicalIp(errors: FieldErrors, path: Path, text: string): boolean {
  if (!checkIp(errors, path, text)) return false;
  const canonical = canonicalIp(text);
  if (text === canonical) return true;
  errors.invalid(path, text, `must be in canonical form (${JSON.stringify(canonical)})`);
  return false;
}

/** Checks a field that holds a network such as `10.0.0.0/8`. */
export function checkCidr(errors: FieldErrors, path: Path, text: string, extras?: ProblemExtras): void {
  const problem = cidrProblem(text);
  if (problem === undefined) return;
  const network = problem.includes("bits set") ? parseCidr(text) : undefined;
  const hint = network && { hint: `The network is ${formatCidr(maskCidr(network))}` };
  errors.invalid(path, text, problem, { ...extras, ...hint });
}

function cidrProblem(text: string): string | undefined {
  const invalid = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
  const slash = text.lastIndexOf("/");
  if (slash === -1) return invalid;
  const address = text.slice(0, slash);
  const bits = text.slice(slash + 1);
  const problem = addressProblem(address);
  const plain = parseCidr(
    `${address.replace(/(^|\.)0+(?=\d)/g, address.includes(":") ? "$&" : "$1")}/${bits.replace(/^0+(?=\d)/, "")}`,
  );
  if (plain === undefined) return invalid;
  if (problem === "must not have leading 0s" || /^0\d/.test(bits))
    return "must not have leading 0s in IP or prefix length";
  if (problem?.includes("mapped") === true) return "must not have an IPv4-mapped IPv6 address";
  return maskCidr(plain).address === plain.address
    ? undefined
    : "must not have bits set beyond the prefix length";
}

/** Checks that an address may be an endpoint's or an external IP: ValidateNonSpecialIP. */
export function checkNotSpecial(errors: FieldErrors, path: Path, text: string): void {
  const six = text.includes(":");
  const lower = text.toLowerCase();
  const first = six ? Number.parseInt(lower.split(":")[0] || "0", 16) : 0;
  if (six ? /^[0:]+$/.test(lower) : text === "0.0.0.0")
    errors.invalid(path, text, `may not be unspecified (${text})`);
  if (six ? /^[0:]+:0*1$/.test(lower) : text.startsWith("127.")) {
    errors.invalid(path, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
  }
  if (six ? (first & 0xffc0) === 0xfe80 : text.startsWith("169.254.")) {
    errors.invalid(path, text, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
  }
  if (six ? (first & 0xff0f) === 0xff02 : text.startsWith("224.0.0.")) {
    errors.invalid(path, text, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
  }
}
