import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Expression } from "../../../src/core/expression.js";
import { collect } from "../../../src/rewrite/rules/canonical.js";
import { compareByRules, equalByRules } from "../../../src/rewrite/rules/compare.js";
import { replay } from "../../../src/rewrite/rules/derivation.js";
import { alphaEqual } from "../../../src/rewrite/rules/labels.js";
import { children, isScalar, withChildren } from "../../../src/rewrite/rules/node.js";
import { canonicalRules, explainingRules } from "../../../src/rewrite/rules/sets.js";
import { normalize } from "../../../src/rewrite/rules/strategy.js";
import { add, commutator, dag, expressions, mul, num, type Shape } from "../../random.js";

const rules = canonicalRules();
const small = { steps: 1_500, nodes: 4_000 };

const shapes: readonly (readonly [string, Shape])[] = [
  ["bosons in space", { fermions: false, kinds: ["space"], size: 10 }],
  ["bosons and fermions", { size: 10, degree: 3 }],
  ["projections", { projections: true, size: 8, degree: 3 }],
];

/** A sum of integrals of c-numbers times creators times annihilators. */
function isNormal(e: Expression): boolean {
  const term = (t: Expression): boolean => {
    const body = t.kind === "bind" ? t.body : t;
    let state = 0;
    for (const factor of body.kind === "product" ? body.factors : [body]) {
      const level = isScalar(factor) ? 0 : factor.kind === "ladder" ? (factor.creation ? 1 : 2) : 3;
      if (level === 3 || level < state) return false;
      if (level === 0 && !(factor.kind !== "sum" && factor.kind !== "bind" && factor.kind !== "expectation" && factor.kind !== "normal"))
        return false;
      state = level;
    }
    return true;
  };
  return (e.kind === "sum" ? e.terms : [e]).every(term);
}

describe.each(shapes)("%s", (_name, shape) => {
  const options = { numRuns: 40 };

  test("the result is normal ordered, and normal forms stay", () => {
    fc.assert(
      fc.property(expressions(shape), (e) => {
        const { result, why } = normalize(e, rules, small);
        if (why !== "done") return;
        expect(isNormal(result)).toBe(true);
        const again = normalize(result, rules, small);
        expect(again.why).toBe("done");
        expect(again.derivation.steps.length).toBe(0);
        expect(alphaEqual(again.result, result)).toBe(true);
      }),
      options,
    );
  });

  test("a derivation replays, and each step is an instance of its rule", () => {
    fc.assert(
      fc.property(expressions(shape), (e) => {
        const set = explainingRules();
        const { result, derivation } = normalize(e, set, { steps: 150, nodes: 3_000 });
        const again = replay(derivation, set, withChildren);
        if ("flaw" in again) throw new Error(JSON.stringify(again.flaw));
        expect(alphaEqual(again.result, result)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  test("laws of an algebra", () => {
    const triple = fc.tuple(
      expressions({ ...shape, size: 3, degree: 2 }),
      expressions({ ...shape, size: 3, degree: 2 }),
      expressions({ ...shape, size: 3, degree: 1 }),
    );
    let decided = 0;
    fc.assert(
      fc.property(triple, ([a, b, c]) => {
        const laws: readonly (readonly [string, Expression, Expression])[] = [
          ["associative", mul(mul(a, b), c), mul(a, mul(b, c))],
          ["distributive", mul(a, add(b, c)), add(mul(a, b), mul(a, c))],
          ["adjoint of a product", dag(mul(a, b)), mul(dag(b), dag(a))],
          ["adjoint twice", dag(dag(a)), a],
          ["commutator", commutator(a, b), add(mul(a, b), mul(num(-1), b, a))],
          ["Leibniz", commutator(mul(a, b), c), add(mul(a, commutator(b, c)), mul(commutator(a, c), b))],
          ["Jacobi", add(commutator(a, commutator(b, c)), commutator(b, commutator(c, a)), commutator(c, commutator(a, b))), num(0)],
        ];
        for (const [law, left, right] of laws) {
          const { equal } = compareByRules(left, right, rules, { steps: 1_500, nodes: 4_000 });
          if (equal === true) decided++;
          if (equal === false) throw new Error(law);
        }
      }),
      { numRuns: 16 },
    );
    expect(decided).toBeGreaterThan(50);
  }, 120_000);

  test("an expression differs from itself with a term more", () => {
    let decided = 0;
    fc.assert(
      fc.property(expressions({ ...shape, size: 6 }), expressions({ ...shape, size: 3 }), (a, b) => {
        const more = normalize(b, rules, small);
        const collected = collect(more.result);
        if (more.why !== "done" || !collected || collected.terms.size === 0) return;
        const verdict = equalByRules(a, add(a, b));
        expect(verdict).not.toBe(true);
        if (verdict === false) decided++;
      }),
      options,
    );
    expect(decided).toBeGreaterThan(6);
  });
});

test("children and withChildren fit together", () => {
  fc.assert(
    fc.property(expressions({ projections: true, affine: true }), (e) => {
      const visit = (x: Expression): boolean =>
        alphaEqual(withChildren(x, children(x)), x) ||
        x.kind === "sum" ||
        x.kind === "product" ||
        x.kind === "bind" ||
        x.kind === "adjoint";
      expect(visit(e)).toBe(true);
    }),
  );
});
