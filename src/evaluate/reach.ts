import type { Argument, Assumption, Equation, Expression, Kind, Label, Unitary } from "../core/expression.js";
import type { Rational } from "../core/rational.js";
import { isInteger } from "../core/rational.js";
import { hasCuts, hasRoot, type Root } from "./cuts.js";
import { symbolicSizes } from "./hyperbolic.js";
import { Unsupported } from "./limits.js";
import { shiftsOf } from "./shifts.js";
import { children, freeLabels } from "./tree.js";

/**
 * How large models must be so that an equation that holds in all of them holds.
 *
 * Written out, the difference of both sides is a sum of monomials in values at points, and a term with L labels has at most
 * L different points in it. On n >= L points each monomial occurs as it does on more, whatever is zero elsewhere; on fewer it may
 * be missing, as are 4 x 4 minors on three points. Its coefficient is a polynomial in the size p of an index {1..p}: the labels
 * that are summed over nothing, deltas of equal labels, and p where it is written. A polynomial of degree D has D zeros.
 *
 * An even or odd function has (n+1)/2 values on n points, as have differences x - y that are looked at up to their sign: a term with
 * D such values may have D different ones on 2 D + 1 points. ch(k) counts as the kernel k.
 */
export interface Reach {
  /** For labels of R^d and Z^d, free or bound. */
  readonly points: number;
  /** Fewer points than this make numbers beside labels equal that are not. */
  readonly least: number;
  /** For indices {1..p}: 2..sizes are to be tried. Infinite where p stands in a root of a sum or in an exponential. */
  readonly sizes: number;
  /** log2 of a bound for how much the numbers that are written, and the lengths of sums, can make one term smaller than another. */
  readonly bits: number;
  /**
   * A root of what may be negative or complex. It has a cut, so that an equation may hold on one side of it only, as
   * sqrt((g-5)^2) = 5 - g does; what has no cut is analytic, and holds everywhere when it holds in an open set.
   */
  readonly cuts: boolean;
}

interface Size {
  readonly points: number;
  /** Values of even or odd functions, or at sums of labels. */
  readonly values: number;
  readonly sized: number;
  /** Degrees in the sizes p of numerator and denominator. */
  readonly up: number;
  readonly down: number;
  /** Of numbers that are written, and of numbers of terms. */
  readonly height: number;
  readonly spread: number;
  /** Degree in the ladder operators. */
  readonly ladders: number;
}

const nothing: Size = { points: 0, values: 0, sized: 0, up: 0, down: 0, height: 0, spread: 0, ladders: 0 };

export function reachOf(equation: Equation): Reach {
  const sizes = new Set(symbolicSizes(equation));
  const walk = new Walk(equation.assumptions, sizes);
  const all = walk.sum([walk.of(equation.left), walk.of(equation.right)]);
  const free = new Map<number, Label>();
  for (const side of [equation.left, equation.right]) for (const label of freeLabels(side)) free.set(label.id, label);
  const kinds = [...free.values()].map((l) => l.kind);
  const closed = equation.assumptions.filter((a) => a.target === undefined).flatMap((a) => [walk.of(a.left), walk.of(a.right)]);
  // A ladder operator becomes a sum with one more label for each unitary that it passes.
  const more = all.ladders * Math.max(0, walk.exponent.points - 1);
  const sized = all.sized + kinds.filter(isSized).length + all.ladders * Math.max(0, walk.exponent.sized - 1);
  // Distances up to the numbers in it matter, larger ones may be shortened.
  const shifts = shiftsIn(equation);
  const spread = (labels: number): number => labels * (2 * shifts + 1) + 2 * shifts;
  return {
    least: 2 * shifts + 1,
    points: Math.max(
      spread(all.points + kinds.filter(isPoint).length + more),
      spread(2 * (all.values + all.ladders * walk.exponent.values) + 1),
    ),
    sizes: sizes.size === 0 ? 0 : walk.fraction * (all.up + all.down + sized) + 2,
    bits:
      all.height + all.spread + walk.exponent.height + walk.exponent.spread + closed.reduce((sum, one) => sum + one.height + one.spread, 0),
    cuts: hasCuts(walk.roots, walk.conjugated),
  };
}

function shiftsIn(equation: Equation): number {
  try {
    return shiftsOf(equation, equation.assumptions);
  } catch (problem) {
    if (problem instanceof Unsupported) return Number.POSITIVE_INFINITY;
    throw problem;
  }
}

const isPoint = (kind: Kind): boolean => kind.kind !== "finite";
const isSized = (kind: Kind): boolean => kind.kind === "finite" && kind.size !== undefined;

/** One label, or none. */
const isPlain = (a: Argument): boolean => labelsIn(a) <= 1;
const labelsIn = (a: Argument): number => (a.kind === "affine" ? a.terms.length : 1);

const larger = (a: Size, b: Size): Size => ({
  points: Math.max(a.points, b.points),
  values: Math.max(a.values, b.values),
  sized: Math.max(a.sized, b.sized),
  up: Math.max(a.up, b.up),
  down: Math.max(a.down, b.down),
  height: Math.max(a.height, b.height),
  spread: Math.max(a.spread, b.spread),
  ladders: Math.max(a.ladders, b.ladders),
});

/** log2 of the larger of numerator and denominator. */
function heightOf(q: Rational): number {
  const n = q.n < 0n ? -q.n : q.n;
  const large = n > q.d ? n : q.d;
  const digits = large.toString(2).length;
  return digits > 50 ? digits : Math.log2(Number(large));
}

class Walk {
  private readonly assumptions: readonly Assumption[];
  private readonly sizes: ReadonlySet<number>;
  private readonly known = new Map<Expression, Size>();
  private readonly active = new Set<Expression>();
  private readonly units = new Set<Unitary>();
  /** lcm of the denominators of the powers in which p occurs. */
  fraction = 1;
  /** Powers that are not whole. */
  readonly roots: Root[] = [];
  /** Some root stands in what is conjugated. */
  conjugated = false;
  /** The largest generator of a unitary. */
  exponent = nothing;

  constructor(assumptions: readonly Assumption[], sizes: ReadonlySet<number>) {
    this.assumptions = assumptions;
    this.sizes = sizes;
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

  sum(sizes: readonly Size[]): Size {
    const worst = sizes.reduce(larger, nothing);
    const down = sizes.reduce((total, s) => total + s.down, 0);
    return { ...worst, up: worst.up + down, down, spread: worst.spread + Math.log2(Math.max(1, sizes.length)) };
  }

  private product(sizes: readonly Size[]): Size {
    const total = (of: (s: Size) => number): number => sizes.reduce((sum, s) => sum + of(s), 0);
    return {
      points: total((s) => s.points),
      values: total((s) => s.values),
      sized: total((s) => s.sized),
      up: total((s) => s.up),
      down: total((s) => s.down),
      height: total((s) => s.height),
      spread: total((s) => s.spread),
      ladders: total((s) => s.ladders),
    };
  }

  private compute(e: Expression): Size {
    switch (e.kind) {
      case "number":
        return { ...nothing, height: heightOf(e.value) };
      case "pi":
        return { ...nothing, height: 2 };
      case "parameter":
        return this.sizes.has(e.parameter.id) ? { ...nothing, up: 1 } : nothing;
      case "ladder":
        return { ...nothing, ladders: 1, values: e.arguments.every(isPlain) ? 0 : 1 };
      case "delta":
        return { ...nothing, values: labelsIn(e.left) + labelsIn(e.right) <= 2 ? 0 : 1 };
      case "value": {
        const few = e.symbol.symmetries.some((s) => s.negated.some((n) => n)) || !e.arguments.every(isPlain);
        return this.product([this.value(e.symbol.id, e.symbol.of), { ...nothing, values: few ? 1 : 0 }]);
      }
      case "sum":
        return this.sum(e.terms.map((t) => this.of(t)));
      case "product":
      case "contraction":
        return this.product(children(e).map((f) => this.of(f)));
      case "commutator": {
        const one = this.product(children(e).map((f) => this.of(f)));
        return { ...one, spread: one.spread + 1 };
      }
      case "bind": {
        const body = this.of(e.body);
        const kinds = e.labels.map((l) => l.kind);
        const values = kinds.reduce((n, k) => n * (k.kind === "finite" && k.size === undefined ? k.values.length : 1), 1);
        return {
          ...body,
          points: body.points + kinds.filter(isPoint).length,
          sized: body.sized + kinds.filter(isSized).length,
          spread: body.spread + Math.log2(Math.max(1, values)),
        };
      }
      case "power":
        return this.power(this.of(e.base), e.base, e.exponent);
      case "function": {
        const inner = this.of(e.of);
        const wild = inner.up > 0 || inner.down > 0 ? Number.POSITIVE_INFINITY : 0;
        // exp(c s) with |s| of order one: its logarithm is c.
        return { ...inner, up: wild, down: 0, height: 1.5 * 2 ** Math.min(30, inner.height) };
      }
      case "unitary":
        if (!this.units.has(e.unitary)) {
          this.units.add(e.unitary);
          // That it is unitary, or what its inverse is, is a matter of conjugates.
          this.conjugated ||= hasRoot(e.unitary.generator);
          this.exponent = larger(this.exponent, this.of(e.unitary.generator));
        }
        return nothing;
      case "adjoint": {
        this.conjugated ||= hasRoot(e.of);
        return this.of(e.of);
      }
      case "derivative": {
        const moving = this.assumptions.filter((a) => (a.target?.order ?? 0) > 0).map((a) => this.quotient(a));
        return this.product([this.of(e.of), moving.reduce(larger, nothing)]);
      }
      default:
        return this.sum(children(e).map((c) => this.of(c)));
    }
  }

  private power(base: Size, e: Expression, exponent: Rational): Size {
    const times = Math.abs(Number(exponent.n)) / Number(exponent.d);
    const [up, down] = exponent.n < 0n ? [base.down, base.up] : [base.up, base.down];
    const inP = up + down > 0;
    if (!isInteger(exponent)) this.roots.push({ base: e, exponent });
    if (inP && !isInteger(exponent)) this.fraction *= Number(exponent.d);
    // A root of p is a power of it, one of p + 1 is no polynomial in anything.
    const wild = inP && !isInteger(exponent) && !isMonomial(e);
    return {
      points: Math.ceil(base.points * times),
      values: Math.ceil(base.values * times),
      sized: Math.ceil(base.sized * times),
      up: wild ? Number.POSITIVE_INFINITY : up * times,
      down: wild ? 0 : down * times,
      height: base.height * times,
      spread: base.spread * times,
      ladders: base.ladders * times,
    };
  }

  /** A value that an assumption gives is the assumption's right side; ch(m k) counts as m k does. */
  private value(symbol: number, of: { readonly multiple: Rational; readonly kernel: { readonly body: Expression } } | undefined): Size {
    const sizes = this.assumptions.filter((a) => a.target?.symbol.id === symbol && a.target.order === 0).map((a) => this.quotient(a));
    if (of !== undefined) {
      const kernel = this.of(of.kernel.body);
      sizes.push({ ...kernel, height: 3 * (kernel.height + heightOf(of.multiple)), spread: 3 * kernel.spread });
    }
    return sizes.reduce(larger, nothing);
  }

  private quotient({ right, target }: Assumption): Size {
    const over = target === undefined ? nothing : this.of(target.coefficient);
    return this.product([this.of(right), { ...over, up: over.down, down: over.up }]);
  }
}

/** A product of powers of numbers and parameters. */
function isMonomial(e: Expression): boolean {
  if (e.kind === "product") return e.factors.every(isMonomial);
  if (e.kind === "power") return isMonomial(e.base);
  return e.kind === "number" || e.kind === "parameter" || e.kind === "pi";
}
