import { objectKey } from "../../cluster/model.ts";
import type { IpFamily } from "../../net/ip.ts";
import { AlikeNodes } from "../alike/alike-nodes.ts";
import { NodeSignatures } from "../alike/node-signatures.ts";
import { ServiceReach } from "../alike/service-reach.ts";
import { groupBy } from "../group-by.ts";
import type { MatrixGround } from "./ground.ts";
import type { Cell, MatrixAddress, MatrixSource } from "./model.ts";

/** With fewer nodes there is hardly anything to share. */
const fewNodes = 3;

/** Cells of nodes that could change places are the same but for the names: the first of them is followed for all. */
export class AlikeCells {
  readonly #nodes: readonly string[];
  readonly #byFamily = new Map<IpFamily, AlikeNodes>();
  /** Service → the addresses of its own, which are the same on every node. */
  readonly #addresses: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #classes = new Map<string, ReadonlyMap<string, number>>();
  readonly #known = new Map<string, Cell>();

  constructor(sources: readonly MatrixSource[], addresses: readonly MatrixAddress[], ground: MatrixGround) {
    const { cluster, endpoints, networks, ruleText } = ground;
    this.#nodes = cluster.nodes.map((node) => node.name);
    this.#addresses = new Map(
      [...groupBy(addresses, serviceKey)].map(([key, own]) => [
        key,
        new Set(own.filter(({ kind }) => kind !== "node port").map(({ address }) => address)),
      ]),
    );
    if (this.#nodes.length <= fewNodes) return;
    const pods = sources.filter(({ kind }) => kind === "pod");
    for (const [family, network] of networks) {
      const ground = {
        network,
        nodes: this.#nodes,
        clients: new Map(pods.map(({ node, host }) => [node!, host])),
        reach: new ServiceReach({ cluster, endpoints }),
        rulesetOf: (node: string) => network.hosts.get(node)?.ruleset,
      };
      this.#byFamily.set(family, new AlikeNodes([new NodeSignatures(ground, ruleText)], this.#nodes));
    }
  }

  /** A cell of the matrix: that of alike nodes when it is known, else what `follow` gives. */
  cell(
    source: MatrixSource,
    address: MatrixAddress,
    entry: string | undefined,
    follow: () => Cell | undefined,
  ): Cell | undefined {
    const key = this.#keyOf(source, address, entry);
    const known = key === undefined ? undefined : this.#known.get(key);
    if (known !== undefined) return { ...known, source, address, ...(entry === undefined ? {} : { entry }) };
    const cell = follow();
    // What is not known is said with the names of nodes.
    if (key !== undefined && cell !== undefined && cell.unknown.length === 0) this.#known.set(key, cell);
    return cell;
  }

  #keyOf(source: MatrixSource, address: MatrixAddress, entry: string | undefined): string | undefined {
    const classes = this.#classesOf(address);
    if (classes === undefined) return undefined;
    const places = [source.node, address.node, entry];
    // Which of the nodes are one and the same counts as well.
    const same = places.map((place) => places.indexOf(place));
    const { kind, number, port } = address;
    const called = address.node === undefined ? address.address : "";
    return [
      serviceKey(address),
      `${kind} ${called} ${number}/${port.protocol} ${address.family}`,
      source.kind,
      ...places.map((place) => (place === undefined ? "" : (classes.get(place) ?? place))),
      ...same,
    ].join("|");
  }

  #classesOf(address: MatrixAddress): ReadonlyMap<string, number> | undefined {
    const alike = this.#byFamily.get(address.family);
    if (alike === undefined) return undefined;
    const service = serviceKey(address);
    const key = `${service} ${address.family}`;
    let classes = this.#classes.get(key);
    if (classes === undefined) {
      const groups = alike.for(service, this.#addresses.get(service) ?? new Set());
      classes = new Map(groups.flatMap((nodes, index) => nodes.map((node) => [node, index] as const)));
      this.#classes.set(key, classes);
    }
    return classes;
  }
}

function serviceKey({ service }: MatrixAddress): string {
  return objectKey(service);
}
