import { atomOf } from "../algebra/atom.js";
import { gauss, integer, power as powerOf, multiply as times } from "../algebra/number.js";
import { scalarMultiply, scalarRaise } from "../algebra/scalar.js";
import {
  type Accumulator,
  addInto,
  checkWork,
  constant,
  emit,
  mergeMono,
  raiseMono,
  type Sum,
  type Term,
  termLimit,
} from "../algebra/sum.js";
import { multiply, multiplyNormal } from "../algebra/wick.js";
import { fail } from "../source/diagnostic.js";
import { nowhere } from "../source/span.js";
import type { Context } from "./context.js";

function tooLarge(n: number): never {
  return fail(
    "too-large",
    nowhere,
    `the normal form of the power ${n} has more than ${termLimit} terms`,
    "take a smaller power, or ask for a part of it with part_n(...)",
  );
}

/** C(n, k) as a float, for an estimate. */
function choose(n: number, k: number): number {
  let value = 1;
  for (let i = 1; i <= k; i++) value *= (n - k + i) / i;
  return value;
}

/** Whether every term has exactly one bosonic ladder operator. */
function linear(sum: Sum): boolean {
  for (const term of sum.values()) {
    let degree = 0;
    for (let i = 0; i < term.mono.length; i += 2) {
      const atom = atomOf(term.mono[i] as number);
      degree += (atom.creators + atom.annihilators) * (term.mono[i + 1] as number);
      if (atom.fermions > 0) return false;
    }
    if (degree !== 1) return false;
  }
  return sum.size > 0;
}

/** A term's powers, each made once. */
function powersOf(term: Term): (e: number) => Term {
  const known: Term[] = [];
  return (e) => {
    let power = known[e];
    if (power === undefined) {
      const raised = scalarRaise(term.scalar, e, 1);
      power = { coefficient: times(powerOf(term.coefficient, e), raised.factor), scalar: raised.id, mono: raiseMono(term.mono, e) };
      known[e] = power;
    }
    return power;
  };
}

/** :a b: of two terms, null when it vanishes. */
function join(a: Term, b: Term): Term | null {
  const merged = mergeMono(a.mono, b.mono);
  if (merged === null) return null;
  const scalar = scalarMultiply(a.scalar, b.scalar);
  const coefficient = times(times(a.coefficient, b.coefficient), scalar.factor);
  return { coefficient: merged.sign === 1 ? coefficient : times(coefficient, -1), scalar: scalar.id, mono: merged.mono };
}

/** factor :L^m: by the multinomial theorem, each term once; `powers` are those of the terms of L. */
function normalPower(powers: readonly ((e: number) => Term)[], m: number, factor: Sum, into: Accumulator): void {
  const walk = (at: number, left: number, weight: bigint, value: Term): void => {
    const power = powers[at] as (e: number) => Term;
    if (at === powers.length - 1) {
      const last = join(value, power(left));
      if (last !== null) emit(into, times(last.coefficient, integer(weight)), last.scalar, last.mono);
      return;
    }
    let binomial = weight;
    for (let e = 0; e <= left; e++) {
      const next = join(value, power(e));
      if (next !== null) walk(at + 1, left - e, binomial, next);
      binomial = (binomial * BigInt(left - e)) / BigInt(e + 1);
    }
  };
  for (const start of factor.values()) walk(0, m, 1n, start);
}

/**
 * sum^n in normal order. A linear L = A + A' with scalar [A, A'] = s has
 *   L^n = sum_k n! / (k! (n-2k)! 2^k) s^k :L^{n-2k}:
 * (the Hermite expansion, e.g. W. H. Louisell, Quantum Statistical Properties of Radiation (1973), ch. 3);
 * everything else is multiplied step by step.
 */
export function power(sum: Sum, n: number, context: Context): Sum {
  if (n === 0) return constant(1);
  if (sum.size === 0) return sum;
  const terms = [...sum.values()];
  if (terms.length === 1 && context.normal === false && terms[0] !== undefined && oneSided(terms[0])) {
    if (n > 32000) return tooLarge(n);
    const into: Accumulator = new Map();
    normalPower(terms.map(powersOf), n, constant(1), into);
    return into;
  }
  const times_ = context.normal ? multiplyNormal : (a: Sum, b: Sum) => multiply(a, b, {}, context.limit);
  if (linear(sum)) {
    const contraction = context.normal ? new Map() : multiply(sum, sum, { vacuum: true, degree: (c, a) => c + a === 0 });
    let estimate = 0;
    for (let k = 0; 2 * k <= n; k++) {
      estimate += choose(n - 2 * k + terms.length - 1, terms.length - 1);
      if (contraction.size === 0) break;
      if (estimate > (context.limit ?? termLimit)) return tooLarge(n);
    }
    if (estimate > (context.limit ?? termLimit)) return tooLarge(n);
    const into: Accumulator = new Map();
    const powers = terms.map(powersOf);
    let s: Sum = constant(1);
    let weight = 1n;
    let halves = 1n;
    for (let k = 0; 2 * k <= n; k++) {
      const factor: Accumulator = new Map();
      addInto(factor, s, gauss(weight, 0, halves));
      normalPower(powers, n - 2 * k, factor, into);
      checkWork();
      if (contraction.size === 0) break;
      s = multiplyNormal(s, contraction);
      if (s.size === 0) break;
      weight = (weight * BigInt(n - 2 * k) * BigInt(n - 2 * k - 1)) / BigInt(k + 1);
      halves *= 2n;
    }
    return into;
  }
  if (n > 5000) return tooLarge(n);
  let value = sum;
  for (let k = 1; k < n; k++) {
    value = times_(value, sum);
    checkWork();
  }
  return value;
}

/** <L^n> of a linear bosonic L: (n-1)!! s^{n/2} for even n. Undefined when L is not linear. */
export function linearMoment(sum: Sum, n: number): Sum | undefined {
  if (!linear(sum) || n < 0 || n > 10_000) return undefined;
  if (n % 2 === 1) return new Map();
  const contraction = multiply(sum, sum, { vacuum: true, degree: (c, a) => c + a === 0 });
  let weight = 1n;
  for (let k = n - 1; k > 1; k -= 2) weight *= BigInt(k);
  let value: Sum = constant(integer(weight));
  for (let k = 0; k < n / 2; k++) value = multiplyNormal(value, contraction);
  return value;
}

/** A single term that commutes with itself: scalars, or bosonic operators of one type only. */
function oneSided(term: Term): boolean {
  let [creators, annihilators] = [0, 0];
  for (let i = 0; i < term.mono.length; i += 2) {
    const atom = atomOf(term.mono[i] as number);
    if (atom.fermions > 0) return false;
    creators += atom.creators;
    annihilators += atom.annihilators;
  }
  return creators === 0 || annihilators === 0;
}
