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
    case "adjoint":
    case "normal":
    case "expectation":
    case "part":
    case "derivative":
    case "function":
    case "partial":
    case "components":
      return [e.of];
    case "commutator":
    case "contraction":
      return [e.left, e.right];
    default:
      return [];
  }
}
