import { withChildren, children as written } from "../core/children.js";
import type {
  Argument,
  Assumption,
  Definition,
  Equation,
  Expression,
  Kernel,
  Kind,
  Label,
  SymbolInfo,
  Unitary,
} from "../core/expression.js";
import { one, type Rational } from "../core/rational.js";
import { Unsupported } from "./limits.js";
import { children } from "./tree.js";

/**
 * ch(mk), sh(mk) and p(mk) = ch(mk) - 1 in an equation, written as definitions that everything in this folder understands:
 *   ch(mk)(x,y) = delta(x-y) + p(x,y),   p(x,y) ~ int k(x,z) conj k(z,y) dz,
 *   sh(mk)(x,y) ~ k(x,y) + int int k(x,z) conj k(z,w) k(w,y) dz dw.
 * Behind ~ stands the first term of the series, which has its labels, scales and measures; where it stands the compiler puts
 * the sum of the whole series, see `series.ts`.
 */
export interface Hyperbolic {
  readonly name: "p" | "sh";
  readonly multiple: Rational;
  readonly kernel: Kernel;
  /** Labels at which it is taken, and one over which a composition integrates. */
  readonly first: readonly Label[];
  readonly second: readonly Label[];
  readonly inner: readonly Label[];
}

export interface Rewritten {
  readonly equation: Equation;
  /** The expressions that stand for a whole series. */
  readonly series: ReadonlyMap<Expression, Hyperbolic>;
}

/** Labels and definitions made here have numbers that no document reaches. */
const firstNumber = 2 ** 44;

export function withoutHyperbolic(equation: Equation, rewriter: Rewriter = new Rewriter()): Rewritten {
  const left = rewriter.of(equation.left);
  const right = rewriter.of(equation.right);
  const assumptions = equation.assumptions.map((a) => rewriter.assumption(a));
  const series = seriesIn([left, right, ...assumptions.flatMap((a) => [a.left, a.right])], rewriter.series);
  return series.size === 0 ? { equation, series } : { equation: { left, right, assumptions }, series };
}

/** The series that occur, of all that a rewriter knows. */
function seriesIn(roots: readonly Expression[], all: Rewritten["series"]): Rewritten["series"] {
  const found = new Map<Expression, Hyperbolic>();
  if (all.size === 0) return found;
  const seen = new Set<Expression>();
  const stack = [...roots];
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (seen.has(e)) continue;
    seen.add(e);
    const series = all.get(e);
    if (series !== undefined) found.set(e, series);
    stack.push(...children(e));
  }
  return found;
}

/** Rewrites equations. What several of them share, such as definitions, is one object afterwards too. */
export class Rewriter {
  readonly series = new Map<Expression, Hyperbolic>();
  private readonly known = new Map<Expression, Expression>();
  private readonly definitions = new Map<Definition, Definition>();
  private readonly unitaries = new Map<Unitary, Unitary>();
  private readonly functions = new Map<SymbolInfo, Definition>();
  private readonly assumptions = new Map<Assumption, Assumption>();
  private next = firstNumber;

  of(e: Expression): Expression {
    const old = this.known.get(e);
    if (old !== undefined) return old;
    const made = this.compute(e);
    this.known.set(e, made);
    return made;
  }

  assumption(a: Assumption): Assumption {
    const old = this.assumptions.get(a);
    if (old !== undefined) return old;
    const made = this.assumed(a);
    this.assumptions.set(a, made);
    return made;
  }

  private assumed(a: Assumption): Assumption {
    const [left, right] = [this.of(a.left), this.of(a.right)];
    const coefficient = a.target && this.of(a.target.coefficient);
    if (left === a.left && right === a.right && coefficient === a.target?.coefficient) return a;
    return { ...a, left, right, ...(a.target && coefficient ? { target: { ...a.target, coefficient } } : {}) };
  }

  private compute(e: Expression): Expression {
    switch (e.kind) {
      case "value": {
        if (e.symbol.of === undefined) return e;
        if (e.partials !== undefined)
          throw new Unsupported(`derivatives of ${e.symbol.name} before it is evaluated are not in the finite model`, e.span);
        return { kind: "call", span: e.span, definition: this.function(e.symbol), arguments: e.arguments };
      }
      case "call": {
        const definition = this.definition(e.definition);
        return definition === e.definition ? e : { ...e, definition };
      }
      case "unitary": {
        const old = this.unitaries.get(e.unitary);
        const generator = old ? old.generator : this.of(e.unitary.generator);
        const unitary = old ?? (generator === e.unitary.generator ? e.unitary : { ...e.unitary, generator });
        this.unitaries.set(e.unitary, unitary);
        return unitary === e.unitary ? e : { ...e, unitary };
      }
      default: {
        return withChildren(
          e,
          written(e).map((part) => this.of(part)),
        );
      }
    }
  }

  private definition(d: Definition): Definition {
    const old = this.definitions.get(d);
    if (old !== undefined) return old;
    const body = this.of(d.body);
    const made = body === d.body ? d : { ...d, body };
    this.definitions.set(d, made);
    return made;
  }

  private fresh(labels: readonly Label[]): readonly Label[] {
    return labels.map((l) => ({ ...l, id: this.next++ }));
  }

  private function(symbol: SymbolInfo): Definition {
    const old = this.functions.get(symbol);
    if (old !== undefined) return old;
    const { name, multiple, kernel } = symbol.of as NonNullable<SymbolInfo["of"]>;
    const { span } = kernel.body;
    const whole: Kernel = { ...kernel, body: this.of(kernel.body) };
    const { layout } = symbol;
    const k: Definition = { id: this.next++, name: kernel.name, parameters: [...kernel.first, ...kernel.second], body: whole.body, layout };
    const at = (from: readonly Label[], to: readonly Label[]): Expression => ({
      kind: "call",
      span,
      definition: k,
      arguments: [...from, ...to].map(plain),
    });
    const bar = (of: Expression): Expression => ({ kind: "adjoint", span, of });
    const product = (...factors: Expression[]): Expression => ({ kind: "product", span, factors });
    const [first, second, inner] = [this.fresh(kernel.first), this.fresh(kernel.second), this.fresh(kernel.first)];
    let series: Expression;
    if (name === "sh") {
      const last = this.fresh(kernel.first);
      const cubic = product(at(first, inner), bar(at(inner, last)), at(last, second));
      series = { kind: "sum", span, terms: [at(first, second), { kind: "bind", span, labels: [...inner, ...last], body: cubic }] };
    } else series = { kind: "bind", span, labels: inner, body: product(at(first, inner), bar(at(inner, second))) };
    this.series.set(series, { name: name === "sh" ? "sh" : "p", multiple, kernel: whole, first, second, inner });
    const identity = product(
      ...first.map((l, i): Expression => ({ kind: "delta", span, left: plain(l), right: plain(second[i] as Label) })),
    );
    const body: Expression = name === "ch" ? { kind: "sum", span, terms: [identity, series] } : series;
    const made: Definition = { id: this.next++, name: symbol.name, parameters: [...first, ...second], body, layout };
    this.functions.set(symbol, made);
    return made;
  }
}

const plain = (label: Label): Argument =>
  label.kind.kind === "finite"
    ? { kind: "label", of: label.kind, label }
    : { kind: "affine", of: label.kind, scale: { number: one, parameters: [] }, terms: [{ label, coefficient: one }] };

/** An upper bound of the degree in ladder operators; a commutator loses a pair. */
export function degreeOf(root: Expression): number {
  const known = new Map<Expression, number>();
  const of = (e: Expression): number => {
    const old = known.get(e);
    if (old !== undefined) return old;
    const below = e.kind === "unitary" ? [] : children(e).map(of);
    const total = below.reduce((sum, d) => sum + d, 0);
    let degree = Math.max(0, ...below);
    if (e.kind === "ladder") degree = 1;
    else if (e.kind === "product") degree = total;
    else if (e.kind === "commutator") degree = e.sign < 0 ? Math.max(0, total - 2) : total;
    else if (e.kind === "power") degree *= Math.max(1, Math.abs(Number(e.exponent.n)));
    else if (e.kind === "expectation" || e.kind === "contraction") degree = 0;
    known.set(e, degree);
    return degree;
  };
  return of(root);
}

/**
 * Functions and kernels that get into an exponential, by way of ch, sh or a quadratic generator: where their random values are
 * of order one, those of the exponential are so too.
 */
export function exponentiated(roots: readonly Expression[], series: ReadonlyMap<Expression, Hyperbolic>): ReadonlySet<number> {
  const found = new Set<number>();
  const degrees = new Map<Unitary, number>();
  const quadratic = (u: Unitary): boolean => {
    const degree = degrees.get(u) ?? degreeOf(u.generator);
    degrees.set(u, degree);
    return degree > 1;
  };
  const seen = new Set<Expression>();
  const inside = new Set<Expression>();
  const stack = roots.map((e) => ({ e, within: false }));
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { e } = top;
    const within = top.within || series.has(e) || (e.kind === "unitary" && quadratic(e.unitary));
    if (inside.has(e) || (!within && seen.has(e))) continue;
    (within ? inside : seen).add(e);
    if (within && e.kind === "value") found.add(e.symbol.id);
    for (const child of children(e)) stack.push({ e: child, within });
  }
  return found;
}

/** Parameters that finite kinds run to, {1, ..., p}. */
export function symbolicSizes(equation: Equation): readonly number[] {
  const found = new Set<number>();
  const seen = new Set<Expression>();
  const kinds = (list: readonly Kind[]): void => {
    for (const kind of list) if (kind.kind === "finite" && kind.size !== undefined) found.add(kind.size.id);
  };
  const stack = [equation.left, equation.right, ...equation.assumptions.flatMap((a) => [a.left, a.right])];
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (seen.has(e)) continue;
    seen.add(e);
    if (e.kind === "value") kinds(e.symbol.slots);
    else if (e.kind === "ladder") kinds(e.species.slots);
    else if (e.kind === "delta") kinds([e.left.of, e.right.of]);
    else if (e.kind === "bind") kinds(e.labels.map((l) => l.kind));
    else if (e.kind === "call") kinds(e.definition.parameters.map((l) => l.kind));
    stack.push(...children(e));
  }
  return [...found];
}
