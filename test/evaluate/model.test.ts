import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Argument, Assumption, Expression, Label, SymbolInfo, Symmetry } from "../../src/core/expression.js";
import { rational } from "../../src/core/rational.js";
import { compare } from "../../src/evaluate/evaluate.js";
import { add, assume, call, dag, definition, delta, dt, equation, ex, frac, fun, I, int, mul, neg, pow, sub, val } from "./build.js";
import {
  antiswap,
  even,
  finite,
  form,
  hermitian,
  label,
  labels,
  lattice,
  minus,
  odd,
  origin,
  parameter,
  space,
  species,
  swap,
  symbol,
  symmetry,
} from "./declare.js";
import { a, b, e, f, h, N, p, q, r, u, V, v, x, y, z } from "./letters.js";
import { an, comm, contract, cr, nor, part, uni, unitary, vev } from "./operator.js";
import { verdict } from "./verdict.js";

const options = { seed: 7, trials: 3 };

type L = Label;
const N1 = parameter("N_1");
const N2 = parameter("N_2");

describe("symmetries", () => {
  const kernel = (symmetries: Symmetry[], real = false, slots = [space, space]): SymbolInfo => symbol("k", slots, { real, symmetries });
  const same = (k: SymbolInfo, args: L[], other: L[], sign: 1 | -1, bar: boolean): string => {
    const image = bar ? dag(val(k, ...other)) : val(k, ...other);
    return verdict(val(k, ...args), sign < 0 ? neg(image) : image);
  };
  test("symmetric", () => {
    const k = kernel([swap]);
    expect(same(k, [x, y], [y, x], 1, false)).toBe("true");
    expect(same(k, [x, y], [y, x], -1, false)).toBe("false");
    expect(same(k, [x, y], [y, x], 1, true)).toBe("false");
  });
  test("antisymmetric", () => {
    const k = kernel([antiswap]);
    expect(same(k, [x, y], [y, x], -1, false)).toBe("true");
    expect(same(k, [x, y], [y, x], 1, false)).toBe("false");
    expect(verdict(val(k, x, x), 0)).toBe("true");
    expect(verdict(val(k, x, y), 0)).toBe("false");
  });
  test("hermitian", () => {
    const k = kernel([hermitian]);
    expect(same(k, [x, y], [y, x], 1, true)).toBe("true");
    expect(same(k, [x, y], [y, x], 1, false)).toBe("false");
    expect(verdict(val(k, x, x), dag(val(k, x, x)))).toBe("true");
    expect(verdict(val(k, x, x), 0)).toBe("false");
  });
  test("hermitian up to a sign: imaginary on the diagonal", () => {
    const k = kernel([symmetry([1, 0], -1, true)]);
    expect(verdict(val(k, x, x), neg(dag(val(k, x, x))))).toBe("true");
    expect(verdict(val(k, x, x), dag(val(k, x, x)))).toBe("false");
  });
  test("real and symmetric, hermitian and symmetric", () => {
    expect(same(kernel([swap], true), [x, y], [x, y], 1, true)).toBe("true");
    expect(same(kernel([swap, hermitian]), [x, y], [x, y], 1, true)).toBe("true");
    expect(same(kernel([antiswap, hermitian]), [x, y], [x, y], -1, true)).toBe("true");
    expect(same(kernel([antiswap, hermitian], true), [x, y], [x, y], 1, false)).toBe("true");
    expect(verdict(val(kernel([antiswap, hermitian], true), x, y), 0)).toBe("true");
  });
  test("odd and even functions, also at scales", () => {
    const o = symbol("o", [space], { symmetries: [odd] });
    expect(verdict(val(o, minus(x, y)), neg(val(o, minus(y, x))))).toBe("true");
    expect(verdict(val(o, origin()), 0)).toBe("true");
    const scaled = (s: SymbolInfo, l: L, m: L): Expression =>
      val(
        s,
        form(
          [
            [1, l],
            [-1, m],
          ],
          [[N, 1]],
        ),
      );
    expect(verdict(scaled(V, x, y), scaled(V, y, x))).toBe("true");
    expect(verdict(scaled(V, x, y), val(V, minus(x, y)))).toBe("false");
    expect(verdict(scaled(V, x, x), val(V, origin()))).toBe("true");
    expect(verdict(val(f, form([[2, x]])), val(f, form([[-1, x]])))).toBe("false");
    expect(verdict(val(V, form([[1, x]], [[N, 1]], rational(-1))), val(V, form([[1, x]], [[N, 1]])))).toBe("true");
  });
  test("four slots with two generators", () => {
    const k = kernel([symmetry([1, 0, 2, 3]), symmetry([0, 1, 3, 2])], false, [space, space, space, space]);
    expect(same(k, [x, y, z, u], [y, x, u, z], 1, false)).toBe("true");
    expect(same(k, [x, y, z, u], [z, u, x, y], 1, false)).toBe("false");
    const cyclic = kernel([symmetry([1, 2, 0], -1, true)], false, [space, space, space]);
    // f(x,y,z) = -conj f(y,z,x) three times over: f = -conj f at every point.
    expect(same(cyclic, [x, y, z], [x, y, z], -1, true)).toBe("true");
    expect(same(cyclic, [x, y, z], [z, x, y], 1, false)).toBe("true");
    expect(same(cyclic, [x, y, z], [y, x, z], 1, false)).toBe("false");
  });
  test("pairs of slots", () => {
    const two = finite(1, 2);
    const [m, n] = [label("m", two), label("n", two)];
    const k = symbol("k", [two, space, two, space], { symmetries: [symmetry([2, 3, 0, 1])] });
    expect(verdict(val(k, m, x, n, y), val(k, n, y, m, x))).toBe("true");
    expect(verdict(val(k, m, x, n, y), val(k, n, x, m, y))).toBe("false");
    expect(verdict(val(k, 1, x, 2, y), val(k, 2, y, 1, x))).toBe("true");
    expect(verdict(val(k, 1, x, 2, y), val(k, 2, x, 1, y))).toBe("false");
    expect(verdict(int([m], val(k, m, x, m, y)), add(val(k, 1, x, 1, y), val(k, 2, x, 2, y)))).toBe("true");
  });
});

describe("labels and measures", () => {
  test("momentum conservation", () => {
    const c = symbol("c", [lattice]);
    expect(
      verdict(
        int(
          [q],
          mul(
            delta(
              form([
                [1, p],
                [1, q],
              ]),
              r,
            ),
            val(c, q),
          ),
        ),
        val(c, minus(r, p)),
      ),
    ).toBe("true");
    expect(
      verdict(
        int(
          [q],
          mul(
            delta(
              form([
                [1, p],
                [1, q],
              ]),
              r,
            ),
            val(c, q),
          ),
        ),
        val(c, minus(p, r)),
      ),
    ).toBe("false");
  });
  test("delta(N(x-y)) = N^{-3} delta(x-y)", () => {
    const scaled = (l: L, m: L): Expression =>
      delta(
        form(
          [
            [1, l],
            [-1, m],
          ],
          [[N, 1]],
        ),
        origin(),
      );
    expect(verdict(scaled(x, y), mul(pow(N, -3), delta(x, y)))).toBe("true");
    expect(verdict(scaled(x, y), delta(x, y))).toBe("false");
  });
  test("the root of zero is zero", () => {
    for (const zero of [ex(0), sub(val(f, x), val(f, x)), sub(frac(1, 3), frac(1, 3))]) {
      expect(verdict(pow(zero, 1, 2), 0)).toBe("true");
      expect(verdict(add(pow(zero, 3, 2), val(f, x)), val(f, x))).toBe("true");
      expect(verdict(pow(zero, 1, 2), val(f, x))).toBe("false");
      expect(verdict(pow(zero, -1, 2), 0)).toMatch(/zero/);
      expect(verdict(dt(pow(zero, 1, 2)), 0)).toBe("true");
    }
  });
  test("what changes the measure is not decided", () => {
    expect(verdict(int([x], val(f, form([[2, x]]))), int([x], val(f, x)))).toMatch(/coefficient/);
    expect(
      verdict(
        int(
          [x, y],
          mul(
            val(
              f,
              form([
                [1, x],
                [1, y],
              ]),
            ),
            val(h, minus(x, y)),
          ),
        ),
        mul(int([x], val(f, x)), int([y], val(h, y))),
      ),
    ).toMatch(/Jacobian/);
    expect(verdict(mul(pow(N, 3), int([x], val(f, form([[1, x]], [[N, 1]])))), int([x], val(f, x)))).toMatch(/change of scale/);
    expect(verdict(int([x], val(f, form([[1, x]], [[N, 1]]))), mul(2, int([x], val(f, x))))).toBe("false");
    expect(
      verdict(
        int(
          [x, y],
          mul(
            val(
              f,
              form([
                [1, x],
                [1, y],
              ]),
            ),
            val(h, y),
          ),
        ),
        mul(int([x], val(f, x)), int([y], val(h, y))),
      ),
    ).toBe("true");
  });
  test("an assumption that cannot be followed hurts only what it is about", () => {
    const g = symbol("g", [space]);
    const strange = assume(val(g, x), val(f, form([[99, x]])), { symbol: g, arguments: [x], order: 0, coefficient: 1 });
    expect(verdict(val(f, x), val(f, x), [strange])).toBe("true");
    expect(verdict(val(g, x), val(g, x), [strange])).toMatch(/coefficient/);
  });
  test("points can be chosen", () => {
    const result = compare(equation(comm(an(a, x), cr(a, y)), delta(x, y)), { ...options, points: 5 });
    expect(result).toMatchObject({ agree: true, points: 5, exhaustive: true });
    expect(verdict(1, 1, [], { points: 4 })).toMatch(/odd number/);
  });
  test("many free labels are sampled, also where they coincide", () => {
    const free = labels("a b c d e f g h");
    const all = (s: SymbolInfo[]): Expression => mul(...free.map((l, i) => val(s[i % s.length] as SymbolInfo, l)));
    const result = compare(equation(add(all([f, h]), mul(...free.slice(1).map((l, i) => delta(l, free[i] as L)))), all([f, h])), options);
    expect(result).toMatchObject({ agree: false, exhaustive: false });
    expect(verdict(all([f, h]), all([h, f]))).toBe("false");
  });
  test("a long ring of kernels is summed by elimination", () => {
    const k = symbol("k", [space, space], { symmetries: [swap] });
    const ring = labels("a b c d e f g h i j k l");
    const chain = (order: L[]): Expression => int(order, mul(...order.map((l, i) => val(k, l, order[(i + 1) % order.length] as L))));
    const fresh = labels("m n o p q r s t u v w x").reverse();
    expect(verdict(chain(ring), chain(fresh))).toBe("true");
    expect(verdict(chain(ring), chain(fresh.slice(1)))).toBe("false");
  });
});

describe("definitions", () => {
  const A = definition("A", [x], int([y], mul(val(f, minus(x, y)), an(a, y))));
  test("at labels, adjoint, twice", () => {
    expect(verdict(comm(call(A, u), dag(call(A, v))), int([z], mul(val(f, minus(u, z)), dag(val(f, minus(v, z))))))).toBe("true");
    expect(verdict(comm(call(A, u), dag(call(A, v))), int([z], mul(val(f, minus(u, z)), dag(val(f, minus(z, v))))))).toBe("false");
    expect(verdict(call(A, u), call(A, v))).toBe("false");
  });
  test("a definition's coefficients matter where its label is integrated", () => {
    const twice = (...of: L[]): Argument => form(of.map((l) => [2, l]));
    const g = definition("g", [x], val(f, form([[2, x]])));
    expect(verdict(call(g, u), val(f, twice(u)))).toBe("true");
    expect(verdict(call(g, u), val(f, u))).toBe("false");
    expect(
      verdict(
        call(
          g,
          form([
            [1, u],
            [1, v],
          ]),
        ),
        val(f, twice(u, v)),
      ),
    ).toBe("true");
    expect(verdict(int([u], mul(val(h, u), call(g, v))), mul(val(f, twice(v)), int([z], val(h, z))))).toBe("true");
    expect(verdict(int([u], call(g, u)), int([u], val(f, u)))).toMatch(/coefficient/);
    expect(verdict(int([v], mul(val(h, v), call(g, minus(u, v)))), int([v], mul(val(h, v), val(f, minus(u, v)))))).toMatch(/coefficient/);
    // Through a second definition, and where 15 u and 4 u would be one point of eleven.
    const deep = definition("deep", [y], call(g, form([[3, y]])));
    expect(verdict(call(deep, u), val(f, form([[6, u]])))).toBe("true");
    expect(verdict(call(deep, form([[2, u]])), val(f, form([[5, u]])))).toBe("false");
    expect(verdict(int([u], call(deep, u)), int([u], val(f, u)))).toMatch(/coefficient/);
  });
  test("combinations of labels are looked at with definitions written out", () => {
    const sum = definition(
      "s",
      [x, y],
      val(
        f,
        form([
          [1, x],
          [1, y],
        ]),
      ),
    );
    const product = mul(int([x], val(f, x)), int([y], val(h, y)));
    expect(verdict(int([u, v], mul(call(sum, u, v), val(h, minus(u, v)))), product)).toMatch(/Jacobian/);
    expect(verdict(int([u, v], mul(call(sum, u, v), val(h, v))), product)).toBe("true");
    expect(verdict(int([u, v], mul(call(sum, u, v), val(h, minus(v, z)))), product)).toBe("true");
  });
  test("a scaled label gets into no ladder operator", () => {
    const twice = form([[2, u]]);
    expect(verdict(call(definition("B", [x], an(a, x)), twice), call(A, u))).toMatch(/commutation/);
    const d = definition("d", [x, y], delta(x, y));
    expect(verdict(call(d, twice, v), mul(frac(1, 8), delta(u, form([[rational(1, 2), v]]))))).toBe("true");
    expect(verdict(call(d, twice, v), delta(u, form([[rational(1, 2), v]])))).toBe("false");
    expect(verdict(call(definition("B", [x], an(a, x)), form([[1, u]], [[N, 1]])), call(A, u))).toMatch(/commutation/);
  });
  test("a definition at two scales under an integral", () => {
    const g = definition("g", [x], val(f, x));
    expect(verdict(mul(pow(N, 3), int([u], call(g, form([[1, u]], [[N, 1]])))), int([u], val(f, u)))).toMatch(/change of scale/);
  });
  test("assumptions are written out too", () => {
    const g = symbol("g", [space]);
    const rule = assume(val(g, x), val(f, form([[2, x]])), { symbol: g, arguments: [x], order: 0, coefficient: 1 });
    expect(verdict(val(g, x), val(f, form([[2, x]])), [rule])).toBe("true");
    expect(verdict(int([u], val(g, u)), int([u], val(f, u)), [rule])).toMatch(/coefficient/);
  });
  test("a definition that grows at each use ends with a message", () => {
    let last = definition("g0", [x, y], val(f, minus(x, y)));
    for (let n = 1; n < 40; n++) {
      const [p, q] = labels("p q") as [L, L];
      last = definition(`g${n}`, [x, y], int([p, q], mul(call(last, x, p), call(last, p, q), call(last, q, y))));
    }
    expect(verdict(call(last, u, v), 0)).toMatch(/too (much|many|large)/);
  });
  test("a scalar definition at a scaled label", () => {
    const g = definition("g", [x], sub(1, val(f, x)));
    const at = form(
      [
        [1, u],
        [-1, v],
      ],
      [[N, 1]],
    );
    expect(verdict(call(g, at), sub(1, val(f, at)))).toBe("true");
    expect(verdict(call(g, at), sub(1, val(f, minus(u, v))))).toBe("false");
  });
  test("high powers of operators end with a message", () => {
    const c = species("c");
    expect(verdict(pow(add(an(c), cr(c)), 10000), 0, [], { budget: 1e6 })).toMatch(/too large|too high/);
    expect(verdict(mul(pow(an(c), 30), pow(cr(c), 30)), mul(pow(cr(c), 30), pow(an(c), 30)))).toBe("false");
  });
  test("a doubling tower ends with a message", () => {
    let d = definition("A0", [], int([y], mul(val(f, y), an(a, y))));
    for (let i = 0; i < 60; i++) d = definition(`A${i + 1}`, [], comm(call(d), call(d), 1));
    const start = Date.now();
    expect(verdict(call(d), mul(2, call(d)), [], { budget: 1e6 })).toMatch(/too large|too high|overflow/);
    expect(Date.now() - start).toBeLessThan(4000);
  });
  test("sixty doublings of one definition take no more time than sixty steps", () => {
    const two60: Expression = { kind: "number", value: rational(1n << 60n), span: ex(1).span };
    const s = parameter("s", "complex");
    const c = species("c");
    const tower = (first: Expression, step: (one: Expression) => Expression): Expression => {
      let d = definition("B0", [], first);
      for (let i = 0; i < 60; i++) d = definition("B", [], step(call(d)));
      return call(d);
    };
    const twice = (one: Expression): Expression => add(one, one);
    const g = symbol("g", [space]);
    let h60 = definition("G0", [x], mul(val(g, x), an(a, x)));
    let even60 = definition("E0", [x], val(g, x));
    for (let i = 0; i < 60; i++) {
      h60 = definition("G", [x], add(call(h60, x), call(h60, x)));
      even60 = definition("E", [x], add(call(even60, x), call(even60, form([[-1, x]]))));
    }
    const small = { budget: 1e5 };
    for (const [left, right] of [
      [tower(ex(s), twice), ex(s)],
      [tower(an(c), twice), an(c)],
      [tower(an(c), (one) => add(one, mul(2, one), neg(mul(1, one)))), an(c)],
      [int([y], tower(val(g, y), twice)), int([y], val(g, y))],
      [call(h60, u), mul(val(g, u), an(a, u))],
      [nor(call(h60, u)), mul(val(g, u), an(a, u))],
      [int([y], call(even60, y)), int([z], val(g, z))],
    ] as const) {
      expect(verdict(left, mul(two60, right), [], small)).toBe("true");
      expect(verdict(left, mul(two60, 2, right), [], small)).toBe("false");
    }
    expect(
      verdict(
        tower(ex(s), (one) => mul(one, one)),
        1,
      ),
    ).toMatch(/too high/);
  });
  test("deep nesting ends with a message", () => {
    let deep: Expression = ex(1);
    for (let i = 0; i < 20000; i++) deep = pow(add(deep, 1), 1);
    expect(verdict(deep, 1)).toMatch(/nested too deeply/);
    expect(verdict(add(...Array.from({ length: 20000 }, () => an(a, x))), mul(20000, an(a, x)))).toBe("true");
  });
});

describe("time", () => {
  const E = int([z], sub(mul(val(f, z), cr(a, z)), mul(dag(val(f, z)), an(a, z))));
  const W = unitary("W", E);
  test("product rule", () => {
    expect(verdict(dt(mul(val(f, x), val(h, y))), add(mul(dt(val(f, x)), val(h, y)), mul(val(f, x), dt(val(h, y)))))).toBe("true");
    expect(verdict(dt(mul(val(f, x), val(h, y))), mul(dt(val(f, x)), val(h, y)))).toBe("false");
    expect(verdict(dt(dt(pow(val(f, x), 2))), add(mul(2, pow(dt(val(f, x)), 2)), mul(2, val(f, x), dt(dt(val(f, x))))))).toBe("true");
    expect(verdict(dt(pow(val(f, x), -1)), neg(mul(dt(val(f, x)), pow(val(f, x), -2))))).toBe("true");
    expect(verdict(dt(fun("exp", val(f, x))), mul(dt(val(f, x)), fun("exp", val(f, x))))).toBe("true");
    expect(verdict(dt(fun("exp", val(f, x))), fun("exp", val(f, x)))).toBe("false");
    expect(verdict(dt(N1), 0)).toBe("true");
    expect(verdict(dt(dag(val(f, x))), dag(dt(val(f, x))))).toBe("true");
  });
  test("operators", () => {
    expect(verdict(dt(an(a, x)), 0)).toBe("true");
    expect(verdict(dt(mul(val(f, x), an(a, x))), mul(dt(val(f, x)), an(a, x)))).toBe("true");
    const A = mul(val(f, x), an(a, x), cr(a, y));
    const B = mul(val(h, y), an(a, y), cr(a, x));
    expect(verdict(dt(mul(A, B)), add(mul(dt(A), B), mul(A, dt(B))))).toBe("true");
    expect(verdict(dt(mul(A, B)), add(mul(dt(A), B), mul(dt(B), A)))).toBe("false");
    expect(verdict(dt(mul(uni(W, true), an(a, x), uni(W))), dt(val(f, x)))).toBe("true");
    expect(
      verdict(
        part(dt(mul(uni(W, true), cr(a, x), an(a, x), uni(W))), { total: 1 }),
        add(mul(dt(val(f, x)), cr(a, x)), mul(dt(dag(val(f, x))), an(a, x))),
      ),
    ).toBe("true");
    expect(verdict(vev(dt(mul(uni(W, true), cr(a, x), an(a, x), uni(W)))), dt(mul(val(f, x), dag(val(f, x)))))).toBe("true");
  });
  // (d/dt W^*) W = -(a^*(f') - a(f')) - [..]/2: with E' = dE/dt it is -E' + [E', E]/2 up to the sign of the last term, checked by hand below.
  const Edot = int([z], sub(mul(dt(val(f, z)), cr(a, z)), mul(dag(dt(val(f, z))), an(a, z))));
  test("generator of a Weyl operator", () => {
    const left = mul(I, dt(uni(W, true)), uni(W));
    // d/dt e^{-E} = -(E' - [E, E']/2) e^{-E}, for [E, E'] a number.
    expect(verdict(left, mul(I, add(neg(Edot), mul(frac(1, 2), comm(E, Edot)))))).toBe("true");
    expect(verdict(left, mul(I, add(neg(Edot), mul(frac(-1, 2), comm(E, Edot)))))).toBe("false");
    expect(verdict(left, mul(I, neg(Edot)))).toBe("false");
    expect(verdict(left, dag(left))).toBe("true");
    expect(verdict(dt(mul(uni(W, true), uni(W))), 0)).toBe("true");
    expect(verdict(dt(dt(mul(uni(W, true), an(a, x), uni(W)))), dt(dt(val(f, x))))).toBe("true");
  });
});

describe("assumptions", () => {
  const phi = symbol("phi", [space]);
  const norm = (c: Expression | number): Assumption => assume(int([x], mul(val(phi, x), dag(val(phi, x)))), c);
  test("a norm", () => {
    const ratio = mul(N1, pow(N, -1));
    expect(verdict(int([y], mul(dag(val(phi, y)), val(phi, y))), ratio, [norm(ratio)])).toBe("true");
    expect(verdict(int([y], mul(dag(val(phi, y)), val(phi, y))), 1, [norm(ratio)])).toBe("false");
    expect(verdict(mul(pow(N1, 1, 2), int([y], mul(dag(val(phi, y)), val(phi, y)))), mul(pow(N1, 3, 2), pow(N, -1)), [norm(ratio)])).toBe(
      "true",
    );
    expect(verdict(mul(fun("cosh", 0), int([y], mul(dag(val(phi, y)), val(phi, y)))), 1, [norm(ex(1))])).toBe("true");
  });
  test("between parameters", () => {
    const sum = assume(add(N1, N2), N);
    expect(verdict(pow(add(N1, N2), 2), pow(N, 2), [sum])).toBe("true");
    expect(verdict(mul(pow(N, -1, 2), add(N1, N2)), pow(N, 1, 2), [sum])).toBe("true");
    expect(verdict(add(N1, N2), mul(2, N), [sum])).toBe("false");
    expect(verdict(add(N1, N2), ex(N), [])).toBe("false");
  });
  test("a kernel's value", () => {
    const k = symbol("k", [space, space]);
    const rule = assume(val(k, x, y), mul(val(f, x), val(h, y)), { symbol: k, arguments: [x, y], order: 0, coefficient: 1 });
    expect(verdict(val(k, u, v), mul(val(f, u), val(h, v)), [rule])).toBe("true");
    expect(verdict(val(k, u, v), mul(val(f, v), val(h, u)), [rule])).toBe("false");
    expect(verdict(dt(val(k, u, v)), add(mul(dt(val(f, u)), val(h, v)), mul(val(f, u), dt(val(h, v)))), [rule])).toBe("true");
    const at = form(
      [
        [1, u],
        [-1, v],
      ],
      [[N, 1]],
    );
    const g = symbol("g", [space]);
    const one = assume(val(g, x), sub(1, val(f, x)), { symbol: g, arguments: [x], order: 0, coefficient: 1 });
    expect(verdict(val(g, at), sub(1, val(f, at)), [one])).toBe("true");
  });
  test("against a declared symmetry", () => {
    const k = symbol("k", [space, space], { symmetries: [swap] });
    const rule = (right: Expression): Assumption => assume(val(k, x, y), right, { symbol: k, arguments: [x, y], order: 0, coefficient: 1 });
    expect(verdict(val(k, u, v), mul(val(f, u), val(f, v)), [rule(mul(val(f, x), val(f, y)))])).toBe("true");
    expect(verdict(val(k, u, v), mul(val(f, u), val(h, v)), [rule(mul(val(f, x), val(h, y)))])).toMatch(/symmetry/);
  });
  test("what cannot be realised matters only where an equation fails", () => {
    const quartic = assume(add(int([x], pow(mul(val(phi, x), dag(val(phi, x))), 2)), int([x], val(phi, x))), 1);
    expect(verdict(comm(an(a, x), mul(val(phi, y), cr(a, y))), mul(val(phi, y), delta(x, y)), [quartic])).toBe("true");
    expect(verdict(int([x], val(phi, x)), 1, [quartic])).toMatch(/could not be realised/);
    // The norm's time derivative: not zero in the model, for lack of an evolution equation.
    expect(verdict(dt(int([z], mul(val(phi, z), dag(val(phi, z))))), 0, [norm(1)])).toMatch(/could not be realised/);
    expect(verdict(dt(pow(val(phi, x), 2)), mul(2, val(phi, x), dt(val(phi, x))), [norm(1)])).toBe("true");
  });
  const inner = (g: SymbolInfo, j: SymbolInfo): Expression => int([z], mul(dag(val(g, z)), val(j, z)));
  const field = (g: SymbolInfo): Expression => int([u], mul(dag(val(g, u)), an(a, u)));
  test("orthogonal functions, with norms or without", () => {
    const zero = assume(inner(f, h), 0);
    const norms = [assume(inner(f, f), 1), assume(inner(h, h), 1)];
    for (const all of [[zero], [zero, ...norms], [...norms, zero]]) {
      expect(verdict(comm(field(f), dag(field(h))), 0, all)).toBe("true");
      expect(verdict(inner(h, f), 0, all)).toBe("true");
      expect(verdict(mul(fun("exp", inner(phi, phi)), inner(h, f)), 0, all)).toBe("true");
      for (const false_ of [inner(f, f), inner(f, phi), val(f, x), val(h, x), int([x], mul(val(f, x), val(h, x)))])
        expect(verdict(false_, 0, all)).toBe("false");
    }
    expect(verdict(inner(f, f), 1, [...norms, zero])).toBe("true");
    expect(verdict(inner(f, f), 2, [...norms, zero])).toBe("false");
  });
  test("three orthonormal functions, each with each", () => {
    const all = [phi, f, h].flatMap((g, i) => [phi, f, h].slice(i).map((j) => assume(inner(g, j), g === j ? 1 : 0)));
    expect(verdict(comm(add(field(phi), field(f)), dag(add(field(f), field(h)))), 1, all)).toBe("true");
    expect(verdict(comm(add(field(phi), field(f)), dag(add(field(f), field(h)))), 2, all)).toBe("false");
  });
  test("a mean that vanishes, of a real function too", () => {
    const g = symbol("g", [space], { real: true });
    const mean = (j: SymbolInfo): Expression => int([x], val(j, x));
    expect(verdict(dag(mean(phi)), 0, [assume(mean(phi), 0)])).toBe("true");
    expect(verdict(val(phi, origin()), 0, [assume(mean(phi), 0)])).toBe("false");
    const both = [assume(inner(g, g), 1), assume(inner(g, phi), 0)];
    expect(verdict(int([x], mul(val(g, x), add(dag(val(phi, x)), val(g, x)))), 1, both)).toBe("true");
    expect(verdict(mean(g), 0, both)).toBe("false");
  });
  test("phases, and coefficients of Bogoliubov transformations", () => {
    const [s, t] = [parameter("s", "complex"), parameter("t", "complex")];
    const square = (e: typeof s): Expression => mul(e, dag(e));
    expect(verdict(pow(square(s), 2), 1, [assume(square(s), 1)])).toBe("true");
    for (const left of [s, pow(s, 2), pow(s, 4)]) expect(verdict(ex(left), 1, [assume(square(s), 1)])).toBe("false");
    const difference = sub(square(s), square(t));
    const c = species("c");
    const beta = add(mul(s, an(c)), mul(t, cr(c)));
    expect(verdict(comm(beta, dag(beta)), 1, [assume(difference, 1)])).toBe("true");
    expect(verdict(comm(beta, dag(beta)), 2, [assume(difference, 1)])).toBe("false");
    expect(verdict(square(s), 1, [assume(difference, 1)])).toBe("false");
    // Half of it would do for s too, but it says nothing about the imaginary part.
    expect(verdict(ex(s), dag(s), [assume(add(s, dag(s)), 1)])).toBe("false");
  });
  test("several about parameters at once", () => {
    const [s, t] = [parameter("s", "complex"), parameter("t", "complex")];
    const ks = [1, 2, 3, 4].map((i) => parameter(`k${i}`, "complex")) as [typeof s, typeof s, typeof s, typeof s];
    const bar = (e: typeof s): Expression => dag(e);
    const square = (e: typeof s): Expression => mul(e, bar(e));
    // Two linear equations: s = 2, t = -1.
    const linear = [assume(add(s, t), 1), assume(sub(ex(s), ex(t)), 3)];
    expect(verdict(ex(s), 2, linear)).toBe("true");
    expect(verdict(ex(s), 3, linear)).toBe("false");
    const real = [parameter("r1", "real"), parameter("r2", "real")] as const;
    const sums = [assume(add(...real), N), assume(sub(ex(real[0]), ex(real[1])), N1)];
    expect(verdict(mul(2, real[0]), add(N, N1), sums)).toBe("true");
    expect(verdict(mul(2, real[0]), ex(N), sums)).toBe("false");
    // A unitary 2 x 2 matrix: its rows are orthonormal, hence its columns, and its determinant is a phase.
    const rows = [
      assume(add(square(ks[0]), square(ks[1])), 1),
      assume(add(square(ks[2]), square(ks[3])), 1),
      assume(add(mul(ks[0], bar(ks[2])), mul(ks[1], bar(ks[3]))), 0),
    ];
    const determinant = sub(mul(ks[0], ks[3]), mul(ks[1], ks[2]));
    expect(verdict(mul(determinant, dag(determinant)), 1, rows)).toBe("true");
    expect(verdict(add(square(ks[0]), square(ks[2])), 1, rows)).toBe("true");
    expect(verdict(determinant, 1, rows)).toBe("false");
    expect(verdict(square(ks[0]), 1, rows)).toBe("false");
    // |s|^2 - |t|^2 = 1 with s t real: (|s|^2 + |t|^2)^2 = 1 + 4 (s t)^2.
    const hyperbola = [assume(sub(square(s), square(t)), 1), assume(mul(s, t), mul(bar(s), bar(t)))];
    expect(verdict(pow(add(square(s), square(t)), 2), add(1, mul(4, pow(mul(s, t), 2))), hyperbola)).toBe("true");
    expect(verdict(ex(s), bar(s), hyperbola)).toBe("false");
    expect(verdict(square(s), 1, [assume(bar(s), pow(s, -1))])).toBe("true");
    // Two roots: a choice of one would decide s = i.
    expect(verdict(ex(s), I, [assume(pow(s, 2), -1)])).toMatch(/could not be realised/);
    expect(verdict(ex(s), 2, [assume(s, 1), assume(s, 2)])).toMatch(/could not be realised .* together/);
  });
  test("scales are counted where they are used", () => {
    const [g, w] = ["g", "w"].map((name) => symbol(name, [space], { real: true, symmetries: [even] })) as [SymbolInfo, SymbolInfo];
    const rule = assume(val(g, x), sub(1, val(w, x)), { symbol: g, arguments: [x], order: 0, coefficient: 1 });
    const at = form([[1, x]], [[N, 1]]);
    const left = int([x], mul(val(V, at), val(g, at)));
    const right = sub(int([x], val(V, at)), int([x], mul(val(V, at), val(w, at))));
    expect(verdict(left, right, [rule])).toBe("true");
    expect(verdict(mul(N, left), right, [rule])).toBe("false");
    // With definitions written out, the first has w(N x) beside w(x); the second only w(N x).
    const d = definition("d", [y], val(g, form([[1, y]], [[N, 1]])));
    expect(verdict(int([x], call(d, x)), int([x], val(w, x)), [rule])).toBe("false");
    const id = definition("id", [y], val(w, y));
    expect(verdict(mul(N, int([x], call(id, at))), int([x], val(w, x)))).toMatch(/scaled and unscaled/);
    expect(verdict(mul(N, int([x], call(id, at))), int([x], val(w, at)))).toBe("false");
  });
  test("a norm of what is defined", () => {
    const k = symbol("k", [space, space]);
    const rule = assume(val(k, x, y), mul(val(phi, x), val(h, y)), { symbol: k, arguments: [x, y], order: 0, coefficient: 1 });
    const size = (l: L, m: L): Expression => int([l, m], mul(val(k, l, m), dag(val(k, l, m))));
    expect(verdict(size(u, v), 1, [rule, assume(size(x, y), 1)])).toBe("true");
    expect(verdict(size(u, v), 2, [rule, assume(size(x, y), 1)])).toBe("false");
  });
  test("in a circle", () => {
    const g = symbol("g", [space]);
    const circle = [
      assume(val(f, x), val(g, x), { symbol: f, arguments: [x], order: 0, coefficient: 1 }),
      assume(val(g, x), val(f, x), { symbol: g, arguments: [x], order: 0, coefficient: 1 }),
    ];
    expect(verdict(val(f, x), val(g, x), circle)).toMatch(/circle/);
  });
  test("contradicting", () => {
    expect(verdict(int([y], mul(dag(val(phi, y)), val(phi, y))), 3, [norm(1), norm(2)])).toMatch(/could not be realised|cannot hold/);
  });
  test("an evolution equation, and what it conserves", () => {
    const T = symbol("T", [space, space], { real: true, symmetries: [swap] });
    const right = add(
      int([y], mul(val(T, x, y), val(phi, y))),
      mul(int([y], mul(val(V, minus(x, y)), val(phi, y), dag(val(phi, y)))), val(phi, x)),
    );
    const nls = assume(mul(I, dt(val(phi, x))), right, { symbol: phi, arguments: [x], order: 1, coefficient: I });
    expect(verdict(dt(int([z], mul(val(phi, z), dag(val(phi, z))))), 0, [nls])).toBe("true");
    expect(verdict(dt(int([z], mul(val(phi, z), dag(val(phi, z))))), 0, [])).toBe("false");
    const hx = (at: L, to: L): Expression =>
      add(
        int([to], mul(val(T, at, to), val(phi, to))),
        mul(int([to], mul(val(V, minus(at, to)), val(phi, to), dag(val(phi, to)))), val(phi, at)),
      );
    expect(verdict(mul(I, dt(val(phi, u))), hx(u, v), [nls])).toBe("true");
    expect(verdict(neg(mul(I, dt(dag(val(phi, u))))), dag(hx(u, v)), [nls])).toBe("true");
    // Norm and evolution together, at second order.
    expect(verdict(dt(dt(int([z], mul(val(phi, z), dag(val(phi, z)))))), 0, [nls, norm(mul(N1, pow(N, -1)))])).toBe("true");
    expect(verdict(neg(dt(dt(val(phi, u)))), mul(I, dt(hx(u, v))), [nls])).toBe("true");
    expect(verdict(dt(dt(val(phi, u))), mul(I, dt(hx(u, v))), [nls])).toBe("false");
    expect(verdict(mul(I, dt(dt(val(phi, u)))), dt(hx(u, v)), [nls])).toBe("true");
  });
});

describe("fermions against matrices", () => {
  /** Jordan and Wigner: e_j = Z x ... x Z x s x 1 x ..., on 2^3 dimensions; made here and compared with normal-ordered forms. */
  type Matrix = number[][];
  const kron = (s: Matrix, t: Matrix): Matrix => s.flatMap((row) => t.map((other) => row.flatMap((c) => other.map((d) => c * d))));
  const times = (s: Matrix, t: Matrix): Matrix =>
    s.map((row) => (t[0] as number[]).map((_, j) => row.reduce((sum, c, k) => sum + c * (t[k]?.[j] as number), 0)));
  const lower = (j: number): Matrix => {
    let m: Matrix = [[1]];
    for (let i = 0; i < 3; i++)
      m = kron(
        m,
        i < j
          ? [
              [1, 0],
              [0, -1],
            ]
          : i === j
            ? [
                [0, 1],
                [0, 0],
              ]
            : [
                [1, 0],
                [0, 1],
              ],
      );
    return m;
  };
  const transpose = (m: Matrix): Matrix => m.map((_, i) => m.map((row) => row[i] as number));
  const three = finite(1, 2, 3);
  const s = species("s", [three], "fermion");
  const at = (value: number): Argument => ({ kind: "constant", of: three, value });
  const step = fc.record({ mode: fc.integer({ min: 0, max: 2 }), creation: fc.boolean() });
  const word = fc.array(step, { minLength: 1, maxLength: 6 });
  type Word = { mode: number; creation: boolean }[];
  const matrix = (w: Word): Matrix => w.map((l) => (l.creation ? transpose(lower(l.mode)) : lower(l.mode))).reduce(times);
  const operator = (w: Word): Expression => mul(...w.map((l) => (l.creation ? cr(s, at(l.mode + 1)) : an(s, at(l.mode + 1)))));
  test("two random words are equal exactly when their matrices are", () => {
    fc.assert(
      fc.property(word, word, fc.integer({ min: -1, max: 1 }), (one, two, k) => {
        const [m1, m2] = [matrix(one), matrix(two)];
        const equal = m1.every((row, i) => row.every((c, j) => c === k * (m2[i]?.[j] as number)));
        expect(verdict(operator(one), mul(k, operator(two)))).toBe(String(equal));
      }),
      { seed: 99, numRuns: 150 },
    );
  });
  test("sorting a word by swaps keeps its matrix", () => {
    fc.assert(
      fc.property(word, (w) => {
        // Move the first letter to the end through the others: x y = -y x + {x, y}.
        const [first, ...rest] = w as [Word[0], ...Word];
        const terms: Expression[] = [mul((-1) ** rest.length, operator([...rest, first]))];
        rest.forEach((l, i) => {
          if (l.mode === first.mode && l.creation !== first.creation)
            terms.push(mul((-1) ** i, ...rest.filter((_, j) => j !== i).map((o) => operator([o]))));
        });
        expect(verdict(operator(w), add(...terms))).toBe("true");
      }),
      { seed: 5, numRuns: 60 },
    );
  });
  test("an antisymmetric kernel of six slots needs more points", () => {
    const ks = labels("p q r s", lattice);
    const A = int(ks, mul(...ks.map((l) => val(symbol("one", [lattice]), l)), ...ks.map((l) => cr(e, l))));
    const result = compare(equation(A, 0), options);
    expect(result).toMatchObject({ agree: false });
  });
});

describe("laws on random expressions", () => {
  const leaf = fc.constantFrom<Expression>(
    an(a, x),
    cr(a, x),
    an(a, y),
    cr(a, y),
    an(b, x),
    cr(b, y),
    mul(val(f, x), cr(a, x)),
    mul(I, an(b, y)),
    add(an(a, x), val(h, y)),
  );
  const operator: fc.Arbitrary<Expression> = fc.letrec<{ op: Expression }>((tie) => ({
    op: fc.oneof(
      { maxDepth: 2 },
      leaf,
      fc.tuple(tie("op"), tie("op")).map(([s, t]) => add(s, t)),
      fc.tuple(tie("op"), tie("op")).map(([s, t]) => mul(s, t)),
      tie("op").map((s) => dag(s)),
    ),
  })).op;
  const parameters = { seed: 31337, numRuns: 40 };
  test("Jacobi, associativity of the adjoint, parts add up", () => {
    fc.assert(
      fc.property(operator, operator, operator, (A, B, C) => {
        expect(verdict(add(comm(A, comm(B, C)), comm(B, comm(C, A)), comm(C, comm(A, B))), 0)).toBe("true");
        expect(verdict(dag(mul(A, B)), mul(dag(B), dag(A)))).toBe("true");
        expect(verdict(comm(mul(A, B), C), add(mul(A, comm(B, C)), mul(comm(A, C), B)))).toBe("true");
        expect(verdict(add(...Array.from({ length: 9 }, (_, n) => part(A, { total: n }))), A)).toBe("true");
        expect(verdict(vev(A), part(A, { total: 0 }))).toBe("true");
      }),
      parameters,
    );
  });
  test("Wick's theorem for two linear operators: A B = :A B: + C(A, B)", () => {
    const linear = (one: typeof a, kind: L, other: L): fc.Arbitrary<Expression> =>
      fc
        .subarray([an(one, kind), cr(one, kind), mul(I, an(one, other)), mul(3, cr(one, other))], { minLength: 1 })
        .map((terms) => add(...terms));
    for (const any of [linear(a, x, y), linear(e, p, q)])
      fc.assert(
        fc.property(any, any, (A, B) => {
          expect(verdict(mul(A, B), add(nor(mul(A, B)), contract(A, B)))).toBe("true");
          expect(verdict(contract(A, B), vev(mul(A, B)))).toBe("true");
        }),
        parameters,
      );
  });
  test("what differs by one term is refuted", () => {
    fc.assert(
      fc.property(operator, leaf, (A, B) => {
        expect(verdict(add(A, B), A)).toBe("false");
        expect(verdict(add(A, mul(val(f, x), val(h, y))), A)).toBe("false");
      }),
      parameters,
    );
  });
});

test("the probability that a false equation passes is bounded, with one trial too", () => {
  const sum = add(...Array.from({ length: 6 }, (_, i) => mul(pow(val(f, x), i), pow(N, i, 2))));
  for (const trials of [1, 3, 5]) {
    const result = compare(equation(sum, sum), { seed: 3, trials });
    expect(result).toMatchObject({ agree: true, exact: true, residual: 0, trials, seed: 3 });
    if (!("unsupported" in result)) expect(result.errorBound).toBeLessThanOrEqual(-50);
  }
});

test("equal seeds give equal answers, whatever was asked before", () => {
  const eq = equation(mul(fun("exp", val(f, x)), an(a, x)), mul(fun("exp", val(h, x)), an(a, x)));
  expect(compare(eq, options)).toEqual(compare(eq, options));
});

test("the model imports nothing of the engine", () => {
  const folder = new URL("../../src/evaluate/", import.meta.url);
  for (const file of readdirSync(folder))
    for (const [, from] of readFileSync(new URL(file, folder), "utf8").matchAll(/from "([^"]+)"/g))
      expect(from).toMatch(/^(\.\/|\.\.\/(core|source)\/)/);
});
