import { objectKey } from "../../cluster/model.ts";
import type { IpFamily } from "../../net/ip.ts";
import type { Network } from "../../tracer/network.ts";
import { addressesByService } from "../alike/addresses-by-service.ts";
import { AlikeNodes } from "../alike/alike-nodes.ts";
import { groundOf } from "../alike/ground.ts";
import { NodeSignatures } from "../alike/node-signatures.ts";
import { type FlowShape, FlowShapes } from "../alike/shapes/flow-shapes.ts";
import { type Renamed, Renaming } from "../alike/shapes/renaming.ts";
import type { MatrixGround } from "./ground.ts";
import type { Cell, MatrixAddress, MatrixSource } from "./model.ts";

/** So many cells are sooner followed than told apart. */
const fewCells = 300;

/** Cells that are the same but for names are followed once: those of nodes that could change places, and of Services. */
export class AlikeCells {
  readonly #byFamily = new Map<IpFamily, FamilyCells>();

  constructor(sources: readonly MatrixSource[], addresses: readonly MatrixAddress[], ground: MatrixGround) {
    if (sources.length * addresses.length <= fewCells) return;
    const { networks, ruleText } = ground;
    const called = addressesByService(addresses);
    for (const [family, network] of networks) {
      const signatures = new NodeSignatures(groundOf(ground, network, sources, called), ruleText);
      const alike = new AlikeNodes([signatures], signatures.ground.nodes);
      const shapes = new FlowShapes(signatures);
      this.#byFamily.set(family, new FamilyCells(network, (service) => alike.for([service]), shapes));
    }
  }

  /** A cell of the matrix: that of alike nodes or of a Service of the same shape when it is known, else what `follow` gives. */
  cell(
    source: MatrixSource,
    address: MatrixAddress,
    entry: string | undefined,
    follow: () => Cell | undefined,
  ): Cell | undefined {
    const cells = this.#byFamily.get(address.family);
    return cells === undefined ? follow() : cells.cell(source, address, entry, follow);
  }
}

/** A cell, and how its servers are named in others. */
interface ToldCell {
  readonly cell: Cell;
  readonly servers: readonly Renamed[];
}

/** Cells of one address family. */
class FamilyCells {
  readonly #network: Network;
  readonly #alike: (service: string) => readonly (readonly string[])[];
  readonly #shapes: FlowShapes;
  /** Service → node → number of its class. */
  readonly #classes = new Map<string, ReadonlyMap<string, number>>();
  /** By who calls what, with classes for nodes. */
  readonly #ofNodes = new Map<string, Cell>();
  /** By shape; undefined where a cell says more than addresses. */
  readonly #ofShapes = new Map<string, ToldCell | undefined>();

  constructor(
    network: Network,
    alike: (service: string) => readonly (readonly string[])[],
    shapes: FlowShapes,
  ) {
    this.#network = network;
    this.#alike = alike;
    this.#shapes = shapes;
  }

  cell(
    source: MatrixSource,
    address: MatrixAddress,
    entry: string | undefined,
    follow: () => Cell | undefined,
  ): Cell | undefined {
    const key = this.#keyOf(source, address, entry);
    const known = this.#ofNodes.get(key);
    const by = entry === undefined ? {} : { entry };
    if (known !== undefined) return { ...known, source, address, ...by };
    const shape = this.#shapes.of(source, address, entry);
    const told = shape === undefined ? undefined : this.#ofShapes.get(shape.key);
    const cell =
      told === undefined || shape === undefined
        ? follow()
        : {
            ...told.cell,
            source,
            address,
            ...by,
            servers: told.servers.map((server) => server(shape)).sort(),
          };
    // What is not known is said with the names of nodes.
    if (cell === undefined || cell.unknown.length > 0) return cell;
    this.#ofNodes.set(key, cell);
    if (shape !== undefined && !this.#ofShapes.has(shape.key)) this.#learn(cell, shape);
    return cell;
  }

  #learn(cell: Cell, shape: FlowShape): void {
    const renaming = new Renaming(this.#network, shape);
    const isTold = cell.servers.every((server) => renaming.knowsSocket(server));
    const servers = cell.servers.map((server) => renaming.ofSocket(server));
    this.#ofShapes.set(shape.key, isTold ? { cell, servers } : undefined);
  }

  #keyOf(source: MatrixSource, address: MatrixAddress, entry: string | undefined): string {
    const classes = this.#classesOf(objectKey(address.service));
    const places = [source.node, address.node, entry];
    // Which of the nodes are one and the same counts as well.
    const same = places.map((place) => places.indexOf(place));
    const { kind, number, port } = address;
    const called = address.node === undefined ? address.address : "";
    return [
      objectKey(address.service),
      `${kind} ${called} ${number}/${port.protocol}`,
      source.kind,
      ...places.map((place) => (place === undefined ? "" : (classes.get(place) ?? place))),
      ...same,
    ].join("|");
  }

  #classesOf(service: string): ReadonlyMap<string, number> {
    let classes = this.#classes.get(service);
    if (classes === undefined) {
      const groups = this.#alike(service);
      classes = new Map(groups.flatMap((nodes, index) => nodes.map((node) => [node, index] as const)));
      this.#classes.set(service, classes);
    }
    return classes;
  }
}
