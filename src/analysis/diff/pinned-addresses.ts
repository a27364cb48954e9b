import { objectKey, type Service, type ServicePort } from "../../cluster/model.ts";
import type { World } from "./world.ts";

/**
 * Both worlds, with addresses that are stated in one of them only counted as simulated in both. Nobody depends on a
 * simulated one: stating it is no flow that is lost at one address and gained at another.
 */
export function withPinnedAddresses(before: World, after: World): readonly [World, World] {
  return [unpinned(before, after), unpinned(after, before)];
}

function unpinned(world: World, other: World): World {
  const others = new Map(other.cluster.services.map((service) => [objectKey(service), service]));
  let isSame = true;
  const services = world.cluster.services.map((service) => {
    const changed = unpinnedService(service, others.get(objectKey(service)));
    isSame &&= changed === service;
    return changed;
  });
  if (isSame) return world;
  return { ...world, cluster: { ...world.cluster, services }, rulesetOf: (node) => world.rulesetOf(node) };
}

function unpinnedService(service: Service, other: Service | undefined): Service {
  if (other === undefined) return service;
  const hasIp = (each: Service): boolean => each.clusterIps.length > 0 && each.clusterIps[0] !== "None";
  const ip = !service.clusterIpSimulated && other.clusterIpSimulated && hasIp(service) && hasIp(other);
  const samePort = (port: ServicePort): ServicePort | undefined =>
    other.ports.find((each) => each.port === port.port && each.protocol === port.protocol);
  const isPinned = (port: ServicePort): boolean =>
    port.nodePort !== 0 && !port.nodePortSimulated && samePort(port)?.nodePortSimulated === true;
  if (!ip && !service.ports.some(isPinned)) return service;
  return {
    ...service,
    clusterIpSimulated: service.clusterIpSimulated || ip,
    ports: service.ports.map((port) => (isPinned(port) ? { ...port, nodePortSimulated: true } : port)),
  };
}
