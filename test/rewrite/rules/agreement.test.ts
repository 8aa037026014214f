import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Expression } from "../../../src/core/expression.js";
import { compare } from "../../../src/evaluate/evaluate.js";
import { latexExpression } from "../../../src/render/expression.js";
import { normalOrder } from "../../../src/rewrite/engine.js";
import { isInfinite } from "../../../src/rewrite/rules/canonical.js";
import { equalByRules } from "../../../src/rewrite/rules/compare.js";
import { children } from "../../../src/rewrite/rules/node.js";
import { canonicalRules } from "../../../src/rewrite/rules/sets.js";
import { normalize } from "../../../src/rewrite/rules/strategy.js";
import { Fault } from "../../../src/source/diagnostic.js";
import { sameForm } from "../../engine.js";
import { add, commutator, dag, expressions, mul, num, type Shape } from "../../random.js";

/** The three legs on random expressions: the rules, the finite model, and the engine. */

const rules = canonicalRules();
const small = { steps: 1_500, nodes: 4_000, record: false };

const shapes: readonly (readonly [string, Shape])[] = [
  ["bosons", { fermions: false, size: 8, degree: 3 }],
  ["fermions", { bosons: false, size: 8, degree: 4 }],
  ["both", { size: 8, degree: 3 }],
  ["affine arguments", { affine: true, size: 8, degree: 3, fermions: false, kinds: ["space", "lattice"] }],
  ["projections", { projections: true, size: 8, degree: 4 }],
  ["derivatives", { derivatives: true, size: 8, degree: 2 }],
];

const infinite = (e: Expression): boolean => isInfinite(e) || children(e).some(infinite);

/** Whether the engine finds both equal; undefined where it says that one makes no sense. */
function byEngine(a: Expression, b: Expression): boolean | undefined {
  try {
    return sameForm(normalOrder(a), normalOrder(b));
  } catch (caught) {
    if (caught instanceof Fault) return undefined;
    throw caught;
  }
}

describe.each(shapes)("%s", (_name, shape) => {
  test("an expression equals its normal form, on the finite model", () => {
    let compared = 0;
    fc.assert(
      fc.property(expressions(shape), fc.nat({ max: 1000 }), (e, seed) => {
        const { result, why } = normalize(e, rules, small);
        if (why !== "done" || infinite(result)) return;
        const found = compare({ left: e, right: result, assumptions: [] }, { seed, trials: 1, points: 3 });
        if ("unsupported" in found) return;
        compared++;
        if (!found.agree) throw new Error(`${latexExpression(e)}\n-> ${latexExpression(result)}`);
      }),
      { numRuns: 40 },
    );
    expect(compared).toBeGreaterThan(20);
  }, 120_000);

  test("the engine agrees on equal and on different expressions", () => {
    let decided = 0;
    const pairs = fc.tuple(expressions({ ...shape, size: 5 }), expressions({ ...shape, size: 4, degree: 2 }), fc.nat({ max: 5 }));
    fc.assert(
      fc.property(pairs, ([a, b, which]) => {
        const sides: readonly (readonly [Expression, Expression])[] = [
          [mul(a, b), add(mul(b, a), commutator(a, b))],
          [dag(mul(a, b)), mul(dag(b), dag(a))],
          [mul(a, b), mul(b, a)],
          [add(a, b), a],
          [mul(num(2), a), add(a, b)],
          [a, dag(a)],
        ];
        const [left, right] = sides[which] as readonly [Expression, Expression];
        const slow = equalByRules(left, right);
        if (slow === "undecided") return;
        const fast = byEngine(left, right);
        if (fast === undefined) return;
        decided++;
        if (slow !== fast) throw new Error(`rules ${slow}, engine ${fast}: ${latexExpression(left)} = ${latexExpression(right)}`);
      }),
      { numRuns: 40 },
    );
    expect(decided).toBeGreaterThan(shape.affine ? 5 : 12);
  }, 120_000);
});
