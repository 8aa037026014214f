import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { load } from "../../src/check/check.js";
import type { Equation } from "../../src/core/expression.js";
import { compare, type Numeric } from "../../src/evaluate/evaluate.js";
import { Models } from "../../src/evaluate/models.js";

/** The equations of a document, in its order. */
function equationsOf(text: string): readonly Equation[] {
  const { statements, diagnostics } = load({ path: "test.wick", text });
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return statements.flatMap((statement) => (statement.kind === "show" ? [] : statement.equations));
}

const options = { seed: 1, trials: 3, again: true } as const;

/** Floating point may add the same numbers in another order; a difference of both sides is the same number all the same. */
function same(alone: Numeric, together: Numeric): void {
  if ("unsupported" in alone || "unsupported" in together) {
    expect(together).toEqual(alone);
    return;
  }
  const { residual: a, ...first } = alone;
  const { residual: b, ...second } = together;
  expect(second).toEqual(first);
  if (alone.exact) expect(b).toBe(a);
  else if (a < 1e-11) expect(b).toBeLessThan(1e-11);
  else expect(Math.abs(a - b) / a).toBeLessThan(1e-6);
}

const documents = ["squeezing", "gradients", "fermions", "components-p", "transformations", "motion", "mixed", "groups"];

test.each(documents)("the equations of %s are compared as each of them is alone, whatever came before", { timeout: 120_000 }, (name) => {
  const equations = equationsOf(readFileSync(new URL(`../documents/${name}.wick`, import.meta.url), "utf8"));
  expect(equations.length).toBeGreaterThan(1);
  const alone = equations.map((equation) => compare(equation, options));
  const [forth, back] = [new Models(), new Models()];
  equations.forEach((equation, i) => {
    same(alone[i] as Numeric, compare(equation, { ...options, models: forth }));
  });
  for (let i = equations.length - 1; i >= 0; i--)
    same(alone[i] as Numeric, compare(equations[i] as Equation, { ...options, models: back }));
});

test("a definition whose label gets another unit is compiled anew", () => {
  // \int f(N x) g(x) dx = N^{-3} \int f(x) g(x/N) dx by x -> x/N, for every f and g; \int h stands alone in the first and
  // beside h(N x) in the others, where the unit of its label is that of f's slot.
  const equations = equationsOf(`
index x, y in R^3
param N > 0
function f(x), h(x)
let I = \\int f(x) dx
claim (1): I = \\int f(y) dy
claim (2): \\int f(N x) dx = N^{-3} I
claim (3): \\int f(N x) h(x) dx = N^{-3} \\int f(x) h(x/N) dx
refute (4): \\int f(N x) dx = I
claim (5): I = \\int f(y) dy
`);
  const models = new Models();
  const agree = equations.map((equation) => {
    const answer = compare(equation, { ...options, models });
    return "unsupported" in answer ? answer.unsupported.message : answer.agree;
  });
  expect(agree).toEqual([true, true, true, false, true]);
});

test("what an assumption fixes for one equation is not fixed for another", () => {
  const equations = equationsOf(`
index x in R^3
function f(x)
let n = \\int |f(x)|^2 dx
claim (1): n n = n \\int \\overline{f(x)} f(x) dx
assume \\int |f(x)|^2 dx = 1
claim (2): n = 1
`);
  const [first, second] = equations as [Equation, Equation];
  const without: Equation = { ...second, assumptions: [] };
  const models = new Models();
  const agree = [first, second, without, second].map((equation) => {
    const answer = compare(equation, { ...options, models });
    return "unsupported" in answer ? answer.unsupported.message : answer.agree;
  });
  expect(agree).toEqual([true, true, false, true]);
});
