import type { Assumption, Definition, Equation, Expression, Label, Parameter, SymbolInfo } from "../../src/core/expression.js";
import { rational } from "../../src/core/rational.js";
import { nowhere as span } from "../../src/source/span.js";
import { type Arg, argument, fresh, layout } from "./declare.js";

/** Scalars, sums, products, integrals, and what is said of them, in few letters. A plain number or parameter stands for itself. */

export type Ex = Expression | number | Parameter;
export function ex(e: Ex): Expression {
  if (typeof e === "number")
    return { kind: "number", value: Number.isInteger(e) ? rational(e) : rational(Math.round(e * 1000), 1000), span };
  return "domain" in e ? { kind: "parameter", parameter: e, span } : e;
}
export const frac = (n: number, d: number): Expression => ({ kind: "number", value: rational(n, d), span });
export const I: Expression = { kind: "imaginary", span };
export const PI: Expression = { kind: "pi", span };
export const val = (s: SymbolInfo, ...args: Arg[]): Expression => ({ kind: "value", symbol: s, arguments: args.map(argument), span });
export const delta = (a: Arg, b: Arg): Expression => ({ kind: "delta", left: argument(a), right: argument(b), span });
export const add = (...terms: Ex[]): Expression => ({ kind: "sum", terms: terms.map(ex), span });
export const mul = (...factors: Ex[]): Expression => ({ kind: "product", factors: factors.map(ex), span });
export const neg = (e: Ex): Expression => mul(-1, e);
export const sub = (a: Ex, b: Ex): Expression => add(a, neg(b));
export const pow = (base: Ex, n: number, d = 1): Expression => ({ kind: "power", base: ex(base), exponent: rational(n, d), span });
export const int = (over: Label[], body: Ex): Expression => ({ kind: "bind", labels: over, body: ex(body), span });
export const dag = (e: Ex): Expression => ({ kind: "adjoint", of: ex(e), span });
export const dt = (e: Ex): Expression => ({ kind: "derivative", of: ex(e), span });
export const fun = (name: "exp" | "cosh" | "sinh", e: Ex): Expression => ({ kind: "function", name, of: ex(e), span });
export const definition = (name: string, parameters: Label[], body: Ex): Definition => ({
  id: fresh(),
  name,
  parameters,
  body: ex(body),
  layout,
});
export const call = (d: Definition, ...args: Arg[]): Expression => ({ kind: "call", definition: d, arguments: args.map(argument), span });
export const equation = (left: Ex, right: Ex, assumptions: Assumption[] = []): Equation => ({
  left: ex(left),
  right: ex(right),
  assumptions,
});
export function assume(left: Ex, right: Ex, target?: { symbol: SymbolInfo; arguments: Arg[]; order: number; coefficient: Ex }): Assumption {
  return {
    left: ex(left),
    right: ex(right),
    span,
    ...(target === undefined
      ? {}
      : {
          target: {
            symbol: target.symbol,
            arguments: target.arguments.map(argument),
            order: target.order,
            coefficient: ex(target.coefficient),
          },
        }),
  };
}
