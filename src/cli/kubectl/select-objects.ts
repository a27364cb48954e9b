import { nearestName } from "../../analysis/lint/nearest-name.ts";
import type { ClusterObject } from "../../api-objects/json.ts";
import { meetsRequirements, parseLabelSelector } from "../../api-objects/label-selector.ts";
import type { ClusterObjects } from "../../api-objects/objects-of-cluster.ts";
import {
  findKindNotShown,
  findResourceKind,
  qualifiedPlural,
  type ResourceKind,
  resourceKinds,
  resourceWords,
} from "../../api-objects/resource-kinds.ts";
import { usageError } from "../../diagnostics/diagnostic.ts";

/** What the words behind `get` or `describe` ask for: a kind, and names of it or all. */
export interface ObjectRequest {
  readonly kind: ResourceKind;
  readonly names?: readonly string[];
}

/** Where and what to look for. */
export interface SelectOptions {
  /** Undefined: in all namespaces. */
  readonly namespace: string | undefined;
  readonly selector?: string | undefined;
  /** `metadata.name=web,spec.nodeName!=minikube`. */
  readonly fieldSelector?: string | undefined;
  /** A name that is not there stands for all that begin with it, as `kubectl describe` has it. */
  readonly prefixes?: boolean;
}

/** Objects of one kind, as the request's words gave the order. */
export interface SelectedGroup {
  readonly kind: ResourceKind;
  readonly objects: readonly ClusterObject[];
}

/** A name that is not there, in kubectl's words, and where it may be instead. */
export interface MissingObject {
  readonly message: string;
  readonly hint?: string;
}

export interface Selection {
  readonly groups: readonly SelectedGroup[];
  readonly missing: readonly MissingObject[];
  /** Several kinds were asked for: names carry their kind. */
  readonly severalKinds: boolean;
}

/** @throws InputError when there is no such kind */
function kindNamed(word: string): ResourceKind {
  const found = findResourceKind(word);
  if (found !== undefined) return found;
  const kinds = `kinds: all, ${resourceKinds.map((kind) => kind.plural).join(", ")}`;
  const plural = findKindNotShown(word);
  if (plural !== undefined) {
    throw usageError(
      "kind-not-shown",
      `${plural} are not shown here: they decide nothing about the network`,
      kinds,
    );
  }
  const near = nearestName(word.toLowerCase(), resourceWords);
  throw usageError(
    "unknown-kind",
    `the server doesn't have a resource type "${word}"`,
    near === undefined ? kinds : `did you mean "${near}"?`,
  );
}

function kindsNamed(word: string): readonly ResourceKind[] {
  const kinds = word
    .split(",")
    .filter((part) => part !== "")
    .flatMap((part) => (part === "all" ? resourceKinds.filter((kind) => kind.inAll) : [kindNamed(part)]));
  return [...new Set(kinds)];
}

/**
 * Reads `KIND[,KIND] [NAME…]` or `KIND/NAME …`.
 * @throws InputError for words that are neither
 */
export function parseRequests(words: readonly string[]): readonly ObjectRequest[] {
  const [first, ...rest] = words;
  if (first === undefined) {
    throw usageError(
      "no-kind",
      "you must say what to get",
      "k8snet get services, k8snet get pods -o wide, k8snet get all -A",
    );
  }
  if (!words.some((word) => word.includes("/"))) {
    return kindsNamed(first).map((kind) => (rest.length === 0 ? { kind } : { kind, names: rest }));
  }
  return words.map((word) => {
    const [kind, name, ...more] = word.split("/");
    if (kind === undefined || name === undefined || name === "" || more.length > 0) {
      throw usageError(
        "mixed-forms",
        "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form",
        `write k8snet get ${words.filter((other) => other.includes("/")).join(" ")}`,
      );
    }
    return { kind: kindNamed(kind), names: [name] };
  });
}

function namespaceOf({ object }: ClusterObject): string | undefined {
  const { namespace } = object.metadata;
  return typeof namespace === "string" ? namespace : undefined;
}

function nameOf({ object }: ClusterObject): string {
  return String(object.metadata["name"]);
}

function fieldText(item: ClusterObject, path: string): string {
  let value: unknown = item.object;
  for (const step of path.split(".")) {
    value = typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined;
  }
  return value === undefined || value === null ? "" : String(value);
}

function fieldTest(selector: string): (item: ClusterObject) => boolean {
  const tests = selector.split(",").map((part) => {
    const found = part.match(/^([\w.]+)(==|=|!=)(.*)$/);
    if (found === null) {
      throw usageError("bad-field-selector", `"${part}" is no field selector`, "metadata.name=web");
    }
    const [, path, operator, wanted] = found;
    return (item: ClusterObject): boolean => (fieldText(item, path!) === wanted) === (operator !== "!=");
  });
  return (item) => tests.every((test) => test(item));
}

function labelTest(selector: string): (item: ClusterObject) => boolean {
  const parsed = parseLabelSelector(selector);
  if ("unreadable" in parsed) {
    throw usageError(
      "bad-selector",
      `unable to parse requirement: "${parsed.unreadable}" is no label requirement`,
      "-l app=web, -l 'app in (web,api),!canary'",
    );
  }
  return ({ object }) => {
    const { labels } = object.metadata;
    return meetsRequirements(typeof labels === "object" && labels !== null ? { ...labels } : {}, parsed);
  };
}

function missing(
  { kind }: ObjectRequest,
  name: string,
  all: readonly ClusterObject[],
  namespace: string | undefined,
): MissingObject {
  const message = `Error from server (NotFound): ${qualifiedPlural(kind)} "${name}" not found`;
  const elsewhere = all.filter((item) => nameOf(item) === name).map((item) => namespaceOf(item) ?? "");
  if (elsewhere.length > 0) {
    const ways = elsewhere.map((place) => `-n ${place}`).join(" or ");
    return { message, hint: `${kind.singular} "${name}" is in namespace ${elsewhere.join(", ")}: ${ways}` };
  }
  const here = all.filter((item) => namespace === undefined || namespaceOf(item) === namespace).map(nameOf);
  const near = nearestName(name, here) ?? nearestName(name, all.map(nameOf));
  if (near !== undefined) return { message, hint: `did you mean "${near}"?` };
  const listed = here.slice(0, 8).join(", ");
  return here.length === 0
    ? { message }
    : { message, hint: `there is ${listed}${here.length > 8 ? ", …" : ""}` };
}

/**
 * The objects that the requests ask for.
 * @throws InputError for selectors that can't be read, and names across all namespaces
 */
export function selectObjects(
  store: ClusterObjects,
  requests: readonly ObjectRequest[],
  options: SelectOptions,
): Selection {
  const { namespace } = options;
  const tests = [
    ...(options.selector === undefined ? [] : [labelTest(options.selector)]),
    ...(options.fieldSelector === undefined ? [] : [fieldTest(options.fieldSelector)]),
  ];
  const groups: SelectedGroup[] = [];
  const absent: MissingObject[] = [];
  const add = (kind: ResourceKind, objects: readonly ClusterObject[]): void => {
    const last = groups.at(-1);
    if (last?.kind === kind) groups[groups.length - 1] = { kind, objects: [...last.objects, ...objects] };
    else groups.push({ kind, objects });
  };
  for (const request of requests) {
    const all = store.list(request.kind.kind);
    const inNamespace = (item: ClusterObject): boolean =>
      !request.kind.namespaced || namespace === undefined || namespaceOf(item) === namespace;
    if (request.names === undefined) {
      add(
        request.kind,
        all.filter((item) => inNamespace(item) && tests.every((test) => test(item))),
      );
      continue;
    }
    if (tests.length > 0) {
      throw usageError("name-and-selector", "name cannot be provided when a selector is specified");
    }
    if (namespace === undefined && request.kind.namespaced) {
      throw usageError(
        "name-in-all-namespaces",
        "a resource cannot be retrieved by name across all namespaces",
        "say -n NAMESPACE in place of -A",
      );
    }
    for (const name of request.names) {
      const found = all.find((item) => nameOf(item) === name && inNamespace(item));
      const alike =
        found === undefined && options.prefixes === true
          ? all.filter((item) => nameOf(item).startsWith(name) && inNamespace(item))
          : [];
      if (found !== undefined) add(request.kind, [found]);
      else if (alike.length > 0) add(request.kind, alike);
      else absent.push(missing(request, name, all, namespace));
    }
  }
  return { groups, missing: absent, severalKinds: new Set(groups.map(({ kind }) => kind)).size > 1 };
}

/** Namespaces that hold objects of these kinds, for the hint where the one looked in holds none. */
export function namespacesWith(store: ClusterObjects, requests: readonly ObjectRequest[]): readonly string[] {
  const found = requests.flatMap(({ kind }) => store.list(kind.kind).map(namespaceOf));
  return [...new Set(found)].filter((namespace) => namespace !== undefined).sort();
}
