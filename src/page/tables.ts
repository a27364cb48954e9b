/// <reference lib="dom" />
import { ClusterObjects } from "../api-objects/objects-of-cluster.ts";
import { describePosition } from "../diagnostics/source.ts";
import { printTables } from "../printers/kubectl/tables/print-tables.ts";
import { byId, h } from "./dom.ts";
import type { PageGround } from "./ground.ts";

const kinds = [
  ["Service", "service", true],
  ["Endpoints", "endpoints", true],
  ["Pod", "pod", true],
  ["Node", "node", false],
] as const;

/** The tables of `get -o wide`. */
export function fillTables({ cluster, endpoints, data }: PageGround): void {
  const store = new ClusterObjects(cluster, endpoints, data.cluster.defaultNamespace);
  for (const [kind, prefix, namespaced] of kinds) {
    const text = printTables([{ kind, prefix, namespaced, objects: store.list(kind) }], {
      namespaces: true,
      headers: true,
      labels: false,
      labelColumns: [],
      source: true,
      now: undefined,
      wide: true,
      kindPrefix: false,
    });
    byId("tables").append(
      h("h3", {}, `${kind}${kind.endsWith("s") ? "" : "s"}`),
      h("pre", { tabindex: 0, "aria-label": `${kind} table` }, text === "" ? "none" : text),
    );
  }
}

/** What `lint` finds. */
export function fillFindings(ground: PageGround): void {
  const items = ground.findings().map(({ severity, code, message, hint, range }) => {
    const where = [range === undefined ? "" : describePosition(range), hint ?? ""];
    return h(
      "li",
      { class: severity },
      h("strong", {}, `${severity} `),
      `${message} `,
      h("code", {}, code),
      h("p", {}, where.filter((at) => at !== "").join(": ")),
    );
  });
  byId("findings").replaceChildren(
    ...(items.length === 0 ? [h("p", {}, "lint finds nothing.")] : [h("ul", {}, ...items)]),
  );
}
