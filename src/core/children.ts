import type { Expression } from "./expression.js";

/** The immediate parts of an expression in their written order; definitions and unitaries are not opened. */
export function children(e: Expression): readonly Expression[] {
  switch (e.kind) {
    case "sum":
      return e.terms;
    case "product":
      return e.factors;
    case "power":
      return [e.base];
    case "bind":
      return [e.body];
    case "commutator":
    case "contraction":
      return [e.left, e.right];
    default:
      return "of" in e ? [e.of] : [];
  }
}

/** The same node over other parts, which stand in the order of `children`; `e` itself where all of them are its own. */
export function withChildren(e: Expression, parts: readonly Expression[]): Expression {
  const old = children(e);
  if (old.length === parts.length && old.every((part, i) => part === parts[i])) return e;
  const [first, second] = parts as readonly [Expression, Expression];
  switch (e.kind) {
    case "sum":
      return { ...e, terms: parts };
    case "product":
      return { ...e, factors: parts };
    case "power":
      return { ...e, base: first };
    case "bind":
      return { ...e, body: first };
    case "commutator":
    case "contraction":
      return { ...e, left: first, right: second };
    default:
      return "of" in e ? { ...e, of: first } : e;
  }
}
