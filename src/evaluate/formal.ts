import type { Rational } from "../core/rational.js";
import { Singular, Transcendental } from "./limits.js";
import { inverseMod, powerMod } from "./prime.js";
import { constantOf, modular, modulo, type Ring, resizer, type Value } from "./ring.js";

/**
 * GF(p)[i] with a formal number epsilon beside the time: polynomials in t and epsilon modulo t^(order+1) and epsilon^(depth+1), p as in
 * `exactRing`, which this is for depth 0. The coefficient of t^j epsilon^a stands at 2 (j (depth+1) + a).
 *
 * What vanishes at t = epsilon = 0 is nilpotent: its powers above order + depth are zero. So every power series f(x) = sum_n f_n x^n with
 * rational coefficients ends there: exponentials, (1 + x)^q, ch and sh.
 */
export function formalRing(p: number, order: number, depth: number): Ring {
  const { reduce, plus, minus, opposite } = modular(p);
  const block = 2 * (depth + 1);
  const length = (order + 1) * block;
  /** From here on powers of nilpotent numbers vanish. */
  const ends = order + depth + 1;
  const constant = constantOf(length);
  const zero = constant(0, 0);
  const one = constant(1, 0);
  const at = (a: Value, i: number): number => a[i] as number;
  const add = (a: Value, b: Value): Value => {
    const out: number[] = [];
    for (let i = 0; i < length; i++) out.push(plus(at(a, i), at(b, i)));
    return out;
  };
  const negate = (a: Value): Value => a.map(opposite);
  const subtract = (a: Value, b: Value): Value => {
    const out: number[] = [];
    for (let i = 0; i < length; i++) out.push(minus(at(a, i), at(b, i)));
    return out;
  };
  const scale = (a: Value, k: number): Value => {
    const factor = k < 0 ? p + (k % p) : k % p;
    return a.map((x) => reduce(x * factor));
  };
  const isZero = (a: Value): boolean => {
    for (let i = 0; i < length; i++) if (a[i] !== 0) return false;
    return true;
  };
  /** Whether nothing but the coefficient of t^0 epsilon^0 is there. */
  const isConstant = (a: Value): boolean => {
    for (let i = 2; i < length; i++) if (a[i] !== 0) return false;
    return true;
  };
  const times = (a: Value, re: number, im: number): Value => {
    const out: number[] = [];
    for (let i = 0; i < length; i += 2) {
      const [x, y] = [at(a, i), at(a, i + 1)];
      out.push(reduce(x * re + (p - y) * im), reduce(x * im + y * re));
    }
    return out;
  };
  type Numbers = number[] | Float64Array;
  /** out[o..] += x[f..] y[g..] */
  const accumulate = (out: Numbers, o: number, x: Value | Float64Array, f: number, y: Value | Float64Array, g: number): void => {
    for (let i = 0; i < length; i += 2) {
      const re = x[f + i] as number;
      const im = x[f + i + 1] as number;
      if (re === 0 && im === 0) continue;
      // Rows of y that stay below t^(order+1), and in them what stays below epsilon^(depth+1).
      const rest = block - (i % block);
      for (let start = 0; i + start < length; start += block)
        for (let k = start; k < start + rest; k += 2) {
          const u = y[g + k] as number;
          const v = y[g + k + 1] as number;
          if (u === 0 && v === 0) continue;
          const to = o + i + k;
          out[to] = plus(out[to] as number, reduce(re * u + (p - im) * v));
          out[to + 1] = plus(out[to + 1] as number, reduce(re * v + im * u));
        }
    }
  };
  const multiply = (a: Value, b: Value): Value => {
    if (isConstant(b)) return isConstant(a) ? simple(a, b) : times(a, at(b, 0), at(b, 1));
    if (isConstant(a)) return times(b, at(a, 0), at(a, 1));
    const out = new Array<number>(length).fill(0);
    accumulate(out, 0, a, 0, b, 0);
    return out;
  };
  const simple = (a: Value, b: Value): Value => {
    const [x, y, u, v] = [at(a, 0), at(a, 1), at(b, 0), at(b, 1)];
    return constant(reduce(x * u + (p - y) * v), reduce(x * v + y * u));
  };
  const nilpotent = (a: Value): boolean => at(a, 0) === 0 && at(a, 1) === 0;
  /** sum_n f_n x^n for a nilpotent x; `ratio(n)` is f_n / f_{n-1}, f_0 = 1. */
  const sumOf = (x: Value, ratio: (n: number) => number): Value => {
    let total = one;
    let term = one;
    for (let n = 1; n < ends && !isZero(term); n++) {
      term = scale(multiply(term, x), ratio(n));
      total = add(total, term);
    }
    return total;
  };
  const invert = (a: Value): Value => {
    const [re, im] = [at(a, 0), at(a, 1)];
    const norm = reduce(re * re + im * im);
    if (norm === 0) {
      if (isZero(a)) throw new Singular("division by zero");
      throw new Transcendental("division by what vanishes with the kernels");
    }
    const n = inverseMod(norm, p);
    // Newton: y -> y (2 - a y) doubles the power of what is nilpotent and wrong.
    let y = constant(reduce(re * n), reduce(opposite(im) * n));
    if (isConstant(a)) return y;
    const two = constant(2, 0);
    for (let right = 1; right < ends; right *= 2) y = multiply(y, subtract(two, multiply(a, y)));
    return y;
  };
  const residue = (a: Rational): number => {
    const d = modulo(a.d, p);
    if (d === 0) throw new Singular("a denominator vanishes modulo p");
    return reduce(modulo(a.n, p) * inverseMod(d, p));
  };
  return {
    exact: true,
    order,
    depth,
    stride: block,
    zero,
    one,
    imaginary: constant(0, 1),
    add,
    subtract,
    negate,
    multiply,
    conj: (a) => a.map((x, i) => (i % 2 === 0 ? x : opposite(x))),
    scale,
    invert,
    rational: (a) => constant(residue(a), 0),
    isZero,
    root: (a, exponent) => {
      const half = (p - 1) / 2;
      const re = at(a, 0);
      if (re === 1 && at(a, 1) === 0) {
        // (1 + x)^q = sum_n q (q-1) ... (q-n+1) / n! x^n
        const q = residue(exponent);
        return sumOf(subtract(a, one), (n) => reduce(plus(q, opposite(n - 1)) * inverseMod(n, p)));
      }
      if (!isConstant(a)) throw new Transcendental("a root of what depends on the kernels or on time");
      if (at(a, 1) !== 0) throw new Singular("a root of what is not real");
      if (re === 0 || powerMod(re, half, p) !== 1) throw new Singular("a root of a non-square");
      const inverse = inverseMod(Number(exponent.d % BigInt(half)), half);
      return constant(powerMod(re, Number((BigInt(modulo(exponent.n, half)) * BigInt(inverse)) % BigInt(half)), p), 0);
    },
    exp: (a) => {
      if (!nilpotent(a)) throw new Transcendental("exponential of a nonzero number");
      return sumOf(a, (n) => inverseMod(n, p));
    },
    resize: resizer(order, block),
    differentiate: (a) => {
      const out: number[] = [];
      for (let j = 1; j <= order + 1; j++) for (let k = 0; k < block; k++) out.push(reduce(at(a, j * block + k) * j));
      return out;
    },
    multiplyAdd: accumulate,
  };
}

/** epsilon times a number of order 0. */
export function marked(ring: Ring, v: Value): Value {
  return [0, 0, ...v.slice(0, 2 * ring.depth)];
}
