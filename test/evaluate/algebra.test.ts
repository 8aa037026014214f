import { describe, expect, test } from "vitest";
import type { Expression } from "../../src/core/expression.js";
import { add, dag, delta, ex, frac, fun, I, int, mul, neg, PI, pow, sub, val } from "./build.js";
import { lattice, minus, origin, parameter, species } from "./declare.js";
import { a, b, c, e, f, h, k, m, N, n, p, q, r, s, u, V, v, w, x, y, z } from "./letters.js";
import { an, comm, contract, cr, nor, part, uni, unitary, vev } from "./operator.js";
import { verdict } from "./verdict.js";

const g = species("g", [lattice], "fermion");
const M = parameter("M");
const t = parameter("t", "complex");
const alpha = (fn: typeof f, sp = a): Expression => int([z], mul(dag(val(fn, z)), an(sp, z)));

type Row = [string, Expression | number, Expression | number, boolean];
const rows: Row[] = [
  ["[a_x, a_y^*] = delta(x-y)", comm(an(a, x), cr(a, y)), delta(x, y), true],
  ["[a_x^*, a_y] = delta(x-y)", comm(cr(a, x), an(a, y)), delta(x, y), false],
  ["[a_x^*, a_y] = -delta(x-y)", comm(cr(a, x), an(a, y)), neg(delta(x, y)), true],
  ["[a_x, a_y] = 0", comm(an(a, x), an(a, y)), 0, true],
  ["[a_x, b_y^*] = 0", comm(an(a, x), cr(b, y)), 0, true],
  ["[a_x, b_y^*] = delta", comm(an(a, x), cr(b, y)), delta(x, y), false],
  ["pairs of labels", comm(an(w, m, x), cr(w, n, y)), mul(delta(m, n), delta(x, y)), true],
  ["pairs of labels, one delta lost", comm(an(w, m, x), cr(w, n, y)), delta(x, y), false],
  ["constant of a pair", comm(an(w, 1, x), cr(w, n, y)), mul(delta(1, n), delta(x, y)), true],
  ["{e_p, e_q^*} = delta", comm(an(e, p), cr(e, q), 1), delta(p, q), true],
  ["[e_p, e_q^*] = delta", comm(an(e, p), cr(e, q)), delta(p, q), false],
  ["{e_p, e_q} = 0", comm(an(e, p), an(e, q), 1), 0, true],
  ["{e_p, g_q^*} = 0", comm(an(e, p), cr(g, q), 1), 0, true],
  ["[e_p, g_q^*] = 0", comm(an(e, p), cr(g, q)), 0, false],
  ["[e_p, a_x^*] = 0", comm(an(e, p), cr(a, x)), 0, true],
  ["e_p e_p = 0", mul(an(e, p), an(e, p)), 0, true],
  ["e_p e_q = e_q e_p", mul(an(e, p), an(e, q)), mul(an(e, q), an(e, p)), false],
  ["c c^* = c^* c + 1", mul(an(c), cr(c)), add(mul(cr(c), an(c)), 1), true],
  ["c c^* = c^* c", mul(an(c), cr(c)), mul(cr(c), an(c)), false],
  ["c^2 c^{*2}", mul(pow(an(c), 2), pow(cr(c), 2)), add(mul(pow(cr(c), 2), pow(an(c), 2)), mul(4, cr(c), an(c)), 2), true],
  ["c^2 c^{*2}, 4 -> 3", mul(pow(an(c), 2), pow(cr(c), 2)), add(mul(pow(cr(c), 2), pow(an(c), 2)), mul(3, cr(c), an(c)), 2), false],
  ["(c^* c)^2", pow(mul(cr(c), an(c)), 2), add(mul(pow(cr(c), 2), pow(an(c), 2)), mul(cr(c), an(c))), true],
  ["[N, a_x^*] = a_x^*", comm(int([y], mul(cr(a, y), an(a, y))), cr(a, x)), cr(a, x), true],
  ["[N, a_x] = a_x", comm(int([y], mul(cr(a, y), an(a, y))), an(a, x)), an(a, x), false],
  ["[a(f), a^*(h)] = <f, h>", comm(alpha(f), int([y], mul(val(h, y), cr(a, y)))), int([y], mul(dag(val(f, y)), val(h, y))), true],
  ["[a(f), a^*(h)] = <h, f>", comm(alpha(f), int([y], mul(val(h, y), cr(a, y)))), int([y], mul(dag(val(h, y)), val(f, y))), false],
  ["(AB)^* = B^*A^*", dag(mul(t, an(a, x), cr(b, y), val(f, x))), mul(dag(t), dag(val(f, x)), an(b, y), cr(a, x)), true],
  ["(AB)^* without the bar of t", dag(mul(t, an(a, x), cr(b, y), val(f, x))), mul(t, dag(val(f, x)), an(b, y), cr(a, x)), false],
  [
    "adjoint of a commutator",
    dag(comm(mul(I, an(a, x)), mul(cr(a, y), an(a, z)))),
    comm(mul(cr(a, z), an(a, y)), mul(-1, I, cr(a, x))),
    true,
  ],
  ["delta under an integral", int([y], mul(delta(x, y), val(f, y), an(a, y))), mul(val(f, x), an(a, x)), true],
  ["delta under an integral, wrong label", int([y], mul(delta(x, y), val(f, y), an(a, y))), mul(val(f, x), an(a, z)), false],
  ["V even", val(V, minus(x, y)), val(V, minus(y, x)), true],
  ["f not even", val(f, minus(x, y)), val(f, minus(y, x)), false],
  ["V real", dag(val(V, x)), val(V, x), true],
  ["k symmetric", val(k, x, y), val(k, y, x), true],
  ["k not real", val(k, x, y), dag(val(k, x, y)), false],
  ["V(0)", val(V, minus(x, x)), val(V, origin()), true],
  ["sqrt(N) sqrt(N) = N", mul(pow(N, 1, 2), pow(N, 1, 2)), ex(N), true],
  ["sqrt(NM) = sqrt N sqrt M", pow(mul(N, M), 1, 2), mul(pow(M, 1, 2), pow(N, 1, 2)), true],
  ["sqrt(8) = 2 sqrt 2", pow(8, 1, 2), mul(2, pow(2, 1, 2)), true],
  ["sqrt(8) = -2 sqrt 2", pow(8, 1, 2), mul(-2, pow(2, 1, 2)), false],
  ["sqrt(2) sqrt(3) = sqrt(6)", mul(pow(2, 1, 2), pow(3, 1, 2)), pow(6, 1, 2), true],
  ["sqrt(2) sqrt(3) = sqrt(5)", mul(pow(2, 1, 2), pow(3, 1, 2)), pow(5, 1, 2), false],
  ["N^{-1/2} real", dag(pow(N, -1, 2)), pow(N, -1, 2), true],
  ["N^{1/3} cubed", pow(pow(N, 1, 3), 3), ex(N), true],
  ["1/(2t) + 1/(2t) = 1/t", add(pow(mul(2, t), -1), pow(mul(2, t), -1)), pow(t, -1), true],
  ["1/N + 1/M = 2/(N+M)", add(pow(N, -1), pow(M, -1)), mul(2, pow(add(N, M), -1)), false],
  ["i^2 = -1", mul(I, I), -1, true],
  ["pi = 22/7", PI, frac(22, 7), false],
  ["sqrt((N+M)^2) = N+M", pow(pow(add(N, M), 2), 1, 2), add(N, M), true],
  ["cosh^2 - sinh^2 = 1", sub(pow(fun("cosh", t), 2), pow(fun("sinh", t), 2)), 1, true],
  ["cosh^2 + sinh^2 = 1", add(pow(fun("cosh", t), 2), pow(fun("sinh", t), 2)), 1, false],
  ["exp(s) exp(t)", mul(fun("exp", N), fun("exp", t)), fun("exp", add(t, N)), true],
  [
    "cosh(V) operator",
    mul(fun("cosh", val(V, x)), an(a, x)),
    mul(frac(1, 2), add(fun("exp", val(V, x)), fun("exp", neg(val(V, x)))), an(a, x)),
    true,
  ],
  ["Nor{c c^*} = c^* c", nor(mul(an(c), cr(c))), mul(cr(c), an(c)), true],
  ["Nor{e_p e_q^*} = -e_q^* e_p", nor(mul(an(e, p), cr(e, q))), neg(mul(cr(e, q), an(e, p))), true],
  ["Nor{e_p e_q^*} = e_q^* e_p", nor(mul(an(e, p), cr(e, q))), mul(cr(e, q), an(e, p)), false],
  ["<a_x a_y^*>", vev(mul(an(a, x), cr(a, y))), delta(x, y), true],
  ["<a_x^* a_y>", vev(mul(cr(a, x), an(a, y))), 0, true],
  ["C(a_x, a_y^*)", contract(an(a, x), cr(a, y)), delta(x, y), true],
  ["part_2(c c^*)", part(mul(an(c), cr(c)), { total: 2 }), mul(cr(c), an(c)), true],
  ["part_0(c c^*)", part(mul(an(c), cr(c)), { total: 0 }), 1, true],
  ["part_{1,0}", part(add(mul(pow(cr(c), 2), an(c), t), mul(an(c), pow(cr(c), 2))), { creators: 1, annihilators: 0 }), mul(2, cr(c)), true],
  ["part_{0,1} of the same", part(mul(an(c), pow(cr(c), 2)), { creators: 0, annihilators: 1 }), 0, true],
  ["adjoint of a part", dag(part(mul(I, an(c), pow(cr(c), 2)), { creators: 1, annihilators: 0 })), mul(-2, I, an(c)), true],
];

describe("textbook identities and their false variants", () => {
  test.each(rows)("%s", (_, left, right, holds) => {
    expect(verdict(left, right)).toBe(String(holds));
  });
});

const factorial = (i: number): number => (i < 2 ? 1 : i * factorial(i - 1));
const binomial = (i: number, j: number): number => factorial(i) / factorial(j) / factorial(i - j);

test.each([1, 2, 3, 4, 5, 6])("c^n c^{*n} = sum_j j! C(n,j)^2 c^{*(n-j)} c^{n-j}, n = %i", (n) => {
  const closed = (slip: number): Expression =>
    add(
      ...Array.from({ length: n + 1 }, (_, j) =>
        mul(factorial(j) * binomial(n, j) ** 2 + (j === 1 ? slip : 0), pow(cr(c), n - j), pow(an(c), n - j)),
      ),
    );
  expect(verdict(mul(pow(an(c), n), pow(cr(c), n)), closed(0))).toBe("true");
  expect(verdict(mul(pow(an(c), n), pow(cr(c), n)), closed(1))).toBe("false");
});

test("Wick's theorem for four operators", () => {
  const left = mul(an(a, x), an(a, y), cr(a, u), cr(a, v));
  const one = (i: typeof x, j: typeof x, k: typeof x, l: typeof x): Expression => mul(delta(i, k), cr(a, l), an(a, j));
  const right = [
    mul(cr(a, u), cr(a, v), an(a, x), an(a, y)),
    one(x, y, u, v),
    one(x, y, v, u),
    one(y, x, u, v),
    one(y, x, v, u),
    mul(delta(x, u), delta(y, v)),
    mul(delta(x, v), delta(y, u)),
  ];
  expect(verdict(left, add(...right))).toBe("true");
  for (let i = 0; i < right.length; i++) expect(verdict(left, add(...right.filter((_, j) => j !== i)))).toBe("false");
});

test("Wick's theorem for four fermions", () => {
  const left = mul(an(e, p), an(e, q), cr(e, r), cr(e, s));
  const signs = [1, -1, 1, 1, -1, -1, 1];
  const terms = [
    mul(cr(e, r), cr(e, s), an(e, p), an(e, q)),
    mul(delta(p, r), cr(e, s), an(e, q)),
    mul(delta(p, s), cr(e, r), an(e, q)),
    mul(delta(q, r), cr(e, s), an(e, p)),
    mul(delta(q, s), cr(e, r), an(e, p)),
    mul(delta(p, r), delta(q, s)),
    mul(delta(p, s), delta(q, r)),
  ];
  // e_p e_q e_r^* e_s^*, moved by hand: + d(p,s)d(q,r) - d(p,r)d(q,s) + d(p,r) e_s^* e_q - d(p,s) e_r^* e_q - d(q,r) e_s^* e_p + d(q,s) e_r^* e_p + e_r^* e_s^* e_p e_q
  const true_ = [1, 1, -1, -1, 1, -1, 1];
  expect(verdict(left, add(...terms.map((term, i) => mul(true_[i] as number, term))))).toBe("true");
  expect(verdict(left, add(...terms.map((term, i) => mul(signs[i] as number, term))))).toBe("false");
});

describe("Weyl operators", () => {
  const F = int([z], sub(mul(val(f, z), cr(a, z)), mul(dag(val(f, z)), an(a, z))));
  const G = int([z], sub(mul(val(h, z), cr(a, z)), mul(dag(val(h, z)), an(a, z))));
  const W = unitary("W", F);
  const X = unitary("X", G);
  const FG = unitary("Y", add(F, G));
  const inner = (s: typeof f, t: typeof f): Expression => int([y], mul(dag(val(s, y)), val(t, y)));
  const rows: Row[] = [
    ["W^* a_x W = a_x + f(x)", mul(uni(W, true), an(a, x), uni(W)), add(an(a, x), val(f, x)), true],
    ["W^* a_x W = a_x - f(x)", mul(uni(W, true), an(a, x), uni(W)), sub(an(a, x), val(f, x)), false],
    ["W a_x W^* = a_x - f(x)", mul(uni(W), an(a, x), uni(W, true)), sub(an(a, x), val(f, x)), true],
    ["W^* a_x^* W", mul(dag(uni(W)), cr(a, x), uni(W)), add(cr(a, x), dag(val(f, x))), true],
    ["W^* b_x W = b_x", mul(uni(W, true), an(b, x), uni(W)), an(b, x), true],
    ["W^* W = 1", mul(uni(W, true), uni(W)), 1, true],
    ["W a = a W - f W", mul(uni(W), an(a, x)), sub(mul(an(a, x), uni(W)), mul(val(f, x), uni(W))), true],
    ["W X = X W", mul(uni(W), uni(X)), mul(uni(X), uni(W)), false],
    ["W = 1", uni(W), 1, false],
    // [a^*(f) - a(f), a^*(h) - a(h)] = <h,f> - <f,h>, and the exponent is half of it.
    ["W X = Y exp((<h,f> - <f,h>)/2)", mul(uni(W), uni(X)), mul(uni(FG), fun("exp", mul(frac(1, 2), sub(inner(h, f), inner(f, h))))), true],
    [
      "W X = Y exp((<f,h> - <h,f>)/2)",
      mul(uni(W), uni(X)),
      mul(uni(FG), fun("exp", mul(frac(1, 2), sub(inner(f, h), inner(h, f))))),
      false,
    ],
    ["W X = Y", mul(uni(W), uni(X)), uni(FG), false],
    ["<W> = exp(-|f|^2/2)", vev(uni(W)), fun("exp", mul(frac(-1, 2), int([y], mul(val(f, y), dag(val(f, y)))))), true],
    ["<W> = exp(+|f|^2/2)", vev(uni(W)), fun("exp", mul(frac(1, 2), int([y], mul(val(f, y), dag(val(f, y)))))), false],
    [
      "part_1(W^* a^* a W)",
      part(mul(uni(W, true), cr(a, x), an(a, x), uni(W)), { total: 1 }),
      add(mul(val(f, x), cr(a, x)), mul(dag(val(f, x)), an(a, x))),
      true,
    ],
    ["part_0(W^* a^* a W)", part(mul(uni(W, true), cr(a, x), an(a, y), uni(W)), { total: 0 }), mul(dag(val(f, x)), val(f, y)), true],
  ];
  test.each(rows)("%s", (_, left, right, holds) => {
    expect(verdict(left, right)).toBe(String(holds));
  });
  test("no unitary", () => {
    const bad = unitary("B", int([z], mul(val(f, z), cr(a, z))));
    expect(verdict(mul(uni(bad, true), uni(bad)), 1)).toMatch(/not skew-adjoint/);
    const cube = unitary("Q", int([z], sub(mul(val(f, z), pow(cr(a, z), 3)), mul(dag(val(f, z)), pow(an(a, z), 3)))));
    expect(verdict(mul(uni(cube, true), uni(cube)), 1)).toMatch(/degree 3/);
  });
});
