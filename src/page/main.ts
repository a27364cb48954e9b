/// <reference lib="dom" />
import type { AnswerEnd, TraceAnswer } from "../analysis/trace/request.ts";
import { type Node as ClusterNode, objectKey, type Service } from "../cluster/model.ts";
import { provenanceNote } from "../cluster/provenance.ts";
import { InputError } from "../diagnostics/diagnostic.ts";
import { buildChainPicture } from "../graph/chain-picture.ts";
import { endpointNames } from "../graph/endpoint-names.ts";
import { fitPicture } from "../graph/fit.ts";
import { printTraceJson } from "../printers/trace/json.ts";
import type { PageData } from "./data.ts";
import { byId, h } from "./dom.ts";
import { type FamilyGround, type PageGround, pageGround } from "./ground.ts";
import { familyOfPacket, offerSources, readPacket, suggestPacket } from "./packet-form.ts";
import { type ToldStep, viewAnswer } from "./packet-view.ts";
import { type PictureView, ruleKey, viewPicture } from "./picture-view.ts";
import { ServiceList } from "./service-list.ts";
import { fillFindings, fillTables } from "./tables.ts";

/** Below this width, in CSS pixels, the boxes of a picture stand below each other. */
const narrow = 640;

class Page {
  readonly #ground: PageGround;
  readonly #list: ServiceList;
  #family: FamilyGround;
  #node: ClusterNode | undefined;
  #service: string | undefined;
  #view: PictureView | undefined;
  #lit: ReadonlySet<string> = new Set();
  #drawnWidth = 0;
  /** The reader asked for a picture in full, however big. */
  #everyChain = false;

  constructor(ground: PageGround) {
    this.#ground = ground;
    const { nodes, services } = ground.cluster;
    const state = new URLSearchParams(location.hash.slice(1));
    const wantedNode = state.get("node") ?? ground.data.node;
    this.#node = nodes.find((node) => node.name === wantedNode) ?? nodes[0];
    this.#family =
      ground.families.find(({ family }) => `${family}` === state.get("family")) ?? ground.families[0]!;
    const wanted = state.get("service") ?? ground.data.service;
    const own = services.filter((service) => !service.simulated).map(objectKey);
    this.#service =
      wanted === "" ? undefined : (services.map(objectKey).find((key) => key === wanted) ?? own[0]);
    this.#list = new ServiceList(services, { choose: (service) => this.#choose(service) });
    this.#fillNotes();
    this.#fillNodes();
    this.#fillFamilies();
    offerSources(ground.cluster);
    fillTables(ground);
    fillFindings(ground);
    this.#listen();
    this.#list.show(this.#service);
    this.#draw();
    suggestPacket(this.#chosen(), this.#family.family, { to: state.get("to"), from: state.get("from") });
    if (state.has("to")) this.#send();
  }

  #listen(): void {
    byId("search").addEventListener("input", () => {
      this.#list.show(this.#service);
      if (this.#service === undefined) this.#draw();
    });
    byId("packet").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    addEventListener("resize", () => {
      if (byId("picture").clientWidth !== this.#drawnWidth) this.#draw();
    });
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
      this.#lit = new Set();
      this.#remember();
      this.#draw();
    });
  }

  /** IPv4 or IPv6, where there are rules of both. */
  #fillFamilies(): void {
    const { families } = this.#ground;
    if (families.length < 2) return;
    const options = families.map((at) =>
      h("option", { value: at.family, selected: at === this.#family }, `IPv${at.family}`),
    );
    const select = h("select", { id: "family" }, ...options);
    select.addEventListener("change", () => {
      this.#family = families.find((at) => `${at.family}` === select.value) ?? this.#family;
      this.#lit = new Set();
      this.#remember();
      this.#draw();
      suggestPacket(this.#chosen(), this.#family.family);
    });
    byId("node").parentElement?.after(h("label", { for: "family" }, "Addresses", select));
  }

  #chosen(): Service | undefined {
    return this.#ground.cluster.services.find((service) => objectKey(service) === this.#service);
  }

  #choose(service: string | undefined): void {
    this.#service = service;
    this.#everyChain = false;
    this.#lit = new Set();
    this.#remember();
    this.#draw();
    suggestPacket(this.#chosen(), this.#family.family);
  }

  #remember(to?: string, from?: string): void {
    const state = new URLSearchParams({ node: this.#node?.name ?? "", service: this.#service ?? "" });
    if (this.#ground.families.length > 1) state.set("family", `${this.#family.family}`);
    if (to !== undefined) state.set("to", to);
    if (from) state.set("from", from);
    history.replaceState(null, "", `#${state}`);
  }

  #draw(): void {
    if (this.#node === undefined) return;
    const names = endpointNames(this.#ground.endpoints);
    const found = new Set(this.#list.found().map(objectKey));
    const some = this.#service === undefined && found.size < this.#ground.cluster.services.length;
    const title = `${this.#service ?? (some ? "Services found" : "all Services")} on ${this.#node.name}`;
    const frame = byId("picture");
    this.#drawnWidth = frame.clientWidth;
    const outline = this.#drawnWidth < narrow;
    const whole = buildChainPicture(this.#family.rulesOf(this.#node), {
      title,
      ...(this.#service === undefined ? {} : { service: this.#service }),
      ...(some ? { wanted: (service) => found.has(service) } : {}),
      nameOf: (socket) => names.get(socket),
    });
    const detail = outline && this.#service === undefined ? "services" : "auto";
    const picture = fitPicture(whole, this.#everyChain ? "chains" : detail);
    byId("chains-title").textContent = `Chains: ${title}`;
    this.#view = viewPicture(
      picture,
      {
        explain: (parts) => byId("detail").replaceChildren(...parts),
        choose: (service) => {
          this.#list.show(service);
          this.#choose(service);
        },
      },
      { form: outline ? "outline" : "layers", width: this.#drawnWidth },
    );
    frame.replaceChildren(...(picture.notes.length === 0 ? [] : [this.#shortened()]), this.#view.element);
    this.#view.light(this.#lit);
    showHooks(frame);
  }

  /** What is said above a picture that does not show all. */
  #shortened(): HTMLElement {
    if (this.#service === undefined)
      return h("p", { class: "note" }, "A box for each Service port: choose one to see its chains.");
    const button = h("button", { type: "button", id: "every-chain" }, "Show every endpoint's chain");
    button.addEventListener("click", () => {
      this.#everyChain = true;
      this.#draw();
    });
    return h("p", {}, button);
  }

  #send(): void {
    const packet = readPacket();
    const family = familyOfPacket(packet);
    const ground = this.#ground.families.find((at) => at.family === family) ?? this.#family;
    const result = byId("answer");
    this.#remember(packet.target, packet.from);
    try {
      const answer = ground.trace(packet);
      this.#followAnswer(answer, ground);
      result.replaceChildren(
        viewAnswer(answer, { show: (end, step) => this.#show(end, step) }),
        h(
          "details",
          { id: "json" },
          h("summary", {}, "as trace -o json prints it"),
          h("pre", { tabindex: 0 }, printTraceJson([ground.whole(answer, packet)])),
        ),
      );
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const texts = error.diagnostics.map(({ message, hint }) =>
        hint === undefined ? message : `${message}: ${hint}`,
      );
      result.replaceChildren(...texts.map((text) => h("p", { class: "error", role: "alert" }, text)));
      this.#light([]);
    }
  }

  /** Draws the Service and the node the packet passes, and lights its ways. */
  #followAnswer(answer: TraceAnswer, ground: FamilyGround): void {
    const ends = answer.ends.filter((end) => end.when === "first");
    const key = answer.target.service === undefined ? this.#service : objectKey(answer.target.service);
    const first = ends.flatMap((end) => end.path).find((event) => event.table === "nat")?.node;
    const node = this.#ground.cluster.nodes.find((at) => at.name === first) ?? this.#node;
    if (key !== this.#service || node !== this.#node || ground !== this.#family) {
      if (key !== this.#service) this.#everyChain = false;
      this.#service = key;
      this.#node = node;
      this.#family = ground;
      (byId("node") as HTMLSelectElement).value = node?.name ?? "";
      const family = document.getElementById("family");
      if (family !== null) (family as HTMLSelectElement).value = `${ground.family}`;
      this.#list.show(key);
      this.#draw();
    }
    this.#light(ends);
  }

  #show(end: AnswerEnd, step: ToldStep | undefined): void {
    this.#light([end], step?.node === this.#node?.name ? step?.key : undefined);
  }

  /** Lights the rules of some ends on the node that is drawn. */
  #light(ends: readonly AnswerEnd[], now?: string): void {
    const rules = ends.flatMap((end) => end.path).filter((event) => event.node === this.#node?.name);
    this.#lit = new Set(rules.map(ruleKey));
    this.#view?.light(this.#lit, now);
  }
}

/** Scrolls a tall picture to where packets come in. */
function showHooks(frame: HTMLElement): void {
  const hook = frame.querySelector(".box.hook rect");
  if (hook === null) return;
  frame.scrollTop = Number(hook.getAttribute("y")) - frame.clientHeight / 2;
  frame.scrollLeft = 0;
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
