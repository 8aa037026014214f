import type { Ring, Value } from "./ring.js";

/**
 * Square matrices of the floating mode's numbers, row after row in one array: `stride` doubles for an entry, (re, im, size) for each
 * coefficient of its series. A product of two takes a thirtieth of the time that it takes with a list for each entry.
 */
export interface Matrix {
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
  return { size, stride, data };
}

/** The entries in row i and column j. */
export function entry({ size, stride, data }: Matrix, i: number, j: number): Value {
  const at = (i * size + j) * stride;
  return Array.from(data.subarray(at, at + stride));
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
  const { size, stride } = a;
  const data = new Float64Array(a.data.length);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      const [r, c] = place(i, j);
      const from = (r * size + c) * stride;
      const to = (i * size + j) * stride;
      const s = sign === undefined ? 1 : sign(i, j);
      for (let k = 0; k < stride; k++) data[to + k] = (k % 3 === 2 ? 1 : s) * (a.data[from + k] as number);
    }
  return { size, stride, data };
}

/** out[o..] += x[p..] y[q..] as series of complex numbers with sizes. */
function multiplyAdd(out: Float64Array, o: number, x: Float64Array, p: number, y: Float64Array, q: number, stride: number): void {
  for (let j = 0; j < stride; j += 3) {
    const re = x[p + j] as number;
    const im = x[p + j + 1] as number;
    const size = x[p + j + 2] as number;
    for (let k = 0; j + k < stride; k += 3) {
      const u = y[q + k] as number;
      const v = y[q + k + 1] as number;
      const at = o + j + k;
      out[at] = (out[at] as number) + re * u - im * v;
      out[at + 1] = (out[at + 1] as number) + re * v + im * u;
      out[at + 2] = (out[at + 2] as number) + size * (y[q + k + 2] as number);
    }
  }
}

export function product(a: Matrix, b: Matrix, spend: (operations: number) => void): Matrix {
  const { size, stride } = a;
  const data = new Float64Array(a.data.length);
  let work = size;
  for (let i = 0; i < size; i++)
    for (let k = 0; k < size; k++) {
      if (vanishes(a, i, k)) continue;
      work += size;
      for (let j = 0; j < size; j++)
        multiplyAdd(data, (i * size + j) * stride, a.data, (i * size + k) * stride, b.data, (k * size + j) * stride, stride);
    }
  spend(work);
  return { size, stride, data };
}

export function sum(a: Matrix, b: Matrix): Matrix {
  const data = a.data.slice();
  for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) + (b.data[i] as number);
  return { ...a, data };
}

export function scaled(a: Matrix, by: Value): Matrix {
  const { size, stride } = a;
  const data = new Float64Array(a.data.length);
  const factor = Float64Array.from(by);
  for (let at = 0; at < data.length; at += stride) multiplyAdd(data, at, a.data, at, factor, 0, stride);
  return { size, stride, data };
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
export function image({ size, stride, data }: Matrix, v: Float64Array): Float64Array {
  const out = new Float64Array(size * stride);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) multiplyAdd(out, i * stride, data, (i * size + j) * stride, v, j * stride, stride);
  return out;
}

/** sum_i u_i v_i */
export function dot(ring: Ring, u: Float64Array, v: Float64Array): Value {
  const stride = ring.zero.length;
  const out = new Float64Array(stride);
  for (let at = 0; at < u.length; at += stride) multiplyAdd(out, 0, u, at, v, at, stride);
  return Array.from(out);
}

/** Complex conjugates of all entries. */
export function conjugate(a: Matrix): Matrix {
  return { ...a, data: a.data.map((x, i) => (i % 3 === 1 ? -x : x)) };
}

/** Largest sum of the sizes of a row's entries, over all coefficients of the series: a bound of the operator norm. */
export function norm({ size, stride, data }: Matrix): number {
  let most = 0;
  const row = size * stride;
  for (let start = 0; start < data.length; start += row) {
    let total = 0;
    for (let at = start + 2; at < start + row; at += 3) total += data[at] as number;
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
