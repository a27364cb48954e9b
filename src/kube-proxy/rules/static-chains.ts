import type { Match } from "../../netfilter/match.ts";
import type { Rule } from "../../netfilter/ruleset.ts";
import type { Target } from "../../netfilter/target.ts";
import type { NodeContext } from "../policy/node-context.ts";
import { staticOrigin } from "./origins.ts";
import {
  comment,
  connectionState,
  host,
  jump,
  makeRule,
  marked,
  network,
  type RuleParts,
  toLocal,
} from "./rule.ts";
import type { TableBuilder } from "./table/table-builder.ts";

/** The rules that a node has whatever its Services: jumps from the built-in chains, marks, forwarding. */

const accept: Target = { kind: "verdict", verdict: "ACCEPT" };
const drop: Target = { kind: "verdict", verdict: "DROP" };
const isNew = connectionState(["NEW"]);
const established = connectionState(["RELATED", "ESTABLISHED"]);

function staticRule(reason: string, parts: RuleParts): Rule {
  return makeRule(parts, staticOrigin(reason));
}

function jumpRule(chain: string, reason: string, ...matches: readonly Match[]): Rule {
  return staticRule(reason, { matches, target: jump(chain) });
}

const toFirewall = (): Rule =>
  jumpRule(
    "KUBE-PROXY-FIREWALL",
    "New connections to load balancers that their source ranges exclude are dropped.",
    isNew,
    comment("kubernetes load balancer firewall"),
  );
const toExternal = (): Rule =>
  jumpRule(
    "KUBE-EXTERNAL-SERVICES",
    "New connections to external addresses of Services without endpoints are refused.",
    isNew,
    comment("kubernetes externally-visible service portals"),
  );
const toServices = (): Rule =>
  jumpRule(
    "KUBE-SERVICES",
    "New connections to cluster IPs of Services without endpoints are refused.",
    isNew,
    comment("kubernetes service portals"),
  );
const toHealthChecks = (): Rule =>
  jumpRule(
    "KUBE-NODEPORTS",
    "Health checks of load balancers are accepted.",
    comment("kubernetes health check service ports"),
  );
const toForward = (): Rule =>
  jumpRule(
    "KUBE-FORWARD",
    "Traffic of Services may be forwarded whatever the policy of FORWARD.",
    comment("kubernetes forwarding rules"),
  );
const toKubeletFirewall = (): Rule =>
  jumpRule("KUBE-FIREWALL", "Packets from elsewhere to 127.0.0.0/8 are dropped.");

/**
 * Jumps into the filter table's chains. kube-proxy puts each before those that are there, so the last of its
 * list stands first.
 */
export function addFilterJumps(node: NodeContext, filter: TableBuilder): void {
  const { traits } = node;
  const firewalled = traits.firewallChain === "ranges-filter-drop";
  if (traits.kubeletFirewall) {
    filter.append("INPUT", toKubeletFirewall());
    filter.append("OUTPUT", toKubeletFirewall());
  }
  if (firewalled) {
    for (const chain of ["INPUT", "FORWARD", "OUTPUT"]) filter.append(chain, toFirewall());
  }
  filter.append("FORWARD", toForward(), toServices());
  filter.append("OUTPUT", toServices());
  if (traits.filterServicesFromInput) filter.append("INPUT", toServices(), toExternal());
  else {
    if (traits.healthCheckNodePortRules) filter.append("INPUT", toHealthChecks());
    filter.append("INPUT", toExternal());
    filter.append("FORWARD", toExternal());
  }
  filter.declare("KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES", "KUBE-FORWARD");
  if (traits.healthCheckNodePortRules) filter.declare("KUBE-NODEPORTS");
  if (firewalled) filter.declare("KUBE-PROXY-FIREWALL");
  if (traits.kubeletFirewall) filter.declare("KUBE-FIREWALL");
  if (traits.canaryChains) filter.declare("KUBE-PROXY-CANARY");
}

/** KUBE-FIREWALL and KUBE-FORWARD. */
export function addForwardRules(node: NodeContext, filter: TableBuilder): void {
  const { traits } = node;
  if (traits.kubeletFirewall && node.family === 4 && node.localhostNodePorts) {
    filter.append("KUBE-FIREWALL", incomingLoopbackRule());
  }
  if (node.dropInvalid) {
    const counted: readonly Match[] = node.nfacct
      ? [{ kind: "nfacct", name: "ct_state_invalid_dropped_pkts" }]
      : [];
    const reason = "Packets that conntrack can't place would reset connections.";
    filter.append(
      "KUBE-FORWARD",
      staticRule(reason, { matches: [connectionState(["INVALID"]), ...counted], target: drop }),
    );
  }
  filter.append(
    "KUBE-FORWARD",
    staticRule("Traffic marked for masquerading may be forwarded.", {
      matches: [comment("kubernetes forwarding rules"), marked(node.mark)],
      target: accept,
    }),
    ...establishedRules(node),
  );
}

function incomingLoopbackRule(): Rule {
  const reason = "route_localnet, which node ports on localhost need, would let others reach 127.0.0.0/8.";
  return staticRule(reason, {
    source: { address: "127.0.0.0", mask: 8, inverted: true },
    destination: { address: "127.0.0.0", mask: 8, inverted: false },
    matches: [
      comment("block incoming localnet connections"),
      connectionState(["RELATED", "ESTABLISHED", "DNAT"], true),
    ],
    target: drop,
  });
}

function establishedRules(node: NodeContext): Rule[] {
  const reason = "Packets that follow an accepted one may be forwarded.";
  const rule = (which: string, parts: Partial<RuleParts> = {}): Rule =>
    staticRule(reason, {
      ...parts,
      matches: [comment(`kubernetes forwarding conntrack ${which}rule`), established],
      target: accept,
    });
  switch (node.traits.forwardEstablished) {
    case "one-rule":
      return [rule("")];
    case "two-rules":
      return [rule("pod source "), rule("pod destination ")];
    case "cluster-cidr": {
      if (node.clusterCidr === undefined) return [];
      const pods = network(node.clusterCidr);
      return [rule("pod source ", { source: pods }), rule("pod destination ", { destination: pods })];
    }
  }
}

/** Jumps into the nat table's chains, masquerading, and the chains that are there without rules. */
export function addNatStatics(node: NodeContext, nat: TableBuilder): void {
  const { traits } = node;
  const portals = comment("kubernetes service portals");
  nat.append("PREROUTING", jumpRule("KUBE-SERVICES", "Traffic that arrives may be for a Service.", portals));
  nat.append("OUTPUT", jumpRule("KUBE-SERVICES", "Traffic of this node may be for a Service.", portals));
  const masquerading = comment("kubernetes postrouting rules");
  nat.append(
    "POSTROUTING",
    jumpRule("KUBE-POSTROUTING", "Marked traffic is masqueraded as it leaves.", masquerading),
  );
  nat.declare("KUBE-SERVICES", "KUBE-NODEPORTS");
  nat.append("KUBE-POSTROUTING", ...postroutingRules(node));
  nat.append(
    "KUBE-MARK-MASQ",
    staticRule("Marks traffic for masquerading.", {
      matches: [],
      target: { kind: "mark", value: node.mark, mask: node.mark },
    }),
  );
  if (traits.canaryChains) nat.declare("KUBE-PROXY-CANARY");
  if (traits.markDropChain === "kube-proxy") nat.declare("KUBE-MARK-DROP");
}

function postroutingRules(node: NodeContext): Rule[] {
  const note = comment("kubernetes service traffic requiring SNAT");
  const reason = "Marked traffic leaves with an address of this node.";
  if (node.traits.postrouting === "match-mark") {
    return [
      staticRule(reason, {
        matches: [note, marked(node.mark)],
        target: { kind: "masquerade", random: false, randomFully: false },
      }),
    ];
  }
  return [
    staticRule("Traffic without the mark keeps its source address.", {
      matches: [marked(node.mark, true)],
      target: { kind: "verdict", verdict: "RETURN" },
    }),
    staticRule(
      "The mark is taken off, or the packet would be masqueraded again where it passes a second time.",
      {
        matches: [],
        target: { kind: "mark", value: node.mark, mask: 0 },
      },
    ),
    staticRule(reason, {
      matches: [note],
      target: { kind: "masquerade", random: false, randomFully: true },
    }),
  ];
}

/** The end of KUBE-SERVICES: what is addressed to this node may be for a node port. */
export function addNodePortJumps(node: NodeContext, nat: TableBuilder): void {
  const note = comment("kubernetes service nodeports; NOTE: this must be the last rule in this chain");
  const target = jump("KUBE-NODEPORTS");
  if (node.nodePorts.kind === "all") {
    const loopback = excludedLoopback(node);
    const reason = "Traffic to any address of this node may be for a node port.";
    nat.append(
      "KUBE-SERVICES",
      staticRule(reason, {
        ...(loopback === undefined ? {} : { destination: { ...loopback, inverted: true } }),
        matches: [note, toLocal],
        target,
        ...(loopback === undefined
          ? {}
          : { written: { destination: `${loopback.address}/${loopback.mask}` } }),
      }),
    );
    return;
  }
  for (const address of node.nodePorts.addresses) {
    if (isLoopback(address) && excludedLoopback(node) !== undefined) continue;
    const reason = `Node ports answer on ${address}, as nodePortAddresses says.`;
    nat.append(
      "KUBE-SERVICES",
      staticRule(reason, {
        destination: host(address),
        matches: [note],
        target,
        written: { destination: address },
      }),
    );
  }
}

/** Loopback, where node ports do not answer on it. */
function excludedLoopback(node: NodeContext): { address: string; mask: number } | undefined {
  if (!node.traits.localhostNodePorts) return undefined;
  if (node.family === 6) return { address: "::1", mask: 128 };
  return node.localhostNodePorts ? undefined : { address: "127.0.0.0", mask: 8 };
}

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}
