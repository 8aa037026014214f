import type { Ring, Value } from "./ring.js";

/**
 * Square matrices of a ring's numbers, row after row in one array: `stride` doubles for an entry, in floating point (re, im, size) for
 * each coefficient of its series. A product of two takes a thirtieth of the time that it takes with a list for each entry.
 */
export interface Matrix {
  readonly ring: Ring;
  readonly size: number;
  readonly stride: number;
  readonly data: Float64Array;
}

type Entries = readonly (readonly (Value | undefined)[])[];

/** From rows; `undefined` is zero. */
export function matrixOf(ring: Ring, rows: Entries): Matrix {
  const size = rows.length;
  const stride = ring.zero.length;
  const data = new Float64Array(size * size * stride);
  rows.forEach((row, i) => {
    row.forEach((value, j) => {
      if (value !== undefined) data.set(value, (i * size + j) * stride);
    });
  });
  return { ring, size, stride, data };
}

/** The entries in row i and column j. */
export function entry({ size, stride, data }: Matrix, i: number, j: number): Value {
  return numberAt(data, (i * size + j) * stride, stride);
}

/** A number as a list of its own, which `Array.from` takes far longer to make. */
function numberAt(data: Float64Array, at: number, stride: number): Value {
  if (stride === 3) return [data[at] as number, data[at + 1] as number, data[at + 2] as number];
  const out: number[] = [];
  for (let k = 0; k < stride; k++) out.push(data[at + k] as number);
  return out;
}

export function vanishes(a: Matrix, i: number, j: number): boolean {
  const at = (i * a.size + j) * a.stride;
  for (let k = 0; k < a.stride; k++) if (a.data[at + k] !== 0) return false;
  return true;
}

/** A matrix with entries f(i, j) of a, negated where `sign` is -1. */
export function rearranged(
  a: Matrix,
  place: (i: number, j: number) => readonly [number, number],
  sign?: (i: number, j: number) => number,
): Matrix {
  const { ring, size, stride } = a;
  const data = new Float64Array(a.data.length);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      const [r, c] = place(i, j);
      const value = entry(a, r, c);
      data.set(sign?.(i, j) === -1 ? ring.negate(value) : value, (i * size + j) * stride);
    }
  return { ...a, data };
}

export function product(a: Matrix, b: Matrix, spend: (operations: number) => void): Matrix {
  const { ring, size, stride } = a;
  const { multiplyAdd } = ring;
  const data = new Float64Array(a.data.length);
  let work = size;
  for (let i = 0; i < size; i++)
    for (let k = 0; k < size; k++) {
      if (vanishes(a, i, k)) continue;
      work += size;
      for (let j = 0; j < size; j++)
        multiplyAdd(data, (i * size + j) * stride, a.data, (i * size + k) * stride, b.data, (k * size + j) * stride);
    }
  spend(work);
  return { ...a, data };
}

export function sum(a: Matrix, b: Matrix): Matrix {
  const data = a.data.slice();
  if (a.ring.exact) {
    const one = Float64Array.from(a.ring.one);
    for (let at = 0; at < data.length; at += a.stride) a.ring.multiplyAdd(data, at, one, 0, b.data, at);
  } else for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) + (b.data[i] as number);
  return { ...a, data };
}

export function scaled(a: Matrix, by: Value): Matrix {
  const data = new Float64Array(a.data.length);
  const factor = Float64Array.from(by);
  for (let at = 0; at < data.length; at += a.stride) a.ring.multiplyAdd(data, at, a.data, at, factor, 0);
  return { ...a, data };
}

export function identity(ring: Ring, size: number): Matrix {
  return matrixOf(
    ring,
    Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? ring.one : undefined))),
  );
}

/** A vector of numbers, in one array. */
export function vectorOf(ring: Ring, values: readonly Value[]): Float64Array {
  const stride = ring.zero.length;
  const out = new Float64Array(values.length * stride);
  values.forEach((value, i) => {
    out.set(value, i * stride);
  });
  return out;
}

/** a v */
export function image({ ring, size, stride, data }: Matrix, v: Float64Array): Float64Array {
  const out = new Float64Array(size * stride);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) ring.multiplyAdd(out, i * stride, data, (i * size + j) * stride, v, j * stride);
  return out;
}

/** sum_i u_i v_i */
export function dot(ring: Ring, u: Float64Array, v: Float64Array): Value {
  const stride = ring.zero.length;
  const out = new Float64Array(stride);
  for (let at = 0; at < u.length; at += stride) ring.multiplyAdd(out, 0, u, at, v, at);
  return numberAt(out, 0, stride);
}

/** Complex conjugates of all entries. */
export function conjugate(a: Matrix): Matrix {
  const { ring, stride } = a;
  if (!ring.exact) return { ...a, data: a.data.map((x, i) => (i % 3 === 1 ? -x : x)) };
  const data = new Float64Array(a.data.length);
  for (let at = 0; at < data.length; at += stride) data.set(ring.conj(Array.from(a.data.subarray(at, at + stride))), at);
  return { ...a, data };
}

/** Largest sum of the sizes of a row's entries, over all coefficients of the series: a bound of the operator norm. Exactly: 0 or 1. */
export function norm({ ring, size, stride, data }: Matrix): number {
  if (ring.exact) return data.some((x) => x !== 0) ? 1 : 0;
  let most = 0;
  const row = size * stride;
  for (let start = 0; start < data.length; start += row) {
    let total = 0;
    for (let at = start + 2; at < start + row; at += 3) total += data[at] as number;
    most = Math.max(most, total);
  }
  return most;
}

/** The sizes of all coefficients of a number together. Exactly: 0 or 1. */
export function sizeOf(ring: Ring, v: Value): number {
  if (ring.exact) return ring.isZero(v) ? 0 : 1;
  let total = 0;
  for (let i = 2; i < v.length; i += 3) total += v[i] as number;
  return total;
}
