import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { explain } from "../../../src/check/explain.js";
import type { Expression } from "../../../src/core/expression.js";
import { compare } from "../../../src/evaluate/evaluate.js";
import { normalOrder } from "../../../src/rewrite/engine.js";
import { equalByRules } from "../../../src/rewrite/rules/compare.js";
import { replay } from "../../../src/rewrite/rules/derivation.js";
import { withChildren } from "../../../src/rewrite/rules/node.js";
import { canonicalRules, explainingRules } from "../../../src/rewrite/rules/sets.js";
import { normalize } from "../../../src/rewrite/rules/strategy.js";
import { Fault } from "../../../src/source/diagnostic.js";
import { declared, readIn, sameForm } from "../../engine.js";

/** ch, sh, quadratic unitaries and gradients by rules, against the engine. */

const scope = declared(String.raw`
index x, y, z in R^3
index u, w in R^3
index X, Y in {1, 2} * R^3
boson a_x, b_x
boson z_X
boson d
function f(x), g(x)
function v(x) real even
kernel k(x,y) symmetric
kernel r(x,y) real symmetric
kernel h(x,y)
kernel K(X,Y) symmetric
unitary T = \exp(\frac12 \int (k(x,y) a_x^* a_y^* - h.c.) dx dy)
unitary B = \exp(-\frac12 \int (r(x,y) a_x^* a_y^* - h.c.) dx dy)
unitary U = \exp(\int (h(x,y) a_x^* b_y^* - h.c.) dx dy)
unitary P = \exp(\frac12 \int (K(X,Y) z_X^* z_Y^* - h.c.) dX dY)
unitary D = \exp(d^{*2} - d^2)
`);
const read = (text: string): Expression => readIn(scope, text);
const same = (a: Expression, b: Expression): boolean => sameForm(normalOrder(a), normalOrder(b));

describe("equal by rules", () => {
  test.each([
    ["T^* a_x T", "\\int ch(k)(x,y) a_y dy + \\int sh(k)(x,y) a_y^* dy"],
    ["B^* a_x B", "\\int ch(r)(x,y) a_y dy - \\int sh(r)(x,y) a_y^* dy"],
    ["P^* z_X P", "\\int ch(K)(X,Y) z_Y dY + \\int sh(K)(X,Y) z_Y^* dY"],
    ["[T^* a_x T, T^* a_y^* T]", "\\delta(x-y)"],
    ["[T^* a_x T, T^* a_y T]", "0"],
    ["T T^* a_x T T^*", "a_x"],
    ["T^* b_x T", "b_x"],
    ["\\int ch(k)(x,z) ch(k)(z,y) dz - \\int sh(k)(x,z) \\overline{sh(k)(z,y)} dz", "\\delta(x-y)"],
    ["\\int ch(2k)(x,z) sh(k)(z,y) dz", "\\frac12 sh(3k)(x,y) - \\frac12 sh(k)(x,y)"],
    ["\\int sh(r)(x,z) sh(r)(z,y) dz", "\\frac12 ch(2r)(x,y) - \\frac12 \\delta(x-y)"],
    ["\\overline{ch(k)(x,y)}", "ch(-k)(y,x)"],
    ["sh(-k)(x,y)", "-sh(k)(y,x)"],
    ["ch(\\overline{k})(x,y)", "ch(k)(y,x)"],
    ["\\operatorname{tr}(ch(k) - 1)", "\\int (ch(k) - 1)(x,x) dx"],
    ["\\Delta_x (f(x) g(x))", "(\\Delta_x f(x)) g(x) + 2 \\nabla_x f(x) \\nabla_x g(x) + f(x) \\Delta_x g(x)"],
    ["\\int f(x) \\Delta_x g(x) dx", "\\int (\\Delta_x f(x)) g(x) dx"],
    ["\\int a_x^* (-\\Delta_x a_x) dx", "\\int \\nabla_x a_x^* \\nabla_x a_x dx"],
    ["\\int (\\Delta_x \\delta(x-y)) f(y) dy", "\\Delta_x f(x)"],
  ])("%s = %s", (left, right) => {
    expect(equalByRules(read(left), read(right))).toBe(true);
    // The engine keeps a kernel and its conjugate apart.
    if (!left.includes("ch(\\overline{k})")) expect(same(read(left), read(right))).toBe(true);
  });

  test.each([
    ["T^* a_x T", "\\int ch(k)(x,y) a_y dy - \\int sh(k)(x,y) a_y^* dy"],
    ["\\int sh(k)(x,z) sh(k)(z,y) dz", "\\frac12 ch(2k)(x,y) - \\frac12 \\delta(x-y)"],
    ["ch(k)(x,y)", "ch(k)(y,x)"],
    ["\\Delta_x (f(x) g(x))", "(\\Delta_x f(x)) g(x) + f(x) \\Delta_x g(x)"],
    ["\\int f(x) \\nabla_x g(x) dx", "\\int g(x) \\nabla_x f(x) dx"],
    ["D^* d D", "d"],
  ])("%s is not found to be %s", (left, right) => {
    expect(equalByRules(read(left), read(right))).not.toBe(true);
    expect(same(read(left), read(right))).toBe(false);
  });
});

describe("laws, by the engine and on random kernels", () => {
  test.each([
    ["multiplicative", "T^* a_x^* a_y a_z T", "T^* a_x^* T T^* a_y T T^* a_z T"],
    ["multiplicative, on a block", "P^* z_X^* z_Y P", "P^* z_X^* P P^* z_Y P"],
    ["adjoint", "(T^* a_x^* a_y T)^*", "T^* a_y^* a_x T"],
    ["CCR of two species", "[U^* a_x U, U^* b_y^* U]", "0"],
    ["CCR of a block", "[P^* z_X P, P^* z_Y^* P]", "\\delta(X-Y)"],
    ["inverse", "U U^* a_x b_y^* U U^*", "a_x b_y^*"],
    ["composition", "U^* T^* a_x T U", "\\int ch(k)(x,y) U^* a_y U dy + \\int sh(k)(x,y) U^* a_y^* U dy"],
    ["determinant", "\\int ch(k)(x,z) ch(k)(z,y) dz - \\int sh(k)(x,z) \\overline{sh(k)(z,y)} dz", "\\delta(x-y)"],
    ["cyclic trace", "\\operatorname{tr}(sh(k) \\overline{k} h h)", "\\operatorname{tr}(h h sh(k) \\overline{k})"],
  ])(
    "%s",
    (_law, left, right) => {
      const [a, b] = [read(left), read(right)];
      expect(same(a, b)).toBe(true);
      const found = compare({ left: a, right: b, assumptions: [] }, { seed: 3, trials: 2 });
      expect("unsupported" in found ? found.unsupported.message : found.agree).toBe(true);
    },
    60_000,
  );
});

describe("a derivation ends in the engine's normal form", () => {
  test.each(["T^* a_x T", "T^* a_x^* a_y T", "U^* a_x b_y U", "\\Delta_x (f(x) g(x))", "[\\Delta_x a_x, \\int a_y^* v(x-y) dy]"])(
    "%s",
    (text) => {
      const e = read(text);
      const { derivation, why, latex } = explain(e);
      expect(why).toBe("done");
      expect(latex).not.toContain("no rule goes further");
      expect(same(e, derivation.steps[derivation.steps.length - 1]?.state ?? e)).toBe(true);
      expect("flaw" in replay(derivation, explainingRules(), withChildren)).toBe(false);
    },
  );

  test.each(["D^* d D", "(i \\partial_t T^*) T"])("%s: no rule goes further, and it says so", (text) => {
    expect(explain(read(text)).latex).toContain("no rule goes further");
    expect(equalByRules(read(text), read("0"))).toBe("undecided");
  });
});

/** Random expressions as texts: words in ch and sh, conjugations of degree two at most, gradients. */
const words = fc.constantFrom("ch(k)", "sh(k)", "\\overline{sh(k)}", "\\overline{ch(k)}", "ch(2k)", "sh(-k)", "sh(r)", "ch(r)");
const scalars = fc.oneof(
  fc.tuple(words, words).map(([a, b]) => `\\int ${a}(x,z) ${b}(z,y) dz`),
  fc.tuple(words, words, words).map(([a, b, c]) => `\\int ${a}(x,z) ${b}(z,u) ${c}(u,y) dz du`),
  fc.tuple(words, words).map(([a, b]) => `\\partial_t (\\int ${a}(x,z) ${b}(z,y) dz)`),
);
const ladders = fc.constantFrom("a_x", "a_y^*", "b_x^*", "b_y");
const conjugations = fc
  .tuple(fc.constantFrom(["T^*", "T"], ["T", "T^*"], ["B^*", "B"], ["U^*", "U"]), ladders, fc.option(ladders))
  .filter(([, a, b]) => !b || a[2] !== b[2])
  .map(([[left, right], a, b]) => `${left} ${a} ${b ?? ""} ${right}`);
const functions = fc.constantFrom("f(x)", "g(x)", "v(x-y)", "\\overline{f(x)}", "f(x)^2");
const gradients = fc.oneof(
  fc.tuple(functions, functions).map(([a, b]) => `\\Delta_x (${a} ${b})`),
  fc.tuple(functions, functions, functions).map(([a, b, c]) => `\\int ${a} (\\nabla_x ${b}) \\nabla_x ${c} dx`),
  fc
    .tuple(functions, functions)
    .map(([a, b]) => `\\int ${a} (\\Delta_x ${b}) a_x^* \\nabla_x g(x) \\nabla_x a_x dx`.replace("\\nabla_x g(x) \\nabla_x a_x", "a_x")),
  functions.map((a) => `[\\nabla_x a_x, \\int ${a.replaceAll("x", "z")} a_z^* dz]`),
);

describe.each([
  ["words", scalars],
  ["conjugations", conjugations],
  ["gradients", gradients],
] as const)("random %s", (_name, texts) => {
  test("the engine finds an expression and its normal form by rules equal", () => {
    let compared = 0;
    fc.assert(
      fc.property(texts, (text) => {
        const e = read(text);
        const { result, why } = normalize(e, canonicalRules(), { steps: 2_000, nodes: 8_000, record: false });
        if (why !== "done") return;
        try {
          const equal = same(e, result);
          compared++;
          if (!equal) throw new Error(text);
        } catch (caught) {
          if (!(caught instanceof Fault)) throw caught;
        }
      }),
      { numRuns: 30, seed: 11 },
    );
    expect(compared).toBeGreaterThan(20);
  }, 120_000);
});
