import type { Span } from "../source/span.js";
import { type Form, through } from "./form.js";
import { Unsupported } from "./limits.js";
import { accumulate, addPoly, annihilatorSymbol, creatorSymbol, type Monomial, type Monomials, modeOfSymbol, type Poly } from "./poly.js";
import type { Ring, Value } from "./ring.js";
import type { Letter, Word } from "./word.js";

/**
 * The vectors that operators act on, in the Bargmann-Fock representation: functions of the symbols zeta, with
 *   a_m^* = zeta_m,   a_m = d/dzeta_m
 * (left derivatives for fermions). The vector we start from is
 *   "vacuum"    1;
 *   "generic"   exp(sum_m r_m zeta_m), bosons with random numbers r_m, fermions with symbols omega_m: exp(sum_m zeta_m omega_m);
 *   "formal"    exp(sum_m zeta_m omega_m) with symbols omega for all modes.
 * In front of that exponential stands a polynomial P, and a_m acts on P as d/dzeta_m + r_m or d/dzeta_m + omega_m.
 * For a normal-ordered operator S = sum c_{IJ} a^*_I a_J this gives P = sum c_{IJ} zeta_I omega_J: from the formal start
 * P *is* the normal symbol, from the generic one it is the symbol at omega = r, and that is zero for generic r only if
 * S = 0. No contraction is ever written down.
 *
 * A Weyl operator multiplies by another exponential, exp(sum shift_m zeta_m + scalar + sum slope_m omega_m); a
 * state is a sum of polynomials in front of different ones. Unitaries with quadratic generators stand before all that as a word.
 */
export interface Background {
  /** Coefficient of zeta_m in the exponent, beyond the start's. */
  readonly shift: ReadonlyMap<number, Value>;
  /** The constant in the exponent, kept as a number that is never exponentiated unless it must be. */
  readonly scalar: Value;
  /** Coefficient of the symbol omega_m in the exponent. */
  readonly slope: ReadonlyMap<number, Value>;
  readonly word: Word;
  /** Equal backgrounds have equal keys. */
  readonly key: string;
}

export interface State {
  readonly start: "vacuum" | "generic" | "formal";
  readonly parts: Map<string, { readonly background: Background; readonly poly: Poly }>;
}

export function makeBackground(
  ring: Ring,
  shift: ReadonlyMap<number, Value>,
  scalar: Value,
  slope: ReadonlyMap<number, Value>,
  word: Word,
): Background {
  const text = (map: ReadonlyMap<number, Value>): string =>
    [...map]
      .filter(([, v]) => !negligible(ring, v))
      .sort((a, b) => a[0] - b[0])
      .map(([m, v]) => `${m}:${signature(ring, v)}`)
      .join(";");
  const s = negligible(ring, scalar) ? "" : signature(ring, scalar);
  return { shift, scalar, slope, word, key: `${text(shift)}|${s}|${text(slope)}${word.key === "" ? "" : `|${word.key}`}` };
}

/** In floating point exponents that cancel leave dust; ten digits decide. */
function negligible(ring: Ring, v: Value): boolean {
  if (ring.exact) return ring.isZero(v);
  for (let i = 0; i < v.length; i += 3) {
    const size = Math.max(1, v[i + 2] as number);
    if (Math.abs(v[i] as number) > 1e-10 * size || Math.abs(v[i + 1] as number) > 1e-10 * size) return false;
  }
  return true;
}

function signature(ring: Ring, v: Value): string {
  if (ring.exact) return v.join(",");
  return v
    .filter((_, i) => i % 3 !== 2)
    .map((x) => (Math.abs(x) < 1e-9 ? "0" : x.toPrecision(9)))
    .join(",");
}

export function emptyState(start: State["start"]): State {
  return { start, parts: new Map() };
}

export function initialState(start: State["start"], ring: Ring, modes: Modes): State {
  const background = makeBackground(ring, new Map(), ring.zero, new Map(), modes.noWord);
  return { start, parts: new Map([[background.key, { background, poly: new Map([[modes.monomials.unit, ring.one]]) }]]) };
}

export function partOf(state: State, background: Background): Poly {
  const known = state.parts.get(background.key);
  if (known !== undefined) return known.poly;
  const poly: Poly = new Map();
  state.parts.set(background.key, { background, poly });
  return poly;
}

/** What the action of a mode needs to know. */
export interface Modes {
  readonly monomials: Monomials;
  readonly fermionic: (mode: number) => boolean;
  /** r_m of the generic start, of this ring's order. */
  readonly reference: (mode: number, ring: Ring) => Value;
  /** Fermions may be tested by a few forms: then the generic start has omega_m = sum_i phi_i(m) Omega_i, here as pairs of Omega_i and phi_i(m). */
  readonly forms?: (mode: number, ring: Ring) => readonly (readonly [number, Value])[];
  readonly spend: (operations: number) => void;
  readonly noWord: Word;
  /** w^{-1} alpha w for the ladder operator of a symbol; undefined where that is alpha. */
  readonly image: (word: Word, symbol: number, ring: Ring) => Form | undefined;
  /** U^{-1} dU/dt as a normal symbol. */
  readonly rate: (letter: Letter, ring: Ring) => Poly;
}

/** What stands for omega_m: the symbol itself, or a combination of a few. */
function symbolsOf(ring: Ring, modes: Modes, start: State["start"], mode: number): readonly (readonly [number, Value])[] {
  return modes.forms !== undefined && start === "generic" ? modes.forms(mode, ring) : [[annihilatorSymbol(mode), ring.one]];
}

/** out += coefficient * form * (polynomial in front of a background). */
function applyForm(
  ring: Ring,
  modes: Modes,
  form: Form,
  start: State["start"],
  background: Background,
  poly: Poly,
  out: Poly,
  coefficient: Value,
): void {
  const { monomials } = modes;
  let number = form.constant;
  const raised: (readonly [number, Value])[] = form.creation.map(([mode, v]) => [creatorSymbol(mode), ring.multiply(coefficient, v)]);
  const lowered: (readonly [number, Value])[] = [];
  for (const [mode, v] of form.annihilation) {
    const odd = modes.fermionic(mode);
    const c = ring.multiply(coefficient, v);
    lowered.push([creatorSymbol(mode), c]);
    const shift = odd ? undefined : background.shift.get(mode);
    if (shift !== undefined) number = ring.add(number, ring.multiply(v, shift));
    if (start === "generic" && !odd) number = ring.add(number, ring.multiply(v, modes.reference(mode, ring)));
    else if (start !== "vacuum")
      for (const [symbol, by] of symbolsOf(ring, modes, start, mode)) raised.push([symbol, ring.multiply(by, c)]);
  }
  number = ring.multiply(coefficient, number);
  const plain = ring.isZero(number);
  modes.spend((poly.size + 1) * (raised.length + 2));
  for (const [m, value] of poly) {
    if (!plain) accumulate(ring, out, m, ring.multiply(number, value));
    for (const [symbol, c] of raised) {
      const step = monomials.raise(m, symbol);
      if (step.factor !== 0) accumulate(ring, out, step.to, ring.multiply(c, step.factor === 1 ? value : ring.negate(value)));
    }
    if (m.creators > 0)
      for (const [symbol, c] of lowered) {
        const step = monomials.lower(m, symbol);
        if (step.factor !== 0) accumulate(ring, out, step.to, ring.multiply(c, step.factor === 1 ? value : ring.scale(value, step.factor)));
      }
  }
}

/** into += coefficient * a_m^{(*)} state. */
export function applyLadder(
  ring: Ring,
  modes: Modes,
  mode: number,
  creation: boolean,
  state: State,
  into: State,
  coefficient: Value,
): void {
  const { monomials } = modes;
  for (const { background, poly } of state.parts.values()) {
    const out = partOf(into, background);
    const image = modes.image(background.word, creation ? creatorSymbol(mode) : annihilatorSymbol(mode), ring);
    if (image !== undefined) {
      applyForm(ring, modes, image, state.start, background, poly, out, coefficient);
      continue;
    }
    modes.spend(poly.size + 1);
    if (creation) {
      const symbol = creatorSymbol(mode);
      for (const [m, value] of poly) {
        const step = monomials.raise(m, symbol);
        if (step.factor !== 0) accumulate(ring, out, step.to, ring.multiply(coefficient, step.factor === 1 ? value : ring.negate(value)));
      }
      continue;
    }
    const symbol = creatorSymbol(mode);
    const odd = modes.fermionic(mode);
    const symbolic = state.start === "formal" || (odd && state.start === "generic");
    let number: Value | undefined = odd ? undefined : background.shift.get(mode);
    if (!odd && state.start === "generic")
      number = number === undefined ? modes.reference(mode, ring) : ring.add(number, modes.reference(mode, ring));
    const background_ = number === undefined || ring.isZero(number) ? undefined : ring.multiply(coefficient, number);
    for (const [m, value] of poly) {
      const step = monomials.lower(m, symbol);
      if (step.factor !== 0)
        accumulate(ring, out, step.to, ring.multiply(coefficient, step.factor === 1 ? value : ring.scale(value, step.factor)));
      if (background_ !== undefined) accumulate(ring, out, m, ring.multiply(background_, value));
      if (symbolic)
        for (const [omega, by] of symbolsOf(ring, modes, state.start, mode)) {
          const up = monomials.raise(m, omega);
          const c = ring.multiply(coefficient, by);
          if (up.factor !== 0) accumulate(ring, out, up.to, ring.multiply(c, up.factor === 1 ? value : ring.negate(value)));
        }
    }
  }
}

/** A factor a_m^{(*)} of a product. */
export interface Ladder {
  readonly mode: number;
  readonly creation: boolean;
}

/**
 * into += coefficient * (product of ladder operators) state, monomial by monomial: no vector between two factors is made.
 * Each annihilator may split a monomial in up to three, so this is for short products.
 */
export function applyLadders(ring: Ring, modes: Modes, ladders: readonly Ladder[], state: State, into: State, coefficient: Value): void {
  const { monomials } = modes;
  for (const { background, poly } of state.parts.values()) {
    if (background.word.key !== "") {
      let current: State = { start: state.start, parts: new Map([[background.key, { background, poly }]]) };
      for (let i = ladders.length - 1; i >= 0; i--) {
        const { mode, creation } = ladders[i] as Ladder;
        const next = i === 0 ? into : emptyState(state.start);
        applyLadder(ring, modes, mode, creation, current, next, i === 0 ? coefficient : ring.one);
        current = next;
      }
      continue;
    }
    const out = partOf(into, background);
    const numbers = ladders.map(({ mode, creation }): Value | undefined => {
      if (creation || modes.fermionic(mode)) return undefined;
      const shift = background.shift.get(mode);
      if (state.start !== "generic") return shift === undefined || ring.isZero(shift) ? undefined : shift;
      const reference = modes.reference(mode, ring);
      const number = shift === undefined ? reference : ring.add(shift, reference);
      return ring.isZero(number) ? undefined : number;
    });
    let visits = 1;
    const walk = (from: number, m: Monomial, value: Value): void => {
      let at = m;
      let factor = value;
      for (let i = from; i >= 0; i--) {
        visits++;
        const { mode, creation } = ladders[i] as Ladder;
        const symbol = creatorSymbol(mode);
        if (creation) {
          const step = monomials.raise(at, symbol);
          if (step.factor === 0) return;
          at = step.to;
          if (step.factor !== 1) factor = ring.negate(factor);
          continue;
        }
        const step = monomials.lower(at, symbol);
        const number = numbers[i];
        const symbolic = state.start === "formal" || (state.start === "generic" && modes.fermionic(mode));
        if (number === undefined && !symbolic) {
          if (step.factor === 0) return;
          at = step.to;
          if (step.factor !== 1) factor = ring.scale(factor, step.factor);
          continue;
        }
        if (step.factor !== 0) walk(i - 1, step.to, step.factor === 1 ? factor : ring.scale(factor, step.factor));
        if (symbolic && modes.forms !== undefined && state.start === "generic") {
          for (const [omega, by] of modes.forms(mode, ring)) {
            const up = monomials.raise(at, omega);
            const c = ring.multiply(factor, by);
            if (up.factor !== 0) walk(i - 1, up.to, up.factor === 1 ? c : ring.negate(c));
          }
          return;
        }
        if (symbolic) {
          const up = monomials.raise(at, annihilatorSymbol(mode));
          if (number !== undefined) {
            if (up.factor !== 0) walk(i - 1, up.to, up.factor === 1 ? factor : ring.negate(factor));
          } else {
            if (up.factor === 0) return;
            at = up.to;
            if (up.factor !== 1) factor = ring.negate(factor);
          }
        }
        if (number !== undefined) factor = ring.multiply(factor, number);
      }
      accumulate(ring, out, at, factor);
    };
    for (const [m, value] of poly) walk(ladders.length - 1, m, value === ring.one ? coefficient : ring.multiply(coefficient, value));
    modes.spend(visits);
  }
}

/** A generator sum_m (f_m a_m^* - g_m a_m) + c. */
export interface Linear {
  readonly creation: ReadonlyMap<number, Value>;
  readonly annihilation: ReadonlyMap<number, Value>;
  readonly constant: Value;
}

/**
 * exp(E) on a state, E = f zeta - g d/dzeta + c. By the formula of Baker, Campbell and Hausdorff, whose series ends here,
 *   exp(f zeta - g d) = exp(f zeta) exp(-g d) exp(-[f zeta, -g d]/2),   [f zeta, -g d] = f g,
 * and exp(-g d) F(zeta) = F(zeta - g), so on exp(w zeta + s) P(zeta), with w the whole coefficient of zeta,
 *   w -> w + f,   s -> s + c - f g/2 - w g,   P(zeta) -> P(zeta - g).
 */
export function displace(ring: Ring, modes: Modes, plain: Linear, inverse: boolean, state: State, into: State, coefficient: Value): void {
  const signed = (v: Value): Value => (inverse ? ring.negate(v) : v);
  const half = ring.rational({ n: 1n, d: 2n });
  for (const { background, poly } of state.parts.values()) {
    const linear = background.word.key === "" ? plain : behind(ring, modes, background.word, plain);
    const touched = new Set([...linear.creation.keys(), ...linear.annihilation.keys()]);
    const shift = new Map(background.shift);
    const slope = new Map(background.slope);
    let scalar = ring.add(background.scalar, signed(linear.constant));
    const moved = new Map<number, Value>();
    for (const mode of touched) {
      const f = signed(linear.creation.get(mode) ?? ring.zero);
      const g = signed(linear.annihilation.get(mode) ?? ring.zero);
      let w = shift.get(mode) ?? ring.zero;
      if (!ring.isZero(g)) {
        if (state.start === "generic") w = ring.add(w, modes.reference(mode, ring));
        scalar = ring.subtract(scalar, ring.multiply(g, ring.add(w, ring.multiply(half, f))));
        if (state.start === "formal") slope.set(mode, ring.subtract(slope.get(mode) ?? ring.zero, g));
        moved.set(mode, ring.negate(g));
      }
      shift.set(mode, ring.add(shift.get(mode) ?? ring.zero, f));
    }
    const target = partOf(into, makeBackground(ring, shift, scalar, slope, background.word));
    for (const [m, value] of shiftVariables(ring, modes, poly, moved)) accumulate(ring, target, m, ring.multiply(coefficient, value));
  }
}

/** w^{-1} E w for a linear E. */
export function behind(ring: Ring, modes: Modes, word: Word, { creation, annihilation, constant }: Linear): Linear {
  const opposite = (list: Iterable<readonly [number, Value]>): (readonly [number, Value])[] =>
    [...list].map(([mode, v]) => [mode, ring.negate(v)]);
  const form = through(ring, { creation: [...creation], annihilation: opposite(annihilation), constant }, (symbol) =>
    modes.image(word, symbol, ring),
  );
  return { creation: new Map(form.creation), annihilation: new Map(opposite(form.annihilation)), constant: form.constant };
}

/** The normal-ordered operator of a symbol: annihilators from the right, then creators. */
export function applySymbol(ring: Ring, modes: Modes, symbol: Poly, state: State, into: State, coefficient: Value): void {
  // Monomials that end in the same annihilators share their action.
  const shared = new Map<string, State>();
  for (const [m, value] of symbol) {
    let current = state;
    const annihilators = m.symbols.slice(m.creators);
    for (let i = annihilators.length - 1; i >= 0; i--) {
      const key = annihilators.slice(i).join();
      let known = shared.get(key);
      if (known === undefined) {
        known = emptyState(state.start);
        applyLadder(ring, modes, modeOfSymbol(annihilators[i] as number), false, current, known, ring.one);
        shared.set(key, known);
      }
      current = known;
    }
    for (let i = m.creators - 1; i >= 0; i--) {
      const next = emptyState(state.start);
      applyLadder(ring, modes, m.symbols[i] as number, true, current, next, ring.one);
      current = next;
    }
    addState(ring, modes, current, into, ring.multiply(coefficient, value));
  }
}

/** P(zeta + h), by Taylor's formula in one variable after another: sum_k h^k/k! d^k P. */
function shiftVariables(ring: Ring, modes: Modes, poly: Poly, by: ReadonlyMap<number, Value>): Poly {
  let current = poly;
  for (const [mode, h] of by) {
    const symbol = creatorSymbol(mode);
    let out: Poly | undefined;
    let term = current;
    for (let k = 1; ; k++) {
      const factor = k === 1 ? h : ring.multiply(h, ring.rational({ n: 1n, d: BigInt(k) }));
      const next: Poly = new Map();
      modes.spend(term.size + 1);
      for (const [m, value] of term) {
        const step = modes.monomials.lower(m, symbol);
        if (step.factor !== 0) accumulate(ring, next, step.to, ring.multiply(factor, ring.scale(value, step.factor)));
      }
      if (next.size === 0) break;
      out ??= new Map(current);
      for (const [m, value] of next) accumulate(ring, out, m, value);
      term = next;
    }
    current = out ?? current;
  }
  return current;
}

/** into += coefficient * source. */
export function addState(ring: Ring, modes: Modes, source: State, into: State, coefficient: Value): void {
  for (const { background, poly } of source.parts.values()) {
    modes.spend(poly.size + 1);
    const out = partOf(into, background);
    for (const [m, value] of poly) accumulate(ring, out, m, ring.multiply(coefficient, value));
  }
}

/** The same vector with series of another order (cut, or continued by zeros). */
export function resizeState(ring: Ring, state: State): State {
  const out = emptyState(state.start);
  const map = (m: ReadonlyMap<number, Value>): Map<number, Value> => new Map([...m].map(([k, v]) => [k, ring.resize(v)]));
  for (const { background: b, poly } of state.parts.values()) {
    const target = partOf(out, makeBackground(ring, map(b.shift), ring.resize(b.scalar), map(b.slope), b.word));
    for (const [m, value] of poly) accumulate(ring, target, m, ring.resize(value));
  }
  return out;
}

/**
 * d/dt of a state given to one order more than `ring` has: of e^Q P it is e^Q (Q' P + P'), and of w |u> it is w (w^{-1} w' + d/dt) |u>.
 */
export function differentiateState(ring: Ring, modes: Modes, state: State): State {
  const out = emptyState(state.start);
  const map = (m: ReadonlyMap<number, Value>): Map<number, Value> => new Map([...m].map(([k, v]) => [k, ring.resize(v)]));
  const { monomials } = modes;
  for (const { background: b, poly } of state.parts.values()) {
    const at = (word: Word): Background => makeBackground(ring, map(b.shift), ring.resize(b.scalar), map(b.slope), word);
    const target = partOf(out, at(b.word));
    const scalar = ring.differentiate(b.scalar);
    const factors: [number, Value][] = [];
    for (const [mode, v] of b.shift) factors.push([creatorSymbol(mode), ring.differentiate(v)]);
    for (const [mode, v] of b.slope) factors.push([annihilatorSymbol(mode), ring.differentiate(v)]);
    modes.spend(poly.size * (factors.length + 2));
    for (const [m, value] of poly) {
      const low = ring.resize(value);
      accumulate(ring, target, m, ring.add(ring.differentiate(value), ring.multiply(scalar, low)));
      for (const [symbol, v] of factors) accumulate(ring, target, monomials.raise(m, symbol).to, ring.multiply(v, low));
    }
    // (U v)^{-1} (U v)' = v^{-1} (U^{-1} U') v + v^{-1} v'
    for (let word = b.word; word.first !== undefined && word.rest !== undefined; word = word.rest) {
      const inner = emptyState(state.start);
      const low = partOf(inner, at(word.rest));
      for (const [m, value] of poly) accumulate(ring, low, m, ring.resize(value));
      const moved = emptyState(state.start);
      applySymbol(ring, modes, modes.rate(word.first, ring), inner, moved, ring.one);
      for (const { poly: change } of moved.parts.values()) addPoly(ring, target, change, ring.one);
    }
  }
  return out;
}

/** The polynomial of a state whose exponentials have cancelled. */
export function plainPoly(state: State, what: string, span: Span): Poly {
  let poly: Poly = new Map();
  for (const part of state.parts.values()) {
    if (part.poly.size === 0) continue;
    if (part.background.key !== "||")
      throw new Unsupported(`${what} has infinitely many terms: a unitary is left over that does not cancel`, span);
    poly = part.poly;
  }
  return poly;
}
