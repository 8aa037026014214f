import { children, withChildren as withParts } from "../../core/children.js";
import type { Expression, Label } from "../../core/expression.js";
import { add, equals, isInteger, multiply, negate, one, type Rational, zero } from "../../core/rational.js";
import { nowhere } from "../../source/span.js";

/**
 * Expressions as the rules see them: nested products, sums and integrals are flattened, numbers are
 * multiplied out, and c-numbers that stand side by side are put in a fixed order. These are the
 * identifications "modulo" which a rule matches; everything else is a step of a derivation.
 */

export { children };

export type Kinded<K extends Expression["kind"]> = Extract<Expression, { kind: K }>;

export const number = (value: Rational): Expression => ({ kind: "number", value, span: nowhere });
export const imaginary: Expression = { kind: "imaginary", span: nowhere };
const isNumber = (e: Expression, value: Rational): boolean => e.kind === "number" && equals(e.value, value);
export const isZero = (e: Expression): boolean => isNumber(e, zero);

/** The same node over other subexpressions, flattened at this level. */
export function withChildren(e: Expression, parts: readonly Expression[]): Expression {
  switch (e.kind) {
    case "sum":
      return sum(parts, e);
    case "product":
      return product(parts, e);
    case "bind":
      return bind(e.labels, parts[0] as Expression, e);
    case "adjoint":
      return adjoint(parts[0] as Expression, e);
    default:
      return withParts(e, parts);
  }
}

export function same(a: readonly Expression[], b: readonly Expression[]): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}

/** A sum without nested sums and zeros; numbers are added up. @param like reused where nothing changes */
export function sum(terms: readonly Expression[], like?: Kinded<"sum">): Expression {
  const out: Expression[] = [];
  let constant = zero;
  let constants = 0;
  let first = -1;
  const push = (term: Expression): void => {
    if (term.kind === "sum") for (const inner of term.terms) push(inner);
    else if (term.kind === "number") {
      constant = add(constant, term.value);
      constants++;
      if (first < 0) {
        first = out.length;
        out.push(term);
      }
    } else out.push(term);
  };
  for (const term of terms) push(term);
  if (first >= 0 && (constants > 1 || constant.n === 0n)) {
    if (constant.n === 0n) out.splice(first, 1);
    else out[first] = number(constant);
  }
  if (out.length === 0) return number(zero);
  if (out.length === 1) return out[0] as Expression;
  return like && same(out, like.terms) ? like : { kind: "sum", terms: out, span: like?.span ?? nowhere };
}

/** Where a c-number stands among its neighbours: numbers, i, parameters and powers, exponentials, the rest. */
function rank(e: Expression): number {
  switch (e.kind) {
    case "number":
      return 0;
    case "imaginary":
      return 1;
    case "pi":
      return 2;
    case "parameter":
      return 3;
    case "power":
      return 4;
    case "adjoint":
      return e.of.kind === "parameter" ? 3 : 6;
    case "function":
      return 5;
    case "delta":
      return 7;
    default:
      return 6;
  }
}

/** A product without nested products; numbers are multiplied, `i i = -1`, runs of c-numbers are sorted by `rank`. */
export function product(factors: readonly Expression[], like?: Kinded<"product">): Expression {
  const all: Expression[] = [];
  const push = (factor: Expression): void => {
    if (factor.kind === "product") for (const inner of factor.factors) push(inner);
    else all.push(factor);
  };
  for (const factor of factors) push(factor);
  let value = one;
  let turns = 0;
  let original: Expression | undefined;
  let count = 0;
  let unit: Expression | undefined;
  const out: Expression[] = [];
  let run: Expression[] = [];
  const close = (): void => {
    if (run.length > 1)
      run = run
        .map((e, i) => ({ e, i, r: rank(e) }))
        .sort((a, b) => a.r - b.r || a.i - b.i)
        .map((x) => x.e);
    out.push(...run);
    run = [];
  };
  for (const factor of all) {
    if (factor.kind === "number") {
      value = multiply(value, factor.value);
      original = factor;
      count++;
    } else if (factor.kind === "imaginary") {
      turns++;
      unit = factor;
    } else if (isScalar(factor)) run.push(factor);
    else {
      close();
      out.push(factor);
    }
  }
  close();
  if (turns % 4 >= 2) {
    value = negate(value);
    count += 2;
  }
  if (value.n === 0n) return number(zero);
  const head: Expression[] = [];
  if (!equals(value, one)) head.push(count === 1 && original ? original : number(value));
  if (turns % 2 === 1) head.push(unit as Expression);
  const result = [...head, ...out];
  if (result.length === 0) return number(one);
  if (result.length === 1) return result[0] as Expression;
  // A computed coefficient that equals the one that stood there is the same factor.
  if (
    like &&
    result.length === like.factors.length &&
    result.every((x, i) => x === like.factors[i] || (x.kind === "number" && isNumber(like.factors[i] as Expression, x.value)))
  )
    return like;
  return { kind: "product", factors: result, span: like?.span ?? nowhere };
}

/** An integral or sum over all its labels at once; of zero it is zero. Bound labels of one expression are distinct. */
export function bind(labels: readonly Label[], body: Expression, like?: Kinded<"bind">): Expression {
  if (labels.length === 0 || isZero(body)) return body;
  if (body.kind === "bind") return bind([...labels, ...body.labels], body.body);
  return like && like.body === body && like.labels === labels ? like : { kind: "bind", labels, body, span: like?.span ?? nowhere };
}

/** The adjoint; that of a ladder operator, of a unitary, of a number and of an adjoint is a matter of notation. */
export function adjoint(e: Expression, like?: Kinded<"adjoint">): Expression {
  switch (e.kind) {
    case "adjoint":
      return e.of;
    case "ladder":
      return { ...e, creation: !e.creation };
    case "unitary":
      return { ...e, inverse: !e.inverse };
    case "number":
    case "pi":
      return e;
    default:
      return like && like.of === e ? like : { kind: "adjoint", of: e, span: like?.span ?? nowhere };
  }
}

export function scale(value: Rational, e: Expression): Expression {
  return product([number(value), e]);
}

const flatNodes = new WeakSet<Expression>();

/** Flattens the whole expression. @throws RangeError on nesting beyond `deepest`; see `measure` */
export function flatten(e: Expression): Expression {
  if (flatNodes.has(e)) return e;
  const result = withChildren(e, children(e).map(flatten));
  flatNodes.add(result);
  return result;
}

/** Nodes and depth, by a loop, so that a hostile expression can be refused before anything recurses into it. */
export function measure(e: Expression, limit = Number.POSITIVE_INFINITY): { nodes: number; depth: number } {
  const stack: { e: Expression; depth: number }[] = [{ e, depth: 1 }];
  let nodes = 0;
  let depth = 0;
  for (let top = stack.pop(); top; top = stack.pop()) {
    nodes++;
    if (top.depth > depth) depth = top.depth;
    if (nodes > limit) break;
    for (const child of children(top.e)) stack.push({ e: child, depth: top.depth + 1 });
  }
  return { nodes, depth };
}

const scalarNodes = new WeakMap<Expression, boolean>();

/**
 * True where the expression is a c-number whatever its symbols stand for. An expectation is one; a
 * commutator or a call counts as an operator until it is worked out.
 */
export function isScalar(e: Expression): boolean {
  const known = scalarNodes.get(e);
  if (known !== undefined) return known;
  const result =
    e.kind === "expectation" ||
    e.kind === "contraction" ||
    (e.kind !== "ladder" && e.kind !== "unitary" && e.kind !== "call" && e.kind !== "commutator" && children(e).every(isScalar));
  scalarNodes.set(e, result);
  return result;
}

/** n as a number, where it is a whole one of moderate size. */
export function wholeNumber(r: Rational): number | undefined {
  return isInteger(r) && r.n >= -1000n && r.n <= 1000n ? Number(r.n) : undefined;
}
