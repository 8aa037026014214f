/** Square matrices of complex doubles, row after row, real and imaginary parts one after the other. */
export interface Square {
  readonly size: number;
  readonly entries: Float64Array;
}

export type Complex = readonly [number, number];

export const square = (size: number): Square => ({ size, entries: new Float64Array(2 * size * size) });

export function unitSquare(size: number): Square {
  const out = square(size);
  for (let i = 0; i < size; i++) out.entries[2 * (i * size + i)] = 1;
  return out;
}

export function entry({ size, entries }: Square, i: number, j: number): Complex {
  const at = 2 * (i * size + j);
  return [entries[at] as number, entries[at + 1] as number];
}

export function put({ size, entries }: Square, i: number, j: number, [re, im]: Complex): void {
  const at = 2 * (i * size + j);
  entries[at] = re;
  entries[at + 1] = im;
}

export const times = ([a, b]: Complex, [c, d]: Complex): Complex => [a * c - b * d, a * d + b * c];
export const plus = ([a, b]: Complex, [c, d]: Complex): Complex => [a + c, b + d];
export const over = ([a, b]: Complex, [c, d]: Complex): Complex => {
  const n = c * c + d * d;
  return [(a * c + b * d) / n, (b * c - a * d) / n];
};

export function multiplied(a: Square, b: Square): Square {
  const { size } = a;
  const out = square(size);
  const to = out.entries;
  for (let i = 0; i < size; i++)
    for (let k = 0; k < size; k++) {
      const [x, y] = entry(a, i, k);
      if (x === 0 && y === 0) continue;
      for (let j = 0; j < size; j++) {
        const from = 2 * (k * size + j);
        const at = 2 * (i * size + j);
        const [u, v] = [b.entries[from] as number, b.entries[from + 1] as number];
        to[at] = (to[at] as number) + x * u - y * v;
        to[at + 1] = (to[at + 1] as number) + x * v + y * u;
      }
    }
  return out;
}

export function scaledSquare(a: Square, by: number): Square {
  return { size: a.size, entries: a.entries.map((x) => x * by) };
}

/** The largest sum of the moduli in a row: a norm with |A B| <= |A| |B|. */
export function rowNorm(a: Square): number {
  let most = 0;
  for (let i = 0; i < a.size; i++) {
    let total = 0;
    for (let j = 0; j < a.size; j++) total += Math.hypot(...entry(a, i, j));
    most = Math.max(most, total);
  }
  return most;
}

/** e^A: Taylor's series of A / 2^s, squared s times. */
export function exponentialOf(a: Square): Square {
  let squarings = 0;
  for (let size = rowNorm(a); size > 0.5 && squarings < 40; size /= 2) squarings++;
  const base = scaledSquare(a, 2 ** -squarings);
  let total = unitSquare(a.size);
  let term = total;
  for (let k = 1; k < 40; k++) {
    term = scaledSquare(multiplied(term, base), 1 / k);
    total = { size: a.size, entries: total.entries.map((x, i) => x + (term.entries[i] as number)) };
    if (rowNorm(term) < 1e-20) break;
  }
  for (let i = 0; i < squarings; i++) total = multiplied(total, total);
  return total;
}

/** Gauss and Jordan's elimination with the largest pivots: inverse and determinant; undefined where a pivot vanishes. */
export function inverted(a: Square): { readonly inverse: Square; readonly determinant: Complex } | undefined {
  const { size } = a;
  const left = { size, entries: a.entries.slice() };
  const right = unitSquare(size);
  let determinant: Complex = [1, 0];
  const swap = (m: Square, i: number, k: number): void => {
    for (let j = 0; j < size; j++) {
      const [x, y] = [entry(m, i, j), entry(m, k, j)];
      put(m, i, j, y);
      put(m, k, j, x);
    }
  };
  for (let column = 0; column < size; column++) {
    let best = column;
    for (let i = column + 1; i < size; i++) if (Math.hypot(...entry(left, i, column)) > Math.hypot(...entry(left, best, column))) best = i;
    const pivot = entry(left, best, column);
    if (!(Math.hypot(...pivot) > 1e-13)) return undefined;
    if (best !== column) {
      swap(left, best, column);
      swap(right, best, column);
      determinant = [-determinant[0], -determinant[1]];
    }
    determinant = times(determinant, pivot);
    for (const m of [left, right]) for (let j = 0; j < size; j++) put(m, column, j, over(entry(m, column, j), pivot));
    for (let i = 0; i < size; i++) {
      const factor = entry(left, i, column);
      if (i === column || (factor[0] === 0 && factor[1] === 0)) continue;
      for (const m of [left, right])
        for (let j = 0; j < size; j++) {
          const t = times(factor, entry(m, column, j));
          const [x, y] = entry(m, i, j);
          put(m, i, j, [x - t[0], y - t[1]]);
        }
    }
  }
  return { inverse: right, determinant };
}
