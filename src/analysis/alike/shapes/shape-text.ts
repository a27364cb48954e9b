import type { Cidr, IpFamily } from "../../../net/ip.ts";
import { serviceChainPrefix } from "../../rule-words.ts";
import { addressPattern } from "../addresses-in-text.ts";
import type { Standings } from "./standings.ts";

const chain = `${serviceChainPrefix}[^ \\n]+`;

/** Chains, and addresses with the port that may stand behind one; a port that is matched. */
function namesPattern(family: IpFamily): RegExp {
  return new RegExp(
    `(${chain})|(${addressPattern(family)})(\\]?:\\d+)?|(--dport )(\\d+)`,
    family === 4 ? "g" : "gi",
  );
}

const names = { 4: namesPattern(4), 6: namesPattern(6) };

/** A text without the names in it. */
export function skeletonOf(text: string, family: IpFamily): string {
  return text.replace(names[family], "*");
}

/** Writes the text of a shape: names are numbered as they come. */
export class ShapeText {
  readonly addresses: string[] = [];
  readonly ports: number[] = [];
  /** What is said of each address, in their order. */
  readonly standings: string[] = [];
  readonly #standings: Standings;
  /** Networks that the Service's own rules name. */
  readonly #networks: readonly Cidr[];
  readonly #hasOpenPorts: boolean;
  readonly #addresses = new Map<string, string>();
  readonly #chains = new Map<string, string>();

  /** @param hasOpenPorts whether a port may be written for another */
  constructor(standings: Standings, networks: readonly Cidr[], hasOpenPorts: boolean) {
    this.#standings = standings;
    this.#networks = networks;
    this.#hasOpenPorts = hasOpenPorts;
  }

  write(text: string): string {
    return text.replace(
      names[this.#standings.family],
      (_, chain?: string, address?: string, behind?: string, option?: string, port?: string) => {
        if (chain !== undefined) return numbered(this.#chains, chain, () => `#${this.#chains.size}`);
        if (address === undefined) return `${option}${this.#port(port!)}`;
        const word = numbered(this.#addresses, address, () => this.#address(address));
        if (behind === undefined) return word;
        const colon = behind.indexOf(":") + 1;
        return `${word}${behind.slice(0, colon)}${this.#port(behind.slice(colon))}`;
      },
    );
  }

  #address(name: string): string {
    const [address, prefix] = name.split("/");
    const isHost = prefix === undefined || prefix === (address!.includes(":") ? "128" : "32");
    const standing = isHost ? this.#standings.of(address!, this.#networks) : undefined;
    if (standing === undefined) return name;
    const known = this.addresses.indexOf(address!);
    if (known !== -1) return `@${known}`;
    this.standings.push(standing);
    return `@${this.addresses.push(address!) - 1}`;
  }

  #port(text: string): string {
    if (!this.#hasOpenPorts) return text;
    const port = Number(text);
    const known = this.ports.indexOf(port);
    return `%${known === -1 ? this.ports.push(port) - 1 : known}`;
  }
}

function numbered(words: Map<string, string>, name: string, make: () => string): string {
  let word = words.get(name);
  if (word === undefined) {
    word = make();
    words.set(name, word);
  }
  return word;
}
