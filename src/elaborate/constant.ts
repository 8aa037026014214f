import type { Rational } from "../core/rational.js";
import { add, divide, fromDecimal, multiply, negate, rational, zero } from "../core/rational.js";
import type { Tree } from "../syntax/tree.js";

/** The most digits of a number that is an exponent. */
export const mostDigits = 9;

/** The exact value of a tree that is made of numbers alone: an exponent such as `-1/2` or `\frac{3}{2}`. */
export function constant(tree: Tree): Rational | undefined {
  switch (tree.kind) {
    case "number":
      return tree.text.length > mostDigits ? undefined : fromDecimal(tree.text);
    case "group":
      return constant(tree.body);
    case "sum": {
      let total = zero;
      for (const term of tree.terms) {
        const value = term.tree && constant(term.tree);
        if (!value) return undefined;
        total = add(total, term.sign < 0 ? negate(value) : value);
      }
      return total;
    }
    case "juxtaposition": {
      let total = rational(1);
      for (const item of tree.items) {
        const value = constant(item);
        if (!value) return undefined;
        total = multiply(total, value);
      }
      return total;
    }
    case "quotient": {
      const over = constant(tree.over);
      const under = constant(tree.under);
      return over && under && under.n !== 0n ? divide(over, under) : undefined;
    }
    default:
      return undefined;
  }
}
