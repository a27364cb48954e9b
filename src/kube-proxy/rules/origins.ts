import { fieldRange, objectKey } from "../../cluster/model.ts";
import type { SourceRange } from "../../diagnostics/source.ts";
import type { Endpoint } from "../../endpoints/model.ts";
import { hostPort } from "../../net/ip.ts";
import type { RuleOrigin } from "../../netfilter/ruleset.ts";
import type { ServicePortInfo } from "../policy/service-port-info.ts";

type Path = readonly (string | number)[];

/** Origin of a rule that every node has, whatever the Services. */
export function staticOrigin(reason: string): RuleOrigin {
  return { reason };
}

/** A sentence about a Service port: as it is, or made when asked for. */
export type Reason = string | ((info: ServicePortInfo) => string);

/** Origin of a rule of one Service port. */
export class ServicePortOrigin implements RuleOrigin {
  readonly #reason: Reason;
  readonly #info: ServicePortInfo;
  readonly #path: Path;

  /** @param path of the field the rule comes from, inside the Service */
  constructor(reason: Reason, info: ServicePortInfo, path: Path) {
    this.#reason = reason;
    this.#info = info;
    this.#path = path;
  }

  get reason(): string {
    return typeof this.#reason === "string" ? this.#reason : this.#reason(this.#info);
  }

  get service(): string {
    return objectKey(this.#info.service);
  }

  get port(): string {
    return portLabel(this.#info);
  }

  range(): SourceRange | undefined {
    return fieldRange(this.#info.service, ...this.#path);
  }

  toJSON(): RuleOrigin {
    return { reason: this.reason, service: this.service, port: this.port };
  }
}

/** What a rule about one endpoint does. */
export type EndpointRuleKind = "balance" | "affinity" | "hairpin" | "translate";

/** Origin of a rule about one endpoint; sentences are made when asked for. */
export class EndpointOrigin implements RuleOrigin {
  private readonly kind: EndpointRuleKind;
  private readonly info: ServicePortInfo;
  private readonly target: Endpoint;
  /** Endpoints left in the chain, this one included. */
  private readonly left: number;

  constructor(kind: EndpointRuleKind, info: ServicePortInfo, target: Endpoint, left = 1) {
    this.kind = kind;
    this.info = info;
    this.target = target;
    this.left = left;
  }

  get reason(): string {
    const { name, affinitySeconds } = this.info;
    const pod = this.target.pod;
    const behind = pod === undefined ? this.endpoint : `${this.endpoint} (pod ${pod})`;
    if (this.kind === "hairpin") {
      return `A pod that reaches itself through ${name} must see another source address, or it would answer itself directly.`;
    }
    if (this.kind === "affinity") {
      return `A client that ${behind} served in the last ${affinitySeconds} seconds goes there again.`;
    }
    if (this.kind === "translate") return `Traffic to ${name} is sent to ${behind}.`;
    if (this.left === 1) return `What is left of the traffic to ${name} goes to ${behind}.`;
    return `One in ${this.left} of the connections to ${name} that come this far goes to ${behind}.`;
  }

  get service(): string {
    return objectKey(this.info.service);
  }

  get port(): string {
    return portLabel(this.info);
  }

  get endpoint(): string {
    return hostPort(this.target.ip, this.target.port);
  }

  range(): SourceRange | undefined {
    if (this.kind === "affinity") return fieldRange(this.info.service, "spec", "sessionAffinity");
    return this.target.source?.range() ?? fieldRange(this.info.service, "spec", "selector");
  }

  toJSON(): RuleOrigin {
    return { reason: this.reason, service: this.service, port: this.port, endpoint: this.endpoint };
  }
}

function portLabel(info: ServicePortInfo): string {
  return info.port.name === "" ? String(info.port.port) : info.port.name;
}
