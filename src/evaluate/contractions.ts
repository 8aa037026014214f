import { argumentLabels } from "../core/argument.js";
import type { Argument, Assumption, Equation, Expression, Label } from "../core/expression.js";
import { add, multiply, one, type Rational, rational, zero } from "../core/rational.js";
import type { Span } from "../source/span.js";
import { Unsupported } from "./limits.js";
import { type Form, type Ladder, Matchings, type Product } from "./matchings.js";
import type { Row, Written } from "./rows.js";
import { children } from "./tree.js";

/**
 * The deltas that are in an equation without being written: a_x to the left of a_y^* holds delta(x-y), and so does a
 * commutator. Their labels count for changes of variables like those of written deltas, [a_x, a_y^*] f(x+y) being
 * delta(x-y) f(2x). Answers with the coefficients by which the number of points may not be divisible.
 *
 * Where the equation is one about graphs, nothing is to be done. Otherwise it is multiplied out, each use of a definition with bound labels
 * of its own, and each product's contractions are looked at.
 * @throws Unsupported where a contraction makes a change of variables that the model cannot follow, or where there are too many
 */
export function contractions(
  equation: Equation,
  assumptions: readonly Assumption[],
  written: Written,
  isFree: (label: Label) => boolean,
): ReadonlySet<number> {
  const kept = (row: Row): Row["terms"] =>
    row.terms.filter((t) => !isFree(t.label) || (row.of !== undefined && t.label.kind.kind === "space"));
  if (isGraph(equation, written, kept)) return new Set();
  const expansion = new Expansion(assumptions, isFree);
  const matchings = new Matchings(expansion);
  for (const side of [equation.left, equation.right]) {
    for (const product of expansion.of(side)) matchings.check(product, side.span);
  }
  return matchings.divisors;
}

const sign = (q: Rational): 1 | -1 => (q.n < 0n ? -1 : 1);

/**
 * True when the signs of labels can be flipped so that every form of two labels is a difference, and every ladder operator stands at one
 * label with the sign 1. Then each contraction is a difference too, and the matrix of forms is the incidence matrix of a graph,
 * whatever is contracted. Labels of a definition's copies get the flips of their originals.
 */
export function isGraph(equation: Equation, { rows, original }: Written, kept: (row: Row) => Row["terms"]): boolean {
  const links = new Map<number, (readonly [number, number])[]>();
  const root = Number.NaN;
  const link = (a: number, b: number, relation: number): void => {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const list = links.get(from);
      if (list) list.push([to, relation]);
      else links.set(from, [[to, relation]]);
    }
  };
  const put = (row: Row): boolean => {
    const terms = kept(row);
    const [first, second] = terms.map((t) => [original.get(t.label.id) ?? t.label.id, sign(t.coefficient)] as const);
    if (first === undefined) return true;
    if (row.of === "ladder") link(root, first[0], first[1]);
    else if (second !== undefined) link(first[0], second[0], -first[1] * second[1]);
    return terms.length <= (row.of === "ladder" ? 1 : 2);
  };
  if (!rows.every(put)) return false;
  // Ladder operators at one label that is bound in a definition are not among the rows.
  const stack = [equation.left, equation.right];
  const seen = new Set<Expression>();
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (seen.has(e)) continue;
    seen.add(e);
    stack.push(...children(e));
    if (e.kind !== "ladder") continue;
    for (const a of e.arguments)
      if (a.kind === "affine" && a.terms.length === 1 && !put({ terms: a.terms, of: "ladder", span: e.span })) return false;
  }
  const side = new Map<number, number>();
  for (const start of links.keys()) {
    if (side.has(start)) continue;
    side.set(start, 1);
    const queue = [start];
    for (let from = queue.pop(); from !== undefined; from = queue.pop()) {
      for (const [to, relation] of links.get(from) ?? []) {
        const wanted = (side.get(from) as number) * relation;
        const known = side.get(to);
        if (known === undefined) {
          side.set(to, wanted);
          queue.push(to);
        } else if (known !== wanted) return false;
      }
    }
  }
  return true;
}

type At = ReadonlyMap<number, ReadonlyMap<number, Rational> | number | undefined>;

const mostProducts = 20_000;
const mostWork = 2_000_000;
const unit: Product = { ladders: [], values: [], deltas: [] };

/** Expressions multiplied out. */
class Expansion {
  private readonly assumptions: readonly Assumption[];
  private readonly isFree: (label: Label) => boolean;
  private readonly labels = new Map<number, { readonly bound: boolean; readonly space: boolean }>();
  private next = -1;
  private work = 0;
  private normals = 0;
  private depth = 0;

  constructor(assumptions: readonly Assumption[], isFree: (label: Label) => boolean) {
    this.assumptions = assumptions;
    this.isFree = isFree;
  }

  readonly bound = (id: number): boolean => this.labels.get(id)?.bound ?? false;
  readonly space = (id: number): boolean => this.labels.get(id)?.space ?? false;

  of(e: Expression, at: At = new Map(), dagger = false, normal: readonly number[] = []): readonly Product[] {
    const products = this.expand(e, at, dagger, normal);
    this.work += products.length;
    if (products.length > mostProducts || this.work > mostWork) throw tooMany(e.span);
    return products;
  }

  private expand(e: Expression, at: At, dagger: boolean, normal: readonly number[]): readonly Product[] {
    const below = (child: Expression): readonly Product[] => this.of(child, at, dagger, normal);
    switch (e.kind) {
      case "ladder": {
        const slots = e.arguments.map((a): Form | number | undefined => (a.kind === "affine" ? whole(this.form(a, at)) : constant(a, at)));
        const ladder: Ladder = { species: e.species.id, creation: e.creation !== dagger, slots, normal };
        return [{ ...unit, ladders: [ladder] }];
      }
      case "value":
        return this.value(e, at);
      case "delta": {
        if (e.left.kind !== "affine" || e.right.kind !== "affine") return [unit];
        const difference = new Map(this.form(e.left, at));
        for (const [id, c] of this.form(e.right, at)) put(difference, id, multiply(rational(-1), c));
        return [{ ...unit, deltas: [e.left.of.kind === "space" ? signs(difference) : whole(difference)] }];
      }
      case "sum":
        return e.terms.flatMap(below);
      case "product":
        return this.product(
          (dagger ? e.factors.toReversed() : e.factors).map((f) => () => below(f)),
          e.span,
        );
      case "commutator":
        return [
          ...this.product([() => below(e.left), () => below(e.right)], e.span),
          ...this.product([() => below(e.right), () => below(e.left)], e.span),
        ];
      case "contraction":
        return this.product(
          (dagger ? [e.right, e.left] : [e.left, e.right]).map((f) => () => below(f)),
          e.span,
        );
      case "power": {
        const plain = e.exponent.d === 1n && e.exponent.n >= 0n;
        if (!plain) return this.merged(e.base, at, e.span);
        const first = below(e.base);
        if (first.every((p) => p.ladders.length + p.values.length + p.deltas.length === 0)) return [unit];
        if (e.exponent.n > 20n) throw tooMany(e.span);
        const factors = Array.from({ length: Number(e.exponent.n) }, () => () => below(e.base));
        return this.product(factors, e.span);
      }
      case "bind": {
        const inner = new Map(at);
        for (const l of e.labels) {
          if (l.kind.kind === "finite") {
            inner.set(l.id, undefined);
            continue;
          }
          const id = this.next--;
          this.labels.set(id, { bound: true, space: l.kind.kind === "space" });
          inner.set(l.id, new Map([[id, one]]));
        }
        return this.of(e.body, inner, dagger, normal);
      }
      case "adjoint":
        return this.of(e.of, at, !dagger, normal);
      case "normal":
        return this.of(e.of, at, dagger, [...normal, this.normals++]);
      case "function":
        return this.merged(e.of, at, e.span);
      case "unitary":
        return this.unitary(e.unitary.generator, at, e.span);
      case "call": {
        const inner = new Map<number, ReadonlyMap<number, Rational> | number | undefined>();
        e.definition.parameters.forEach((p, i) => {
          const a = e.arguments[i] as Argument;
          inner.set(p.id, a.kind === "affine" ? this.form(a, at) : constant(a, at));
        });
        return this.of(e.definition.body, inner, dagger, normal);
      }
      case "number":
      case "imaginary":
      case "pi":
      case "parameter":
        return [unit];
      default:
        return children(e).length === 0 ? [unit] : children(e).flatMap(below);
    }
  }

  private product(factors: readonly (() => readonly Product[])[], span: Span): readonly Product[] {
    let out: readonly Product[] = [unit];
    for (const factor of factors) {
      const right = factor();
      if (out.length * right.length > mostProducts) throw tooMany(span);
      out = out.flatMap((a) =>
        right.map((b) => ({
          ladders: [...a.ladders, ...b.ladders],
          values: [...a.values, ...b.values],
          deltas: [...a.deltas, ...b.deltas],
        })),
      );
    }
    return out;
  }

  /** A value, or what an assumption says it is. */
  private value(e: Extract<Expression, { kind: "value" }>, at: At): readonly Product[] {
    const values = e.arguments.filter((a) => a.kind === "affine").map((a) => this.kept(this.form(a, at), a.of.kind === "space"));
    const own: Product = { ...unit, values };
    const others: Product[] = [];
    for (const a of this.assumptions) {
      // Equations of motion lead back to themselves.
      if (a.target?.symbol.id !== e.symbol.id || this.depth > 1) continue;
      const inner = new Map<number, ReadonlyMap<number, Rational> | number | undefined>();
      a.target.arguments.forEach((p, i) => {
        const [label] = argumentLabels(p);
        const given = e.arguments[i] as Argument;
        if (label !== undefined) inner.set(label.id, given.kind === "affine" ? this.form(given, at) : constant(given, at));
      });
      this.depth++;
      others.push(...this.of(a.right, inner));
      this.depth--;
    }
    return [own, ...others];
  }

  /** A function of a scalar, as all of its values, twice over for its bound labels. */
  private merged(e: Expression, at: At, span: Span): readonly Product[] {
    const all = [...this.of(e, at), ...this.of(e, at)];
    if (all.every((p) => p.ladders.length === 0)) return [{ ...unit, values: all.flatMap((p) => [...p.values, ...p.deltas]) }];
    throw new Unsupported("a function of contracted ladder operators has labels that the finite model cannot follow", span);
  }

  /**
   * W^* a_u W = a_u + g(u) where W = exp(sum_p g(p) a_p^* - h.c.): a shift takes an operator to a value at the same form, so that it
   * is enough to keep the operator.
   */
  private unitary(generator: Expression, at: At, span: Span): readonly Product[] {
    for (const { ladders, values, deltas } of this.of(generator, at)) {
      // Of another degree it is refused, or it has no labels, elsewhere.
      if (ladders.length !== 1) continue;
      const forms = (ladders[0] as Ladder).slots.filter((s) => s instanceof Map) as Form[];
      const simple = [...forms, ...values].every((f) => [...f.keys()].filter(this.bound).length <= 1);
      if (!simple || deltas.length > 0)
        throw new Unsupported("the generator of a unitary has combinations of labels that the finite model cannot follow", span);
    }
    return [unit];
  }

  /** Coefficients of a label in its unit, which `unimodular` has seen to be 1 and -1. */
  private kept(form: ReadonlyMap<number, Rational>, space: boolean): Form {
    const bound = new Map([...form].filter(([id]) => this.bound(id)));
    return space ? signs(bound) : whole(bound);
  }

  private form(a: Extract<Argument, { kind: "affine" }>, at: At): ReadonlyMap<number, Rational> {
    const out = new Map<number, Rational>();
    for (const { label, coefficient } of a.terms) {
      const times = multiply(a.scale.number, coefficient);
      const given = at.get(label.id);
      if (given instanceof Map) for (const [id, c] of given as ReadonlyMap<number, Rational>) put(out, id, multiply(times, c));
      else {
        // Labels that are open in an assumption count as bound ones.
        if (!this.labels.has(label.id)) this.labels.set(label.id, { bound: !this.isFree(label), space: label.kind.kind === "space" });
        put(out, label.id, times);
      }
    }
    return out;
  }
}

function put(form: Map<number, Rational>, id: number, by: Rational): void {
  const sum = add(form.get(id) ?? zero, by);
  if (sum.n === 0n) form.delete(id);
  else form.set(id, sum);
}

const constant = (a: Argument, at: At): number | undefined => {
  if (a.kind === "constant") return a.value;
  const given = a.kind === "label" ? at.get(a.label.id) : undefined;
  return typeof given === "number" ? given : undefined;
};

const signs = (form: ReadonlyMap<number, Rational>): Form => new Map([...form].map(([id, c]) => [id, sign(c)]));

/** Times the common denominator, which changes no Kronecker delta; ladder operators have none. */
function whole(form: ReadonlyMap<number, Rational>): Form {
  const common = [...form.values()].reduce((m, c) => m * c.d, 1n);
  return new Map([...form].map(([id, c]) => [id, Number((c.n * common) / c.d)]));
}

const tooMany = (span: Span): Unsupported => new Unsupported("there are too many products of ladder operators for the finite model", span);
