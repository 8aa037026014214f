import type { Kind, Species, SymbolInfo, Symmetry } from "../core/expression.js";
import { nowhere } from "../source/span.js";
import { hash, unit } from "./hash.js";
import { Unsupported } from "./limits.js";
import type { Ring, Value } from "./ring.js";
import { orbit, residueOf, scaleOf } from "./table.js";

/**
 * Derivatives on a cyclic group of n points, n odd. With w a primitive n-th root of unity every function of a residue is a
 * sum of w^{q x}, |q| < n/2, and the derivative is the multiplier w^{q x} -> (i c q) w^{q x}, c a random real number: the
 * derivative on a circle of circumference 2 pi / c. It commutes with translations and with conjugation and is antisymmetric,
 * so that integration by parts always holds; the product rule holds for F G as long as no frequency of the product passes
 * (n-1)/2. Hence all declared functions are random trigonometric polynomials with frequencies up to a small `band`, all
 * tests (free labels, outer operators) are of this kind too, and n is chosen by `bandwidth.ts` so that no product that matters
 * passes the limit. Terms with different numbers of derivatives cannot cancel, c being random.
 *
 * Exactly: for a prime p with n | p+1 the Frobenius map takes w to w^p = 1/w, as complex conjugation does.
 */
export interface Trigonometry {
  readonly points: number;
  readonly band: number;
  /** w^k for a residue k. */
  readonly power: (k: number) => Value;
  /** The values D(u) with (d/dx)^order F(x) = sum_y D(x-y) F(y). */
  readonly multiplier: (order: number) => readonly Value[];
}

/** @param circumference words of the random number c */
export function trigonometry(ring: Ring, prime: number | undefined, points: number, band: number, words: readonly number[]): Trigonometry {
  const root = prime === undefined ? undefined : rootOfUnity(ring, prime, points, words);
  const powers: Value[] = [ring.one];
  for (let k = 1; k < points; k++) {
    const angle = (2 * Math.PI * k) / points;
    powers.push(root === undefined ? [Math.cos(angle), Math.sin(angle), 1] : ring.multiply(powers[k - 1] as Value, root));
  }
  const c = prime === undefined ? 0.5 + unit([...words, 1]) : 1 + (hash([...words, 1]) % (prime - 1));
  const speed = ring.resize(prime === undefined ? [0, c, c] : [0, c]);
  const known = new Map<number, readonly Value[]>();
  const half = (points - 1) / 2;
  const over = ring.rational({ n: 1n, d: BigInt(points) });
  return {
    points,
    band,
    power: (k) => powers[k % points] as Value,
    multiplier: (order) => {
      const old = known.get(order);
      if (old !== undefined) return old;
      const made: Value[] = [];
      for (let u = 0; u < points; u++) {
        let sum = ring.zero;
        for (let q = -half; q <= half; q++) {
          let term = powers[(((q * u) % points) + points) % points] as Value;
          for (let i = 0; i < order; i++) term = ring.scale(ring.multiply(speed, term), q);
          sum = ring.add(sum, term);
        }
        made.push(ring.multiply(over, sum));
      }
      known.set(order, made);
      return made;
    },
  };
}

/** A primitive n-th root of unity of norm 1 in GF(p)[i], n | p+1: conj(z)/z to the power (p+1)/n. */
function rootOfUnity(ring: Ring, prime: number, n: number, words: readonly number[]): Value {
  const raise = (base: Value, exponent: number): Value => {
    let result = ring.one;
    let square = base;
    for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
      if (rest % 2 === 1) result = ring.multiply(result, square);
      square = ring.multiply(square, square);
    }
    return result;
  };
  const isOne = (v: Value): boolean => ring.isZero(ring.subtract(v, ring.one));
  const divisors = Array.from({ length: n - 1 }, (_, i) => i + 1).filter((d) => n % d === 0);
  for (let draw = 0; draw < 1000; draw++) {
    const z = ring.resize([1 + (hash([...words, 2, draw]) % (prime - 1)), hash([...words, 3, draw]) % prime]);
    const w = raise(ring.multiply(ring.conj(z), ring.invert(z)), (prime + 1) / n);
    if (divisors.every((d) => !isOne(raise(w, d)))) return w;
  }
  throw new Unsupported("no root of unity was found for the finite model", nowhere);
}

/** A function in frequencies: what its symmetries say about its Fourier coefficients. */
function spectrum(symbol: SymbolInfo): SymbolInfo {
  const space = symbol.slots.map((s) => s.kind === "space");
  // f(x) = conj f(g x) is c_q = conj c_{-g q}, and a real f is c_q = conj c_{-q}.
  const symmetries: Symmetry[] = symbol.symmetries.map((s) =>
    s.conjugated && !symbol.real ? { ...s, negated: s.negated.map((n, i) => n !== space[i]) } : { ...s, conjugated: false },
  );
  if (symbol.real) symmetries.push({ permutation: symbol.slots.map((_, i) => i), negated: space, sign: 1, conjugated: true });
  return { ...symbol, real: false, symmetries };
}

/** Gives the number for a Fourier coefficient: of a symbol, for frequencies and points slot by slot, real or not. */
export type Draw = (words: readonly number[], real: boolean) => Value;

interface Mode {
  /** Residues of the frequencies, one for each slot of space. */
  readonly frequencies: readonly number[];
  readonly coefficient: Value;
}

/** Random trigonometric polynomials for declared functions, in their slots of space; other slots are points as they are. */
export class Polynomials {
  private readonly trigonometry: Trigonometry;
  private readonly ring: Ring;
  private readonly draw: Draw;
  private readonly scaleWords: (scale: number) => readonly number[];
  private readonly factor: (symbol: SymbolInfo) => Value | undefined;
  private readonly spectra = new Map<number, SymbolInfo>();
  private readonly modes = new Map<string, readonly Mode[]>();

  constructor(
    trigonometry: Trigonometry,
    ring: Ring,
    draw: Draw,
    scaleWords: (scale: number) => readonly number[],
    factor: (symbol: SymbolInfo) => Value | undefined,
  ) {
    this.trigonometry = trigonometry;
    this.ring = ring;
    this.draw = draw;
    this.scaleWords = scaleWords;
    this.factor = factor;
  }

  forget(): void {
    this.modes.clear();
  }

  /**
   * The t^order coefficient of f at a tuple of points. Functions at different scales, u -> f(u) and u -> f(N u), are
   * different polynomials with the same value at the origin.
   */
  value(symbol: SymbolInfo, tuple: readonly number[], order: number): Value {
    const scaled = tuple.some((p, i) => symbol.slots[i]?.kind === "space" && scaleOf(p) > 0);
    const own = this.sum(symbol, tuple, order);
    if (!scaled) return own;
    if (symbol.slots.length > 1)
      throw new Unsupported(
        `${symbol.name} has several labels, some of them scaled by a parameter: with derivatives the finite model cannot follow that`,
        nowhere,
      );
    const origin = tuple.map((p) => 64 * scaleOf(p));
    return this.ring.add(this.ring.subtract(own, this.sum(symbol, origin, order)), this.sum(symbol, [0], order));
  }

  private sum(symbol: SymbolInfo, tuple: readonly number[], order: number): Value {
    const { ring, trigonometry } = this;
    const at = tuple.flatMap((p, i) => (symbol.slots[i]?.kind === "space" ? [residueOf(p)] : []));
    let sum = ring.zero;
    for (const { frequencies, coefficient } of this.modesOf(symbol, tuple, order)) {
      const phase = frequencies.reduce((total, q, i) => total + q * (at[i] as number), 0);
      sum = ring.add(sum, ring.multiply(coefficient, trigonometry.power(phase)));
    }
    return sum;
  }

  private modesOf(symbol: SymbolInfo, tuple: readonly number[], order: number): readonly Mode[] {
    const frame = tuple.map((p, i) => (symbol.slots[i]?.kind === "space" ? p - residueOf(p) : p));
    const key = `${symbol.id}:${order}:${frame.join()}`;
    const known = this.modes.get(key);
    if (known !== undefined) return known;
    const { points, band } = this.trigonometry;
    let hat = this.spectra.get(symbol.id);
    if (hat === undefined) {
      hat = spectrum(symbol);
      this.spectra.set(symbol.id, hat);
    }
    let lists: readonly (readonly number[])[] = [[]];
    for (const slot of symbol.slots) {
      if (slot.kind !== "space") continue;
      const range = Array.from({ length: 2 * band + 1 }, (_, i) => (i - band + points) % points);
      lists = lists.flatMap((list) => range.map((q) => [...list, q]));
    }
    const modes: Mode[] = [];
    for (const frequencies of lists) {
      let next = 0;
      const place = frame.map((p, i) => (symbol.slots[i]?.kind === "space" ? p + (frequencies[next++] as number) : p));
      const coefficient = this.coefficient(hat, place, order);
      if (!this.ring.isZero(coefficient)) modes.push({ frequencies, coefficient });
    }
    this.modes.set(key, modes);
    return modes;
  }

  private coefficient(hat: SymbolInfo, place: readonly number[], order: number): Value {
    const { ring } = this;
    const found = orbit(hat, place, this.trigonometry.points);
    if (found.real && found.imaginary) return ring.zero;
    const words = found.representative.flatMap((p, i) =>
      hat.slots[i]?.kind === "finite" || p < 64 ? [p] : [residueOf(p), -7, ...this.scaleWords(scaleOf(p))],
    );
    let v = this.draw([hat.id, order, found.representative.length, ...words], found.real || found.imaginary);
    if (found.imaginary) v = ring.multiply(v, ring.imaginary);
    const factor = this.factor(hat);
    if (factor !== undefined) v = ring.multiply(v, factor);
    if (found.conjugated) v = ring.conj(v);
    return found.sign < 0 ? ring.negate(v) : v;
  }
}

/** A function of a species' labels by which its operators are tested; `which` tells several apart. */
export function testOf(species: Species, which: number): SymbolInfo {
  const { name, slots, layout } = species;
  return { id: -(1000 * (species.id + 1) + which), name, slots, real: false, symmetries: [], layout };
}

const plain = { base: "", subscript: [], superscript: [], arguments: [] };

/** The symbols Omega_i of `Modes.forms` are annihilators of this species. */
export const formSpecies: Species = { id: -1, name: "", statistics: "fermion", slots: [], layout: plain };

/** A function by which a free label is tested. */
export const testAt = (kind: Kind, which: number): SymbolInfo => ({
  id: -1 - which,
  name: "",
  slots: [kind],
  real: false,
  symmetries: [],
  layout: plain,
});
