import type { Rational } from "../core/rational.js";
import { Singular, Slow, Transcendental } from "./limits.js";
import { inverseMod, powerMod } from "./prime.js";

/**
 * A scalar: a power series in the time t, cut off after t^order, coefficient after coefficient in one flat
 * array. Exact: (re, im) over GF(p), for each power of the formal number epsilon where there is one (`formal.ts`). Floating: (re, im, size), `size` the same sum with every term replaced by its modulus,
 * against which a difference is judged.
 */
export type Value = readonly number[];

/** Arithmetic of scalars of one order; `conj` is the Frobenius map or complex conjugation. */
export interface Ring {
  readonly exact: boolean;
  readonly order: number;
  /** The highest power of epsilon, see `formal.ts`; 0 in floating point. */
  readonly depth: number;
  /** Numbers in one coefficient of t. */
  readonly stride: number;
  readonly zero: Value;
  readonly one: Value;
  readonly imaginary: Value;
  readonly add: (a: Value, b: Value) => Value;
  readonly subtract: (a: Value, b: Value) => Value;
  readonly negate: (a: Value) => Value;
  readonly multiply: (a: Value, b: Value) => Value;
  readonly conj: (a: Value) => Value;
  /** Product with a small integer, |k| < 2^26. */
  readonly scale: (a: Value, k: number) => Value;
  /** @throws Singular */
  readonly invert: (a: Value) => Value;
  /** @throws Singular when the denominator vanishes in the field */
  readonly rational: (a: Rational) => Value;
  readonly isZero: (a: Value) => boolean;
  /** Rational power of a positive constant: the root that is positive (exact: a square). Integer powers are made of products. */
  readonly root: (a: Value, exponent: Rational) => Value;
  /** @throws Transcendental in the exact mode unless the constant term is zero */
  readonly exp: (a: Value) => Value;
  /** A series of any order cut or filled with zeros to this order. */
  readonly resize: (a: Value) => Value;
  /** d/dt of a series of order one higher. */
  readonly differentiate: (a: Value) => Value;
  /** out[o..] += x[p..] y[q..], for `matrix.ts`. */
  readonly multiplyAdd: (out: Float64Array, o: number, x: Float64Array, p: number, y: Float64Array, q: number) => void;
}

export const modulo = (a: bigint, p: number): number => {
  const r = Number(a % BigInt(p));
  return r < 0 ? r + p : r;
};

export function resizer(order: number, stride: number): (a: Value) => Value {
  const length = (order + 1) * stride;
  return (a) => {
    if (a.length === length) return a;
    if (a.length > length) return a.slice(0, length);
    const out = a.slice();
    while (out.length < length) out.push(0);
    return out;
  };
}

/** The numbers modulo p < 2^26: sums of two products are below 2^53, so one reduction serves for them. */
export function modular(p: number) {
  const reciprocal = 1 / p;
  return {
    // The rest is below 2^27 in modulus: `| 0` changes nothing but says that it is a small integer.
    reduce: (s: number): number => {
      const r = (s - Math.floor(s * reciprocal) * p) | 0;
      return r < 0 ? r + p : r >= p ? r - p : r;
    },
    plus: (x: number, y: number): number => {
      const s = x + y;
      return s >= p ? s - p : s;
    },
    minus: (x: number, y: number): number => {
      const s = x - y;
      return s < 0 ? s + p : s;
    },
    opposite: (x: number): number => (x === 0 ? 0 : p - x),
  };
}

/** (re, im) with zeros up to the length of a number. */
export function constantOf(length: number): (re: number, im: number) => Value {
  return (re, im) => {
    const out = new Array<number>(length).fill(0);
    out[0] = re;
    out[1] = im;
    return out;
  };
}

/**
 * GF(p)[i] with series in t up to t^order, p = 3 mod 4, p < 2^26.
 * A sum of two products is below 2^53, so one reduction serves each component: floor(s/p) from a product with
 * 1/p is off by at most one, which two comparisons correct. Measured: a
 * complex product takes about a third of the time that it takes with `%` on doubles.
 */
export function exactRing(p: number, order: number): Ring {
  const { reduce, plus, minus, opposite } = modular(p);
  const length = 2 * (order + 1);
  const constant = constantOf(length);
  const zero = constant(0, 0);
  const one = constant(1, 0);
  const at = (a: Value, i: number): number => a[i] as number;
  const map2 =
    (f: (x: number, y: number) => number) =>
    (a: Value, b: Value): Value => {
      const out: number[] = [];
      for (let i = 0; i < length; i++) out.push(f(at(a, i), at(b, i)));
      return out;
    };
  const flat = order === 0;
  const multiplySeries = (a: Value, b: Value): Value => {
    const out = new Array<number>(length).fill(0);
    for (let j = 0; j < length; j += 2) {
      const x = at(a, j);
      const y = at(a, j + 1);
      if (x === 0 && y === 0) continue;
      for (let k = 0; j + k < length; k += 2) {
        const u = at(b, k);
        const v = at(b, k + 1);
        out[j + k] = plus(out[j + k] as number, reduce(x * u + (p - y) * v));
        out[j + k + 1] = plus(out[j + k + 1] as number, reduce(x * v + y * u));
      }
    }
    return out;
  };
  const multiply = flat
    ? (a: Value, b: Value): Value => {
        const x = at(a, 0);
        const y = at(a, 1);
        const u = at(b, 0);
        const v = at(b, 1);
        return [reduce(x * u + (p - y) * v), reduce(x * v + y * u)];
      }
    : multiplySeries;
  const invertConstant = (re: number, im: number): readonly [number, number] => {
    const norm = reduce(re * re + im * im);
    if (norm === 0) throw new Singular("division by zero");
    const n = inverseMod(norm, p);
    return [reduce(re * n), reduce(minus(0, im) * n)];
  };
  const scale = (a: Value, k: number): Value => {
    const factor = k < 0 ? p + (k % p) : k % p;
    return flat ? [reduce(at(a, 0) * factor), reduce(at(a, 1) * factor)] : a.map((x) => reduce(x * factor));
  };
  const isZero = flat
    ? (a: Value): boolean => a[0] === 0 && a[1] === 0
    : (a: Value): boolean => {
        for (let i = 0; i < length; i++) if (a[i] !== 0) return false;
        return true;
      };
  return {
    exact: true,
    order,
    depth: 0,
    stride: 2,
    zero,
    one,
    imaginary: constant(0, 1),
    add: flat ? (a, b) => [plus(at(a, 0), at(b, 0)), plus(at(a, 1), at(b, 1))] : map2(plus),
    subtract: flat ? (a, b) => [minus(at(a, 0), at(b, 0)), minus(at(a, 1), at(b, 1))] : map2(minus),
    negate: flat ? (a) => [opposite(at(a, 0)), opposite(at(a, 1))] : (a) => a.map(opposite),
    multiply,
    conj: flat ? (a) => [at(a, 0), opposite(at(a, 1))] : (a) => a.map((x, i) => (i % 2 === 0 ? x : opposite(x))),
    scale,
    invert: (a) => {
      const [re, im] = invertConstant(at(a, 0), at(a, 1));
      if (flat) return [re, im];
      // Newton: y -> y (2 - a y) doubles the number of right coefficients.
      let y = constant(re, im);
      for (let right = 1; right <= order; right *= 2) y = multiply(y, map2(minus)(constant(2, 0), multiply(a, y)));
      return y;
    },
    rational: (a) => {
      const d = modulo(a.d, p);
      if (d === 0) throw new Singular("a denominator vanishes modulo p");
      return constant(reduce(modulo(a.n, p) * inverseMod(d, p)), 0);
    },
    isZero,
    root: (a, exponent) => {
      const half = (p - 1) / 2;
      const re = at(a, 0);
      for (let i = 1; i < length; i++) if (a[i] !== 0) throw new Singular("a root of what is not real and constant");
      if (re === 0 || powerMod(re, half, p) !== 1) throw new Singular("a root of a non-square");
      const inverse = inverseMod(Number(exponent.d % BigInt(half)), half);
      return constant(powerMod(re, Number((BigInt(modulo(exponent.n, half)) * BigInt(inverse)) % BigInt(half)), p), 0);
    },
    exp: (a) => {
      if (at(a, 0) !== 0 || at(a, 1) !== 0) throw new Transcendental("exponential of a nonzero number");
      let result = one;
      let term = one;
      for (let k = 1; k <= order; k++) {
        term = scale(multiply(term, a), inverseMod(k, p));
        result = map2(plus)(result, term);
      }
      return result;
    },
    resize: resizer(order, 2),
    differentiate: (a) => {
      const out: number[] = [];
      for (let j = 1; j <= order + 1; j++) out.push(reduce(at(a, 2 * j) * j), reduce(at(a, 2 * j + 1) * j));
      return out;
    },
    multiplyAdd: () => {
      throw new Transcendental("a series without end");
    },
  };
}

/** Complex doubles with series in t up to t^order, each coefficient with the size of the terms that made it. */
export function floatRing(order: number): Ring {
  const length = 3 * (order + 1);
  const constant = (re: number, im: number): Value => {
    const out = new Array<number>(length).fill(0);
    out[0] = re;
    out[1] = im;
    out[2] = Math.hypot(re, im);
    return out;
  };
  const at = (a: Value, i: number): number => a[i] as number;
  const zero = constant(0, 0);
  const one = constant(1, 0);
  // Nearly all numbers are constants: written out for those, which takes a fifth of the time of the loops.
  const flat = order === 0;
  const add = flat
    ? (a: Value, b: Value): Value => [at(a, 0) + at(b, 0), at(a, 1) + at(b, 1), at(a, 2) + at(b, 2)]
    : (a: Value, b: Value): Value => a.map((x, i) => x + at(b, i));
  const subtract = flat
    ? (a: Value, b: Value): Value => [at(a, 0) - at(b, 0), at(a, 1) - at(b, 1), at(a, 2) + at(b, 2)]
    : (a: Value, b: Value): Value => a.map((x, i) => (i % 3 === 2 ? x + at(b, i) : x - at(b, i)));
  const negate = flat
    ? (a: Value): Value => [-at(a, 0), -at(a, 1), at(a, 2)]
    : (a: Value): Value => a.map((x, i) => (i % 3 === 2 ? x : -x));
  const multiplyFlat = (a: Value, b: Value): Value => {
    const x = at(a, 0);
    const y = at(a, 1);
    const u = at(b, 0);
    const v = at(b, 1);
    return [x * u - y * v, x * v + y * u, at(a, 2) * at(b, 2)];
  };
  const multiplySeries = (a: Value, b: Value): Value => {
    const out = new Array<number>(length).fill(0);
    for (let j = 0; j < length; j += 3) {
      for (let k = 0; j + k < length; k += 3) {
        const [x, y, u, v] = [at(a, j), at(a, j + 1), at(b, k), at(b, k + 1)];
        out[j + k] = (out[j + k] as number) + x * u - y * v;
        out[j + k + 1] = (out[j + k + 1] as number) + x * v + y * u;
        out[j + k + 2] = (out[j + k + 2] as number) + at(a, j + 2) * at(b, k + 2);
      }
    }
    return out;
  };
  const multiply = flat ? multiplyFlat : multiplySeries;
  const scale = flat
    ? (a: Value, k: number): Value => [at(a, 0) * k, at(a, 1) * k, at(a, 2) * Math.abs(k)]
    : (a: Value, k: number): Value => a.map((x, i) => (i % 3 === 2 ? x * Math.abs(k) : x * k));
  /** Coefficients b of g(a) from the constant term and a recurrence sum_j weight(j, k) a_j b_{k-j}. */
  const recur = (
    a: Value,
    first: readonly [number, number, number],
    divide: readonly [number, number],
    weight: (j: number, k: number) => number,
  ): Value => {
    const out: number[] = [...first];
    const spread = Math.hypot(divide[0], divide[1]);
    for (let k = 1; k <= order; k++) {
      let [re, im, size] = [0, 0, 0];
      for (let j = 1; j <= k; j++) {
        const w = weight(j, k);
        const [x, y, u, v] = [at(a, 3 * j), at(a, 3 * j + 1), out[3 * (k - j)] as number, out[3 * (k - j) + 1] as number];
        re += w * (x * u - y * v);
        im += w * (x * v + y * u);
        size += Math.abs(w) * at(a, 3 * j + 2) * (out[3 * (k - j) + 2] as number);
      }
      out.push(re * divide[0] - im * divide[1], re * divide[1] + im * divide[0], size * spread);
    }
    return out;
  };
  const powerSeries = (a: Value, q: number): Value => {
    const [x, y] = [at(a, 0), at(a, 1)];
    const modulus = Math.hypot(x, y);
    if (modulus < 1e-12) throw new Singular("power of zero");
    const radius = modulus ** q;
    const angle = Math.atan2(y, x) * q;
    const relative = at(a, 2) / modulus;
    const first = [radius * Math.cos(angle), radius * Math.sin(angle), radius * Math.max(1, Math.abs(q)) * relative] as const;
    // k a_0 b_k = sum_{j=1}^k (q j - k + j) a_j b_{k-j}  (Euler's recurrence for powers of a series)
    return recur(a, first, [x / modulus ** 2, -y / modulus ** 2], (j, k) => (q * j - k + j) / k);
  };
  /** Nothing but rounding, all along the series: 0^q is 0 for positive q. */
  const cancels = (a: Value): boolean =>
    Array.from({ length: order + 1 }, (_, k) => 3 * k).every((k) => Math.hypot(at(a, k), at(a, k + 1)) <= 1e-12 * at(a, k + 2));
  return {
    exact: false,
    order,
    depth: 0,
    stride: 3,
    zero,
    one,
    imaginary: constant(0, 1),
    add,
    subtract,
    negate,
    multiply,
    conj: flat ? (a) => [at(a, 0), -at(a, 1), at(a, 2)] : (a) => a.map((x, i) => (i % 3 === 1 ? -x : x)),
    scale,
    invert: (a) => powerSeries(a, -1),
    rational: (a) => constant(quotient(a), 0),
    isZero: flat ? (a) => at(a, 0) === 0 && at(a, 1) === 0 && at(a, 2) === 0 : (a) => a.every((x) => x === 0),
    root: (a, exponent) => {
      const q = quotient(exponent);
      if (q > 0 && cancels(a)) return a.map((_, i) => (i % 3 === 2 ? (a[i] as number) ** q : 0));
      return powerSeries(a, q);
    },
    exp: (a) => {
      const radius = Math.exp(at(a, 0));
      if (!(radius < 1e150)) throw new Slow("the exponential overflows");
      const [x, y] = [radius * Math.cos(at(a, 1)), radius * Math.sin(at(a, 1))];
      return recur(a, [x, y, radius * (1 + at(a, 2))], [1, 0], (j, k) => j / k);
    },
    resize: resizer(order, 3),
    differentiate: (a) => {
      const out: number[] = [];
      for (let j = 1; j <= order + 1; j++) for (let c = 0; c < 3; c++) out.push(at(a, 3 * j + c) * j);
      return out;
    },
    multiplyAdd: (out, o, x, p, y, q) => {
      for (let j = 0; j < length; j += 3) {
        const re = x[p + j] as number;
        const im = x[p + j + 1] as number;
        const size = x[p + j + 2] as number;
        for (let k = 0; j + k < length; k += 3) {
          const u = y[q + k] as number;
          const v = y[q + k + 1] as number;
          const to = o + j + k;
          out[to] = (out[to] as number) + re * u - im * v;
          out[to + 1] = (out[to + 1] as number) + re * v + im * u;
          out[to + 2] = (out[to + 2] as number) + size * (y[q + k + 2] as number);
        }
      }
    },
  };
}

/** n/d as a double, also where n and d alone would overflow. */
function quotient(a: Rational): number {
  const direct = Number(a.n) / Number(a.d);
  if (Number.isFinite(direct)) return direct;
  const shift = BigInt(Math.max(0, a.d.toString(2).length - 1000));
  return Number(a.n >> shift) / Number(a.d >> shift);
}
