import { internVertex } from "../algebra/atom.js";
import { ladderHead } from "../algebra/head.js";
import { type Coefficient, integer } from "../algebra/number.js";
import { type Accumulator, checkWork, keyOf, type Sum, termLimit } from "../algebra/sum.js";
import type { Expression, Species } from "../core/expression.js";
import type { Context } from "./context.js";

/**
 * Words in one bosonic mode without labels, straight to their coefficients. What can be read like this needs no
 * sums in between, and in a fresh process little of the program: compiling the general way takes longer than the
 * result. Everything else is left to it (`undefined`), also what is too large, for its message.
 */
export function oneMode(e: Expression, context: Context): Sum | undefined {
  if (e.kind === "power" && e.base.kind === "sum") return context.normal ? undefined : binomial(e.base.terms, e.exponent, context);
  const factors = e.kind === "product" ? e.factors : [e];
  const first = factors.find((factor) => factor.kind !== "number");
  // Mostly the first operator tells that this is no such word.
  return first !== undefined && letter(first.kind === "power" ? first.base : first) ? word(factors, context) : undefined;
}

/** A ladder operator c or c^* of a mode that can be treated here. */
function letter(e: Expression): e is Expression & { readonly kind: "ladder" } {
  return e.kind === "ladder" && e.species.slots.length === 0 && e.species.statistics === "boson";
}

const largest = 32_000n;

/**
 * A product of whole numbers and powers of c and c^*. With P creators and Q annihilators so far,
 *   (sum_k s_k (c^*)^{P-k} c^{Q-k}) (c^*)^m = sum_{k,l} s_k l! C(Q-k,l) C(m,l) (c^*)^{P+m-k-l} c^{Q-k-l}.
 */
function word(factors: readonly Expression[], context: Context): Sum | undefined {
  let species: Species | undefined;
  let counts = [1n];
  let [creators, annihilators] = [0, 0];
  for (const factor of factors) {
    if (factor.kind === "number" && factor.value.d === 1n && factor.value.n !== 0n) {
      for (let k = 0; k < counts.length; k++) counts[k] = (counts[k] as bigint) * factor.value.n;
      continue;
    }
    const power = factor.kind === "power";
    const base = power ? factor.base : factor;
    if (!letter(base) || (species !== undefined && base.species !== species)) return undefined;
    if (power && (factor.exponent.d !== 1n || factor.exponent.n < 0n || factor.exponent.n > largest)) return undefined;
    species = base.species;
    const m = power ? Number(factor.exponent.n) : 1;
    if (!base.creation) {
      annihilators += m;
      continue;
    }
    const next: bigint[] = [];
    for (let k = 0; k < counts.length; k++) {
      let weight = counts[k] as bigint;
      const most = context.normal ? 0 : Math.min(annihilators - k, m);
      for (let l = 0; l <= most; l++) {
        next[k + l] = (next[k + l] ?? 0n) + weight;
        weight = (weight * BigInt((annihilators - k - l) * (m - l))) / BigInt(l + 1);
        if ((l & 255) === 255) checkWork();
      }
      checkWork();
    }
    counts = next;
    creators += m;
  }
  if (species === undefined || creators + annihilators > largest || counts.length > (context.limit ?? termLimit)) return undefined;
  const term = writer(species);
  for (let k = 0; k < counts.length; k++) term.add(creators - k, annihilators - k, integer(counts[k] as bigint));
  return term.sum;
}

/**
 * (a c^* + b c)^n with whole numbers a, b:
 *   sum_k n! / (2^k k! (n-2k)!) (a b)^k sum_{i+j=n-2k} C(n-2k,i) (a c^*)^i (b c)^j,
 * the Hermite expansion, e.g. W. H. Louisell, Quantum Statistical Properties of Radiation (1973), ch. 3.
 */
function binomial(terms: readonly Expression[], exponent: { readonly n: bigint; readonly d: bigint }, context: Context): Sum | undefined {
  const n = Number(exponent.n);
  if (exponent.d !== 1n || n < 0 || (n / 2 + 1) ** 2 > (context.limit ?? termLimit)) return undefined;
  let species: Species | undefined;
  let [up, down] = [0n, 0n];
  for (const term of terms) {
    const factors: readonly Expression[] = term.kind === "product" ? term.factors : [term];
    let weight = 1n;
    let found: (Expression & { readonly kind: "ladder" }) | undefined;
    for (const factor of factors) {
      if (factor.kind === "number" && factor.value.d === 1n) weight *= factor.value.n;
      else if (found === undefined && letter(factor)) found = factor;
      else return undefined;
    }
    if (found === undefined || (species !== undefined && found.species !== species)) return undefined;
    species = found.species;
    if (found.creation) up += weight;
    else down += weight;
  }
  if (species === undefined || up === 0n || down === 0n) return undefined;
  const plain = up === 1n && down === 1n;
  const result = writer(species);
  // n! / (2^k k! (n-2k)!) (a b)^k.
  let row = 1n;
  for (let k = 0; 2 * k <= n; k++) {
    const m = n - 2 * k;
    let weight = row;
    // A row reads the same from both ends, but for the powers of a and b.
    for (let i = 0; 2 * i <= m; i++) {
      const j = m - i;
      if (plain) {
        const value = integer(weight);
        result.add(i, j, value);
        if (i !== j) result.add(j, i, value);
      } else {
        result.add(i, j, integer(weight * up ** BigInt(i) * down ** BigInt(j)));
        if (i !== j) result.add(j, i, integer(weight * up ** BigInt(j) * down ** BigInt(i)));
      }
      weight = (weight * BigInt(j)) / BigInt(i + 1);
    }
    row = ((row * BigInt(m * (m - 1))) / BigInt(2 * (k + 1))) * up * down;
    checkWork();
  }
  return result.sum;
}

/** Collects coefficients of (c^*)^i c^j; no pair (i, j) may come twice. */
function writer(species: Species): { readonly sum: Sum; readonly add: (i: number, j: number, coefficient: Coefficient) => void } {
  const sum: Accumulator = new Map();
  const up = internVertex({ head: ladderHead(species, true), args: [], exp: 1 }).id;
  const down = internVertex({ head: ladderHead(species, false), args: [], exp: 1 }).id;
  const add = (i: number, j: number, coefficient: Coefficient): void => {
    const mono = i === 0 ? (j === 0 ? [] : [down, j]) : j === 0 ? [up, i] : up < down ? [up, i, down, j] : [down, j, up, i];
    sum.set(keyOf(0, mono), { coefficient, scalar: 0, mono });
  };
  return { sum, add };
}
