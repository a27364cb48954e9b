/**
 * The checks of names, as apimachinery's `validation` package makes them. Each returns the messages of what is
 * wrong, none when nothing is.
 */

const labelFormat = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const subdomainFormat = `${labelFormat}(\\.${labelFormat})*`;
const qualifiedNameFormat = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

const label = new RegExp(`^${labelFormat}$`);
const subdomain = new RegExp(`^${subdomainFormat}$`);
const qualified = new RegExp(`^${qualifiedNameFormat}$`);
const labelValue = new RegExp(`^(${qualifiedNameFormat})?$`);

/** What most port names are, checked first. */
const plainPortName = /^[a-z][a-z0-9]{0,14}$/;

const none: readonly string[] = [];

/** How long a text is, by the bytes of its UTF-8. */
function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/**
 * Whether a text of at most 63 characters is made of `a-z`, `0-9` and, inside, `-`: what nearly all names and label
 * values are, and what all checks of them accept. By hand, since big inputs ask hundreds of thousands of times.
 */
function isPlainName(value: string): boolean {
  const { length } = value;
  if (length === 0 || length > 63) return false;
  for (let at = 0; at < length; at++) {
    const code = value.charCodeAt(at);
    if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57)) continue;
    if (code !== 45 || at === 0 || at === length - 1) return false;
  }
  return true;
}

function maxLength(length: number): string {
  return `must be no more than ${length} characters`;
}

/** The same of labels and qualified names, whose checks count in other words (apimachinery, `validate/content`). */
function maxBytes(length: number): string {
  return `must be no more than ${length} bytes`;
}

/** The text of apimachinery's `RegexError`. */
function formatError(message: string, format: string, ...examples: string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(" or ");
  return `${message} (e.g. ${shown}regex used for validation is '${format}')`;
}

const labelError = formatError(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  labelFormat,
  "my-name",
  "123-abc",
);
const subdomainError = formatError(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  subdomainFormat,
  "example.com",
);
const qualifiedNameError = formatError(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  qualifiedNameFormat,
  "MyName",
  "my.name",
  "123-abc",
);
const labelValueError = formatError(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  `(${qualifiedNameFormat})?`,
  "MyValue",
  "my_value",
  "12345",
);

export function isDns1123Label(value: string): readonly string[] {
  if (isPlainName(value) || (value.length <= 63 && label.test(value))) return none;
  const errors: string[] = [];
  if (byteLength(value) > 63) errors.push(maxLength(63));
  if (!label.test(value)) errors.push(subdomain.test(value) ? "must not contain dots" : labelError);
  return errors;
}

export function isDns1123Subdomain(value: string): readonly string[] {
  return subdomainProblems(value, maxLength);
}

function subdomainProblems(value: string, tooLong: (length: number) => string): readonly string[] {
  if (isPlainName(value) || (value.length <= 253 && subdomain.test(value))) return none;
  const errors: string[] = [];
  if (byteLength(value) > 253) errors.push(tooLong(253));
  if (!subdomain.test(value)) errors.push(subdomainError);
  return errors;
}

/** A label's or annotation's key, an appProtocol, a load balancer class: `[prefix/]name`. */
export function isQualifiedName(value: string): readonly string[] {
  if (isPlainName(value) || (value.length <= 63 && qualified.test(value))) return none;
  const parts = value.split("/");
  if (parts.length > 2) {
    return [
      `a valid label key ${qualifiedNameError} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const errors: string[] = [];
  const name = parts[parts.length - 1]!;
  if (parts.length === 2) {
    if (parts[0] === "") errors.push("prefix part must be non-empty");
    else errors.push(...subdomainProblems(parts[0]!, maxBytes).map((message) => `prefix part ${message}`));
  }
  if (name === "") errors.push("name part must be non-empty");
  else if (byteLength(name) > 63) errors.push(`name part ${maxBytes(63)}`);
  if (!qualified.test(name)) errors.push(`name part ${qualifiedNameError}`);
  return errors;
}

export function isLabelValue(value: string): readonly string[] {
  if (isPlainName(value) || (value.length <= 63 && labelValue.test(value))) return none;
  const errors: string[] = [];
  if (byteLength(value) > 63) errors.push(maxBytes(63));
  if (!labelValue.test(value)) errors.push(labelValueError);
  return errors;
}

/** The name of a container's port, or of a target port. */
export function isPortName(value: string): readonly string[] {
  if (plainPortName.test(value)) return none;
  const errors: string[] = [];
  if (byteLength(value) > 15) errors.push(maxLength(15));
  if (!/^[-a-z0-9]+$/.test(value)) {
    errors.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  }
  if (!/[a-z]/.test(value)) errors.push("must contain at least one letter (a-z)");
  if (value.includes("--")) errors.push("must not contain consecutive hyphens");
  if (/^-|-$/.test(value)) errors.push("must not begin or end with a hyphen");
  return errors;
}

export function isPortNumber(value: number): readonly string[] {
  return value >= 1 && value <= 65535 ? none : ["must be between 1 and 65535, inclusive"];
}

/** The name of an environment variable, as relaxed since 1.34. */
export function isEnvVarName(value: string): readonly string[] {
  if (value === "") return ["environment variable name must be non-empty"];
  return /^[ -<>-~]*$/.test(value)
    ? none
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** A key of a ConfigMap or Secret. */
export function isConfigMapKey(value: string): readonly string[] {
  const errors: string[] = [];
  if (byteLength(value) > 253) errors.push(maxLength(253));
  if (!/^[-._a-zA-Z0-9]+$/.test(value)) errors.push(configMapKeyError);
  if (value === "." || value === "..") errors.push(`must not be '${value}'`);
  else if (value.startsWith("..")) errors.push("must not start with '..'");
  return errors;
}

const configMapKeyError = formatError(
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  "[-._a-zA-Z0-9]+",
  "key.name",
  "KEY_NAME",
  "key-name",
);

/** The name of a header that a probe sends. */
export function isHttpHeaderName(value: string): readonly string[] {
  return /^[-A-Za-z0-9]+$/.test(value) ? none : [httpHeaderNameError];
}

const httpHeaderNameError = formatError(
  "a valid HTTP header must consist of alphanumeric characters or '-'",
  "[-A-Za-z0-9]+",
  "X-Header-Name",
);

const searchLabel = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
const searchFormat = `${searchLabel}(\\.${searchLabel})*`;
const search = new RegExp(`^${searchFormat}$`);

/** A DNS search domain of a pod, where underscores are fine. */
export function isDnsSearch(value: string): readonly string[] {
  const errors: string[] = [];
  if (byteLength(value) > 253) errors.push(maxLength(253));
  if (!search.test(value)) errors.push(searchError);
  return errors;
}

const searchError = formatError(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
  searchFormat,
  "example.com",
);

const percentError = formatError(
  "a valid percent string must be a numeric string followed by an ending '%'",
  "[0-9]+%",
  "1%",
  "93%",
);

/** A share of pods, such as `25%`. */
export function isPercent(value: string): readonly string[] {
  return /^[0-9]+%$/.test(value) ? none : [percentError];
}
