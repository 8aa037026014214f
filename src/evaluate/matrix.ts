import type { Ring, Value } from "./ring.js";

/** Square matrices of scalars, row after row. `undefined` is an exact zero: most entries of a sparse matrix cost nothing. */
export type Matrix = readonly (readonly (Value | undefined)[])[];

export function product(ring: Ring, a: Matrix, b: Matrix, spend: (operations: number) => void): Matrix {
  const size = a.length;
  return a.map((row) => {
    const out = new Array<Value | undefined>(size).fill(undefined);
    let work = size;
    row.forEach((x, k) => {
      if (x === undefined) return;
      const other = b[k] as readonly (Value | undefined)[];
      for (let j = 0; j < size; j++) {
        const y = other[j];
        if (y === undefined) continue;
        const old = out[j];
        const term = ring.multiply(x, y);
        out[j] = old === undefined ? term : ring.add(old, term);
        work++;
      }
    });
    spend(work);
    return out;
  });
}

export function sum(ring: Ring, a: Matrix, b: Matrix): Matrix {
  return a.map((row, i) =>
    row.map((x, j) => {
      const y = b[i]?.[j];
      return x === undefined ? y : y === undefined ? x : ring.add(x, y);
    }),
  );
}

export function scaled(ring: Ring, a: Matrix, by: Value): Matrix {
  return a.map((row) => row.map((x) => (x === undefined ? undefined : ring.multiply(x, by))));
}

export function identity(ring: Ring, size: number): Matrix {
  return Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? ring.one : undefined)));
}

/** Largest sum of the sizes of a row's entries, over all coefficients of the series: a bound of the operator norm. */
export function norm(a: Matrix): number {
  let most = 0;
  for (const row of a) {
    let total = 0;
    for (const x of row) if (x !== undefined) total += sizeOf(x);
    most = Math.max(most, total);
  }
  return most;
}

/** Of a number of the floating mode: the sizes of all its coefficients together. */
export function sizeOf(v: Value): number {
  let total = 0;
  for (let i = 2; i < v.length; i += 3) total += v[i] as number;
  return total;
}
