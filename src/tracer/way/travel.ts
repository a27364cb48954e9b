import { type Branch, withAssumption, withStep } from "../branch.ts";
import type { Host, Interface, Listening } from "../network.ts";
import { formatSocket } from "../packet.ts";
import { isLocalAddress, isLoopback, lookUpRoute, neighbour } from "../routing.ts";
import { runHook } from "./hooks.ts";
import { ended, type Landing, refusedByHost, type Surroundings } from "./landing.ts";

/** A process on the host sends the branch's packet. */
export function sendFrom(around: Surroundings, host: Host, branch: Branch): Landing[] {
  const route = lookUpRoute(host, branch.packet.destination);
  if (route.kind === "none") return ended(branch, host, "unreachable", `${host.name} has no route to it`);
  const device = route.kind === "local" ? "lo" : route.device.name;
  if (host.kind !== "node") return transmit(around, host, branch);
  const result = runHook(around, host, "OUTPUT", branch, { inInterface: "", outInterface: device });
  const landed = result.landed.map(refusedAtHome);
  return [...landed, ...result.passed.flatMap((passed) => leave(around, host, passed, ""))];
}

/**
 * A datagram that the sender's own OUTPUT rejects: sending it fails with EPERM, as if it had been dropped, before the
 * ICMP error is looked at. (TCP takes no notice of the failure and waits, until the ICMP error refuses it.)
 */
function refusedAtHome(landing: Landing): Landing {
  if (landing.kind === "arrived" || landing.outcome !== "rejected") return landing;
  if (landing.branch.packet.protocol === "tcp") return landing;
  return { ...landing, outcome: "dropped", reason: `${landing.reason}; sending fails with EPERM` };
}

/** The packet has passed OUTPUT or FORWARD: it is routed (again), passes POSTROUTING and is put on the wire. */
function leave(around: Surroundings, host: Host, branch: Branch, inInterface: string): Landing[] {
  const { packet } = branch;
  const route = lookUpRoute(host, packet.destination);
  if (route.kind === "none") return ended(branch, host, "unreachable", `${host.name} has no route to it`);
  const outInterface = route.kind === "local" ? "lo" : route.device.name;
  const isMartian = packet.family === 4 && isLoopback(packet.source) && host.routeLocalnet !== true;
  if (isMartian && outInterface !== "lo") {
    const reason = `${host.name} lets no packet from ${packet.source} leave (route_localnet is off)`;
    return ended(branch, host, "dropped", reason);
  }
  const nextHop = route.kind === "local" ? packet.destination : route.nextHop;
  const view = { inInterface, outInterface, nextHop };
  const result = runHook(around, host, "POSTROUTING", branch, view);
  return [...result.landed, ...result.passed.flatMap((passed) => transmit(around, host, passed))];
}

/** Hands the packet to the next host, or back to this one over the loopback. */
function transmit(around: Surroundings, host: Host, branch: Branch): Landing[] {
  const { packet } = branch;
  const route = lookUpRoute(host, packet.destination);
  if (route.kind === "none") return ended(branch, host, "unreachable", `${host.name} has no route to it`);
  const { direction } = packet;
  const step = { kind: "route", host: host.name, hostKind: host.kind, packet, direction } as const;
  if (route.kind === "local") {
    const looped = withStep(branch, { ...step, way: "loopback", device: "lo" });
    if (host.kind === "node") return enterNode(around, host, looped, "lo");
    return arrive(host, looped);
  }
  const next = neighbour(around.network, route.device, route.nextHop);
  if (next === undefined) {
    const reason = `nobody on ${host.name}'s network ${route.device.name} has the address ${route.nextHop}`;
    return ended(branch, host, "unreachable", reason);
  }
  const sent = withStep(branch, { ...step, way: "send", device: route.device.name, to: next.name });
  return overTheWire(around, sent, route.device, next);
}

/** The frame travels a segment; on a node's bridge it passes that node even between two pods. */
function overTheWire(around: Surroundings, branch: Branch, from: Interface, next: Host): Landing[] {
  const segment = around.network.segments.get(from.segment)!;
  // The mark and the connection are the sending kernel's own.
  const { bridge } = segment;
  const bridgeHost = bridge === undefined ? undefined : around.network.hosts.get(bridge.host);
  const crossesBridge =
    bridgeHost !== undefined && bridgeHost !== next && !bridgeHost.interfaces.includes(from);
  const receiver = crossesBridge ? bridgeHost : next;
  const { source, destination, destinationPort } = branch.packet;
  const arrival = `${from.segment} ${receiver.name} ${source} ${destination} ${destinationPort}`;
  const arriving: Branch = {
    ...branch,
    mark: 0,
    tracking: undefined,
    arrivals: [...branch.arrivals, arrival],
  };
  if (branch.arrivals.includes(arrival)) {
    return ended(arriving, next, "unreachable", "it goes in circles until its time to live is over");
  }
  if (crossesBridge) return enterNode(around, bridgeHost, arriving, bridge!.device, next);
  if (next.kind === "node") return enterNode(around, next, arriving, interfaceOn(next, from.segment));
  return enterPlainHost(next, arriving);
}

function interfaceOn(host: Host, segment: string): string {
  return host.interfaces.find((device) => device.segment === segment)?.name ?? "";
}

/** A pod, a client or the gateway gets the packet. */
function enterPlainHost(host: Host, branch: Branch): Landing[] {
  const { packet } = branch;
  if (isLocalAddress(host, packet.source)) {
    return ended(branch, host, "dropped", `${host.name} gets a packet from its own address (martian source)`);
  }
  if (isLocalAddress(host, packet.destination)) return arrive(host, branch);
  if (host.kind !== "gateway") {
    return ended(branch, host, "dropped", `${host.name} does not forward what is not for it`);
  }
  const beyond = host.beyond?.(packet.protocol, packet.destination, packet.destinationPort);
  const nothing = `nothing is known beyond the default gateway to have the address ${packet.destination}`;
  return listeners(beyond ?? { kind: "no", why: nothing }, host, branch, "unreachable");
}

/** The packet has come to the host it is for. */
function arrive(host: Host, branch: Branch): Landing[] {
  const { packet } = branch;
  if (packet.direction === "reply") return [{ kind: "arrived", branch, host }];
  const listening = host.listens?.(packet.protocol, packet.destination, packet.destinationPort);
  return listeners(listening ?? { kind: "yes" }, host, branch, "rejected");
}

/** What a listener makes of it: both ways where it is not known whether one is there. */
function listeners(
  listening: Listening,
  host: Host,
  branch: Branch,
  otherwise: "rejected" | "unreachable",
): Landing[] {
  if (listening.kind === "no") return unheard(branch, host, otherwise, listening.why);
  if (listening.kind === "yes") {
    const what = listening.what === undefined ? {} : { what: listening.what };
    return [{ kind: "arrived", branch, host, ...what }];
  }
  const text = listening.why;
  const key = `${host.name} listens ${formatSocket(branch.packet.destination, branch.packet.destinationPort)}`;
  const known = branch.assumptions.get(key);
  const suppose = (holds: boolean): Branch => withAssumption(branch, { key, text, holds });
  return [
    ...(known?.holds === false ? [] : [{ kind: "arrived", branch: suppose(true), host } as const]),
    ...(known?.holds === true ? [] : unheard(suppose(false), host, otherwise, `nothing says that ${text}`)),
  ];
}

function unheard(branch: Branch, host: Host, outcome: "rejected" | "unreachable", reason: string): Landing[] {
  const refusal = outcome === "rejected" ? { refusedWith: refusedByHost } : {};
  return [{ kind: "ended", branch, host, outcome, reason, ...refusal }];
}

/**
 * A packet comes into a node by an interface. `bridgedTo` is the host whose hardware address the frame has when it
 * only crosses the node's bridge.
 */
function enterNode(
  around: Surroundings,
  host: Host,
  branch: Branch,
  inInterface: string,
  bridgedTo?: Host,
): Landing[] {
  const view = { inInterface, outInterface: "" };
  const result = runHook(around, host, "PREROUTING", branch, view);
  const onward = result.passed.flatMap((passed) => {
    const changed = passed.packet.destination !== branch.packet.destination;
    if (inInterface === "lo") return deliver(around, host, passed, inInterface);
    return (
      bridged(around, host, passed, inInterface, bridgedTo, changed) ??
      routed(around, host, passed, inInterface)
    );
  });
  return [...result.landed, ...onward];
}

/**
 * Linux `br_nf_pre_routing_finish`: a frame on the bridge whose destination NAT has changed to an address on the same
 * bridge is bridged there without being routed. Undefined when the packet goes up to the router.
 */
function bridged(
  around: Surroundings,
  host: Host,
  branch: Branch,
  inInterface: string,
  bridgedTo: Host | undefined,
  changed: boolean,
): Landing[] | undefined {
  const device = host.interfaces.find((candidate) => candidate.name === inInterface);
  if (device === undefined) return undefined;
  const bridge = around.network.segments.get(device.segment)?.bridge;
  if (bridge?.host !== host.name) return undefined;
  if (!changed)
    return bridgedTo === undefined ? undefined : crossBridge(around, host, branch, device, bridgedTo);
  const route = lookUpRoute(host, branch.packet.destination);
  if (route.kind !== "unicast" || route.device !== device) return undefined;
  const next = neighbour(around.network, device, route.nextHop);
  // Of a connection that is there already somebody once had the address.
  if (next === undefined && around.opening === undefined) return nobodyOnBridge(host, branch);
  return crossBridge(around, host, branch, device, next);
}

function nobodyOnBridge(host: Host, branch: Branch): Landing[] {
  const { destination } = branch.packet;
  return ended(branch, host, "unreachable", `nobody on ${host.name}'s bridge has the address ${destination}`);
}

function crossBridge(
  around: Surroundings,
  host: Host,
  branch: Branch,
  device: Interface,
  next: Host | undefined,
): Landing[] {
  const view = { inInterface: device.name, outInterface: device.name, nextHop: branch.packet.destination };
  const forwarded = runHook(around, host, "FORWARD", branch, view);
  const landed = [...forwarded.landed];
  for (const passed of forwarded.passed) {
    // Linux br_nf_post_routing names no incoming interface.
    const left = runHook(around, host, "POSTROUTING", passed, { ...view, inInterface: "" });
    landed.push(...left.landed);
    for (const out of left.passed) {
      if (next === undefined) {
        landed.push(...nobodyOnBridge(host, out));
        continue;
      }
      const { packet } = out;
      const step = { kind: "route", host: host.name, hostKind: host.kind, way: "send", packet } as const;
      const sent = withStep(out, {
        ...step,
        device: device.name,
        to: next.name,
        direction: packet.direction,
      });
      landed.push(...overTheWire(around, sent, device, next));
    }
  }
  return landed;
}

/** The routing decision of a packet that came in. */
function routed(around: Surroundings, host: Host, branch: Branch, inInterface: string): Landing[] {
  const { packet } = branch;
  const loopbackAddress = isLoopback(packet.source) || isLoopback(packet.destination);
  // IPv6 has no route_localnet: a route to ::1 is one of the loopback's own (Linux `rt6_need_strict`).
  if (loopbackAddress && (packet.family === 6 || host.routeLocalnet !== true)) {
    return ended(branch, host, "dropped", `${host.name} takes no loopback address from outside (martian)`);
  }
  if (isLocalAddress(host, packet.source) && !isLoopback(packet.source)) {
    const reason = `${host.name} gets a packet from its own address ${packet.source} (martian source)`;
    return ended(branch, host, "dropped", reason);
  }
  const route = lookUpRoute(host, packet.destination);
  if (route.kind === "none") return ended(branch, host, "unreachable", `${host.name} has no route to it`);
  if (route.kind === "local") return deliver(around, host, branch, inInterface);
  const view = { inInterface, outInterface: route.device.name, nextHop: route.nextHop };
  const result = runHook(around, host, "FORWARD", branch, view);
  return [...result.landed, ...result.passed.flatMap((passed) => leave(around, host, passed, inInterface))];
}

/** The packet is for the node itself. */
function deliver(around: Surroundings, host: Host, branch: Branch, inInterface: string): Landing[] {
  const step = { kind: "route", host: host.name, hostKind: host.kind, way: "deliver" } as const;
  const { packet } = branch;
  const local = withStep(branch, { ...step, device: inInterface, packet, direction: packet.direction });
  const result = runHook(around, host, "INPUT", local, { inInterface, outInterface: "" });
  return [...result.landed, ...result.passed.flatMap((passed) => arrive(host, passed))];
}
