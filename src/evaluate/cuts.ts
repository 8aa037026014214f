import type { Expression } from "../core/expression.js";
import { isInteger, type Rational } from "../core/rational.js";
import { children } from "./tree.js";

/** A power that is not whole. */
export interface Root {
  readonly base: Expression;
  readonly exponent: Rational;
}

/**
 * Whether an equation with these roots may hold for the numbers that were tried and fail beyond the cut of a root, as
 * sqrt((g-5)^2) = 5 - g does. What has no cut is analytic, and holds everywhere when it holds in an open set.
 *
 * So it does on the surface y^2 = B, too, where y stands for one root of one B that is no square, times positive numbers, and is
 * not conjugated: the surface is connected.
 */
export function hasCuts(roots: readonly Root[], conjugated: boolean): boolean {
  const cut = roots.filter(({ base }) => !hasNoCut(base));
  const cores = new Set(cut.map(({ base }) => core(base)));
  return cores.size > 1 || cores.has(undefined) || cut.some((r) => conjugated || r.exponent.d !== 2n);
}

/** Whether a power that is not whole occurs. */
export function hasRoot(root: Expression): boolean {
  const seen = new Set<Expression>();
  const stack = [root];
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (seen.has(e)) continue;
    seen.add(e);
    if (e.kind === "power" && !isInteger(e.exponent)) return true;
    stack.push(...children(e));
  }
  return false;
}

/** What of a base is not positive, where it is linear in a parameter that does not occur in its other terms. */
function core(base: Expression): string | undefined {
  const rest = base.kind === "product" ? base.factors.filter((f) => !isPositive(f)) : [base];
  const [only] = rest;
  if (only?.kind !== "sum" || rest.length > 1) return undefined;
  const linear = only.terms.some((term, i) => {
    const factors = term.kind === "product" ? term.factors.filter((f) => f.kind !== "number") : [term];
    const [p] = factors;
    if (factors.length !== 1 || p?.kind !== "parameter") return false;
    return only.terms.every((other, j) => i === j || !mentions(other, p.parameter.id));
  });
  return linear
    ? JSON.stringify(only, (key, value) =>
        key === "span" || key === "layout" ? undefined : typeof value === "bigint" ? `${value}` : value,
      )
    : undefined;
}

const mentions = (e: Expression, id: number): boolean =>
  (e.kind === "parameter" && e.parameter.id === id) || children(e).some((part) => mentions(part, id));

/**
 * Positive numbers; numbers without a variable; and products of powers of variables, which are near a cut, or beyond it, at numbers
 * of any size.
 */
function hasNoCut(e: Expression): boolean {
  return (
    isPositive(e) || isConstant(e) || isSimple(e) || (e.kind === "product" && e.factors.every((f) => f.kind === "number" || isPositive(f)))
  );
}

function isSimple(e: Expression): boolean {
  switch (e.kind) {
    case "number":
    case "imaginary":
    case "pi":
    case "parameter":
    case "value":
      return true;
    case "product":
      return e.factors.length <= 4 && e.factors.every(isSimple);
    case "power":
      return isInteger(e.exponent) && e.exponent.n <= 4n && e.exponent.n >= -4n && isSimple(e.base);
    case "adjoint":
      return isSimple(e.of);
    default:
      return false;
  }
}

function isConstant(e: Expression): boolean {
  const inner = e.kind === "sum" || e.kind === "product" || e.kind === "power" || e.kind === "function" || e.kind === "adjoint";
  return e.kind === "number" || e.kind === "pi" || e.kind === "imaginary" || (inner && children(e).every(isConstant));
}

/** Never negative, for all values of what is declared. */
function isNotNegative(e: Expression): boolean {
  switch (e.kind) {
    case "number":
      return e.value.n >= 0n;
    case "power":
      return isPositive(e) || (isInteger(e.exponent) && e.exponent.n % 2n === 0n && isReal(e.base));
    case "product": {
      const rest = e.factors.filter((f) => !isNotNegative(f));
      const [a, b] = rest;
      return rest.length === 0 || (rest.length === 2 && a !== undefined && b !== undefined && areConjugate(a, b));
    }
    case "sum":
      return e.terms.every(isNotNegative);
    case "bind":
      return isNotNegative(e.body);
    case "adjoint":
      return isNotNegative(e.of);
    case "call":
      return isNotNegative(e.definition.body);
    default:
      return isPositive(e);
  }
}

/** Positive but for the zeros of complex variables, around which there is a way. The root of g^2 is none of a positive number: it is |g|. */
function isPositive(e: Expression): boolean {
  switch (e.kind) {
    case "number":
      return e.value.n > 0n;
    case "pi":
      return true;
    case "parameter":
      return e.parameter.domain === "positive";
    case "power":
      return isPositive(e.base);
    case "product": {
      const [a, b] = e.factors;
      if (a !== undefined && b !== undefined && e.factors.length === 2 && areConjugate(a, b)) return isComplex(a) || isComplex(b);
      return e.factors.every(isPositive);
    }
    case "sum":
      return e.terms.every(isNotNegative) && e.terms.some(isPositive);
    case "bind":
      return isPositive(e.body);
    case "adjoint":
      return isPositive(e.of);
    case "call":
      return isPositive(e.definition.body);
    case "function":
      return e.name !== "sinh" ? isReal(e.of) : isPositive(e.of);
    default:
      return false;
  }
}

const isComplex = (e: Expression): boolean =>
  (e.kind === "parameter" && e.parameter.domain === "complex") ||
  (e.kind === "value" && !e.symbol.real && e.symbol.symmetries.length === 0);

/** |z|^2 is written as a product of one expression with its conjugate. */
function areConjugate(a: Expression, b: Expression): boolean {
  return (a.kind === "adjoint" && a.of === b) || (b.kind === "adjoint" && b.of === a);
}

function isReal(e: Expression): boolean {
  switch (e.kind) {
    case "number":
    case "pi":
      return true;
    case "parameter":
      return e.parameter.domain !== "complex";
    case "value":
      return e.symbol.real && e.symbol.of === undefined;
    case "power":
      return (isInteger(e.exponent) && isReal(e.base)) || isPositive(e);
    case "sum":
      return e.terms.every(isReal);
    case "product":
      return e.factors.every(isReal) || isPositive(e);
    case "bind":
      return isReal(e.body);
    case "adjoint":
    case "function":
      return isReal(e.of);
    case "call":
      return isReal(e.definition.body);
    default:
      return false;
  }
}
