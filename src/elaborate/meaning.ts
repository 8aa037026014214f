import type { Argument, Expression, Kind, Label } from "../core/expression.js";
import type { Rational } from "../core/rational.js";
import { divide, equals, isInteger, multiply, negate, one, rational, zero } from "../core/rational.js";
import { fail } from "../source/diagnostic.js";
import type { Source, Span } from "../source/span.js";
import type { Tree } from "../syntax/tree.js";
import { aligned, openComponent, paired } from "./components.js";
import type { Scope } from "./scope.js";

/** What an expression of the language stands for: a scalar or operator, or a function of labels. */
export type Meaning = Simple | Matrix;
export type Simple = Plain | Mapping;

/** A block matrix, row by row: at least two entries, each anything again. */
export interface Matrix {
  readonly sort: "matrix";
  readonly rows: readonly (readonly Meaning[])[];
  /** Whether operators are among the entries. */
  readonly operator: boolean;
  /** LaTeX by which it is known, where it was defined with `let`. */
  readonly name?: string;
}

export interface Plain {
  readonly sort: "plain";
  readonly expression: Expression;
  /** Whether ladder operators or unitaries may occur. */
  readonly operator: boolean;
}

/**
 * A function (one argument) or kernel (two; more occur), by its values. `groups` are the kinds of each
 * argument, two or more for a pair. `at` takes the arguments flattened and gives the value.
 */
export interface Mapping {
  readonly sort: "map";
  readonly groups: readonly (readonly Kind[])[];
  readonly operator: boolean;
  /** A kernel that was applied to a function and not yet closed in brackets: `k f` in `k f g`. */
  readonly applied?: boolean;
  readonly at: (list: readonly Argument[], span: Span) => Expression;
}

/** What a local name stands for: the labels of a binder or the value of a parameter, with how it was written. */
export interface Frame {
  readonly name: string;
  readonly meant:
    | { readonly kind: "labels"; readonly labels: readonly Label[] }
    | { readonly kind: "meaning"; readonly meaning: Meaning; readonly written?: string };
  readonly parent: Frame | undefined;
}

/** Shared by everything that one statement elaborates. */
export interface Work {
  /** Nodes that expansions may still make. */
  budget: number;
  depth: number;
  /** Names of the free labels that occurred. */
  readonly used: Set<string>;
  /** The statement's expressions as they were written. */
  readonly trees: readonly Tree[];
}

export interface Env {
  readonly scope: Scope;
  readonly source: Source;
  readonly frame: Frame | undefined;
  /** Declarations from this order on are not seen: a definition keeps the meaning it had. */
  readonly before: number;
  /** The definition that allows no free labels, if one is being read. */
  readonly closed: string | undefined;
  /** Where an expansion was asked for: the span of all that it makes. */
  readonly site: Span | undefined;
  readonly work: Work;
  /** Elaborates a tree; here so that the parts of elaboration need not import each other in a circle. */
  readonly read: (tree: Tree, env: Env) => Meaning;
}

/** Nodes that the expansions of one statement may make. */
export const mostNodes = 200_000;

export function spend(env: Env, span: Span, nodes = 1): void {
  env.work.budget -= nodes;
  if (env.work.budget < 0)
    fail(
      "too-large",
      span,
      `this expands to more than ${mostNodes} parts`,
      "define intermediate results with `let` and labels, which are not expanded",
    );
}

/** Where to say that something was written. */
export const spanIn = (env: Env, span: Span): Span => env.site ?? span;

// Scalars and operators

export const numberAt = (value: Rational, span: Span): Expression => ({ kind: "number", value, span });
export const scalar = (expression: Expression): Plain => ({ sort: "plain", expression, operator: false });
export const operator = (expression: Expression): Plain => ({ sort: "plain", expression, operator: true });

export const isZero = (meaning: Meaning): boolean =>
  meaning.sort === "plain" && meaning.expression.kind === "number" && meaning.expression.value.n === 0n;

export function productOf(factors: readonly Expression[], span: Span): Expression {
  const flat: Expression[] = [];
  for (const factor of factors) {
    if (factor.kind === "product") for (const inner of factor.factors) flat.push(inner);
    else flat.push(factor);
  }
  return paired(flat, span, (list) => plainProduct(list, span));
}

function plainProduct(flat: readonly Expression[], span: Span): Expression {
  return flat.length === 1 ? (flat[0] as Expression) : flat.length === 0 ? numberAt(one, span) : { kind: "product", factors: flat, span };
}

export function sumOf(unaligned: readonly Expression[], span: Span): Expression {
  const terms = aligned(unaligned, span);
  return terms.length === 1 ? (terms[0] as Expression) : terms.length === 0 ? numberAt(zero, span) : { kind: "sum", terms, span };
}

export function negative(of: Expression, span: Span): Expression {
  if (of.kind === "number") return numberAt(negate(of.value), span);
  return productOf([numberAt(rational(-1), span), of], span);
}

export function adjointOf(of: Expression, span: Span): Expression {
  switch (of.kind) {
    case "number":
    case "pi":
      return of;
    case "ladder":
      return { ...of, creation: !of.creation, span };
    case "unitary":
      return { ...of, inverse: !of.inverse, span };
    case "adjoint":
      return of.of;
    case "product":
      if (of.factors.every((factor) => factor.kind === "unitary"))
        return { kind: "product", factors: of.factors.map((factor) => adjointOf(factor, span)).reverse(), span };
      return { kind: "adjoint", of, span };
    default:
      return { kind: "adjoint", of, span };
  }
}

/** base^exponent; powers 0 and 1 and powers of small numbers are carried out. */
export function powerOf(base: Expression, exponent: Rational, span: Span): Expression {
  if (equals(exponent, one)) return base;
  if (exponent.n === 0n) return numberAt(one, span);
  if (base.kind === "number" && equals(exponent, rational(-1)) && base.value.n !== 0n) return numberAt(divide(one, base.value), span);
  // (b^m)^n for whole m and n; other exponents do not multiply.
  if (base.kind === "power" && isInteger(exponent) && isInteger(base.exponent))
    return powerOf(base.base, multiply(base.exponent, exponent), span);
  if (openComponent(base) !== undefined && isInteger(exponent) && exponent.n === 2n) return productOf([base, base], span);
  if (base.kind === "unitary" && equals(exponent, rational(-1))) return adjointOf(base, span);
  return { kind: "power", base, exponent, span };
}

export function bindOf(labels: readonly Label[], body: Expression, span: Span): Expression {
  return labels.length === 0 ? body : { kind: "bind", labels, body, span };
}

// Functions and kernels

export const flat = (groups: readonly (readonly Kind[])[]): readonly Kind[] => groups.flat();

/** "a function", "a kernel", with its kinds left out. */
export function sortName(meaning: Meaning): string {
  if (meaning.sort === "matrix") return "a block matrix";
  if (meaning.sort === "plain") return meaning.operator ? "an operator" : "a scalar";
  const arity = meaning.groups.length;
  return arity === 1
    ? "a function without its argument"
    : arity === 2
      ? "a kernel without its arguments"
      : `a function of ${arity} arguments without them`;
}

/** A scalar or operator, or a fault that says what was found. */
export function asPlain(meaning: Meaning, span: Span, place: string): Plain {
  if (meaning.sort === "plain") return meaning;
  if (meaning.sort === "matrix")
    return fail(
      "misplaced-matrix",
      span,
      `found a block matrix ${place}, expected an operator or a scalar`,
      "write its entries one by one",
    );
  return fail(
    "not-an-operator",
    span,
    `found ${sortName(meaning)} ${place}, expected an operator or a scalar`,
    "give it labels, as in f(x), or smear an operator with it, as in a(f)",
  );
}

export function asScalar(meaning: Meaning, span: Span, place: string): Expression {
  const found = asPlain(meaning, span, place);
  if (found.operator) fail("not-a-scalar", span, `found an operator ${place}, expected a scalar`);
  return found.expression;
}

/** Values changed one by one. */
export function pointwise(env: Env, map: Mapping, change: (value: Expression, span: Span) => Expression): Mapping {
  const { groups, operator } = map;
  return {
    sort: "map",
    groups,
    operator,
    at: (list, span) => {
      spend(env, span);
      return change(map.at(list, span), span);
    },
  };
}

/** An operation on scalars and operators, carried over to functions value by value and to matrices entry by entry; 0 stays. */
export function lift(env: Env, meaning: Simple, span: Span, change: (value: Expression, span: Span) => Expression): Simple;
export function lift(env: Env, meaning: Meaning, span: Span, change: (value: Expression, span: Span) => Expression): Meaning;
export function lift(env: Env, meaning: Meaning, span: Span, change: (value: Expression, span: Span) => Expression): Meaning {
  if (meaning.sort === "plain") return { ...meaning, expression: change(meaning.expression, span) };
  if (meaning.sort === "map") return pointwise(env, meaning, change);
  const rows = meaning.rows.map((row) => row.map((entry) => (isZero(entry) ? entry : lift(env, entry, span, change))));
  return { sort: "matrix", rows, operator: meaning.operator };
}

/** The arguments of a transposed kernel, in the order of the kernel itself: from (y, x) to (x, y). */
export function exchange(map: Mapping, list: readonly Argument[]): readonly Argument[] {
  const second = (map.groups[1] as readonly Kind[]).length;
  return [...list.slice(second), ...list.slice(0, second)];
}
