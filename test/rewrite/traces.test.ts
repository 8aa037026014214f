import { afterEach, describe, expect, test } from "vitest";
import { reset } from "../../src/rewrite/engine.js";
import { equations, holds } from "../engine.js";

const preamble = `index x, y in R^3
index X, Y in {1, 2} * R^3
boson a_x
kernel k(x,y) symmetric
kernel s(x,y) real symmetric
kernel K(X,Y) symmetric
let p_1 = ch(k) - 1
let p_2 = ch(2k) - 1
let p_3 = ch(3k) - 1
let P(X,Y) = ch(K)(X,Y) - \\delta(X-Y)
unitary T = \\exp(\\frac12 \\iint (k(x,y) a_x^* a_y^* - \\overline{k(x,y)} a_x a_y) dx dy)`;

const decide = (claim: string): boolean => equations(`${preamble}\nclaim: ${claim}\n`).every(holds);

afterEach(reset);

/**
 * tr(f(k)' g(k)) = \partial_t tr(h(k)) where h' = f' g, for the parts that cyclicity leaves; by the power series. The
 * imaginary part of tr(sh(k)' \overline{sh(k)}) is the change of k's phase, which no trace of ch(k) knows.
 */
describe("traces of derivatives", () => {
  test.each([
    "\\operatorname{tr}((\\partial_t p_1) p_1) = \\frac14 \\operatorname{tr}(\\partial_t p_2) - \\operatorname{tr}(\\partial_t p_1)",
    "\\operatorname{tr}((\\partial_t p_1) p_2) = \\frac16 \\operatorname{tr}(\\partial_t p_3) - \\frac12 \\operatorname{tr}(\\partial_t p_1) - \\operatorname{tr}(\\partial_t p_1)",
    "\\operatorname{tr}((\\partial_t sh(k)) \\overline{sh(k)}) + \\operatorname{tr}(sh(k) \\overline{\\partial_t sh(k)}) = \\frac12 \\operatorname{tr}(\\partial_t p_2)",
    "\\operatorname{tr}((\\partial_t sh(k)) \\overline{sh(2k)}) + \\operatorname{tr}(sh(2k) \\overline{\\partial_t sh(k)}) = \\frac13 \\operatorname{tr}(\\partial_t p_3) + \\operatorname{tr}(\\partial_t p_1)",
    "\\operatorname{tr}((\\partial_t sh(s)) sh(s)) = \\frac14 \\operatorname{tr}(\\partial_t (ch(2s) - 1))",
    "((i \\partial_t T^*) T)^* = (i \\partial_t T^*) T",
    "\\langle (i \\partial_t T^*) T \\rangle = \\frac12 \\operatorname{tr}((i \\partial_t ch(k)) ch(k) - (i \\partial_t sh(k)) \\overline{sh(k)})",
    "\\partial_t \\int (P_{11}(x,x) + P_{22}(x,x)) dx = \\partial_t \\int P(X,X) dX",
  ])("%s", (claim) => {
    expect(decide(claim)).toBe(true);
  });

  test.each([
    "\\operatorname{tr}((\\partial_t p_1) p_1) = \\frac12 \\operatorname{tr}(\\partial_t p_2) - \\operatorname{tr}(\\partial_t p_1)",
    "\\operatorname{tr}((\\partial_t sh(k)) \\overline{sh(k)}) = \\frac14 \\operatorname{tr}(\\partial_t p_2)",
    "\\operatorname{tr}(\\partial_t p_1) = 0",
    "\\partial_t \\int (P_{11}(x,x) + P_{22}(x,x)) dx = 0",
    "\\partial_t \\int P_{22}(x,x) dx = 0",
    "\\partial_t \\int P_{11}(x,x) dx = \\partial_t \\int P_{22}(x,x) dx",
  ])("not %s", (claim) => {
    expect(decide(claim)).toBe(false);
  });
});
