import type { Argument, Assumption, Equation, Expression, Kind, Label, Parameter, Species, SymbolInfo } from "../core/expression.js";
import type { Rational } from "../core/rational.js";
import type { Span } from "../source/span.js";
import { bandwidth, isSmooth, type Smooth } from "./bandwidth.js";
import { contractions, isGraph } from "./contractions.js";
import { type Hyperbolic, symbolicSizes } from "./hyperbolic.js";
import { Unsupported } from "./limits.js";
import { type Measure, measureOf } from "./measure.js";
import { gcd } from "./prime.js";
import { rowsOf, unscaledLadder } from "./rows.js";
import { changesScale } from "./scales.js";
import { checkNetwork, shiftsOf } from "./shifts.js";
import { children, collect, freeLabels } from "./tree.js";
import { latticeMinors, unimodular } from "./unimodular.js";

/** What an equation needs from a finite model, found by one walk over everything that it mentions. */
export interface Survey {
  readonly symbols: ReadonlyMap<number, SymbolInfo>;
  readonly parameters: ReadonlyMap<number, Parameter>;
  /** Assumptions that say something about what occurs, in the document's order. */
  readonly assumptions: readonly Assumption[];
  readonly free: readonly Label[];
  /** A transcendental function, or a root of what is no monomial, occurs. */
  readonly floating: boolean;
  /** Primes whose square roots (or other roots) occur. */
  readonly residues: readonly number[];
  /** lcm of the denominators of exponents. */
  readonly denominator: number;
  /** Smallest odd number of points for a space or lattice label that keeps different things different. */
  readonly points: number;
  /** A coefficient of a label would not be invertible modulo this number of points. */
  readonly unfit: (points: number) => boolean;
  /** Labels stand beside numbers. */
  readonly shifted: boolean;
  /** Units of length that make changes of scale possible. */
  readonly measure: Measure;
  /** Symbols at two different scales under an integral, `V(N(x-y))` beside `V(x-y)`, that no choice of units brings together. */
  readonly rescaled: boolean;
  /** Parameters that scale a label. */
  readonly scaling: readonly Parameter[];
  /** Where there are derivatives in space. */
  readonly smooth?: Smooth;
  /** A fermion's ladder operator occurs. */
  readonly fermions: boolean;
  /** How many time derivatives are taken of one another, in the equation and by what is assumed. */
  readonly rates: number;
}

const deepest = 600;

/** Depth of an expression, or an `Unsupported` where it passes what recursion can carry. Shared parts are looked at once. */
function guardDepth(roots: readonly Expression[]): void {
  const depth = new Map<Expression, number>();
  const stack: { e: Expression; entered: boolean }[] = roots.map((e) => ({ e, entered: false }));
  while (stack.length > 0) {
    const top = stack[stack.length - 1] as { e: Expression; entered: boolean };
    if (depth.has(top.e)) {
      stack.pop();
      continue;
    }
    const below = children(top.e);
    if (!top.entered) {
      top.entered = true;
      for (const child of below) if (!depth.has(child)) stack.push({ e: child, entered: false });
      if (stack.length > 3000000) throw new Unsupported("the expression is too large for the finite model", top.e.span);
      continue;
    }
    stack.pop();
    let most = 0;
    for (const child of below) most = Math.max(most, depth.get(child) ?? 0);
    if (most > deepest) throw new Unsupported("the expression is nested too deeply for the finite model", top.e.span);
    depth.set(top.e, most + 1);
  }
}

function ratesOf({ left, right }: Equation, assumptions: readonly Assumption[]): number {
  const known = new Map<Expression, number>();
  const of = (e: Expression): number => {
    const old = known.get(e);
    if (old !== undefined) return old;
    const found = Math.max(0, ...children(e).map(of)) + (e.kind === "derivative" ? 1 : 0);
    known.set(e, found);
    return found;
  };
  const sides = Math.max(of(left), of(right));
  const assumed = assumptions.map(({ target, right: given }) => {
    const order = target?.order ?? 0;
    return Math.max(order, sides + Math.max(0, of(given) - order));
  });
  return Math.max(sides, ...assumed);
}

/** A monomial in positive numbers, positive parameters and pi, whose roots exist in the exact model. */
export function isPositiveMonomial(e: Expression): boolean {
  switch (e.kind) {
    case "number":
      return e.value.n > 0n;
    case "pi":
      return true;
    case "parameter":
      return e.parameter.domain === "positive";
    case "product":
      return e.factors.every(isPositiveMonomial);
    case "power":
      return isPositiveMonomial(e.base);
    default:
      return false;
  }
}

/** Prime factors below 10,000 of |n|; undefined where something larger is left. */
function primeFactors(n: bigint): readonly number[] | undefined {
  let rest = n < 0n ? -n : n;
  if (rest > 10n ** 60n) return undefined;
  const found: number[] = [];
  for (let q = 2; q < 10000 && rest > 1n; q++) {
    const big = BigInt(q);
    if (rest % big !== 0n) continue;
    found.push(q);
    while (rest % big === 0n) rest /= big;
  }
  return rest === 1n ? found : undefined;
}

/**
 * @param depth the powers that are kept of what is exponentiated, where both sides are power series in it
 * @param all with all assumptions that are connected with the equation, also through other symbols
 */
export function survey(equation: Equation, series: ReadonlyMap<Expression, Hyperbolic> = new Map(), depth?: number, all = false): Survey {
  const walk = new Walk();
  walk.visit(equation.left);
  walk.visit(equation.right);
  const used = new Set<Assumption>();
  for (let grew = true; grew; ) {
    grew = false;
    for (const assumption of equation.assumptions) {
      if (used.has(assumption) || !(all || walk.concerns(assumption))) continue;
      used.add(assumption);
      walk.visit(assumption.left);
      walk.visit(assumption.right);
      grew = true;
    }
  }
  guardDepth([equation.left, equation.right, ...[...used].flatMap((a) => [a.left, a.right])]);
  // The labels free in an assumption are its own; those of the equation are asked for afresh.
  const free = new Map<number, Label>();
  for (const side of [equation.left, equation.right]) for (const label of freeLabels(side)) free.set(label.id, label);
  const written = rowsOf(equation, [...used]);
  const { rows, original } = written;
  for (const row of rows) for (const term of row.terms) if (!term.label.unit) walk.coefficient(term.coefficient, row.span);
  const measure = measureOf(equation, [...used]);
  const isFree = (label: Label): boolean => free.has(label.id) || label.unit === true;
  const shifts = shiftsOf(equation, [...used]);
  if (shifts > 0) checkNetwork(equation, written, (kept) => isGraph(equation, written, kept));
  walk.shifted(shifts);
  unimodular(rows, isFree, (label) => measure.number(original.get(label.id) ?? label.id));
  for (const d of latticeMinors(rows)) walk.divisor(d);
  for (const d of contractions(equation, [...used], written, isFree)) walk.divisor(d);
  return {
    symbols: walk.symbols,
    parameters: walk.parameters,
    assumptions: equation.assumptions.filter((a) => used.has(a)),
    free: [...free.values()],
    // A parameter that an index runs to is 2 or 3, of which the field need not have the right roots.
    floating: walk.floating || symbolicSizes(equation).some((id) => walk.rooted.has(id)),
    residues: [...walk.residues],
    denominator: walk.denominator,
    points: walk.points(fermions(equation)),
    shifted: shifts > 0,
    unfit: (points) => walk.unfit(points),
    measure,
    rescaled: walk.scaling.size > 0 && !measure.followed && changesScale(equation, [...used], free),
    scaling: [...walk.scaling.values()],
    fermions: walk.fermions,
    rates: ratesOf(equation, [...used]),
    ...(isSmooth([equation.left, equation.right, ...[...used].flatMap((a) => [a.left, a.right])])
      ? {
          smooth: bandwidth(
            equation,
            [...used],
            series,
            fermions(equation, (s) => s.statistics === "fermion"),
            depth,
          ),
        }
      : {}),
  };
}

class Walk {
  readonly symbols = new Map<number, SymbolInfo>();
  readonly parameters = new Map<number, Parameter>();
  readonly scaling = new Map<number, Parameter>();
  readonly residues = new Set<number>();
  /** Parameters in roots. */
  readonly rooted = new Set<number>();
  floating = false;
  fermions = false;
  denominator = 1;
  private derivatives = false;
  private largest = 1;
  private least = 3;
  private readonly divisors = new Set<number>();
  private antisymmetric = 1;
  private readonly seen = new Set<Expression>();

  concerns(assumption: Assumption): boolean {
    const { target } = assumption;
    if (target !== undefined) return this.symbols.has(target.symbol.id) && (target.order === 0 || this.derivatives);
    const inside = [collect(assumption.left), collect(assumption.right)];
    if (inside.some((side) => side.symbols.size > 0))
      return inside.some((side) => [...side.symbols.keys()].some((id) => this.symbols.has(id)));
    return inside.some((side) => [...side.parameters.keys()].some((id) => this.parameters.has(id)));
  }

  visit(root: Expression): void {
    const stack = [root];
    for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
      if (this.seen.has(e)) continue;
      this.seen.add(e);
      this.note(e);
      stack.push(...children(e));
    }
  }

  private note(e: Expression): void {
    switch (e.kind) {
      case "parameter":
        this.parameters.set(e.parameter.id, e.parameter);
        break;
      case "value": {
        this.symbols.set(e.symbol.id, e.symbol);
        if (e.symbol.symmetries.some((s) => s.sign < 0 && s.permutation.some((to, from) => to !== from)))
          this.antisymmetric = Math.max(this.antisymmetric, e.symbol.slots.length);
        for (const a of e.arguments) this.coefficients(a, e.span);
        break;
      }
      case "ladder":
        if (e.species.statistics === "fermion") this.fermions = true;
        for (const a of e.arguments) {
          this.coefficients(a, e.span);
          if (a.kind === "affine" && a.scale.parameters.length > 0) throw new Unsupported(unscaledLadder, e.span);
        }
        break;
      case "delta":
        for (const a of [e.left, e.right]) {
          this.coefficients(a, e.span);
        }
        break;
      case "call":
        for (const a of e.arguments) this.coefficients(a, e.span);
        break;
      case "derivative":
        this.derivatives = true;
        break;
      case "function":
        this.floating = true;
        break;
      case "unitary":
        if (mentionsPi(e.unitary.generator)) this.floating = true;
        break;
      case "power":
        if (e.exponent.d !== 1n) this.root(e.base, e.exponent);
        break;
    }
  }

  private root(base: Expression, exponent: Rational): void {
    if (!isPositiveMonomial(base) || exponent.d > 1000n) {
      this.floating = true;
      return;
    }
    const d = Number(exponent.d);
    this.denominator = (this.denominator * d) / gcd(this.denominator, d);
    const stack = [base];
    for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
      stack.push(...children(e));
      if (e.kind === "parameter") this.rooted.add(e.parameter.id);
      if (e.kind === "power" && e.exponent.d !== 1n) this.root(e.base, e.exponent);
      if (e.kind !== "number") continue;
      const factors = [primeFactors(e.value.n), primeFactors(e.value.d)];
      for (const list of factors) {
        if (list === undefined) this.floating = true;
        else for (const q of list) this.residues.add(q);
      }
    }
    // Each residue halves the choice of primes; more than this and there is no choice left.
    if (this.residues.size > 8 || this.denominator > 5000) this.floating = true;
  }

  private coefficients(a: Argument, span: Span): void {
    if (a.kind !== "affine") return;
    for (const { parameter } of a.scale.parameters) {
      this.parameters.set(parameter.id, parameter);
      this.scaling.set(parameter.id, parameter);
    }
    for (const q of [a.scale.number, ...a.terms.flatMap((t) => (t.label.unit ? [] : [t.coefficient]))]) this.coefficient(q, span);
  }

  coefficient(q: Rational, span: Span): void {
    const size = Number(q.n < 0n ? -q.n : q.n);
    if (size > 15 || q.d > 15n) throw new Unsupported("a coefficient of a label is too large for a model with a few points", span);
    this.largest = Math.max(this.largest, size, Number(q.d));
    this.divisors.add(size).add(Number(q.d));
  }

  /** Numbers up to this size must stay different, also when they are looked at up to their sign. */
  shifted(most: number): void {
    this.least = Math.max(this.least, 2 * most + 1);
  }

  divisor(d: number): void {
    this.divisors.add(d);
  }

  points(fermions: number): number {
    let n = Math.max(this.least, this.largest > 1 ? 2 * this.largest + 1 : 3, Math.min(9, this.antisymmetric), Math.min(9, fermions));
    if (n % 2 === 0) n++;
    while (this.unfit(n) && n < 63) n += 2;
    return n;
  }

  unfit(points: number): boolean {
    return points < this.least || [...this.divisors].some((d) => d > 1 && gcd(d, points) > 1);
  }
}

function mentionsPi(root: Expression): boolean {
  const stack = [root];
  const seen = new Set<Expression>();
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (e.kind === "pi") return true;
    if (seen.has(e)) continue;
    seen.add(e);
    stack.push(...children(e));
  }
  return false;
}

/**
 * The largest number of fermionic creators, or annihilators, in one product: with fewer modes than
 * that a monomial would vanish for the wrong reason.
 */
function fermions(equation: Equation, counts: (s: Species) => boolean = isFermion): number {
  const known = new Map<Expression, readonly [number, number]>();
  const count = (e: Expression): readonly [number, number] => {
    const old = known.get(e);
    if (old !== undefined) return old;
    let result: readonly [number, number] = [0, 0];
    const below = e.kind === "unitary" ? [] : children(e).map(count);
    const most = (i: 0 | 1): number => Math.max(0, ...below.map((b) => b[i]));
    const total = (i: 0 | 1): number => below.reduce((sum, b) => sum + b[i], 0);
    if (e.kind === "ladder") result = !counts(e.species) ? [0, 0] : e.creation ? [1, 0] : [0, 1];
    else if (e.kind === "product" || e.kind === "commutator" || e.kind === "contraction") result = [total(0), total(1)];
    else if (e.kind === "power") {
      const times = Math.max(1, Math.min(20, Math.abs(Number(e.exponent.n))));
      result = [most(0) * times, most(1) * times];
    } else if (e.kind === "adjoint") result = [most(1), most(0)];
    else result = [most(0), most(1)];
    known.set(e, result);
    return result;
  };
  return Math.max(...count(equation.left), ...count(equation.right));
}

/** A species with a space or lattice label, whose modes become more when there are more points. */
function isFermion(species: Species): boolean {
  return species.statistics === "fermion" && species.slots.some((s: Kind) => s.kind !== "finite");
}
