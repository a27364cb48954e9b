/**
 * What a plain YAML scalar means to Kubernetes: sigs.k8s.io/yaml, which is go-yaml v2 and so YAML 1.1 with its
 * own habits (`y` is true, `08` is 8, `0o10` is 8, `12:30` and dates are text). Facts: go-yaml v2 `resolve.go`,
 * recorded rows in fixtures/conformance/yaml-scalars.json.
 */

/** A scalar that Kubernetes' reader refuses: one JSON has no word for, or that is not what its tag says. */
export class ScalarProblem extends Error {
  override readonly name = "ScalarProblem";
}

const words = new Map<string, boolean | null>([
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map(
    (word) => [word, true] as const,
  ),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map(
    (word) => [word, false] as const,
  ),
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
]);

const infinities = new Map([
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map((word) => [word, "+Inf"] as const),
  ...["-.inf", "-.Inf", "-.INF"].map((word) => [word, "-Inf"] as const),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, "NaN"] as const),
]);

const goFloat = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const maxUint64 = 2n ** 64n;

/** First characters of the words that are no text: `~ y Y n N t T f F o O`. */
const wordStart = new Set([..."~yYnNtTfFoO"].map((c) => c.charCodeAt(0)));

/**
 * The value of an untagged plain scalar.
 * @throws ScalarProblem for infinities and NaN.
 */
export function resolvePlain(text: string): string | number | boolean | null {
  const first = text.charCodeAt(0);
  if ((first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46)
    return resolveNumber(text);
  if (wordStart.has(first) || text === "") {
    if (text.length > 5) return text;
    const word = words.get(text);
    return word === undefined ? text : word;
  }
  return text;
}

/** A scalar that begins like a number: the number, or the text when it is none. */
function resolveNumber(text: string): string | number {
  if (/^(?:0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  const infinity = infinities.get(text);
  if (infinity !== undefined) throw new ScalarProblem(`json: unsupported value: ${infinity}`);
  if (text.charCodeAt(0) === 46) return goFloat.test(text) ? finite(text) : text;
  const plain = text.replaceAll("_", "");
  const integer = parseGoInteger(plain);
  if (integer !== undefined) return integer;
  return goFloat.test(plain) ? finite(plain, text) : text;
}

/** A key that Kubernetes' reader has no text for: an integer beyond int64. */
export class KeyProblem extends Error {
  override readonly name = "KeyProblem";
}

/**
 * The JSON key of an untagged plain key that is a number, as sigs.k8s.io/yaml writes it: integers with all their
 * digits, others as Go prints a float32; undefined when it is no number.
 * @throws KeyProblem with the key in Go's form
 */
export function numberKey(text: string): string | undefined {
  const infinity = infinities.get(text);
  if (infinity !== undefined) return infinityKeys[infinity];
  const first = text.charCodeAt(0);
  if (!((first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46)) return undefined;
  const integer = first === 46 ? undefined : goInteger(text.replaceAll("_", ""));
  if (integer !== undefined) {
    if (integer >= maxUint64 / 2n) throw new KeyProblem(`0x${integer.toString(16)}`);
    return integer.toString();
  }
  const value = resolveNumber(text);
  return typeof value === "number" ? formatFloat32(value) : undefined;
}

const infinityKeys = { "+Inf": ".inf", "-Inf": "-.inf", NaN: ".nan" } as const;

/** Go's `strconv.FormatFloat(value, 'g', -1, 32)`, with YAML's word for what is beyond a float32. */
function formatFloat32(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return single < 0 ? "-.inf" : ".inf";
  if (single === 0) return Object.is(single, -0) ? "-0" : "0";
  let digits = single.toPrecision(9);
  for (let precision = 1; precision < 9; precision++) {
    const shorter = single.toPrecision(precision);
    if (Math.fround(Number(shorter)) === single) {
      digits = shorter;
      break;
    }
  }
  const [mantissa = "", power = "0"] = Number(digits).toExponential().split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 21 && exponent < Math.max(mantissa.replace(/[-.]/g, "").length, 6)) {
    return Number(digits).toString();
  }
  const shown = Math.abs(exponent).toString().padStart(2, "0");
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${shown}`;
}

/** Go's ParseFloat refuses what overflows a float64: then the scalar stays text. */
function finite(plain: string, text = plain): string | number {
  const value = Number(plain);
  return Number.isFinite(value) ? value : text;
}

/** Go's `strconv.ParseInt(text, 0, 64)`, then `ParseUint`; undefined when neither takes it. */
function parseGoInteger(text: string): number | undefined {
  const integer = goInteger(text);
  return integer === undefined ? undefined : Number(integer);
}

function goInteger(text: string): bigint | undefined {
  const match = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/.exec(text);
  if (match === null) return undefined;
  const [, sign, hex, binary, octal, decimal] = match;
  const digits = hex ? `0x${hex}` : binary ? `0b${binary}` : octal ? `0o${octal}` : (decimal ?? "0");
  const magnitude = BigInt(digits);
  const limit = sign === "-" ? maxUint64 / 2n : sign === "+" ? maxUint64 / 2n - 1n : maxUint64 - 1n;
  if (magnitude > limit) return undefined;
  return sign === "-" ? -magnitude : magnitude;
}
