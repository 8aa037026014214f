import {
  type Complex,
  entry,
  exponentialOf,
  inverted,
  multiplied,
  over,
  plus,
  put,
  rowNorm,
  type Square,
  scaledSquare,
  square,
  times,
  unitSquare,
} from "./complex.js";
import { isAnnihilator, modeOfSymbol, type Poly } from "./poly.js";

/**
 * A product w of exponentials of Q = 1/2 alpha H alpha + h alpha + c, alpha = (a_1^*, ..., a_n^*, a_1, ..., a_n), bosons, on vectors
 *   exp(b a^*) |0>,
 * which it turns into Gaussians: no vector is cut off. With
 *   w a_i w^{-1} = X_i a + Y_i a^* + y_i,   w a_i^* w^{-1} = X'_i a^* + Y'_i a + z_i
 * the vector G = w exp(b a^*)|0> is the one that all w (a_i - b_i) w^{-1} annihilate, up to a factor. Without linear parts
 *   G = (det X)^{-1/2} e^{sum of c} exp(1/2 zeta S zeta + beta zeta + 1/2 b R b),   S = -X^{-1} Y,   beta = X^{-1} b,   R = Y' X^{-1}:
 * along e^{tau Q}, X' = -X H_+ + Y L with H_+ and L the coefficients of a^* a and a a in Q, so that (log det X)' = -tr H_+ - tr S L,
 * while G' = Q G has the constant (c + tr H_+/2) - tr H_+/2 + tr(L S)/2. The root is the one that is 1 at tau = 0 and continuous: no Q
 * makes det X vanish. S has a norm below 1, so the phase changes by less than 1 from one of the steps taken here to the next.
 *
 * With linear parts w = w_0 exp(u alpha) e^kappa, w_0 without them. Both are read off a larger matrix: two more letters q, p with
 * [p, q] = 1, and Q with h alpha q for h alpha. Then w p w^{-1} = p - u (w_0 alpha w_0^{-1}) - 2 kappa q.
 */
export interface Metaplectic {
  readonly size: number;
  /** S, and the largest of its rows. */
  readonly pairs: Square;
  /** X^{-1} */
  readonly inverse: Square;
  readonly right: Square;
  /** w a_i^* w^{-1} on what stands before G: `raise` zeta + `lower` (d/dzeta + beta) + `constant`. */
  readonly raise: Square;
  readonly lower: Square;
  readonly constant: readonly Complex[];
  /** u = (shift a^* + slope a) */
  readonly shift: readonly Complex[];
  readonly slope: readonly Complex[];
  /** log of the factor before G. */
  readonly factor: Complex;
  /** The largest modulus of an entry of the matrix that w acts by on ladder operators. */
  readonly largest: number;
}

export interface Exponent {
  /** The normal symbol. */
  readonly symbol: Poly;
  readonly inverse: boolean;
}

const half: Complex = [0.5, 0];
/** Of the matrices along the way: rounding grows like the square, and has to stay far below what tells two operators apart. */
const mostNorm = 1000;
const mostSteps = 1000;

/** From the exponents in the order in which they are written; undefined where numbers are too large for doubles. */
export function metaplectic(modes: readonly number[], exponents: readonly Exponent[]): Metaplectic | undefined {
  const n = modes.length;
  const place = new Map(modes.map((mode, i) => [mode, i]));
  let total = unitSquare(2 * n + 2);
  let determinant: Complex = [1, 0];
  let logarithm: Complex = [0, 0];
  let factor: Complex = [0, 0];
  for (let i = exponents.length - 1; i >= 0; i--) {
    const { symbol, inverse } = exponents[i] as Exponent;
    const sign = inverse ? -1 : 1;
    const { matrix, constant } = extended(symbol, place);
    const generator = scaledSquare(matrix, sign);
    const steps = Math.max(1, Math.ceil(2 * Math.sqrt(n) * frobenius(generator, 2 * n)));
    if (steps > mostSteps) return undefined;
    const step = exponentialOf(scaledSquare(generator, 1 / steps));
    for (let k = 0; k < steps; k++) {
      total = multiplied(step, total);
      if (!(rowNorm(total) < mostNorm)) return undefined;
      const next = inverted(block(total, n, n, n))?.determinant;
      if (next === undefined) return undefined;
      const [re, im] = over(next, determinant);
      logarithm = plus(logarithm, [Math.log(Math.hypot(re, im)), Math.atan2(im, re)]);
      determinant = next;
    }
    factor = plus(factor, times([sign, 0], constant));
  }
  const x = transposed(block(total, n, n, n));
  const y = transposed(block(total, 0, n, n));
  const raise = transposed(block(total, 0, 0, n));
  const lower = transposed(block(total, n, 0, n));
  const inverse = inverted(x)?.inverse;
  if (inverse === undefined) return undefined;
  const pairs = scaledSquare(multiplied(inverse, y), -1);
  const range = Array.from({ length: n }, (_, i) => i);
  // w a_i^* w^{-1} and w a_i w^{-1} have the constants [u alpha, a_i^*] and [u alpha, a_i].
  const slope = range.map((i) => entry(total, 2 * n, i));
  const shift = range.map((i) => times([-1, 0], entry(total, 2 * n, n + i)));
  const kappa = times([-0.5, 0], entry(total, 2 * n, 2 * n + 1));
  let largest = 1;
  for (let i = 0; i < 2 * n; i++) for (let j = 0; j < 2 * n; j++) largest = Math.max(largest, Math.hypot(...entry(total, i, j)));
  const moved = multiplied(lower, pairs);
  return {
    size: n,
    pairs,
    inverse,
    right: multiplied(lower, inverse),
    raise: { size: n, entries: raise.entries.map((v, i) => v + (moved.entries[i] as number)) },
    lower,
    constant: slope,
    shift,
    slope,
    factor: plus(plus(factor, kappa), times([-0.5, 0], logarithm)),
    largest,
  };
}

/** beta and the logarithm of the factor of w exp(b a^*) |0>. */
export function gaussian(w: Metaplectic, b: readonly Complex[]): { readonly beta: readonly Complex[]; readonly factor: Complex } {
  // exp(f a^* + g a) exp(b a^*)|0> = e^{f g/2 + g b} exp((b + f) a^*)|0>
  let { factor } = w;
  const moved = b.map((value, i) => {
    const [f, g] = [w.shift[i] as Complex, w.slope[i] as Complex];
    factor = plus(factor, times(g, plus(value, times(half, f))));
    return plus(value, f);
  });
  const quadratic = dot(moved, applied(w.right, moved));
  return { beta: applied(w.inverse, moved), factor: plus(factor, times(half, quadratic)) };
}

export function applied(a: Square, v: readonly Complex[]): readonly Complex[] {
  return v.map((_, i) =>
    dot(
      v.map((_, j) => entry(a, i, j)),
      v,
    ),
  );
}

function dot(a: readonly Complex[], b: readonly Complex[]): Complex {
  return a.reduce<Complex>((sum, x, i) => plus(sum, times(x, b[i] as Complex)), [0, 0]);
}

/**
 * [Q, .] on alpha, q and p, with the images of the basis as columns, and c: a^* a = 1/2 (a^* a + a a^*) - 1/2.
 * [Q, alpha_k] = sum_i M_ik alpha_i + v_k with M_ik = H_ij J_jk and v_k = h_j J_jk, where J_jk = [alpha_j, alpha_k].
 */
function extended(symbol: Poly, place: ReadonlyMap<number, number>): { readonly matrix: Square; readonly constant: Complex } {
  const n = place.size;
  const matrix = square(2 * n + 2);
  const [q, p] = [2 * n, 2 * n + 1];
  let constant: Complex = [0, 0];
  const index = (s: number): number => (place.get(modeOfSymbol(s)) as number) + (isAnnihilator(s) ? n : 0);
  const pair = (i: number, j: number, value: Complex): void => {
    const [k, sign] = j < n ? [j + n, -1] : [j - n, 1];
    put(matrix, i, k, plus(entry(matrix, i, k), times([sign, 0], value)));
  };
  for (const [m, [re = 0, im = 0]] of symbol) {
    const value: Complex = [re, im];
    const [i, j] = m.symbols.map(index) as [number | undefined, number | undefined];
    if (i === undefined) constant = plus(constant, value);
    else if (j === undefined) {
      pair(q, i, value);
      put(matrix, i, p, times([-1, 0], value));
    } else {
      pair(i, j, value);
      pair(j, i, value);
      if (j === i + n) constant = plus(constant, times([-0.5, 0], value));
    }
  }
  return { matrix, constant };
}

function frobenius(a: Square, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) sum += Math.hypot(...entry(a, i, j)) ** 2;
  return Math.sqrt(sum);
}

function block(a: Square, row: number, column: number, size: number): Square {
  const out = square(size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) put(out, i, j, entry(a, row + i, column + j));
  return out;
}

function transposed(a: Square): Square {
  const out = square(a.size);
  for (let i = 0; i < a.size; i++) for (let j = 0; j < a.size; j++) put(out, j, i, entry(a, i, j));
  return out;
}
