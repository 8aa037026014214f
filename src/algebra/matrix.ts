import { fail } from "../source/diagnostic.js";
import { nowhere } from "../source/span.js";

/** Small exact matrices for changes of bound variables. */

export function tooLarge(): never {
  return fail("too-large", nowhere, "the coefficients of the labels grow too large", "write the arguments with smaller numbers");
}

/** n/d in lowest terms, d > 0. */
export type Fraction = readonly [number, number];
export type Matrix = readonly (readonly Fraction[])[];

export function gcd(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

export function fraction(n: number, d: number): Fraction {
  const common = gcd(n, d) || 1;
  if (!Number.isSafeInteger(n) || !Number.isSafeInteger(d)) tooLarge();
  return d < 0 ? [-n / common, -d / common] : [n / common, d / common];
}

/** Inverse by Gauss-Jordan elimination and the determinant; undefined when singular. */
export function invert(rows: Matrix): { inverse: Matrix; determinant: Fraction } | undefined {
  const n = rows.length;
  const m: Fraction[][] = rows.map((row, i) => [...row, ...rows.map((_, j): Fraction => [i === j ? 1 : 0, 1])]);
  let determinant: Fraction = [1, 1];
  for (let c = 0; c < n; c++) {
    const pivot = m.findIndex((row, r) => r >= c && (row[c] as Fraction)[0] !== 0);
    if (pivot < 0) return undefined;
    if (pivot !== c) {
      [m[c], m[pivot]] = [m[pivot] as Fraction[], m[c] as Fraction[]];
      determinant = [-determinant[0], determinant[1]];
    }
    const row = m[c] as Fraction[];
    const [pn, pd] = row[c] as Fraction;
    determinant = fraction(determinant[0] * pn, determinant[1] * pd);
    for (let j = 0; j < 2 * n; j++) row[j] = fraction((row[j] as Fraction)[0] * pd, (row[j] as Fraction)[1] * pn);
    for (let r = 0; r < n; r++) {
      if (r === c) continue;
      const other = m[r] as Fraction[];
      const [fn, fd] = other[c] as Fraction;
      if (fn === 0) continue;
      for (let j = 0; j < 2 * n; j++) {
        const [an, ad] = other[j] as Fraction;
        const [bn, bd] = row[j] as Fraction;
        other[j] = fraction(an * fd * bd - fn * bn * ad, ad * fd * bd);
      }
    }
  }
  return { inverse: m.map((row) => row.slice(n)), determinant };
}

/**
 * Hermite normal form of a regular integer matrix: rows U = H with U unimodular, H lower triangular with a positive
 * diagonal and 0 <= H_ij < H_ii for j < i. H depends on the rows up to unimodular changes of the columns only.
 * Source: H. Cohen, A Course in Computational Algebraic Number Theory, section 2.4.
 */
export function hermite(rows: readonly (readonly number[])[]): { h: readonly (readonly number[])[]; u: readonly (readonly number[])[] } {
  const n = rows.length;
  // Columns of `rows`, with those of the identity below.
  const columns = rows.map((_, j) => [...rows.map((row) => row[j] as number), ...rows.map((_, i) => (i === j ? 1 : 0))]);
  const reduce = (target: number, by: number, times: number): void => {
    const [t, b] = [columns[target] as number[], columns[by] as number[]];
    if (times !== 0) for (let i = 0; i < t.length; i++) t[i] = (t[i] as number) - times * (b[i] as number);
  };
  const at = (i: number, j: number): number => (columns[j] as number[])[i] as number;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++)
      while (at(i, j) !== 0) {
        reduce(i, j, Math.trunc(at(i, i) / at(i, j)));
        [columns[i], columns[j]] = [columns[j] as number[], columns[i] as number[]];
      }
    if (at(i, i) < 0) columns[i] = (columns[i] as number[]).map((x) => 0 - x);
    for (let j = 0; j < i; j++) reduce(j, i, Math.floor(at(i, j) / at(i, i)));
  }
  return {
    h: rows.map((_, i) => rows.map((_, j) => at(i, j))),
    u: rows.map((_, i) => rows.map((_, j) => at(n + i, j))),
  };
}
