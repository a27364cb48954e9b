/// <reference lib="dom" />
import type { AnswerEnd, TraceAnswer } from "../analysis/trace/request.ts";
import { ClusterObjects } from "../api-objects/objects-of-cluster.ts";
import { type Node as ClusterNode, objectKey } from "../cluster/model.ts";
import { provenanceNote } from "../cluster/provenance.ts";
import { InputError } from "../diagnostics/diagnostic.ts";
import { describePosition } from "../diagnostics/source.ts";
import { buildChainPicture } from "../graph/chain-picture.ts";
import { fitPicture } from "../graph/collapse.ts";
import { endpointNames } from "../graph/endpoint-names.ts";
import { printTables } from "../printers/kubectl/tables/print-tables.ts";
import { printTraceJson } from "../printers/trace/json.ts";
import type { PageData } from "./data.ts";
import { byId, h } from "./dom.ts";
import { type PageGround, pageGround } from "./ground.ts";
import { type ToldStep, viewAnswer } from "./packet-view.ts";
import { type PictureView, ruleKey, viewPicture } from "./picture-view.ts";

/** More than these at once is no picture any more. */
const pageLimits = { boxes: 160, arrows: 220 };

class Page {
  readonly #ground: PageGround;
  #node: ClusterNode | undefined;
  #service: string | undefined;
  #view: PictureView | undefined;

  constructor(ground: PageGround) {
    this.#ground = ground;
    const { nodes, services } = ground.cluster;
    const state = new URLSearchParams(location.hash.slice(1));
    const wantedNode = state.get("node") ?? ground.data.node;
    this.#node = nodes.find((node) => node.name === wantedNode) ?? nodes[0];
    const wanted = state.get("service") ?? ground.data.service;
    const own = services.filter((service) => !service.simulated).map(objectKey);
    this.#service =
      wanted === "" ? undefined : (services.map(objectKey).find((key) => key === wanted) ?? own[0]);
    this.#fillNotes();
    this.#fillNodes();
    this.#fillSources();
    this.#fillTables();
    this.#fillFindings();
    byId("search").addEventListener("input", () => this.#fillServices());
    byId("packet").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#fillServices();
    this.#draw();
    this.#suggestPacket(state.get("to"), state.get("from"));
    if (state.has("to")) this.#send();
  }

  /** What of all this no manifest states. */
  #fillNotes(): void {
    const note = provenanceNote(this.#ground.cluster.provenance);
    if (note !== undefined) byId("notes").append(h("p", {}, note));
    const { notes } = this.#ground.data;
    if (notes !== "") byId("notes").append(h("pre", { tabindex: 0, "aria-label": "Notes" }, notes));
  }

  #fillNodes(): void {
    const select = byId("node") as HTMLSelectElement;
    for (const { name } of this.#ground.cluster.nodes) {
      select.append(h("option", { value: name, selected: name === this.#node?.name }, name));
    }
    select.addEventListener("change", () => {
      this.#node = this.#ground.cluster.nodes.find((node) => node.name === select.value);
      this.#remember();
      this.#draw();
    });
  }

  #fillServices(): void {
    const wanted = (byId("search") as HTMLInputElement).value.trim().toLowerCase();
    const found = this.#ground.cluster.services.filter((service) =>
      [
        objectKey(service),
        ...service.clusterIps,
        ...service.ports.map((port) => `${port.port} ${port.nodePort}`),
      ]
        .join(" ")
        .toLowerCase()
        .includes(wanted),
    );
    const choice = (key: string | undefined, text: string, more: string): HTMLElement => {
      const button = h(
        "button",
        { type: "button", "aria-pressed": String(key === this.#service) },
        text,
        h("small", {}, more),
      );
      button.addEventListener("click", () => this.#choose(key));
      return h("li", {}, button);
    };
    byId("services").replaceChildren(
      ...(wanted === ""
        ? [choice(undefined, "all Services", `${this.#ground.cluster.services.length}`)]
        : []),
      ...found.map((service) =>
        choice(objectKey(service), objectKey(service), `${service.type} ${service.clusterIps[0] ?? ""}`),
      ),
    );
    byId("found").textContent = `${found.length} of ${this.#ground.cluster.services.length} Services`;
  }

  #choose(service: string | undefined): void {
    this.#service = service;
    this.#remember();
    for (const button of byId("services").querySelectorAll("button")) {
      const own = button.firstChild?.textContent;
      button.setAttribute("aria-pressed", String(own === (service ?? "all Services")));
    }
    this.#draw();
    this.#suggestPacket(null, null);
  }

  #remember(to?: string, from?: string): void {
    const state = new URLSearchParams({ node: this.#node?.name ?? "", service: this.#service ?? "" });
    if (to !== undefined) state.set("to", to);
    if (from) state.set("from", from);
    history.replaceState(null, "", `#${state}`);
  }

  #draw(): void {
    if (this.#node === undefined) return;
    const names = endpointNames(this.#ground.endpoints);
    const title = `${this.#service ?? "all Services"} on ${this.#node.name}`;
    const whole = buildChainPicture(this.#ground.rulesOf(this.#node), {
      title,
      ...(this.#service === undefined ? {} : { service: this.#service }),
      nameOf: (socket) => names.get(socket),
    });
    const picture = fitPicture(whole, pageLimits);
    byId("chains-title").textContent = `Chains: ${title}`;
    this.#view = viewPicture(picture, (parts) => byId("detail").replaceChildren(...parts));
    const notes = picture.notes.map(() =>
      h("p", { class: "note" }, "Drawn in short: choose a Service to see all of its chains."),
    );
    byId("picture").replaceChildren(this.#view.element, ...notes.slice(0, 1));
    showHooks(byId("picture"));
  }

  #fillSources(): void {
    const { pods, nodes } = this.#ground.cluster;
    const names = [
      "external",
      ...nodes.map((node) => `node/${node.name}`),
      ...pods.slice(0, 500).map((pod) => `pod/${pod.namespace}/${pod.name}`),
    ];
    byId("sources").append(...names.map((value) => h("option", { value })));
  }

  #suggestPacket(to: string | null, from: string | null): void {
    const service = this.#ground.cluster.services.find((at) => objectKey(at) === this.#service);
    const [address] = service?.clusterIps ?? [];
    const [host, port] = splitSocket(to);
    const input = (id: string): HTMLInputElement => byId(id) as HTMLInputElement;
    if (from !== null) input("from").value = from;
    if (host !== undefined) input("to").value = host;
    else if (address !== undefined && address !== "None") input("to").value = address;
    if (to !== null) input("port").value = port ?? "";
    else if (service?.ports[0] !== undefined) input("port").value = String(service.ports[0].port);
  }

  #send(): void {
    const value = (id: string): string => (byId(id) as HTMLInputElement).value.trim();
    const host = value("to");
    const port = value("port");
    const target =
      port === ""
        ? host
        : host.includes(":") && !host.startsWith("[")
          ? `[${host}]:${port}`
          : `${host}:${port}`;
    const protocol = value("protocol");
    const result = byId("answer");
    this.#remember(target, value("from"));
    try {
      const answer = this.#ground.trace(
        target,
        value("from") || undefined,
        protocol === "tcp" || protocol === "udp" || protocol === "sctp" ? protocol : undefined,
      );
      this.#followAnswer(answer);
      result.replaceChildren(
        viewAnswer(answer, { show: (end, step) => this.#show(end, step) }),
        h(
          "details",
          { id: "json" },
          h("summary", {}, "as trace -o json prints it"),
          h("pre", { tabindex: 0 }, printTraceJson([answer])),
        ),
      );
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const texts = error.diagnostics.map(({ message, hint }) =>
        hint === undefined ? message : `${message}: ${hint}`,
      );
      result.replaceChildren(...texts.map((text) => h("p", { class: "error", role: "alert" }, text)));
      this.#view?.light(new Set());
    }
  }

  /** Draws the Service and the node the packet passes, and lights its ways. */
  #followAnswer(answer: TraceAnswer): void {
    const ends = answer.ends.filter((end) => end.when === "first");
    const key = answer.target.service === undefined ? this.#service : objectKey(answer.target.service);
    const first = ends.flatMap((end) => end.path).find((event) => event.table === "nat")?.node;
    const node = this.#ground.cluster.nodes.find((at) => at.name === first) ?? this.#node;
    if (key !== this.#service || node !== this.#node) {
      this.#service = key;
      this.#node = node;
      (byId("node") as HTMLSelectElement).value = node?.name ?? "";
      this.#fillServices();
      this.#draw();
    }
    const rules = ends.flatMap((end) => end.path).filter((event) => event.node === this.#node?.name);
    this.#view?.light(new Set(rules.map(ruleKey)));
  }

  #show(end: AnswerEnd, step: ToldStep | undefined): void {
    const rules = end.path.filter((event) => event.node === this.#node?.name);
    this.#view?.light(new Set(rules.map(ruleKey)), step?.node === this.#node?.name ? step?.key : undefined);
  }

  #fillTables(): void {
    const { cluster, endpoints, data } = this.#ground;
    const store = new ClusterObjects(cluster, endpoints, data.cluster.defaultNamespace);
    const kinds = [
      ["Service", "service", true],
      ["Endpoints", "endpoints", true],
      ["Pod", "pod", true],
      ["Node", "node", false],
    ] as const;
    for (const [kind, prefix, namespaced] of kinds) {
      const objects = store.list(kind);
      const text = printTables([{ kind, prefix, namespaced, objects }], {
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

  #fillFindings(): void {
    const findings = this.#ground.findings();
    const items = findings.map(({ severity, code, message, hint, range }) =>
      h(
        "li",
        { class: severity },
        h("strong", {}, `${severity} `),
        `${message} `,
        h("code", {}, code),
        h(
          "p",
          {},
          [range === undefined ? "" : describePosition(range), hint ?? ""]
            .filter((at) => at !== "")
            .join(": "),
        ),
      ),
    );
    byId("findings").replaceChildren(
      ...(items.length === 0 ? [h("p", {}, "lint finds nothing.")] : [h("ul", {}, ...items)]),
    );
  }
}

/** Scrolls a tall picture to where packets come in. */
function showHooks(frame: HTMLElement): void {
  const hook = frame.querySelector(".box.hook rect");
  if (hook === null) return;
  frame.scrollTop = Number(hook.getAttribute("y")) - frame.clientHeight / 2;
  frame.scrollLeft = 0;
}

function splitSocket(text: string | null): readonly [string | undefined, string | undefined] {
  if (text === null) return [undefined, undefined];
  const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(text) ?? [];
  return [host?.replace(/^\[|\]$/g, ""), port];
}

function start(): void {
  const data = JSON.parse(byId("data").textContent ?? "") as PageData;
  if (data.live) new EventSource("events").addEventListener("change", () => location.reload());
  if (data.errors !== undefined) {
    byId("main").replaceChildren(
      h("h2", {}, "The input is not right"),
      h("pre", { class: "error", role: "alert", tabindex: 0 }, data.errors),
    );
    return;
  }
  new Page(pageGround(data));
}

start();
