import katex from "katex";
import { describe, expect, test } from "vitest";
import { explain } from "../../../src/check/explain.js";
import type { Expression } from "../../../src/core/expression.js";
import { defaultScope } from "../../../src/elaborate/document.js";
import { compareByRules, equalByRules } from "../../../src/rewrite/rules/compare.js";
import { type Derivation, replay } from "../../../src/rewrite/rules/derivation.js";
import { withChildren } from "../../../src/rewrite/rules/node.js";
import { canonicalRules, explainingRules, replaceRule } from "../../../src/rewrite/rules/sets.js";
import { normalize } from "../../../src/rewrite/rules/strategy.js";
import { declared, readIn } from "../../engine.js";
import { add, mul, nor, num, op, pow, sample } from "../../random.js";

const loose = defaultScope();

const paper = declared(String.raw`
index x, y, z in R^3
index m, n in {1, 2}
index X, Y in {1, 2} * R^3
index p, q, r in Z^3
param N > 0
boson a_x, b_x
boson z_X
boson c_p
boson d
fermion e_p
function \phi(x), f(x)
function v(x) real even
kernel k(x,y) symmetric
kernel w(x,y) antisymmetric
kernel h(x,y) hermitian
kernel K(X,Y) symmetric
let A_x = \int \overline{k(y,x)} a_y dy
unitary W = \exp(a^*(\phi) - a(\phi))
unitary U = \exp(i \int h(x,y) a_x^* a_y dx dy)
`);
const read = (text: string, scope = paper): Expression => readIn(scope, text);

describe("equal by rules", () => {
  test.each([
    ["a_x a_y^*", "a_y^* a_x + \\delta(x-y)"],
    ["[a_x^*, a_y]", "-\\delta(x-y)"],
    ["d^2 (d^*)^2", "(d^*)^2 d^2 + 4 d^* d + 2"],
    ["\\{e_p, e_q^*\\}", "\\delta_{p,q}"],
    ["e_p e_p", "0"],
    ["\\sum_p \\delta_{p+q,r} c_p c_q^*", "c_q^* c_{r-q} + \\delta_{2q,r}"],
    ["\\delta(2x-2y)", "\\frac{1}{8} \\delta(x-y)"],
    ["\\delta(N(x-y))", "N^{-3} \\delta(y-x)"],
    ["\\delta_{2p,2q}", "\\delta_{p,q}"],
    ["[A_y, a_x^*]", "\\overline{k(x,y)}"],
    ["\\int k(x,y) a_x^* a_y^* dx dy", "\\int k(y,x) a_x^* a_y^* dx dy"],
    ["\\int w(x,y) a_x^* a_y^* dx dy", "0"],
    ["\\overline{h(x,y)}", "h(y,x)"],
    ["\\int \\int h(x,y) a_x^* a_y dx dy", "(\\int \\int h(x,y) a_x^* a_y dx dy)^*"],
    ["a(f) a^*(f)", "a^*(f) a(f) + \\int |f(x)|^2 dx"],
    ["\\langle a_x a_y a_z^* a_{x'}^* \\rangle", "\\delta(x-z) \\delta(y-x') + \\delta(x-x') \\delta(y-z)"],
    ["C(a_x, a_y^*)", "\\delta(x-y)"],
    ["\\Nor{a_x a_y^*}", "a_y^* a_x"],
    ["\\Nor{e_p e_q^*}", "-e_q^* e_p"],
    ["part_2(a_x a_y^* a_z a_{x'}^*)", "\\delta(x-y) a_{x'}^* a_z + \\delta(z-x') a_y^* a_x + \\delta(x-x') a_y^* a_z"],
    ["\\sum_p \\delta_{p+q,r} c_p", "c_{r-q}"],
    ["\\sum_{m} \\delta_{m,n} \\delta_{m,1}", "\\delta_{n,1}"],
    ["\\sum_m \\delta_{m,n}", "1"],
    ["\\delta(x-y) a_x", "\\delta(x-y) a_y"],
    ["\\delta_{m,n} f(x) ", "\\delta_{n,m} f(x)"],
    ["\\int K(X,Y) z_X^* z_Y^* dX dY", "\\int K(Y,X) z_X^* z_Y^* dX dY"],
    ["W^* a_x W", "a_x + \\phi(x)"],
    ["W a_x^* W^*", "a_x^* - \\overline{\\phi(x)}"],
    ["W^* \\int a_x^* a_x dx W", "\\int (a_x^* + \\overline{\\phi(x)}) (a_x + \\phi(x)) dx"],
    [
      "(i \\partial_t W^*) W",
      "\\int (-i (\\partial_t \\phi(x)) a_x^* + i \\overline{\\partial_t \\phi(x)} a_x) dx + \\frac{i}{2} \\int (\\phi(x) \\overline{\\partial_t \\phi(x)} - \\overline{\\phi(x)} \\partial_t \\phi(x)) dx",
    ],
    ["\\int f(x) a_x^* dx - \\int f(y) a_y^* dy", "0"],
    ["\\sqrt{8}", "2 \\sqrt{2}"],
    ["N^{1/2} N^{-3/2}", "N^{-1}"],
    ["\\partial_t (f(x) \\overline{f(y)})", "\\overline{f(y)} \\partial_t f(x) + f(x) \\overline{\\partial_t f(y)}"],
    ["\\cosh(N)^2 - \\sinh(N)^2", "1"],
  ])("%s = %s", (left, right) => {
    expect(equalByRules(read(left), read(right))).toBe(true);
  });

  test.each([
    ["a_x a_y^*", "a_y^* a_x"],
    ["[a_x^*, a_y]", "\\delta(x-y)"],
    ["e_p e_q", "e_q e_p"],
    ["\\int k(x,y) a_x^* a_y^* dx dy", "\\int \\overline{k(x,y)} a_x^* a_y^* dx dy"],
    ["h(x,y)", "h(y,x)"],
    ["\\sum_m \\delta_{m,n}", "2"],
    ["W^* a_x W", "a_x - \\phi(x)"],
    ["\\int f(x) a_x^* dx", "\\int f(x) a_x dx"],
    ["\\sqrt{2}", "\\sqrt{3}"],
    ["N", "2"],
  ])("%s is not %s", (left, right) => {
    expect(equalByRules(read(left), read(right))).toBe(false);
  });

  test.each([
    // A shift of y turns one into the other, which no renaming does.
    ["\\int v(x-y) f(y) dy", "\\int v(y) f(x-y) dy"],
    ["U^* a_x U", "a_x"],
    ["a_x a_x^*", "a_x^* a_x"],
    ["\\exp(N)", "N"],
    ["(1 + N)^{-1}", "N"],
  ])("%s and %s are undecided", (left, right) => {
    expect(equalByRules(read(left), read(right))).toBe("undecided");
  });

  test("limits give an answer", () => {
    const [a] = sample.bosons;
    const [x] = sample.labels;
    const sum = add(op(a, false, x), op(a, true, x));
    expect(compareByRules(pow(sum, 20), num(0)).equal).toBe("undecided");
    let deep: Expression = op(a, false, x);
    for (let k = 0; k < 100_000; k++) deep = nor(deep);
    expect(compareByRules(deep, deep)).toMatchObject({ equal: "undecided", reason: "the expression is too large" });
    expect(normalize(deep, canonicalRules()).why).toBe("too large");
    expect(normalize(mul(sum, sum, sum), canonicalRules(), { steps: 3 }).why).toBe("step limit");
  }, 60_000);
});

describe("a derivation", () => {
  const set = explainingRules();
  const run = (text: string): Derivation => normalize(read(text), set).derivation;

  test("names its rules, and shares what a step leaves alone", () => {
    const { steps, start } = run("a_x a_y^* + b_x b_y^*");
    expect(steps.map((s) => s.rule)).toEqual(["ccr", "ccr", "collect"]);
    expect(start.kind).toBe("sum");
    const [first] = steps;
    if (start.kind !== "sum" || first?.state.kind !== "sum") throw new Error("no sum");
    expect(first.state.terms[first.state.terms.length - 1]).toBe(start.terms[1]);
    expect(JSON.stringify(first.patches.map((p) => p.op)).length).toBeLessThan(60);
  });

  test.each(["[a_x, \\int \\int k(y,z) a_y^* a_z^* dy dz]", "W^* a_x a_y^* W", "\\langle e_p e_q e_r^* e_p^* \\rangle"])(
    "%s replays",
    (text) => {
      const again = replay(run(text), set, withChildren);
      expect("flaw" in again).toBe(false);
    },
  );

  test("that was tampered with does not replay", () => {
    const good = run("a_x a_y^* a_z^*");
    const flawed = (change: (d: Derivation) => Derivation): string => {
      const again = replay(change(good), set, withChildren);
      return "flaw" in again ? again.flaw.reason : "none";
    };
    const [first, ...rest] = good.steps;
    if (!first) throw new Error("no steps");
    expect(flawed((d) => d)).toBe("none");
    expect(flawed((d) => ({ ...d, steps: [{ ...first, rule: "car" }, ...rest] }))).toBe("not an instance of the rule");
    expect(flawed((d) => ({ ...d, steps: [{ ...first, rule: "magic" }, ...rest] }))).toBe("unknown rule");
    expect(flawed((d) => ({ ...d, steps: [{ ...first, path: [4, 1] }, ...rest] }))).toBe("no such place");
    expect(flawed((d) => ({ ...d, steps: [...rest] }))).not.toBe("none");
    expect(flawed((d) => ({ ...d, steps: [{ ...first, state: d.start }, ...rest] }))).toBe("patches do not lead to the next state");
    expect(flawed((d) => ({ ...d, start: read("a_x a_y^* b_z^*") }))).not.toBe("none");
  });

  test("by a false rule does not replay with the true ones", () => {
    const ccr = set.rules.find((r) => r.name === "ccr");
    if (ccr?.kind !== "pattern" || ccr.right.kind !== "sum") throw new Error("no rule");
    const wrong = replaceRule(set, { ...ccr, right: ccr.right.terms[0] as Expression });
    const { derivation } = normalize(read("a_x a_y^*"), wrong);
    expect("flaw" in replay(derivation, wrong, withChildren)).toBe(false);
    expect(replay(derivation, set, withChildren)).toMatchObject({ flaw: { rule: "ccr", reason: "not an instance of the rule" } });
  });
});

describe("explained", () => {
  test.each([
    "a_x a_y^*",
    "[a_x, \\int k(y,z) a_y^* a_z^* dy dz]",
    "(a_x + a_x^*) (a_y + a_y^*) (a_z + a_z^*)",
    "W^* a_x^* a_x W",
    "\\sum_p \\delta_{p+q,r} c_p c_q^*",
    "\\Nor{e_p e_q^* e_r}",
    "N^{1/2} a_x",
    "\\langle a_x a_y^* \\rangle",
    "(d + d^*)^4",
  ])(
    "%s is set by KaTeX",
    (text) => {
      const { latex, why, lines } = explain(read(text));
      expect(why).toBe("done");
      expect(latex).toMatch(/^\\begin\{align\*\}\n/);
      expect(lines.length).toBeLessThanOrEqual(41);
      expect(() =>
        katex.renderToString(latex, { displayMode: true, throwOnError: true, strict: "error", maxExpand: Number.POSITIVE_INFINITY }),
      ).not.toThrow();
      // Each line reads back, and is the same operator as the first: by rules that takes seconds for W^* a_x^* a_x W.
      for (const line of lines) expect(equalByRules(read(line.latex), read(text)), line.latex).toBe(true);
    },
    60_000,
  );

  test("one step a line, with the name of its rule", () => {
    expect(explain(read("a_x a_y^*")).latex).toBe(
      "\\begin{align*}\n& a_x a_y^* \\\\\n&= a_y^* a_x + \\delta(x-y) && \\text{ccr}\n\\end{align*}",
    );
    expect(explain(read("a_x^* a_y")).latex).toContain("in normal form");
  });

  test("names the product that makes a delta at the origin", () => {
    expect(explain(read("a_y a_x a_x^*")).infinite).toBe("a_x a_x^*");
    expect(explain(read("a_x a_y^*")).infinite).toBeUndefined();
    expect(explain(read("d d^*")).infinite).toBeUndefined();
  });

  test("says that it goes no further", () => {
    expect(explain(read("U^* a_x U")).latex).toContain("no rule goes further");
    expect(explain(read("(d + d^*)^{10000}"))).toMatchObject({ why: "too large", latex: expect.stringContaining("stopped: too large") });
  });

  test("powers and equal terms are gathered", () => {
    expect(explain(read("(d + d^*)^3")).lines.at(-1)?.latex.replace(/\s+/g, " ")).toBe(
      "d^3 + 3 d^* d^2 + 3 d + 3 \\left( d^* \\right)^2 d + 3 d^* + \\left( d^* \\right)^3",
    );
    expect(explain(read("[\\int a_x^* a_y^* a_y a_x dx dy, a_z]")).lines.at(-1)?.latex).toMatch(/^-2 \\int/);
  });

  test("says where it stopped", () => {
    const { why, latex } = explain(read("(d + d^*)^6"), { limits: { steps: 10 } });
    expect(why).toBe("step limit");
    expect(latex).toContain("stopped: step limit");
  });

  test("works without declarations", () => {
    expect(explain(read("a a^*", loose)).latex).toContain("a^* a + 1");
  });
});
