import type { Expression } from "../core/expression.js";
import { Fault, fail } from "../source/diagnostic.js";
import { nowhere } from "../source/span.js";

/** Attaches a place to a fault that has none. */
export function located<T>(e: Expression, work: () => T): T {
  try {
    return work();
  } catch (problem) {
    if (problem instanceof Fault && problem.diagnostic.span === nowhere) throw new Fault({ ...problem.diagnostic, span: e.span });
    if (problem instanceof RangeError && problem.message.includes("call stack"))
      return fail("too-deep", e.span, "the expression is nested too deeply");
    throw problem;
  }
}
