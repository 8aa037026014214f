import { asLabel } from "../core/argument.js";
import type { Argument, Assumption, Equation, Expression, Label } from "../core/expression.js";
import { rational } from "../core/rational.js";
import { isSmooth } from "./bandwidth.js";
import { children, freeLabels } from "./tree.js";

/**
 * Assumptions with a derivative in space on the left side, such as the scattering equation
 * (\Delta f)(x) = 1/2 V(x) f(x) - \lambda f(x): no random f satisfies them, but they give V, which stands in them linearly and
 * without derivatives, for any f. What is given no value this way stays as it is.
 * @returns the equation without such assumptions and, where there are any, with them solved
 */
export function differential(equation: Equation): { readonly without: Equation; readonly solved?: Equation } {
  const { assumptions } = equation;
  const concerned = assumptions.filter((a) => isSmooth([a.left]));
  if (concerned.length === 0) return { without: equation };
  const without = assumptions.filter((a) => !concerned.includes(a));
  const solved = assumptions.map((a) => (concerned.includes(a) ? solve(a) : a));
  return { without: { ...equation, assumptions: without }, solved: { ...equation, assumptions: solved } };
}

function solve({ left, right, span }: Assumption): Assumption {
  const product = (factors: readonly Expression[]): Expression => ({ kind: "product", factors, span });
  const sum = (terms: readonly Expression[]): Expression => (terms.length === 0 ? numeral(0, span) : { kind: "sum", terms, span });
  const terms = [...summands(left), ...summands(right).map((t) => [numeral(-1, span), ...t])];
  const free = freeLabels(left);
  for (const value of terms.flat()) {
    if (value.kind !== "value" || (value.partials?.length ?? 0) > 0 || !isPattern(value.arguments, free)) continue;
    const here = terms.map((t) => t.filter((f) => mentions(f, value.symbol.id)));
    if (!here.every(([first, ...more]) => more.length === 0 && (first === undefined || isSame(first, value)))) continue;
    const coefficient = sum(terms.flatMap((t, i) => (here[i]?.length === 0 ? [] : [product(t.filter((f) => f !== here[i]?.[0]))])));
    const rest = sum(terms.flatMap((t, i) => (here[i]?.length === 0 ? [product([numeral(-1, span), ...t])] : [])));
    const target = { symbol: value.symbol, arguments: value.arguments, order: 0, coefficient };
    return { left: product([coefficient, value]), right: rest, target, span };
  }
  return { left, right, span };
}

/** Distinct labels, and all of those given. */
function isPattern(args: readonly Argument[], free: readonly Label[]): boolean {
  const found = args.map((a) => (a.kind === "constant" ? undefined : asLabel(a)));
  const ids = found.flatMap((l) => (l === undefined ? [] : [l.id]));
  return (
    args.every((a, i) => a.kind === "constant" || found[i] !== undefined) &&
    new Set(ids).size === ids.length &&
    free.every((l) => ids.includes(l.id))
  );
}

function isSame(e: Expression, value: Expression & { readonly kind: "value" }): boolean {
  if (e.kind !== "value" || (e.partials?.length ?? 0) > 0) return false;
  return e.arguments.every((a, i) => {
    const b = value.arguments[i] as Argument;
    return a.kind === "constant"
      ? b.kind === "constant" && a.value === b.value
      : asLabel(a) !== undefined && asLabel(a)?.id === (b.kind === "constant" ? undefined : asLabel(b)?.id);
  });
}

function mentions(root: Expression, symbol: number): boolean {
  const stack = [root];
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (e.kind === "value" && (e.symbol.id === symbol || (e.symbol.of && mentions(e.symbol.of.kernel.body, symbol)))) return true;
    stack.push(...children(e));
  }
  return false;
}

const numeral = (n: number, span: Expression["span"]): Expression => ({ kind: "number", value: rational(n), span });

/** The terms of an expression as lists of factors, products of sums multiplied out. */
function summands(e: Expression): readonly (readonly Expression[])[] {
  if (e.kind === "sum") return e.terms.flatMap(summands);
  if (e.kind !== "product") return [[e]];
  let lists: readonly (readonly Expression[])[] = [[]];
  for (const factor of e.factors) {
    const next = summands(factor);
    lists = lists.flatMap((list) => next.map((t) => [...list, ...t]));
    if (lists.length > 1000) return [[e]];
  }
  return lists;
}
