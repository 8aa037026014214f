import type { Expression } from "../core/expression.js";
import { divergence } from "../render/volume.js";
import { form, normalOrder, type Sum, volumeIn } from "../rewrite/engine.js";
import { fail } from "../source/diagnostic.js";

/**
 * The normal form of an expression that is to be printed. Parts of it that diverge one by one, as those of
 * \sum_p \sinh(\tau(p))^2 = \frac12 \sum_p (\cosh(2\tau(p)) - 1) do, stay where they can be written as one sum.
 *
 * @throws Fault as `normalOrder`
 */
export function printable(e: Expression, options: Parameters<typeof normalOrder>[1]): Sum {
  const sum = normalOrder(e, { ...options, infinite: true });
  const kind = volumeIn(sum) === undefined ? undefined : divergence(form(sum));
  if (kind !== undefined)
    fail(
      "divergent",
      e.span,
      `the normal form has parts that diverge, ${kind.kind === "space" ? "integrals" : "infinite sums"} over nothing that depends on their label`,
      "where they cancel in a product of sums, the product cannot be printed; an equation with it can be checked",
    );
  return sum;
}
