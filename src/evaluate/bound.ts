import { argumentLabels } from "../core/argument.js";
import type { Assumption, Equation, Expression, Unitary } from "../core/expression.js";
import type { Factor, Measure as Units } from "./measure.js";
import { gcd } from "./prime.js";
import { children } from "./tree.js";

/**
 * How often a false equation can pass by accident. Written over a common denominator, the difference of
 * both sides is a polynomial in the random numbers with integer coefficients. If it is not zero, then modulo a random
 * prime p and at random arguments it vanishes with a probability of at most (Schwartz, Zippel)
 *   degree / |S|  +  (number of primes that divide all coefficients) / (number of primes to choose from),
 * S the set that the arguments are drawn from, at least (p-1)/2 numbers. `degree` and `bits` (log2 of a coefficient,
 * which has at most bits/25 prime factors above 2^25) are bounded from the expression; nothing is multiplied out.
 */
export interface Size {
  /** Degree of the numerator. */
  readonly degree: number;
  /** Largest power of one parameter in denominators. */
  readonly monomial: number;
  /** Degree of all other denominators together. */
  readonly other: number;
  readonly bits: number;
}

export interface Setting {
  readonly points: number;
  /** lcm of the exponents' denominators: a positive parameter is an L-th power. */
  readonly denominator: number;
  readonly parameters: number;
  readonly assumptions: readonly Assumption[];
  readonly measure: Units;
  /** Highest frequency of random functions, where there are derivatives. */
  readonly band?: number;
}

const nothing: Size = { degree: 0, monomial: 0, other: 0, bits: 0 };

export function sizeOf(equation: Equation, setting: Setting): { readonly degree: number; readonly bits: number } {
  const measure = new Measure(setting);
  const left = measure.of(equation.left);
  const right = measure.of(equation.right);
  const sum = measure.add([left, right]);
  return { degree: Math.max(1, sum.degree + setting.parameters * sum.monomial + sum.other), bits: sum.bits + 1 };
}

/**
 * Of the coefficients of a series up to epsilon^depth: each power of epsilon brings at most one more generator or kernel, which the
 * equation mentions, a sum over modes (fewer than 2^16) and a denominator up to depth.
 */
export function inSeries(size: { readonly degree: number; readonly bits: number }, depth: number): typeof size {
  return { degree: (depth + 1) * size.degree, bits: (depth + 1) * (size.bits + 16 + Math.log2(depth + 1)) };
}

/** log2 of the probability that one run (one prime, one choice) lets a false equation pass. */
export function runError(size: { readonly degree: number; readonly bits: number }, residues: number, circle = 1): number {
  const draw = (2 * size.degree) / 2 ** 25;
  // About 946,000 primes of [2^25, 2^26) are 3 mod 4; each wanted square root halves them, and of those that are left one in
  // phi(n) is -1 mod n. With n-th roots of unity, |S| is still p; a coefficient has 2 phi(n) conjugates in its norm.
  const phi = totient(circle);
  const prime = (1 + (size.bits * (circle === 1 ? 1 : 2 * phi)) / 25) / (946000 / 2 ** residues / phi);
  return Math.log2(Math.min(1, draw + prime));
}

function totient(n: number): number {
  let count = 0;
  for (let k = 1; k <= n; k++) if (gcd(k, n) === 1) count++;
  return count;
}

class Measure {
  private readonly known = new Map<Expression, Size>();
  private readonly active = new Set<Expression>();
  private readonly values = new Map<number, Size>();
  private readonly generators = new Map<Unitary, Size>();
  private readonly setting: Setting;
  private weyl: Size = nothing;

  constructor(setting: Setting) {
    this.setting = setting;
  }

  add(sizes: readonly Size[]): Size {
    let [degree, monomial, other, bits] = [0, 0, 0, 0];
    for (const s of sizes) {
      degree = Math.max(degree, s.degree);
      monomial = Math.max(monomial, s.monomial);
      other += s.other;
      bits = Math.max(bits, s.bits);
    }
    return { degree: degree + other, monomial, other, bits: bits + Math.log2(Math.max(1, sizes.length)) };
  }

  private multiply(sizes: readonly Size[]): Size {
    let [degree, monomial, other, bits] = [0, 0, 0, 0];
    for (const s of sizes) {
      degree += s.degree;
      monomial += s.monomial;
      other += s.other;
      bits += s.bits;
    }
    return { degree, monomial, other, bits };
  }

  of(e: Expression): Size {
    const old = this.known.get(e);
    if (old !== undefined) return old;
    if (this.active.has(e)) return nothing;
    this.active.add(e);
    const size = this.compute(e);
    this.active.delete(e);
    this.known.set(e, size);
    return size;
  }

  private compute(e: Expression): Size {
    const { points, denominator } = this.setting;
    switch (e.kind) {
      case "number": {
        const bits = Math.max(e.value.n.toString(2).length, e.value.d.toString(2).length);
        return { degree: 0, monomial: 0, other: 0, bits };
      }
      case "pi":
        return { degree: denominator, monomial: 0, other: 0, bits: 0 };
      case "parameter":
        return { degree: e.parameter.domain === "positive" ? denominator : 1, monomial: 0, other: 0, bits: 0 };
      case "delta": {
        const scales = [e.left, e.right].flatMap((a) => (a.kind === "affine" ? a.scale.parameters : []));
        const [label] = [e.left, e.right].flatMap(argumentLabels);
        return this.power([...scales, ...(label === undefined ? [] : this.setting.measure.powers(label.id))], denominator);
      }
      case "value":
        return this.multiply([
          this.value(e.symbol.id),
          { degree: 0, monomial: 0, other: 0, bits: this.modes(e.symbol.slots.length) },
          ...(e.partials ?? []).flatMap(({ slot }): Size[] => {
            const a = e.arguments[slot];
            const [label] = a === undefined ? [] : argumentLabels(a);
            const scale = [
              ...(a?.kind === "affine" ? a.scale.parameters : []),
              ...(label === undefined ? [] : this.setting.measure.powers(label.id)),
            ];
            return [this.power(scale, denominator), { degree: 1, monomial: 0, other: 0, bits: 3 * Math.log2(points) }];
          }),
        ]);
      case "ladder":
        // r_m, and what passing a unitary adds to it.
        return {
          degree: 1 + this.weyl.degree,
          monomial: this.weyl.monomial,
          other: this.weyl.other,
          bits: 2 + this.weyl.bits + this.modes(e.arguments.length),
        };
      case "partial": {
        // The speed c, the weights, the sum over all points and, with the length of a scale, a power of parameters.
        const scale = this.power(this.setting.measure.powers(e.label.id), denominator);
        return this.multiply([this.of(e.of), scale, { degree: 1, monomial: 0, other: 0, bits: 3 * Math.log2(points) }]);
      }
      case "unitary": {
        // Twice the generator for the exponent s and for the shift; every ladder operator beside it feels it too.
        const g = this.generator(e.unitary);
        if (g.degree > this.weyl.degree) {
          this.weyl = g;
          this.known.clear();
        }
        return this.multiply([g, g]);
      }
      case "sum":
        return this.add(e.terms.map((t) => this.of(t)));
      case "product":
      case "contraction":
        return this.multiply(children(e).map((f) => this.of(f)));
      case "commutator": {
        const one = this.multiply(children(e).map((f) => this.of(f)));
        return this.add([one, one]);
      }
      case "bind": {
        const body = this.of(e.body);
        const times = e.labels.reduce((n, l) => n * (l.kind.kind !== "finite" ? points : l.kind.size ? 3 : l.kind.values.length), 1);
        const units = e.labels.flatMap((l) => (l.kind.kind === "space" ? this.setting.measure.powers(l.id) : []));
        return this.multiply([{ ...body, bits: body.bits + Math.log2(Math.max(1, times)) }, this.power(units, denominator)]);
      }
      case "power": {
        const base = this.of(e.base);
        const times = Math.abs(Number(e.exponent.n)) / Number(e.exponent.d);
        const up: Size = {
          degree: base.degree * times,
          monomial: base.monomial * times,
          other: base.other * times,
          bits: base.bits * times,
        };
        if (e.exponent.n >= 0n) return up;
        const simple = e.base.kind === "parameter" || e.base.kind === "number" || e.base.kind === "pi";
        return simple
          ? { degree: up.monomial + up.other, monomial: up.degree, other: 0, bits: up.bits }
          : { degree: up.monomial * this.setting.parameters + up.other, monomial: 0, other: up.degree, bits: up.bits };
      }
      default:
        return this.add(children(e).map((c) => this.of(c)));
    }
  }

  /** How many frequencies a random function has: log2. */
  private modes(slots: number): number {
    return this.setting.band === undefined ? 0 : slots * Math.log2(2 * this.setting.band + 1);
  }

  /**
   * Of a generator by itself. Where it is quadratic no polynomial comes out, but numbers in floating point, and those of a
   * series are told apart by its first terms.
   */
  private generator(unitary: Unitary): Size {
    const old = this.generators.get(unitary);
    if (old !== undefined) return old;
    const made = new Measure(this.setting).of(unitary.generator);
    this.generators.set(unitary, made);
    return made;
  }

  /** A Jacobian. */
  private power(factors: readonly Factor[], denominator: number): Size {
    const power = factors.reduce((sum, f) => sum + Math.abs(f.exponent) * 3 * denominator, 0);
    return { degree: power, monomial: power, other: 0, bits: 0 };
  }

  /** A value that an assumption defines has the size of the assumption's right side over the coefficient. */
  private value(symbol: number): Size {
    const old = this.values.get(symbol);
    if (old !== undefined) return old;
    const plain: Size = { degree: 1, monomial: 0, other: 0, bits: 0 };
    this.values.set(symbol, plain);
    const sizes = [plain];
    for (const a of this.setting.assumptions) {
      if (a.target === undefined || a.target.symbol.id !== symbol) continue;
      const c = this.of(a.target.coefficient);
      const r = this.of(a.right);
      sizes.push({ degree: r.degree + c.monomial + c.other, monomial: r.monomial + c.degree, other: r.other, bits: r.bits + c.bits });
    }
    const size = this.add(sizes);
    this.values.set(symbol, size);
    return size;
  }
}
