import {
  type Cidr,
  cidrAddress,
  cidrContains,
  type IpFamily,
  ipToBigInt,
  ipv4FromNumber,
  ipv4ToNumber,
} from "../../net/ip.ts";

/** The addresses of a network by their distance from its first one; IPv4 without big integers. */
export class AddressOffsets {
  readonly #cidr: Cidr;
  readonly #base: number;
  /** The addresses asked for last begin alike: number and text of all but their last byte. */
  #block = -1;
  #blockText = "";

  /** @param cidr a network whose host bits are zero */
  constructor(cidr: Cidr) {
    this.#cidr = cidr;
    this.#base = cidr.family === 4 ? ipv4ToNumber(cidr.address) : 0;
  }

  address(offset: number): string {
    if (this.#cidr.family === 6) return cidrAddress(this.#cidr, offset);
    const value = this.#base + offset;
    const block = Math.floor(value / 256);
    if (block !== this.#block) {
      this.#block = block;
      this.#blockText = ipv4FromNumber(block * 256).slice(0, -1);
    }
    return `${this.#blockText}${value % 256}`;
  }

  /** The distance of an address; undefined for one outside the network. */
  offset(address: string): number | undefined {
    if (!cidrContains(this.#cidr, address)) return undefined;
    if (this.#cidr.family === 4) return ipv4ToNumber(address) - this.#base;
    return Number(ipToBigInt(address) - ipToBigInt(this.#cidr.address));
  }
}

/** The lowest and the highest of addresses of one family. */
export class AddressSpan {
  readonly #family: IpFamily;
  #low: bigint | number | undefined;
  #high: bigint | number | undefined;
  #lowest = "";

  constructor(family: IpFamily) {
    this.#family = family;
  }

  add(address: string): void {
    const value = this.#family === 4 ? ipv4ToNumber(address) : ipToBigInt(address);
    if (this.#low === undefined || value < this.#low) {
      this.#low = value;
      this.#lowest = address;
    }
    if (this.#high === undefined || value > this.#high) this.#high = value;
  }

  /** The longest prefix, at most `longest`, of a network that holds all of them; undefined when there are none. */
  cover(longest: number): { readonly address: string; readonly prefix: number } | undefined {
    if (this.#low === undefined || this.#high === undefined) return undefined;
    const width = this.#family === 4 ? 32 : 128;
    const differing = (BigInt(this.#low) ^ BigInt(this.#high)).toString(2).replace(/^0$/, "").length;
    return { address: this.#lowest, prefix: Math.min(longest, width - differing) };
  }
}
