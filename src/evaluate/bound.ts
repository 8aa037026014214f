import type { Assumption, Equation, Expression } from "../core/expression.js";
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
}

const nothing: Size = { degree: 0, monomial: 0, other: 0, bits: 0 };

export function sizeOf(equation: Equation, setting: Setting): { readonly degree: number; readonly bits: number } {
  const measure = new Measure(setting);
  const left = measure.of(equation.left);
  const right = measure.of(equation.right);
  const sum = measure.add([left, right]);
  return { degree: Math.max(1, sum.degree + setting.parameters * sum.monomial + sum.other), bits: sum.bits + 1 };
}

/** log2 of the probability that one run (one prime, one choice) lets a false equation pass. */
export function runError(size: { readonly degree: number; readonly bits: number }, residues: number): number {
  const draw = (2 * size.degree) / 2 ** 25;
  // About 946,000 primes of [2^25, 2^26) are 3 mod 4; each wanted square root halves them.
  const prime = (1 + size.bits / 25) / (946000 / 2 ** residues);
  return Math.log2(Math.min(1, draw + prime));
}

class Measure {
  private readonly known = new Map<Expression, Size>();
  private readonly active = new Set<Expression>();
  private readonly values = new Map<number, Size>();
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
        const power = scales.reduce((sum, s) => sum + Math.abs(s.exponent) * 3 * denominator, 0);
        return { degree: power, monomial: power, other: 0, bits: 0 };
      }
      case "value":
        return this.value(e.symbol.id);
      case "ladder":
        // r_m, and what passing a unitary adds to it.
        return { degree: 1 + this.weyl.degree, monomial: this.weyl.monomial, other: this.weyl.other, bits: 2 + this.weyl.bits };
      case "unitary": {
        // Twice the generator for the exponent s and for the shift; every ladder operator beside it feels it too.
        const g = this.of(e.unitary.generator);
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
        const times = e.labels.reduce((n, l) => n * (l.kind.kind === "finite" ? l.kind.values.length : points), 1);
        return { ...body, bits: body.bits + Math.log2(Math.max(1, times)) };
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
