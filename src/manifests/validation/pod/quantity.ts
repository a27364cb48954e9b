/** A resource quantity: apimachinery's `resource.Quantity`. */
export interface Quantity {
  /** In units of a billionth. */
  readonly nanos: bigint;
  readonly form: "binary" | "decimal" | "exponent";
}

const binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const decimal = new Map([
  ["n", -9],
  ["u", -6],
  ["m", -3],
  ["", 0],
  ["k", 3],
  ["M", 6],
  ["G", 9],
  ["T", 12],
  ["P", 15],
  ["E", 18],
]);
const billion = 10n ** 9n;

/** Reads a quantity that the decoder has taken; undefined when it can't be read. */
export function parseQuantity(value: unknown): Quantity | undefined {
  const match = /^([+-]?)(\d*)\.?(\d*)(.*)$/.exec(String(value));
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = "", suffix = ""] = match;
  const digits = BigInt(`${whole}${fraction}` || "0");
  const scaled = (factor: bigint, exponent: number): bigint => {
    const power = exponent - fraction.length + 9;
    const product = digits * factor * (power >= 0 ? 10n ** BigInt(power) : 1n);
    const divisor = power >= 0 ? 1n : 10n ** BigInt(-power);
    const magnitude = (product + divisor - 1n) / divisor;
    return sign === "-" ? -magnitude : magnitude;
  };
  const binaryPower = binary.indexOf(suffix);
  if (suffix !== "" && binaryPower > 0)
    return { nanos: scaled(1024n ** BigInt(binaryPower), 0), form: "binary" };
  const power = decimal.get(suffix);
  if (power !== undefined) return { nanos: scaled(1n, power), form: "decimal" };
  const exponent = /^[eE]([-+]?\d{1,2})$/.exec(suffix)?.[1];
  return exponent === undefined ? undefined : { nanos: scaled(1n, Number(exponent)), form: "exponent" };
}

/** A quantity in its canonical form: `1500m`, `2Gi`. */
export function formatQuantity({ nanos, form }: Quantity): string {
  if (nanos === 0n) return "0";
  const sign = nanos < 0n ? "-" : "";
  const magnitude = nanos < 0n ? -nanos : nanos;
  if (form === "binary" && magnitude >= 1024n * billion) {
    let units = (magnitude + billion - 1n) / billion;
    let power = 0;
    for (; power < binary.length - 1 && units % 1024n === 0n; power++) units /= 1024n;
    return `${sign}${units}${binary[power]}`;
  }
  let mantissa = magnitude;
  let exponent = -9;
  for (; exponent < 18 && mantissa % 1000n === 0n; exponent += 3) mantissa /= 1000n;
  if (form === "exponent") return `${sign}${mantissa}${exponent === 0 ? "" : `e${exponent}`}`;
  const suffix = [...decimal].find(([, power]) => power === exponent)?.[0] ?? "";
  return `${sign}${mantissa}${suffix}`;
}
