import { rational } from "../core/rational.js";
import type { Form } from "./form.js";
import { Transcendental } from "./limits.js";
import { entry, identity, type Matrix, matrixOf, norm, product, rearranged, scaled, sizeOf, sum, vanishes } from "./matrix.js";
import { accumulate, annihilatorSymbol, creatorSymbol, isAnnihilator, type Monomials, modeOfSymbol, type Poly } from "./poly.js";
import type { Ring, Value } from "./ring.js";

/**
 * An operator of degree two in the ladder operators alpha = (a_1^*, ..., a_n^*, a_1, ..., a_n),
 *   Q = 1/2 sum_ij H_ij alpha_i alpha_j + sum_i h_i alpha_i + c,
 * H symmetric for bosons and antisymmetric for fermions: each product stands with its mirror image, so that a commutator of two
 * such forms is one again without a constant, unless both have linear parts. With J_ij = [alpha_i, alpha_j] ({,} for fermions)
 *   [Q, alpha_k] = sum_i M_ik alpha_i + v_k,   M = H J,   v = h J,
 *   [Q, K] = 1/2 alpha (M K + K M^T) alpha + (M k + K v) alpha + k v.
 */
export interface Quadratic {
  readonly modes: readonly number[];
  /** Whether the symbol with an index is a fermion's. */
  readonly odd: readonly boolean[];
  readonly matrix: Matrix;
  readonly linear: readonly (Value | undefined)[];
  readonly constant: Value;
}

/** Exponents are divided by powers of two until they are smaller than this. */
const smallest = 0.5;
const mostTerms = 80;
/**
 * How many terms a series may have: exactly, where each power has a higher order in t or epsilon, as many as there are orders.
 * @throws Transcendental where it has more
 */
const ending = (ring: Ring, k: number): boolean => {
  if (!ring.exact) return k >= mostTerms;
  if (k > ring.order + ring.depth + 1) throw new Transcendental("the exponential of what does not vanish with the kernels");
  return false;
};

/** From a normal symbol of degree at most two. a^* a is 1/2 (a^* a + a a^*) - 1/2 for a boson, 1/2 (a^* a - a a^*) + 1/2 for a fermion. */
export function quadraticOf(ring: Ring, symbol: Poly, modes: readonly number[], fermionic: (mode: number) => boolean): Quadratic {
  const n = modes.length;
  const index = new Map<number, number>();
  modes.forEach((mode, i) => {
    index.set(creatorSymbol(mode), i);
    index.set(annihilatorSymbol(mode), n + i);
  });
  const odd = [...modes, ...modes].map((mode) => fermionic(mode));
  const rows = Array.from({ length: 2 * n }, () => new Array<Value | undefined>(2 * n).fill(undefined));
  const linear = new Array<Value | undefined>(2 * n).fill(undefined);
  let constant = ring.zero;
  const half = ring.rational(rational(1, 2));
  for (const [m, value] of symbol) {
    const [i, j] = m.symbols.map((s) => index.get(s)) as [number | undefined, number | undefined];
    if (i === undefined) constant = ring.add(constant, value);
    else if (j === undefined) linear[i] = value;
    else if (i === j) (rows[i] as (Value | undefined)[])[i] = ring.scale(value, 2);
    else {
      (rows[i] as (Value | undefined)[])[j] = value;
      (rows[j] as (Value | undefined)[])[i] = odd[i] ? ring.negate(value) : value;
      if (j === i + n) constant = ring.add(constant, ring.multiply(half, odd[i] ? value : ring.negate(value)));
    }
  }
  return { modes, odd, matrix: matrixOf(ring, rows), linear, constant };
}

/** The normal symbol again. */
export function symbolOf(ring: Ring, q: Quadratic, monomials: Monomials): Poly {
  const n = q.modes.length;
  const out: Poly = new Map();
  const half = ring.rational(rational(1, 2));
  const symbol = (i: number): number => (i < n ? creatorSymbol(q.modes[i] as number) : annihilatorSymbol(q.modes[i - n] as number));
  const raise = (symbols: readonly number[], value: Value): void => {
    let m = monomials.unit;
    let v = value;
    for (const s of [...symbols].reverse()) {
      const step = monomials.raise(m, s);
      if (step.factor === 0) return;
      if (step.factor < 0) v = ring.negate(v);
      m = step.to;
    }
    accumulate(ring, out, m, v);
  };
  for (let i = 0; i < 2 * n; i++)
    for (let j = i; j < 2 * n; j++) {
      if (vanishes(q.matrix, i, j)) continue;
      const value = entry(q.matrix, i, j);
      // H_ij and H_ji are the same up to the order that they stand with.
      raise([symbol(i), symbol(j)], i === j ? ring.multiply(half, value) : value);
      if (j === i + n) raise([], ring.multiply(half, q.odd[i] ? ring.negate(value) : value));
    }
  q.linear.forEach((value, i) => {
    if (value !== undefined) raise([symbol(i)], value);
  });
  raise([], q.constant);
  return out;
}

const partner = (i: number, n: number): number => (i < n ? i + n : i - n);

/** M of [Q, alpha_k] = sum_i M_ik alpha_i + v_k, and v. */
function adjoint(ring: Ring, q: Quadratic): { readonly m: Matrix; readonly v: readonly (Value | undefined)[] } {
  const n = q.modes.length;
  // J_{jk} for j the partner of k: [a, a^*] = 1 and [a^*, a] = -1, or {a, a^*} = {a^*, a} = 1.
  const reversed = (k: number): boolean => k >= n && !q.odd[k];
  const m = rearranged(
    q.matrix,
    (i, k) => [i, partner(k, n)],
    (_, k) => (reversed(k) ? -1 : 1),
  );
  const v = q.linear.map((_, k) => {
    const value = q.linear[partner(k, n)];
    return value === undefined || !reversed(k) ? value : ring.negate(value);
  });
  return { m, v };
}

/** [Q, K], K on the same modes. */
function commutator(ring: Ring, { m, v }: ReturnType<typeof adjoint>, k: Quadratic, spend: (operations: number) => void): Quadratic {
  const transposed = rearranged(m, (i, j) => [j, i]);
  const matrix = sum(product(m, k.matrix, spend), product(k.matrix, transposed, spend));
  const dot = (a: readonly (Value | undefined)[], b: readonly (Value | undefined)[]): Value | undefined => {
    let total: Value | undefined;
    a.forEach((x, i) => {
      const y = b[i];
      if (x === undefined || y === undefined) return;
      const term = ring.multiply(x, y);
      total = total === undefined ? term : ring.add(total, term);
    });
    return total;
  };
  const row = (of: Matrix, i: number): readonly (Value | undefined)[] =>
    v.map((_, j) => (vanishes(of, i, j) ? undefined : entry(of, i, j)));
  const flat = k.linear.every((x) => x === undefined) && v.every((x) => x === undefined);
  const linear = k.linear.map((_, i) => {
    if (flat) return undefined;
    const [a, b] = [dot(row(m, i), k.linear), dot(row(k.matrix, i), v)];
    return a === undefined ? b : b === undefined ? a : ring.add(a, b);
  });
  return { ...k, matrix, linear, constant: dot(k.linear, v) ?? ring.zero };
}

/** e^{-Q} alpha e^{Q} for all alpha, by the exponential of -ad_Q on linear forms; e^{Q} alpha e^{-Q} for `inverse`. */
export function imagesOf(ring: Ring, q: Quadratic, inverse: boolean, spend: (operations: number) => void): ReadonlyMap<number, Form> {
  const n = q.modes.length;
  const { m, v } = adjoint(ring, q);
  const sign = (x: Value | undefined): Value | undefined => (x === undefined || inverse ? x : ring.negate(x));
  const rows = Array.from({ length: 2 * n }, (_, i) => Array.from({ length: 2 * n }, (__, j) => sign(entry(m, i, j))));
  const grown = exponential(
    ring,
    matrixOf(
      ring,
      [...rows, v.map(sign)].map((row) => [...row, undefined]),
    ),
    spend,
  );
  const out = new Map<number, Form>();
  for (let k = 0; k < 2 * n; k++) {
    const creation: [number, Value][] = [];
    const annihilation: [number, Value][] = [];
    for (let i = 0; i < 2 * n; i++) {
      const value = entry(grown, i, k);
      if (!vanishes(grown, i, k)) (i < n ? creation : annihilation).push([q.modes[i % n] as number, value]);
    }
    const mode = q.modes[k % n] as number;
    out.set(k < n ? creatorSymbol(mode) : annihilatorSymbol(mode), { creation, annihilation, constant: entry(grown, 2 * n, k) });
  }
  return out;
}

/** e^A: Taylor's series of A / 2^s, squared s times. Sizes of rounding go along in the numbers. */
function exponential(ring: Ring, a: Matrix, spend: (operations: number) => void): Matrix {
  let squarings = 0;
  for (let size = ring.exact ? 0 : norm(a); size > smallest && squarings < 40; size /= 2) squarings++;
  const base = scaled(a, ring.rational({ n: 1n, d: 1n << BigInt(squarings) }));
  let term = identity(ring, a.size);
  let total = term;
  for (let k = 1; !ending(ring, k); k++) {
    term = scaled(product(term, base, spend), ring.rational(rational(1, k)));
    total = sum(total, term);
    if (norm(term) < 1e-19) break;
  }
  for (let i = 0; i < squarings; i++) total = product(total, total, spend);
  return total;
}

/**
 * U^{-1} dU/dt for U = e^{Q}: from (d/dt e^{X}) e^{-X} = sum_n ad_X^n(X')/(n+1)! at X = -Q,
 *   U^{-1} U' = -(U^{-1})' U = sum_n (-1)^n ad_Q^n(Q')/(n+1)!.
 */
export function rateOf(ring: Ring, q: Quadratic, change: Quadratic, spend: (operations: number) => void): Quadratic {
  const ad = adjoint(ring, q);
  let term = change;
  let total = change;
  for (let n = 1; !ending(ring, n); n++) {
    const next = commutator(ring, ad, term, spend);
    const factor = ring.rational(rational(-1, n + 1));
    const times = (x: Value | undefined): Value | undefined => (x === undefined ? undefined : ring.multiply(x, factor));
    term = {
      ...next,
      matrix: scaled(next.matrix, factor),
      linear: next.linear.map(times),
      constant: ring.multiply(next.constant, factor),
    };
    const plus = (x: Value | undefined, y: Value | undefined): Value | undefined =>
      x === undefined ? y : y === undefined ? x : ring.add(x, y);
    total = {
      ...total,
      matrix: sum(total.matrix, term.matrix),
      linear: total.linear.map((x, i) => plus(x, term.linear[i])),
      constant: ring.add(total.constant, term.constant),
    };
    if (magnitude(term) <= 1e-19 * magnitude(total)) break;
  }
  return total;
}

function magnitude({ matrix, linear, constant }: Quadratic): number {
  const parts = [...linear, constant].map((x) => (x === undefined ? 0 : sizeOf(matrix.ring, x)));
  return Math.max(norm(matrix), ...parts);
}

/** Whether a normal symbol of degree at most two is skew-adjoint, Q^* = -Q. */
export function isSkew(ring: Ring, symbol: Poly, monomials: Monomials, vanishes: (v: Value) => boolean): boolean {
  const total: Poly = new Map(symbol);
  for (const [m, value] of symbol) {
    // (a_1^* a_2)^* = a_2^* a_1: the factors in reverse order, each the other kind.
    let to = monomials.unit;
    let v = ring.conj(value);
    for (const s of m.symbols) {
      const step = monomials.raise(to, isAnnihilator(s) ? creatorSymbol(modeOfSymbol(s)) : annihilatorSymbol(s));
      if (step.factor < 0) v = ring.negate(v);
      to = step.to;
    }
    accumulate(ring, total, to, v);
  }
  return [...total.values()].every(vanishes);
}
