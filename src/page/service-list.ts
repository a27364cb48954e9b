/// <reference lib="dom" />
import { objectKey, type Service } from "../cluster/model.ts";
import { byId, h } from "./dom.ts";

/** What the list tells the page. */
export interface ListActions {
  /** A Service (`ns/name`) was chosen, or all of them (undefined). */
  choose(service: string | undefined): void;
}

/** The list of Services with its search. */
export class ServiceList {
  readonly #services: readonly Service[];
  readonly #actions: ListActions;
  #chosen: string | undefined;

  constructor(services: readonly Service[], actions: ListActions) {
    this.#services = services;
    this.#actions = actions;
  }

  /** The Services that the search finds by name, address or port. */
  found(): readonly Service[] {
    const wanted = (byId("search") as HTMLInputElement).value.trim().toLowerCase();
    if (wanted === "") return this.#services;
    return this.#services.filter((service) => wordsOf(service).includes(wanted));
  }

  show(chosen: string | undefined): void {
    this.#chosen = chosen;
    const found = this.found();
    const all = found.length === this.#services.length;
    byId("services").replaceChildren(
      this.#choice(undefined, all ? "all Services" : "all found", `${found.length}`),
      ...found.map((service) =>
        this.#choice(
          objectKey(service),
          objectKey(service),
          `${service.type} ${service.clusterIps[0] ?? ""}`,
        ),
      ),
    );
    byId("found").textContent = `${found.length} of ${this.#services.length} Services`;
  }

  #choice(key: string | undefined, text: string, more: string): HTMLElement {
    const pressed = String(key === this.#chosen);
    const button = h("button", { type: "button", "aria-pressed": pressed }, text, h("small", {}, more));
    button.addEventListener("click", () => {
      for (const other of byId("services").querySelectorAll("button"))
        other.setAttribute("aria-pressed", String(other === button));
      this.#chosen = key;
      this.#actions.choose(key);
    });
    return h("li", {}, button);
  }
}

function wordsOf(service: Service): string {
  const ports = service.ports.map((port) => `${port.port} ${port.nodePort}`);
  return [objectKey(service), ...service.clusterIps, ...ports].join(" ").toLowerCase();
}
