import { argumentLabels } from "../core/argument.js";
import type { Argument, Assumption, Equation, Expression, SymbolInfo } from "../core/expression.js";
import { isInteger, multiply } from "../core/rational.js";
import type { Span } from "../source/span.js";
import type { Hyperbolic } from "./hyperbolic.js";
import { Unbounded, Unsupported } from "./limits.js";
import { isLocal } from "./local.js";
import { children, freeLabels, isScalar } from "./tree.js";

/**
 * How high frequencies become. A term is a product of functions, operators and deltas; once deltas and contractions have
 * identified labels, a point carries at most all of its functions and all operators that are left, each with frequencies up to
 * the band, and the tests of the free labels. The product rule is exact there when the sum of these stays within (n-1)/2.
 * Terms without derivatives need no product rule: they are equal point by point.
 */
interface Part {
  /** Slots of functions of space. */
  readonly functions: number;
  /** Slots of ladder operators. */
  readonly ladders: number;
  /** Functions whose frequencies are not bounded. */
  readonly full: number;
  /** Derivatives. */
  readonly order: number;
}

/** Bounds for the terms without and with derivatives, where there are such terms. */
interface Load {
  readonly plain?: Part;
  readonly smooth?: Part;
}

/** What an equation with derivatives in space needs. */
export interface Smooth {
  /** Bound for the sum of all frequencies, in units of the band. */
  readonly total: number;
  /**
   * Terms have at most two derivatives, summed over as a pair or by one component of an equation between vectors: then one
   * dimension is enough. It does not tell (\nabla f \nabla g) (\nabla h \nabla k) from (\nabla f \nabla h) (\nabla g \nabla k).
   */
  readonly faithful: boolean;
  /** How many fermionic annihilators a term has, where these are few. */
  readonly forms?: number;
  /** The bound holds for power series to this order in what is exponentiated; absent where it holds for all of it. */
  readonly depth?: number;
}

const mostForms = 6;

const none: Part = { functions: 0, ladders: 0, full: 0, order: 0 };
const add = (a: Part, b: Part): Part => ({
  functions: a.functions + b.functions,
  ladders: a.ladders + b.ladders,
  full: a.full + b.full,
  order: a.order + b.order,
});
const larger = (a: Part, b: Part): Part => ({
  functions: Math.max(a.functions, b.functions),
  ladders: Math.max(a.ladders, b.ladders),
  full: Math.max(a.full, b.full),
  order: Math.max(a.order, b.order),
});
const either = (a: Part | undefined, b: Part | undefined): Part | undefined => (a === undefined ? b : b === undefined ? a : larger(a, b));
const most = (l: Load): Part => either(l.plain, l.smooth) ?? none;
const load = (plain: Part | undefined, smooth: Part | undefined): Load => ({
  ...(plain === undefined ? {} : { plain }),
  ...(smooth === undefined ? {} : { smooth }),
});

/** True where a derivative in space is written. */
export function isSmooth(roots: readonly Expression[]): boolean {
  const seen = new Set<Expression>();
  const stack = [...roots];
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (seen.has(e)) continue;
    seen.add(e);
    if (e.kind === "partial" || e.kind === "components" || (e.kind === "value" && (e.partials?.length ?? 0) > 0)) return true;
    stack.push(...children(e));
  }
  return false;
}

/**
 * @param depth the powers that are kept of what is exponentiated, where both sides are power series in it
 * @throws Unbounded where frequencies cannot be bounded
 */
export function bandwidth(
  equation: Equation,
  assumptions: readonly Assumption[],
  series: ReadonlyMap<Expression, Hyperbolic>,
  fermions: number,
  depth?: number,
): Smooth {
  const walk = new Walk(assumptions, series, depth);
  const sides = [equation.left, equation.right];
  const both = sides.map((side) => walk.of(side));
  const worst = both.map((l) => l.smooth).reduce(either, undefined) ?? none;
  if (worst.full > 1 || (depth === undefined && walk.local && worst.ladders > 0))
    throw new Unbounded(
      "beside derivatives stand functions without a bound on their frequencies (quotients, roots, exponentials, or several that an assumption defines): the product rule fails for them in the finite model",
      equation.left.span,
    );
  const free = new Map(sides.flatMap(freeLabels).map((l) => [l.id, l]));
  const tests = [...free.values()].filter((l) => l.kind.kind === "space").length;
  const { loose, paired } = componentsOf([...sides, ...assumptions.flatMap((a) => [a.left, a.right])]);
  return {
    total: worst.functions + worst.ladders * walk.weight() + tests,
    ...(walk.truncated && depth !== undefined ? { depth } : {}),
    // A unitary may make annihilators of creators.
    ...(fermions > 0 && fermions <= mostForms && !walk.unitaries ? { forms: fermions } : {}),
    faithful: worst.order <= 2 && loose + Number(paired && worst.order > 1) <= 1,
  };
}

/** How many components no sum runs over, in an equation between vectors, and whether there are others. */
function componentsOf(roots: readonly Expression[]): { readonly loose: number; readonly paired: boolean } {
  const used = new Set<number>();
  const bound = new Set<number>();
  const seen = new Set<Expression>();
  const stack = [...roots];
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (seen.has(e)) continue;
    seen.add(e);
    if (e.kind === "partial") used.add(e.component.id);
    if (e.kind === "components") bound.add(e.component.id);
    if (e.kind === "value") for (const { component } of e.partials ?? []) used.add(component.id);
    stack.push(...children(e));
  }
  return { loose: [...used].filter((id) => !bound.has(id)).length, paired: bound.size > 0 };
}

class Walk {
  private readonly assumptions: readonly Assumption[];
  private readonly series: ReadonlyMap<Expression, Hyperbolic>;
  private readonly known = new Map<Expression, Load>();
  private readonly active = new Set<Expression>();
  private readonly scalars = new Map<Expression, boolean>();
  private readonly defining = new Set<number>();
  unitaries = false;
  /** A unitary multiplies operators by functions without a bound on their frequencies. */
  local = false;
  /** Something has a bound as a power series only. */
  truncated = false;
  /** The largest generator of a unitary. */
  private exponent = none;

  private readonly depth: number | undefined;

  constructor(assumptions: readonly Assumption[], series: ReadonlyMap<Expression, Hyperbolic>, depth: number | undefined) {
    this.assumptions = assumptions;
    this.series = series;
    this.depth = depth;
  }

  /**
   * What a ladder operator may become: itself, or by a unitary what the generator has beside its operators,
   * a_x -> a_x + f(x) or a_x -> int K(x,y) a_y dy. Compositions of K are at points of their own, where there is no derivative,
   * unless K is local: then `depth` of them meet.
   */
  weight(): number {
    if (this.local) return 1 + (this.depth ?? 0) * this.exponent.functions;
    return Math.max(1, this.exponent.functions);
  }

  of(e: Expression): Load {
    const old = this.known.get(e);
    if (old !== undefined) return old;
    if (this.active.has(e)) return { plain: none };
    this.active.add(e);
    const of = this.series.get(e);
    const made = of === undefined ? this.compute(e) : this.hyperbolic(of);
    this.active.delete(e);
    this.known.set(e, made);
    return made;
  }

  private compute(e: Expression): Load {
    switch (e.kind) {
      case "value":
        return this.value(e.symbol, e.arguments, e.partials?.length ?? 0, e.span);
      case "ladder":
        for (const a of e.arguments) if (!isRigid([a])) throw bent(e.span);
        return { plain: { ...none, ladders: e.arguments.filter((a) => a.of.kind === "space").length } };
      case "delta":
        if (!isRigid([e.left, e.right])) throw bent(e.span);
        return { plain: none };
      case "product":
      case "commutator":
      case "contraction":
        return this.product(children(e));
      case "power":
        return this.power(e);
      case "function": {
        const inner = this.of(e.of);
        return this.isClosed(e.of) ? this.opaque(inner) : load(this.exponential(inner.plain), this.exponential(inner.smooth));
      }
      case "partial": {
        const inner = most(this.of(e.of));
        return { smooth: { ...inner, order: inner.order + 1 } };
      }
      case "derivative":
        return this.derivative(this.of(e.of));
      case "unitary": {
        const inner = this.of(e.unitary.generator);
        this.unitaries = true;
        this.exponent = larger(this.exponent, most(inner));
        if (most(inner).functions > 0 && (isLocal(e.unitary.generator) || this.assumptions.some((a) => a.target && isLocal(a.right))))
          this.local = this.truncated = true;
        // It cancels, or is left over as it is. A derivative in the exponent may come any number of times.
        return inner.smooth === undefined ? { plain: none } : { smooth: { ...none, order: 9 } };
      }
      case "call": {
        const inner = this.of(e.definition.body);
        if (e.arguments.some((a) => !isRigid([a])) && identifies(e.definition.body)) throw bent(e.span);
        const factor = Math.max(1, ...e.arguments.map((a) => slope(a, e.span)));
        if (factor === 1) return inner;
        const times = (p: Part | undefined): Part | undefined =>
          p && { ...p, functions: p.functions * factor, ladders: p.ladders * factor };
        return load(times(inner.plain), times(inner.smooth));
      }
      default: {
        const below = children(e).map((c) => this.of(c));
        if (below.length === 0) return { plain: none };
        return load(below.map((l) => l.plain).reduce(either, undefined), below.map((l) => l.smooth).reduce(either, undefined));
      }
    }
  }

  /** Closed scalars have points of their own, and add nothing at those of the others. */
  private product(factors: readonly Expression[]): Load {
    const open: Load[] = [];
    const closed: Load[] = [];
    for (const f of factors) (this.isClosed(f) ? closed : open).push(this.of(f));
    const bare = (p: Part | undefined): Part | undefined => p && { ...none, order: p.order };
    const all = [...open, ...closed.map((l) => load(bare(l.plain), bare(l.smooth)))];
    let plain: Part | undefined = none;
    let smooth: Part | undefined;
    for (const l of all) {
      const before: Part | undefined = either(plain, smooth);
      const next: Part | undefined = plain && l.plain ? add(plain, l.plain) : undefined;
      const one: Part | undefined = before && l.smooth ? add(before, l.smooth) : undefined;
      const two: Part | undefined = smooth ? add(smooth, most(l)) : undefined;
      plain = next;
      smooth = either(one, two);
    }
    for (const l of closed) {
      const alone = (p: Part | undefined): Part | undefined => p && { ...p, order: 0 };
      if (smooth) smooth = either(smooth, alone(l.smooth));
      if (plain) plain = either(plain, alone(l.plain));
    }
    return load(plain, smooth);
  }

  private power(e: Expression & { kind: "power" }): Load {
    const { base, exponent } = e;
    const inner = this.of(base);
    const whole = isInteger(exponent) && exponent.n >= 0n;
    if (!whole) return this.isClosed(base) ? this.opaque(inner) : load(unbounded(inner.plain), unbounded(inner.smooth));
    if (exponent.n > 40n) throw new Unsupported("the power is too high for derivatives in the finite model", e.span);
    return this.product(Array.from({ length: Number(exponent.n) }, () => base));
  }

  /** k \overline{k} ... k has the frequencies of k in its outer slots, however long it is; derivatives come any number of times. */
  private hyperbolic({ kernel }: Hyperbolic): Load {
    return this.opaque(this.of(kernel.body));
  }

  /** In a power series at most `depth` powers of an exponent occur. */
  private exponential(p: Part | undefined): Part | undefined {
    if (this.depth === undefined || p === undefined) return unbounded(p);
    this.truncated = true;
    return { ...p, functions: p.functions * this.depth, ladders: p.ladders * this.depth, order: p.order > 0 ? 9 : 0 };
  }

  /** A function of a number: nothing in it meets what stands beside it, but derivatives in it come any number of times. */
  private opaque(inner: Load): Load {
    return load(inner.plain, inner.smooth && { ...inner.smooth, order: 9 });
  }

  private value(symbol: SymbolInfo, args: readonly Argument[], partials: number, span: Span): Load {
    const slopes = args.map((a) => slope(a, span));
    const factor = Math.max(1, ...slopes);
    let inner: Load = { plain: { ...none, functions: slopes.reduce((a, b) => a + b, 0) } };
    const rule = this.assumptions.find((a) => a.target?.symbol.id === symbol.id && a.target.order === 0);
    if (rule?.target !== undefined && !this.defining.has(symbol.id)) {
      this.defining.add(symbol.id);
      const right = this.of(rule.right);
      if (freeLabels(rule.target.coefficient).some((l) => l.kind.kind === "space")) {
        const { order } = most(right);
        inner = { smooth: { functions: 0, ladders: 0, full: 1, order } };
      } else {
        const times = (p: Part | undefined): Part | undefined => p && { ...p, functions: p.functions * factor };
        inner = load(times(right.plain), times(right.smooth));
      }
      this.defining.delete(symbol.id);
    }
    if (partials === 0) return inner;
    const all = most(inner);
    return { smooth: { ...all, order: all.order + partials } };
  }

  /** An equation of motion puts its right side in place of a function. */
  private derivative(inner: Load): Load {
    const rise = this.rise();
    const moved = this.assumptions.some((a) => (a.target?.order ?? 0) > 0 && this.of(a.right).smooth !== undefined);
    // One factor is differentiated; U^* dU/dt has the generator once.
    const up = add(rise, { ...this.exponent, order: 0 });
    return load(inner.plain && add(inner.plain, up), moved || inner.smooth ? add(most(inner), up) : undefined);
  }

  private rise(): Part {
    let worst = none;
    for (const a of this.assumptions) {
      if (a.target === undefined || a.target.order === 0) continue;
      const right = most(this.of(a.right));
      worst = larger(worst, { ...right, functions: Math.max(0, right.functions - a.target.arguments.length) });
    }
    return worst;
  }

  private isClosed(e: Expression): boolean {
    return isScalar(e, this.scalars) && !freeLabels(e).some((l) => l.kind.kind === "space");
  }
}

/** A quotient or a transcendental function: constants stay what they are. */
function unbounded(p: Part | undefined): Part | undefined {
  return p && { ...p, full: p.functions > 0 || p.full > 0 ? 2 : 0, order: p.order > 0 ? 9 : 0 };
}

/** A label or the origin, or the difference of two labels: what a delta sets equal then are points as they are. */
function isRigid(sides: readonly Argument[]): boolean {
  let [up, down] = [0, 0];
  for (const [i, a] of sides.entries()) {
    if (a.kind !== "affine" || a.of.kind !== "space") continue;
    for (const { coefficient } of a.terms) {
      const c = multiply(coefficient, a.scale.number);
      if (c.d !== 1n || (c.n !== 1n && c.n !== -1n)) return false;
      if (c.n > 0n === (i === 0)) up++;
      else down++;
    }
  }
  return sides.length === 1 ? up <= 1 && down === 0 : up <= 1 && down <= 1;
}

/** Deltas and operators, whose contractions are deltas. */
function identifies(root: Expression): boolean {
  const stack = [root];
  const seen = new Set<Expression>();
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (seen.has(e)) continue;
    seen.add(e);
    if (e.kind === "delta" || e.kind === "ladder") return true;
    stack.push(...children(e));
  }
  return false;
}

const bent = (span: Span): Unsupported =>
  new Unsupported(
    "beside derivatives the finite model takes operators at labels as they are, and deltas of differences of two labels",
    span,
  );

/** By how much frequencies grow: the larger of the sums of positive and of negative coefficients. */
function slope(a: Argument, span: Span): number {
  if (a.kind !== "affine" || a.of.kind !== "space" || argumentLabels(a).length === 0) return 0;
  let [up, down] = [0, 0];
  for (const { coefficient } of a.terms) {
    const n = coefficient.n * a.scale.number.n;
    if (!isInteger(coefficient) || !isInteger(a.scale.number))
      throw new Unsupported("beside derivatives the finite model needs whole numbers as coefficients of labels", span);
    if (n > 0n) up += Number(n);
    else down -= Number(n);
  }
  return Math.max(up, down);
}
