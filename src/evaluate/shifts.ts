import { argumentLabels, shiftOf } from "../core/argument.js";
import type { Argument, Assumption, Equation, Expression } from "../core/expression.js";
import { Unsupported } from "./limits.js";
import type { Row, Written } from "./rows.js";
import { argumentsIn, children } from "./tree.js";

/**
 * Labels of Z plus numbers, such as `j+1`, on a cyclic group. What is true on Z is true there if
 *
 * - no two numbers that differ become the same: the deltas of a term, written or from contractions, ask for equalities between
 *   labels up to numbers, j = k+1, and say no as soon as a sum of these numbers around a loop is not 0. On n points they do so
 *   too where n is larger than the sum of all numbers of the term. The same goes for V(j-k+1) with an even V;
 * - they ask for nothing that only a cyclic group can do, as 2j = 1 does: each is a difference of two labels plus a number, so that
 *   labels are nodes of a graph and the numbers potentials on its edges.
 *
 * Changes of variables j -> j+1 are permutations of both. Where only numbers say that an equation is true, more
 * points are needed: a term with L labels, between which differences up to a number C matter, looks on Z as it does on
 * L (C+1) + C points, as larger distances may be shortened.
 */
export function shiftsOf(equation: Equation, assumptions: readonly Assumption[]): number {
  const walk = new Walk(assumptions);
  // What is assumed of f(1) ties it to that point.
  const closed = assumptions
    .filter((a) => a.target === undefined)
    .map((a) => Math.max(walk.of(a.left, nothing), walk.of(a.right, nothing)));
  const most = Math.max(walk.of(equation.left, nothing), walk.of(equation.right, nothing)) + closed.reduce((sum, size) => sum + size, 0);
  if (most > mostShift)
    throw new Unsupported("the numbers beside labels, as in c_{j+1}, are too large for a model with a few points", equation.left.span);
  return most;
}

/** By how much the labels that a definition or assumption is taken at are shifted. */
type Shifts = ReadonlyMap<number, number>;
const nothing: Shifts = new Map();

/** Twice as many points, and one more, are needed. */
const mostShift = 31;
const mostWork = 200_000;

class Walk {
  private readonly assumptions: readonly Assumption[];
  private readonly plain = new Map<Expression, number>();
  private readonly active = new Set<Assumption>();
  private work = 0;

  constructor(assumptions: readonly Assumption[]) {
    this.assumptions = assumptions;
  }

  /** A bound for the sum of the numbers in one term. */
  of(e: Expression, at: Shifts): number {
    const known = at.size === 0 && this.active.size === 0 ? this.plain.get(e) : undefined;
    if (known !== undefined) return known;
    if (++this.work > mostWork) throw new Unsupported("the definitions expand to too much for the finite model", e.span);
    const size = this.compute(e, at);
    if (at.size === 0 && this.active.size === 0) this.plain.set(e, size);
    return size;
  }

  private compute(e: Expression, at: Shifts): number {
    const below = (parts: readonly Expression[]): number[] => parts.map((part) => this.of(part, at));
    const total = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0);
    const own = total(argumentsIn(e).map((a) => sizeOf(a, at)));
    switch (e.kind) {
      case "ladder":
      case "delta":
        return own;
      case "value":
        return own + this.assumed(e, at);
      case "call": {
        const inner = new Map<number, number>();
        e.definition.parameters.forEach((label, i) => {
          const size = sizeOf(e.arguments[i] as Argument, at);
          if (size > 0) inner.set(label.id, size);
        });
        return this.of(e.definition.body, inner);
      }
      case "product":
      case "commutator":
      case "contraction":
        return total(below(children(e)));
      case "power":
        return Math.ceil(Math.abs(Number(e.exponent.n)) / Number(e.exponent.d)) * this.of(e.base, at);
      case "derivative": {
        // A derivative may bring in the right side of each equation of motion.
        const moving = this.assumptions.filter((a) => (a.target?.order ?? 0) > 0);
        return this.of(e.of, at) + Math.max(0, ...moving.map((a) => this.right(a, nothing)));
      }
      case "unitary":
        if (this.of(e.unitary.generator, nothing) > 0)
          throw new Unsupported(
            "the generator of a unitary has labels plus numbers, as in c_{j+1}, which the finite model cannot follow",
            e.span,
          );
        return 0;
      case "function":
        // A function of a sum is one value of all of its terms.
        return this.all(e.of, at);
      default:
        return Math.max(0, ...below(children(e)));
    }
  }

  /** All numbers of an expression. */
  private all(e: Expression, at: Shifts): number {
    if (e.kind === "sum") return e.terms.reduce((sum, term) => sum + this.all(term, at), 0);
    return this.of(e, at);
  }

  private assumed(e: Extract<Expression, { kind: "value" }>, at: Shifts): number {
    let most = 0;
    for (const a of this.assumptions) {
      if (a.target?.symbol.id !== e.symbol.id || a.target.order > 0 || this.active.has(a)) continue;
      const inner = new Map<number, number>();
      a.target.arguments.forEach((given, i) => {
        const [label] = argumentLabels(given);
        const size = sizeOf(e.arguments[i] as Argument, at);
        if (label !== undefined && size > 0) inner.set(label.id, size);
      });
      most = Math.max(most, this.right(a, inner));
    }
    return most;
  }

  private right(a: Assumption, at: Shifts): number {
    if (this.active.has(a)) return 0;
    this.active.add(a);
    const size = this.of(a.right, at) + (a.target === undefined ? 0 : this.of(a.target.coefficient, at));
    this.active.delete(a);
    return size;
  }
}

function sizeOf(a: Argument, at: Shifts): number {
  const { n } = shiftOf(a);
  let size = Math.abs(Number(n));
  if (a.kind === "affine")
    for (const { label, coefficient } of a.terms)
      size += (at.get(label.id) ?? 0) * Math.ceil(Math.abs(Number(coefficient.n)) / Number(coefficient.d));
  return size;
}

/**
 * Refuses what is no graph: deltas and ladder operators have at most two labels, whose signs can be flipped so that each delta is a
 * difference, also those that contractions make.
 */
export function checkNetwork(equation: Equation, written: Written, balanced: (kept: (row: Row) => Row["terms"]) => boolean): void {
  const kept = (row: Row): Row["terms"] =>
    row.of === undefined ? [] : row.terms.filter(({ label }) => label.kind.kind === "lattice" && !label.unit);
  const whole = written.rows.every((row) => kept(row).every(({ coefficient: c }) => c.d === 1n && (c.n === 1n || c.n === -1n)));
  if (!whole || !balanced(kept))
    throw new Unsupported(
      "labels plus numbers, as in c_{j+1}, stand beside sums or multiples of labels, which the finite model cannot follow",
      equation.left.span,
    );
}
