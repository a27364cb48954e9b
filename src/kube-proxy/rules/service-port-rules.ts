import type { AddressMatch, Rule } from "../../netfilter/ruleset.ts";
import type { Target } from "../../netfilter/target.ts";
import { type ChainKind, servicePortChain } from "../chain-names.ts";
import type { NodeContext } from "../policy/node-context.ts";
import type { ServicePortInfo } from "../policy/service-port-info.ts";
import type { ServicePortPolicy } from "../policy/service-port-policy.ts";
import { type Reason, ServicePortOrigin } from "./origins.ts";
import { comment, jump, makeRule, protocols, type RuleParts, toPort } from "./rule.ts";

/** KUBE-MARK-MASQ as a target. */
export const toMarkMasquerade = jump("KUBE-MARK-MASQ");
/** KUBE-MARK-DROP as a target. */
export const toMarkDrop = jump("KUBE-MARK-DROP");

/** A Service port on a node, with what its rules are made of. */
export class ServicePortRules {
  readonly info: ServicePortInfo;
  readonly policy: ServicePortPolicy;
  readonly node: NodeContext;
  readonly #names: Partial<Record<ChainKind, string>> = {};

  constructor(info: ServicePortInfo, policy: ServicePortPolicy, node: NodeContext) {
    this.info = info;
    this.policy = policy;
    this.node = node;
  }

  /** Name of a chain of this Service port. */
  chain(kind: Exclude<ChainKind, "SEP">): string {
    this.#names[kind] ??= servicePortChain(kind, this.info.name, this.info.protocol);
    return this.#names[kind];
  }

  /** Chain of traffic to the cluster IP. */
  get internalChain(): string {
    return this.chain(
      this.info.internalPolicyLocal && this.node.traits.internalTrafficPolicy === "own-chain" ? "SVL" : "SVC",
    );
  }

  /** A rule of this Service port. */
  rule(reason: Reason, path: readonly (string | number)[], parts: RuleParts): Rule {
    return makeRule(parts, new ServicePortOrigin(reason, this.info, path));
  }

  /**
   * The parts that match traffic to one address and the Service's port.
   * @param what `cluster IP`, `external IP` or `loadbalancer IP`, as the comment has it
   */
  toAddress(address: string, text: string, target: Target): ParsedTo {
    return {
      destination: { address, mask: this.node.family === 4 ? 32 : 128, inverted: false },
      protocol: protocols[this.info.protocol],
      matches: [comment(text), toPort(this.info.protocol, this.info.port.port)],
      target,
    };
  }

  /** The parts that match traffic to the node port, wherever it is addressed to. */
  toNodePort(target: Target): RuleParts {
    return {
      protocol: protocols[this.info.protocol],
      matches: [comment(this.info.name), toPort(this.info.protocol, this.info.nodePort)],
      target,
    };
  }
}

type ParsedTo = RuleParts & { readonly destination: AddressMatch };
