const thousand = 1000n;
const wrap = 1n << 64n;

/**
 * A counter as `-v` shows it: plain up to 99999, then rounded thousands with K, M, G, and T without bound
 * (xtables_print_num). Rounding up is in 64 bits, as in the tool, where the highest numbers wrap to zero.
 */
export function shortCounter(count: bigint): string {
  if (count <= 99999n) return `${count}`;
  let rest = count;
  for (const unit of ["K", "M", "G"]) {
    rest = ((rest + 500n) % wrap) / thousand;
    if (rest <= 9999n) return `${rest}${unit}`;
  }
  return `${((rest + 500n) % wrap) / thousand}T`;
}

/** A counter in its column, with the blank behind; `exact` is `-x`. */
export function counterColumn(count: bigint, exact: boolean): string {
  return `${exact ? `${count}`.padStart(8) : shortCounter(count).padStart(5)} `;
}
