import type { ClusterModel } from "../../cluster/model.ts";
import { readTarget } from "./target/target-text.ts";

/** Where names are looked for. */
interface Whereabouts {
  readonly cluster: ClusterModel;
  readonly namespace: string;
  readonly namespaceAsked?: boolean;
}

/**
 * Where a pod stands that knows a Service, or a pod of one, by a name without a namespace (`web`, `web-0.web`): in the
 * namespace asked for or looked in first, or in the only one with such a Service. Undefined where DNS gives every pod
 * the same answer.
 */
export function homeOfName(text: string, context: Whereabouts): string | undefined {
  const { services } = context.cluster;
  const labels = readTarget(text).host.toLowerCase().split(".");
  const [first, second] = labels;
  if (labels.length > 2 || (second !== undefined && services.some((at) => at.namespace === second))) {
    return undefined;
  }
  const homes = services.filter(({ name }) => name === (second ?? first)).map((at) => at.namespace);
  const [home] = homes;
  if (home === undefined) return undefined;
  return context.namespaceAsked === true || homes.length > 1 || homes.includes(context.namespace)
    ? context.namespace
    : home;
}

/** The target, a bare name with the namespace it is meant in: so that DNS tells every pod the same. */
export function namedForAll(text: string, context: Whereabouts): string {
  const home = homeOfName(text, context);
  if (home === undefined) return text;
  const { host } = readTarget(text);
  const at = text.indexOf(host, text.indexOf("://") === -1 ? 0 : text.indexOf("://") + 3);
  if (at === -1) return text;
  return `${text.slice(0, at + host.length)}.${home}${text.slice(at + host.length)}`;
}
