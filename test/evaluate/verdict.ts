import { expect } from "vitest";
import type { Assumption, Expression } from "../../src/core/expression.js";
import { compare, type Options } from "../../src/evaluate/evaluate.js";
import { equation } from "./build.js";

/** "true", "false", or why the finite model cannot tell. Fails where the chance that "true" is an accident is above 2^-50. */
export function verdict(
  left: Expression | number,
  right: Expression | number,
  assumptions: Assumption[] = [],
  options: Partial<Options> = {},
): string {
  const result = compare(equation(left, right, assumptions), { seed: 7, trials: 3, ...options });
  if ("unsupported" in result) return result.unsupported.message;
  expect(result.errorBound).toBeLessThanOrEqual(-50);
  // Modulo a prime a difference has no size: the residual only says whether there is one.
  if (result.exact) expect(result.residual).toBe(result.agree ? 0 : 1);
  return String(result.agree);
}
