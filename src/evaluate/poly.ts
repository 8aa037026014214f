import { Exhausted } from "./limits.js";
import type { Ring, Value } from "./ring.js";

/**
 * Polynomials in the symbols of ladder operators: for each mode a symbol zeta of its creator and a symbol
 * omega of its annihilator. Bosonic symbols commute with everything, fermionic ones anticommute with each other
 * (a Grassmann algebra, over scalars that are ordinary numbers). A symbol is the number `2^20 [omega] + mode`;
 * a monomial is kept with its symbols in increasing order, so all zeta stand left of all omega: the monomial
 * zeta_I omega_J is the normal-ordered operator a^*_I a_J.
 */
export type Poly = Map<Monomial, Value>;

const OMEGA = 1048576;
export const creatorSymbol = (mode: number): number => mode;
export const annihilatorSymbol = (mode: number): number => OMEGA + mode;
export const isAnnihilator = (symbol: number): boolean => symbol >= OMEGA;
export const modeOfSymbol = (symbol: number): number => symbol % OMEGA;

/** An interned monomial with the results of multiplying by and differentiating in single symbols, as they get known. */
export interface Monomial {
  readonly symbols: readonly number[];
  readonly creators: number;
  readonly annihilators: number;
  readonly raised: Map<number, Step>;
  readonly lowered: Map<number, Step>;
}

/** `factor` is a sign, an exponent, or zero (then `to` is the monomial itself). */
export interface Step {
  readonly to: Monomial;
  readonly factor: number;
}

/** A few hundred megabytes at most. */
const longest = 600;
const mostMonomials = 300000;

/** All monomials of a model; `fermionic(mode)` says which symbols anticommute. */
export class Monomials {
  readonly unit: Monomial;
  /** Told of the work that a new monomial makes. */
  charge: (operations: number) => void = () => undefined;
  private readonly table = new Map<string, Monomial>();
  private limit = mostMonomials;
  private readonly fermionic: (mode: number) => boolean;

  constructor(fermionic: (mode: number) => boolean) {
    this.fermionic = fermionic;
    this.unit = this.intern([]);
  }

  get size(): number {
    return this.table.size;
  }

  /** Lets as many come to those that there are as another equation may have on its own. */
  extend(): void {
    this.limit = this.table.size + mostMonomials;
  }

  private intern(symbols: readonly number[]): Monomial {
    const key = symbols.join(",");
    const known = this.table.get(key);
    if (known !== undefined) return known;
    if (symbols.length > longest || this.table.size > this.limit) throw new Exhausted();
    this.charge(10 + symbols.length);
    let annihilators = 0;
    for (const s of symbols) if (isAnnihilator(s)) annihilators++;
    const made: Monomial = { symbols, creators: symbols.length - annihilators, annihilators, raised: new Map(), lowered: new Map() };
    this.table.set(key, made);
    return made;
  }

  /** symbol * m, the symbol carried to its place past the fermionic symbols before it. */
  raise(m: Monomial, symbol: number): Step {
    const known = m.raised.get(symbol);
    if (known !== undefined) return known;
    const odd = this.fermionic(modeOfSymbol(symbol));
    let place = 0;
    let passed = 0;
    while (place < m.symbols.length && (m.symbols[place] as number) < symbol) {
      if (odd && this.fermionic(modeOfSymbol(m.symbols[place] as number))) passed++;
      place++;
    }
    const step: Step =
      odd && m.symbols[place] === symbol
        ? { to: m, factor: 0 }
        : { to: this.intern([...m.symbols.slice(0, place), symbol, ...m.symbols.slice(place)]), factor: passed % 2 === 0 ? 1 : -1 };
    m.raised.set(symbol, step);
    return step;
  }

  /** The left derivative of m in a symbol. */
  lower(m: Monomial, symbol: number): Step {
    const known = m.lowered.get(symbol);
    if (known !== undefined) return known;
    const odd = this.fermionic(modeOfSymbol(symbol));
    const place = m.symbols.indexOf(symbol);
    let step: Step = { to: m, factor: 0 };
    if (place >= 0) {
      let factor = 1;
      if (odd) {
        for (let i = 0; i < place; i++) if (this.fermionic(modeOfSymbol(m.symbols[i] as number))) factor = -factor;
      } else factor = m.symbols.lastIndexOf(symbol) - place + 1;
      step = { to: this.intern([...m.symbols.slice(0, place), ...m.symbols.slice(place + 1)]), factor };
    }
    m.lowered.set(symbol, step);
    return step;
  }
}

/** into += value * m, dropping what becomes zero. */
export function accumulate(ring: Ring, into: Poly, m: Monomial, value: Value): void {
  const old = into.get(m);
  if (old === undefined) {
    if (!ring.isZero(value)) into.set(m, value);
    return;
  }
  const sum = ring.add(old, value);
  if (ring.isZero(sum)) into.delete(m);
  else into.set(m, sum);
}

/** into += factor * source. */
export function addPoly(ring: Ring, into: Poly, source: Poly, factor: Value): void {
  for (const [m, value] of source) accumulate(ring, into, m, ring.multiply(factor, value));
}

/** symbol * p. */
export function raisePoly(ring: Ring, monomials: Monomials, p: Poly, symbol: number): Poly {
  const out: Poly = new Map();
  for (const [m, value] of p) {
    const step = monomials.raise(m, symbol);
    if (step.factor !== 0) out.set(step.to, step.factor === 1 ? value : ring.negate(value));
  }
  return out;
}

/** Product in the written order: symbols of the left factor are carried in from its right end. */
export function multiplyPoly(ring: Ring, monomials: Monomials, left: Poly, right: Poly, spend: (k: number) => void): Poly {
  const out: Poly = new Map();
  for (const [m, value] of left) {
    spend(right.size + 1);
    let shifted = right;
    for (let i = m.symbols.length - 1; i >= 0; i--) shifted = raisePoly(ring, monomials, shifted, m.symbols[i] as number);
    addPoly(ring, out, shifted, value);
  }
  return out;
}
