import { Exhausted } from "./limits.js";
import { isAnnihilator, type Monomial, type Monomials, modeOfSymbol, type Poly } from "./poly.js";
import type { Value } from "./ring.js";

/**
 * Fock space of finitely many modes with its orthonormal basis of occupation numbers |n>: all of it for fermions, states with at most
 * `cutoff` bosons otherwise. Vectors are real and imaginary parts one after the other. An operator of degree two leads from the states
 * kept to others with up to two bosons more, which come after them; with P the projection on the states kept,
 *   v(s) = e^{s P Q P} v   satisfies   v' = Q v - (1 - P) Q v,
 * so that for Q skew-adjoint, as e^{sQ} is unitary,
 *   |e^Q v - v(1)| <= int_0^1 |(1 - P) Q v(s)| ds:
 * what the truncation does is bounded by what leaves the states kept, which is known. No estimate of the exact vector enters.
 */
export class Fock {
  readonly modes: readonly number[];
  readonly cutoff: number;
  /** States with at most `cutoff` bosons, which come first. */
  readonly kept: number;
  private readonly odd: readonly boolean[];
  private readonly states: Uint8Array[] = [];
  private readonly index = new Map<string, number>();
  private readonly place = new Map<number, number>();

  constructor(modes: readonly number[], fermionic: (mode: number) => boolean, cutoff: number) {
    this.modes = [...modes].sort((a, b) => a - b);
    this.odd = this.modes.map(fermionic);
    this.cutoff = cutoff;
    this.modes.forEach((mode, i) => {
      this.place.set(mode, i);
    });
    const bosons = this.odd.some((odd) => !odd);
    const state = new Uint8Array(this.modes.length);
    const fill = (i: number, left: number): void => {
      if (i === state.length) {
        if (left > 0) return;
        this.index.set(state.join(), this.states.length);
        this.states.push(state.slice());
        return;
      }
      const most = this.odd[i] ? 1 : left;
      for (let k = 0; k <= most; k++) {
        state[i] = k;
        fill(i + 1, this.odd[i] ? left : left - k);
      }
      state[i] = 0;
    };
    let kept = 0;
    for (let total = 0; total <= (bosons ? cutoff + 2 : 0); total++) {
      fill(0, total);
      if (total <= cutoff) kept = this.states.length;
    }
    this.kept = kept;
  }

  /** How many states a space has, those beyond the cutoff included. */
  static dimension(bosons: number, fermions: number, cutoff: number): number {
    let count = 2 ** fermions;
    if (bosons > 0) for (let i = 1; i <= bosons; i++) count *= (cutoff + 2 + i) / i;
    return Math.round(count);
  }

  /** sum c zeta_I as a vector; undefined where a monomial has too many bosons. zeta^n is sqrt(n!) |n>. */
  vector(poly: Poly): Float64Array | undefined {
    const out = new Float64Array(2 * this.states.length);
    const state = new Uint8Array(this.modes.length);
    for (const [m, value] of poly) {
      state.fill(0);
      let square = 1;
      for (const s of m.symbols) {
        const i = this.place.get(modeOfSymbol(s));
        if (i === undefined || isAnnihilator(s)) return undefined;
        state[i] = (state[i] as number) + 1;
        square *= state[i] as number;
      }
      const at = this.index.get(state.join());
      if (at === undefined || at >= this.kept) return undefined;
      const root = Math.sqrt(square);
      out[2 * at] = (out[2 * at] as number) + root * (value[0] as number);
      out[2 * at + 1] = (out[2 * at + 1] as number) + root * (value[1] as number);
    }
    return out;
  }

  /**
   * exp(sum_m b_m zeta_m) P for the vector of a polynomial P, and a bound of what is cut off: with d the degree of P, C the sum of its
   * coefficients' moduli and |b| the norm of b, the term (b zeta)^k/k! P has a norm of at most C |b|^k/sqrt(k!) sqrt((k + 1) ... (k + d)).
   */
  displaced(poly: Poly, shift: ReadonlyMap<number, Value>): { readonly vector: Float64Array; readonly error: number } | undefined {
    const start = this.vector(poly);
    if (start === undefined || shift.size === 0) return start === undefined ? undefined : { vector: start, error: 0 };
    let [size, degree, length] = [0, 0, 0];
    for (const [m, value] of poly) {
      size += Math.hypot(value[0] as number, value[1] as number);
      degree = Math.max(degree, m.symbols.length);
    }
    for (const value of shift.values()) length += (value[0] as number) ** 2 + (value[1] as number) ** 2;
    const powers: (readonly [number, Value])[] = [...shift];
    const raise = this.operator(powers.map(([mode, value]) => ({ value, factors: [{ at: this.place.get(mode) as number, down: false }] })));
    const vector = start.slice();
    let term = start;
    for (let k = 1; k <= this.cutoff; k++) {
      term = multiply(raise, term, 1 / k).fill(0, 2 * this.kept);
      for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) + (term[i] as number);
    }
    let error = 0;
    let power = 1;
    for (let k = 0; k < 200; k++) {
      if (k > 0) power *= Math.sqrt(length / k);
      let bound = size * power;
      for (let j = 1; j <= degree; j++) bound *= Math.sqrt(k + j);
      if (k + degree > this.cutoff) error += bound;
    }
    // From k = 200 on the terms fall by more than half each.
    return length < 20 && degree < 50 ? { vector, error: 2 * error } : undefined;
  }

  /** The vector as a polynomial again, all sizes being `size`. */
  poly(vector: Float64Array, monomials: Monomials, size: number): Poly {
    const out: Poly = new Map();
    for (let at = 0; at < this.kept; at++) {
      const [re, im] = [vector[2 * at] as number, vector[2 * at + 1] as number];
      if (re === 0 && im === 0) continue;
      let m: Monomial = monomials.unit;
      let square = 1;
      const state = this.states[at] as Uint8Array;
      for (let i = this.modes.length - 1; i >= 0; i--)
        for (let k = 1; k <= (state[i] as number); k++) {
          m = monomials.raise(m, this.modes[i] as number).to;
          square *= k;
        }
      const root = Math.sqrt(square);
      out.set(m, [re / root, im / root, size / root]);
    }
    return out;
  }

  /** The matrix of a normal symbol on the states kept. */
  matrix(symbol: Poly): Sparse {
    return this.operator(
      [...symbol].map(([m, value]) => ({
        value,
        factors: m.symbols.map((s) => ({ at: this.place.get(modeOfSymbol(s)) as number, down: isAnnihilator(s) })).reverse(),
      })),
    );
  }

  /** Of a sum of products of at most two ladder operators, the rightmost first. */
  private operator(
    terms: readonly { readonly value: Value; readonly factors: readonly { readonly at: number; readonly down: boolean }[] }[],
  ): Sparse {
    const rows: number[] = [];
    const columns: number[] = [];
    const entries: number[] = [];
    const state = new Uint8Array(this.modes.length);
    for (const { value, factors } of terms)
      for (let from = 0; from < this.kept; from++) {
        state.set(this.states[from] as Uint8Array);
        let amplitude = 1;
        for (const { at, down } of factors) {
          const n = state[at] as number;
          if (down ? n === 0 : this.odd[at] && n === 1) {
            amplitude = 0;
            break;
          }
          if (this.odd[at]) {
            for (let i = 0; i < at; i++) if (this.odd[i] && state[i] === 1) amplitude = -amplitude;
          } else amplitude *= Math.sqrt(down ? n : n + 1);
          state[at] = down ? n - 1 : n + 1;
        }
        if (amplitude === 0) continue;
        const to = this.index.get(state.join());
        if (to === undefined) throw new Error("two ladder operators add at most two particles");
        rows.push(to);
        columns.push(from);
        entries.push(amplitude * (value[0] as number), amplitude * (value[1] as number));
      }
    return { rows: Int32Array.from(rows), columns: Int32Array.from(columns), entries: Float64Array.from(entries) };
  }

  /** e^{sign Q} v by Taylor's series in steps, and a bound of the norm of the difference. @throws Exhausted */
  exponential(q: Sparse, sign: 1 | -1, vector: Float64Array, most: number): { readonly vector: Float64Array; readonly error: number } {
    const sums = new Float64Array(this.kept);
    for (let i = 0; i < q.rows.length; i++) {
      const row = q.rows[i] as number;
      if (row < this.kept) sums[row] = (sums[row] as number) + Math.hypot(q.entries[2 * i] as number, q.entries[2 * i + 1] as number);
    }
    // P Q P is skew-adjoint, so its norm is at most the largest sum of a row's moduli.
    const steps = Math.max(1, Math.ceil(sums.reduce((a, b) => Math.max(a, b), 0)));
    if (steps * 20 * q.rows.length > most) throw new Exhausted();
    const inside = 2 * this.kept;
    let current = vector;
    let error = 0;
    for (let step = 0; step < steps; step++) {
      const total = current.slice();
      let term = current;
      for (let k = 1; k < 40; k++) {
        // term = (P Q)^{k-1} v h^{k-1}/(k-1)!; what leaves at s in [0, h] is the sum of (s/h)^{k-1} |(1 - P) Q term|.
        const next = multiply(q, term, sign / steps / k);
        error += norm(next, inside, next.length);
        next.fill(0, inside);
        for (let i = 0; i < inside; i++) total[i] = (total[i] as number) + (next[i] as number);
        term = next;
        const size = norm(next, 0, inside);
        // The terms after this one are less than half of it each.
        if (size < 1e-18) {
          error += 2 * size;
          break;
        }
      }
      current = total;
    }
    return { vector: current, error: error + 1e-15 * steps * norm(vector, 0, inside) };
  }
}

export interface Sparse {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  readonly entries: Float64Array;
}

function multiply({ rows, columns, entries }: Sparse, v: Float64Array, factor: number): Float64Array {
  const out = new Float64Array(v.length);
  for (let i = 0; i < rows.length; i++) {
    const from = 2 * (columns[i] as number);
    const to = 2 * (rows[i] as number);
    const [x, y] = [factor * (entries[2 * i] as number), factor * (entries[2 * i + 1] as number)];
    const [u, w] = [v[from] as number, v[from + 1] as number];
    out[to] = (out[to] as number) + x * u - y * w;
    out[to + 1] = (out[to + 1] as number) + x * w + y * u;
  }
  return out;
}

export function norm(v: Float64Array, from = 0, to = v.length): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += (v[i] as number) ** 2;
  return Math.sqrt(sum);
}
