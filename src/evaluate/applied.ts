import type { Span } from "../source/span.js";
import { type Complex, entry, plus } from "./complex.js";
import { Fock, norm, type Sparse } from "./fock.js";
import { generatorOf } from "./generator.js";
import { Exhausted, Singular, Unsupported } from "./limits.js";
import { Machine } from "./machine.js";
import { applied, type Exponent, gaussian, type Metaplectic, metaplectic } from "./metaplectic.js";
import { deviation } from "./near.js";
import type { Node } from "./node.js";
import { accumulate, addPoly, creatorSymbol, type Monomial, modeOfSymbol, type Poly } from "./poly.js";
import type { Value } from "./ring.js";
import { type Background, initialState, makeBackground, type State } from "./state.js";
import type { Letter, Word } from "./word.js";

const unknown =
  "a unitary is left over that does not cancel: the finite model knows it alone only without derivatives and for few modes of fermions";
/** Fermions have a Fock space of finite dimension, all of which is used. */
const mostFermions = 14;
/** A purpose of random numbers that `numbers.ts` and `assume.ts` do not have. */
const vectorPurpose = 31;
const mostWork = 2e8;
/** Differences relative to the sizes of terms: above rounding, and below what a false equation has. */
const unclear = [1e-11, 1e-8] as const;
const mostExponent = 500;
/** A truncation that does more than this is no check. */
const worstError = 1e-3;
/** States of a truncated space, and the most bosons of its states. */
const mostStates = 4000;
const mostBosons = 40;

/** A polynomial before exp(1/2 zeta S zeta + beta zeta), S by its word; `others` are the exponents of modes that no word touches. */
interface Part {
  readonly word: Metaplectic;
  readonly beta: readonly Complex[];
  readonly others: ReadonlyMap<number, Value>;
  readonly poly: Poly;
}

/** What was found in a truncated Fock space. */
export interface Truncation {
  /** A bound of what the truncation does to a vector or number, relative to its terms. */
  readonly error: number;
  /** The most bosons that its states have. */
  readonly particles: number;
}

/** A generator's normal symbol: of bosons, with its constant, and of fermions. */
interface Split {
  readonly bosons: Poly;
  readonly fermions: Poly;
}

type Sum = ReadonlyMap<string, { readonly background: Background; readonly poly: Poly }>;

/**
 * A machine that applies the words of unitaries that others leave before a vector: exp(Q) on bosons as in `metaplectic.ts`, on
 * fermions in all of their Fock space. Fermions start from a random vector instead of symbols omega.
 */
export class Applied extends Machine {
  private readonly splits = new Map<string, Split>();
  private readonly transforms = new Map<string, Metaplectic>();
  private readonly exponents = new Map<string, Sparse>();
  private truncating = false;
  private found: Truncation | undefined;

  override forget(): void {
    super.forget();
    this.splits.clear();
    this.transforms.clear();
    this.exponents.clear();
  }

  /** <A>, also where a word is left. */
  protected override expectation(operator: Node, order: number): Value {
    const ring = this.ring(order);
    const state = this.apply(operator, initialState("vacuum", ring, this.modes), order);
    if ([...state.parts.values()].every(({ background }) => background.word.first === undefined)) {
      let sum = ring.zero;
      for (const { background, poly } of state.parts.values())
        sum = ring.add(sum, ring.multiply(poly.get(this.modes.monomials.unit) ?? ring.zero, ring.exp(background.scalar)));
      return sum;
    }
    if (order > 0) throw new Unsupported(unknown, operator.span);
    let sum = ring.zero;
    for (const { poly } of this.parts(state.parts, operator.span)) sum = ring.add(sum, poly.get(this.modes.monomials.unit) ?? ring.zero);
    if (this.truncating) {
      const again = this.inTruncated(state.parts);
      if (again !== undefined)
        this.learn(
          again,
          Math.hypot((sum[0] as number) - (again.vector[0] as number), (sum[1] as number) - (again.vector[1] as number)),
          operator.span,
        );
    }
    return sum;
  }

  /** How far two operators are apart on a generic vector: the largest coefficient of the difference relative to its terms. */
  apart(left: Node, right: Node): number {
    const ring = this.ring(0);
    // The first time finds the modes.
    let modes = -1;
    let sum: Sum = new Map();
    for (let turn = 0; turn < 4 && modes !== this.compiler.places.length; turn++) {
      modes = this.compiler.places.length;
      sum = this.difference(left, right, this.start(left.span));
    }
    let worst = 0;
    for (const { poly, gap } of this.merged(this.parts(sum, left.span))) {
      worst = Math.max(worst, gap);
      for (const value of poly.values()) worst = Math.max(worst, deviation(ring, value));
    }
    if (worst > unclear[0] && worst < unclear[1])
      throw new Unsupported("both sides differ by so little that it may be rounding: the finite model does not decide", left.span);
    return worst;
  }

  /**
   * The same in a truncated Fock space, on a vector with one boson at most, and the expectations that occur; to be asked where
   * both sides agree. @throws Unsupported where they do not here
   */
  truncated(left: Node, right: Node): Truncation | undefined {
    this.truncating = true;
    this.found = undefined;
    if (left.scalar && right.scalar) {
      for (const side of [left, right]) this.scalar(side, 0);
      return this.found;
    }
    const again = this.inTruncated(this.difference(left, right, this.start(left.span, 1)));
    if (again !== undefined) this.learn(again, norm(again.vector), left.span);
    return this.found;
  }

  private learn(again: { readonly error: number; readonly size: number; readonly particles: number }, distance: number, span: Span): void {
    if (distance > again.error + 1e-9 * again.size)
      throw new Unsupported("the finite model finds something else in a truncated Fock space: please report this equation", span);
    const error = again.error / again.size;
    if (this.found === undefined || error > this.found.error) this.found = { error, particles: again.particles };
  }

  private difference(left: Node, right: Node, start: State): Sum {
    const ring = this.ring(0);
    const sum = this.apply(left, start, 0).parts;
    for (const { background, poly } of this.apply(right, start, 0).parts.values()) {
      const known = sum.get(background.key) ?? { background, poly: new Map() };
      sum.set(background.key, known);
      addPoly(ring, known.poly, poly, ring.negate(ring.one));
    }
    return sum;
  }

  /** A random vector of the fermions, times exp(r a^*) |0> or a random vector with a few bosons. */
  private start(span: Span, bosons?: number): State {
    const ring = this.ring(0);
    const { monomials, reference, fermionic, noWord } = this.modes;
    const all = this.compiler.places.map((_, mode) => mode);
    const odd = all.filter(fermionic);
    const even = all.filter((mode) => !fermionic(mode));
    if (odd.length > mostFermions || this.compiler.band !== undefined) throw new Unsupported(unknown, span);
    const shift = new Map(bosons === undefined ? even.map((mode) => [mode, reference(mode, ring)]) : []);
    const poly: Poly = new Map();
    for (let set = 0; set < 2 ** odd.length; set++) {
      let m = monomials.unit;
      for (let i = odd.length - 1; i >= 0; i--) if (set & (1 << i)) m = monomials.raise(m, creatorSymbol(odd[i] as number)).to;
      poly.set(m, this.draw([vectorPurpose, set], false));
      if (bosons !== undefined)
        for (const mode of even) poly.set(monomials.raise(m, creatorSymbol(mode)).to, this.draw([vectorPurpose, set, mode], false));
    }
    const background = makeBackground(ring, shift, ring.zero, new Map(), noWord);
    return { start: "vacuum", parts: new Map([[background.key, { background, poly }]]) };
  }

  // ---- words ------------------------------------------------------------------------------------------------

  private splitOf(letter: Letter): Split {
    const { unitary } = letter.node;
    const known = this.splits.get(`${unitary.id}`);
    if (known !== undefined) return known;
    const ring = this.ring(0);
    const symbol = this.symbol(letter.node.generator, 0);
    // Complains of what is no generator.
    generatorOf(ring, this.modes, letter.node, symbol);
    const made: Split = { bosons: new Map(), fermions: new Map() };
    for (const [m, value] of symbol)
      (m.symbols.some((s) => this.modes.fermionic(modeOfSymbol(s))) ? made.fermions : made.bosons).set(m, value);
    this.splits.set(`${unitary.id}`, made);
    return made;
  }

  private letters(sum: Sum): readonly Letter[] {
    const found = new Map<string, Letter>();
    for (const { background } of sum.values()) for (const letter of spelled(background.word)) found.set(letter.key, letter);
    return [...found.values()];
  }

  /** Vectors with their words applied. */
  private parts(sum: Sum, span: Span): readonly Part[] {
    if (this.compiler.band !== undefined) throw new Unsupported(unknown, span);
    const ring = this.ring(0);
    const letters = this.letters(sum).map((letter) => this.splitOf(letter));
    const modes = modesOf(letters.map(({ bosons }) => bosons));
    const odd = letters.some(({ fermions }) => fermions.size > 0)
      ? modesOf([...letters.map(({ fermions }) => fermions), ...[...sum.values()].map(({ poly }) => poly)]).filter(this.modes.fermionic)
      : [];
    if (odd.length > mostFermions) throw new Unsupported(unknown, span);
    const space = new Fock(odd, this.modes.fermionic, 0);
    const out: Part[] = [];
    for (const { background, poly } of sum.values()) {
      if (poly.size === 0) continue;
      const word = this.transform(background.word, modes);
      const number = (mode: number): Complex => {
        const value = background.shift.get(mode);
        return value === undefined ? [0, 0] : [value[0] as number, value[1] as number];
      };
      const { beta, factor } = gaussian(word, modes.map(number));
      const others = new Map([...background.shift].filter(([mode]) => !modes.includes(mode)));
      const exponent = ring.add(background.scalar, [...factor, Math.hypot(...factor)]);
      if (!((exponent[2] as number) < mostExponent)) throw new Singular("an exponent is too large for its exponential to be known well");
      const scale = ring.exp(exponent);
      const turned = odd.length === 0 ? poly : this.turn(background.word, poly, space);
      const raised = this.through(word, beta, modes, turned);
      const scaled: Poly = new Map();
      addPoly(ring, scaled, raised, scale);
      out.push({ word, beta, others, poly: scaled });
    }
    return out;
  }

  private transform(word: Word, modes: readonly number[]): Metaplectic {
    const key = `${word.key}|${modes.join()}`;
    const known = this.transforms.get(key);
    if (known !== undefined) return known;
    const exponents = spelled(word).map((letter): Exponent => ({ symbol: this.splitOf(letter).bosons, inverse: letter.inverse }));
    this.modes.spend(30 * (exponents.length + 1) * (2 * modes.length + 2) ** 3);
    const made = metaplectic(modes, exponents);
    if (made === undefined) throw new Singular("a unitary is too far from the identity");
    this.transforms.set(key, made);
    return made;
  }

  /** P(w a^* w^{-1}) before the Gaussian, by Horner's rule in one symbol after another. */
  private through(word: Metaplectic, beta: readonly Complex[], modes: readonly number[], poly: Poly): Poly {
    const ring = this.ring(0);
    const { monomials, spend } = this.modes;
    // What is zero up to rounding is small beside the largest entries.
    const value = (c: Complex): Value => [...c, Math.max(word.largest / 20, Math.hypot(...c))];
    const numbers = applied(word.lower, beta).map((c, i) => value(plus(c, word.constant[i] as Complex)));
    const row = (a: Metaplectic["raise"], i: number): readonly Value[] => modes.map((_, j) => value(entry(a, i, j)));
    const raises = modes.map((_, i) => row(word.raise, i));
    const lowers = modes.map((_, i) => row(word.lower, i));
    const place = new Map(modes.map((mode, i) => [creatorSymbol(mode), i]));
    const act = (i: number, p: Poly): Poly => {
      const out: Poly = new Map();
      spend(p.size * (2 * modes.length + 1));
      for (const [m, c] of p) {
        accumulate(ring, out, m, ring.multiply(numbers[i] as Value, c));
        modes.forEach((mode, j) => {
          const up = monomials.raise(m, creatorSymbol(mode));
          accumulate(ring, out, up.to, ring.multiply(raises[i]?.[j] as Value, c));
          const down = monomials.lower(m, creatorSymbol(mode));
          if (down.factor !== 0) accumulate(ring, out, down.to, ring.multiply(lowers[i]?.[j] as Value, ring.scale(c, down.factor)));
        });
      }
      return out;
    };
    const horner = (p: Poly): Poly => {
      let symbol: number | undefined;
      for (const m of p.keys()) symbol ??= m.symbols.find((s) => place.has(s));
      if (symbol === undefined) return p;
      const inner: Poly = new Map();
      const rest: Poly = new Map();
      for (const [m, c] of p) {
        const { to, factor } = monomials.lower(m, symbol);
        if (factor === 0) rest.set(m, c);
        else inner.set(to, c);
      }
      const out = act(place.get(symbol) as number, horner(inner));
      addPoly(ring, out, horner(rest), ring.one);
      return out;
    };
    return word.size === 0 ? poly : horner(poly);
  }

  /** The fermions' part of a word, applied. */
  private turn(word: Word, poly: Poly, space: Fock): Poly {
    const ring = this.ring(0);
    const { monomials, fermionic } = this.modes;
    const byBosons = new Map<Monomial, Poly>();
    for (const [m, value] of poly) {
      let [even, odd] = [monomials.unit, monomials.unit];
      for (const s of [...m.symbols].reverse())
        if (fermionic(modeOfSymbol(s))) odd = monomials.raise(odd, s).to;
        else even = monomials.raise(even, s).to;
      const known = byBosons.get(even) ?? new Map<Monomial, Value>();
      byBosons.set(even, known);
      known.set(odd, value);
    }
    const out: Poly = new Map();
    for (const [even, vector] of byBosons) {
      const size = Math.sqrt([...vector.values()].reduce((sum, v) => sum + (v[2] as number) ** 2, 0));
      let current = space.vector(vector) as Float64Array;
      for (const letter of [...spelled(word)].reverse()) {
        this.modes.spend(20 * current.length);
        current = this.exponential(space, letter, current, "fermions").vector;
      }
      for (const [odd, value] of space.poly(current, monomials, size)) {
        let m = odd;
        for (const s of [...even.symbols].reverse()) m = monomials.raise(m, s).to;
        accumulate(ring, out, m, value);
      }
    }
    return out;
  }

  private exponential(space: Fock, letter: Letter, vector: Float64Array, what: "fermions" | "all"): ReturnType<Fock["exponential"]> {
    const { bosons, fermions } = this.splitOf(letter);
    const key = `${what} ${letter.node.unitary.id} ${space.cutoff} ${space.modes.join()}`;
    const q = this.exponents.get(key) ?? space.matrix(what === "fermions" ? fermions : new Map([...bosons, ...fermions]));
    this.exponents.set(key, q);
    return space.exponential(q, letter.inverse ? -1 : 1, vector, mostWork);
  }

  /** Polynomials before different Gaussians: those that are equal up to rounding are added. `gap` is how far they are apart. */
  private merged(parts: readonly Part[]): readonly { readonly poly: Poly; readonly gap: number }[] {
    const ring = this.ring(0);
    const clusters: { readonly part: Part; readonly poly: Poly; gap: number }[] = [];
    const apart = (x: Complex, y: Complex): number =>
      Math.hypot(x[0] - y[0], x[1] - y[1]) / Math.max(1, Math.hypot(...x), Math.hypot(...y));
    const plain = (value: Value | undefined): Complex => [value?.[0] ?? 0, value?.[1] ?? 0];
    const distance = (a: Part, b: Part): number => {
      let worst = 0;
      a.beta.forEach((x, i) => {
        worst = Math.max(worst, apart(x, b.beta[i] as Complex));
        a.beta.forEach((_, j) => {
          worst = Math.max(worst, apart(entry(a.word.pairs, i, j), entry(b.word.pairs, i, j)));
        });
      });
      for (const mode of new Set([...a.others.keys(), ...b.others.keys()]))
        worst = Math.max(worst, apart(plain(a.others.get(mode)), plain(b.others.get(mode))));
      return worst / Math.max(a.word.largest, b.word.largest);
    };
    for (const part of parts) {
      const near = clusters.map((c) => ({ c, far: distance(c.part, part) })).find(({ far }) => far < unclear[1]);
      const cluster = near?.c ?? { part, poly: new Map(), gap: 0 };
      if (near === undefined) clusters.push(cluster);
      cluster.gap = Math.max(cluster.gap, near?.far ?? 0);
      addPoly(ring, cluster.poly, part.poly, ring.one);
    }
    return clusters;
  }

  /** sum_w w |u_w> in a truncated space; undefined where that is too large or cuts off too much. */
  private inTruncated(
    sum: Sum,
  ): { readonly vector: Float64Array; readonly error: number; readonly size: number; readonly particles: number } | undefined {
    const letters = this.letters(sum).map((letter) => this.splitOf(letter));
    const polys = [...sum.values()].map(({ poly }) => poly);
    const moved = [...sum.values()].flatMap(({ background }) => [...background.shift.keys()]);
    const modes = [...new Set([...modesOf([...letters.flatMap(({ bosons, fermions }) => [bosons, fermions]), ...polys]), ...moved])];
    const odd = modes.filter(this.modes.fermionic).length;
    const even = modes.length - odd;
    let cutoff = even === 0 ? 0 : mostBosons;
    while (cutoff > 0 && Fock.dimension(even, odd, cutoff) > mostStates) cutoff--;
    if (Fock.dimension(even, odd, cutoff) > mostStates) return undefined;
    const space = new Fock(modes, this.modes.fermionic, cutoff);
    let total: Float64Array | undefined;
    let [error, size] = [0, 0];
    for (const { background, poly } of sum.values()) {
      const begun = space.displaced(poly, background.shift);
      if (begun === undefined) return undefined;
      let { vector } = begun;
      const [x, y] = this.ring(0).exp(background.scalar) as [number, number];
      error += begun.error * Math.hypot(x, y);
      vector = vector.map((v, i, all) => (i % 2 === 0 ? x * v - y * (all[i + 1] as number) : x * v + y * (all[i - 1] as number)));
      size += norm(vector);
      try {
        for (const letter of [...spelled(background.word)].reverse()) {
          const next = this.exponential(space, letter, vector, "all");
          error += next.error;
          vector = next.vector;
        }
      } catch (problem) {
        if (problem instanceof Exhausted) return undefined;
        throw problem;
      }
      const v = vector;
      total = total?.map((t, i) => t + (v[i] as number)) ?? vector;
    }
    return total === undefined || !(error < worstError * size) ? undefined : { vector: total, error, size, particles: cutoff };
  }
}

/** The letters of a word, the first one first. */
function spelled(word: Word): readonly Letter[] {
  const out: Letter[] = [];
  for (let rest = word; rest.first !== undefined && rest.rest !== undefined; rest = rest.rest) out.push(rest.first);
  return out;
}

function modesOf(polys: readonly Poly[]): readonly number[] {
  const found = new Set<number>();
  for (const poly of polys) for (const m of poly.keys()) for (const s of m.symbols) found.add(modeOfSymbol(s));
  return [...found].sort((a, b) => a - b);
}
