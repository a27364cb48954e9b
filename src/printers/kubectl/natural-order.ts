/**
 * Order of `kubectl get --sort-by`: quantities (`250m`, `1Gi`) by their size, other texts with the numbers in them
 * read as numbers, so that `web-2` comes before `web-10`.
 */

const binary: Readonly<Record<string, number>> = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 };
const decimal: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  "": 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

/** The size of a quantity (k8s.io/apimachinery/pkg/api/resource); undefined for other texts. */
export function parseQuantity(text: string): number | undefined {
  const found = text.match(/^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE])([+-]?\d+)|([KMGTPE]i|[numkMGTPE]?))$/);
  if (found === null) return undefined;
  const number = Number(found[1]);
  if (found[2] !== undefined) return number * 10 ** Number(found[3]);
  const suffix = found[4] ?? "";
  const power = binary[suffix];
  return power === undefined ? number * 10 ** decimal[suffix]! : number * 1024 ** power;
}

const digits = /\d+/y;

function digitsAt(text: string, at: number): string {
  digits.lastIndex = at;
  return digits.exec(text)?.[0] ?? "";
}

/**
 * Whether `a` comes before `b`: numbers by their size, of two that are equal the one with fewer zeros before it, a
 * digit before any other character (github.com/fvbommel/sortorder, which kubectl sorts with).
 */
export function naturalLess(a: string, b: string): boolean {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const [left, right] = [digitsAt(a, i), digitsAt(b, j)];
    if ((left === "") !== (right === "")) return left !== "";
    if (left === "") {
      if (a[i] !== b[j]) return a[i]! < b[j]!;
      i++;
      j++;
      continue;
    }
    if (left !== right) {
      const [x, y] = [BigInt(left), BigInt(right)];
      return x === y ? left.length < right.length : x < y;
    }
    i += left.length;
    j += right.length;
  }
  return a.length < b.length;
}
