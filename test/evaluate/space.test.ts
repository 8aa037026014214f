import { describe, expect, test } from "vitest";
import type { Assumption, Component, Expression, Label, SymbolInfo } from "../../src/core/expression.js";
import { compare } from "../../src/evaluate/evaluate.js";
import { nowhere } from "../../src/source/span.js";
import { add, assume, call, dag, definition, delta, dt, equation, frac, fun, I, int, mul, neg, pow, sub, val } from "./build.js";
import { even, form, minus, parameter, space, species, symbol } from "./declare.js";
import { a, f, g, h, k, m, N, n, V, w, x, y, z } from "./letters.js";
import { an, comm, cr, part, uni, unitary, vev } from "./operator.js";
import { verdict } from "./verdict.js";

/** Derivatives: `d(j, x, E)` is one component, `grad2` pairs two gradients, `lap` is the Laplacian. */
let components = 1;
const component = (): Component => ({ id: components++, dimension: 3 });
const d = (j: Component, x: Label, of: Expression): Expression => ({ kind: "partial", label: x, component: j, of, span: nowhere });
const over = (j: Component, of: Expression): Expression => ({ kind: "components", component: j, of, span: nowhere });
const grad2 = (x: Label, a: Expression, y: Label, b: Expression, ...between: Expression[]): Expression => {
  const j = component();
  return over(j, mul(d(j, x, a), ...between, d(j, y, b)));
};
const lap = (x: Label, of: Expression): Expression => {
  const j = component();
  return over(j, d(j, x, d(j, x, of)));
};
/** (\Delta w)(argument) */
const lapOf = (s: SymbolInfo, a: Parameters<typeof val>[1]): Expression => {
  const j = component();
  const partials = [
    { slot: 0, component: j },
    { slot: 0, component: j },
  ];
  return over(j, { ...(val(s, a) as Expression & { kind: "value" }), partials });
};
const dOf = (j: Component, s: SymbolInfo, a: Parameters<typeof val>[1]): Expression => ({
  ...(val(s, a) as Expression & { kind: "value" }),
  partials: [{ slot: 0, component: j }],
});

const e = species("e", [space], "fermion");
const r = symbol("r", [space], { real: true });
const j = component();
const F = val(f, x);
const G = val(g, x);
const H = val(h, x);
const T = (s = a): Expression => int([x], grad2(x, cr(s, x), x, an(s, x)));
const VV = mul(frac(1, 2), int([x, y], mul(val(V, minus(x, y)), cr(a, x), cr(a, y), an(a, y), an(a, x))));
const scaled = form(
  [
    [1, x],
    [-1, y],
  ],
  [[N, 1]],
);

type Row = [string, Expression | number, Expression | number, boolean];
const rows: Row[] = [
  // One function and products
  ["product rule", d(j, x, mul(F, G)), add(mul(d(j, x, F), G), mul(F, d(j, x, G))), true],
  ["product rule, sign", d(j, x, mul(F, G)), sub(mul(d(j, x, F), G), mul(F, d(j, x, G))), false],
  ["product rule, a factor lost", d(j, x, mul(F, G)), mul(d(j, x, F), G), false],
  ["Laplacian of a product", lap(x, mul(F, G)), add(mul(lap(x, F), G), mul(2, grad2(x, F, x, G)), mul(F, lap(x, G))), true],
  ["Laplacian of a product, factor 2", lap(x, mul(F, G)), add(mul(lap(x, F), G), grad2(x, F, x, G), mul(F, lap(x, G))), false],
  ["Laplacian of a product, sign", lap(x, mul(F, G)), add(mul(lap(x, F), G), mul(-2, grad2(x, F, x, G)), mul(F, lap(x, G))), false],
  ["power rule", d(j, x, pow(F, 3)), mul(3, pow(F, 2), d(j, x, F)), true],
  ["power rule, 2", d(j, x, pow(F, 3)), mul(2, pow(F, 2), d(j, x, F)), false],
  ["three factors", lap(x, mul(F, G, H)), add(mul(lap(x, mul(F, G)), H), mul(2, grad2(x, mul(F, G), x, H)), mul(F, G, lap(x, H))), true],
  ["conjugate", dag(lap(x, F)), lap(x, dag(F)), true],
  ["not real", lap(x, F), lap(x, dag(F)), false],
  ["derivative of a real function is real", dag(d(j, x, val(r, x))), d(j, x, val(r, x)), true],
  ["another label", d(j, y, F), 0, true],
  ["no other label", d(j, x, F), 0, false],
  ["second is not minus the function", lap(x, F), neg(F), false],
  ["|f|^2", d(j, x, mul(dag(F), F)), add(mul(dag(d(j, x, F)), F), mul(dag(F), d(j, x, F))), true],
  // Under an integral
  ["by parts", int([x], mul(d(j, x, F), G)), neg(int([x], mul(F, d(j, x, G)))), true],
  ["by parts, sign", int([x], mul(d(j, x, F), G)), int([x], mul(F, d(j, x, G))), false],
  ["total derivative", int([x], d(j, x, mul(F, G, H))), 0, true],
  ["total Laplacian", int([x], lap(x, mul(F, G))), 0, true],
  ["not a total derivative", int([x], mul(d(j, x, F), G)), 0, false],
  ["Laplacian symmetric", int([x], mul(F, lap(x, G))), int([x], mul(lap(x, F), G)), true],
  ["Green", int([x], mul(F, lap(x, G))), neg(int([x], grad2(x, F, x, G))), true],
  ["Green, factor", int([x], mul(F, lap(x, G))), mul(-2, int([x], grad2(x, F, x, G))), false],
  [
    "three functions by parts",
    int([x], mul(F, grad2(x, G, x, H))),
    mul(-1, int([x], add(mul(F, G, lap(x, H)), mul(G, grad2(x, F, x, H))))),
    true,
  ],
  // Differences
  ["chain rule", d(j, y, val(f, minus(x, y))), neg(d(j, x, val(f, minus(x, y)))), true],
  ["chain rule, sign", d(j, y, val(f, minus(x, y))), d(j, x, val(f, minus(x, y))), false],
  ["gradient before the argument", d(j, x, val(f, minus(x, y))), dOf(j, f, minus(x, y)), true],
  ["gradient before the argument, y", d(j, y, val(f, minus(x, y))), dOf(j, f, minus(x, y)), false],
  ["Laplacian before the argument", lap(y, val(f, minus(x, y))), lapOf(f, minus(x, y)), true],
  ["gradient of an even function is odd", dOf(j, V, minus(x, y)), neg(dOf(j, V, minus(y, x))), true],
  ["gradient of an even function is not even", dOf(j, V, minus(x, y)), dOf(j, V, minus(y, x)), false],
  ["convolution", d(j, x, int([y], mul(val(V, minus(x, y)), val(f, y)))), int([y], mul(val(V, minus(x, y)), d(j, y, val(f, y)))), true],
  ["at 2x", d(j, x, val(f, form([[2, x]]))), mul(2, dOf(j, f, form([[2, x]]))), true],
  ["at 2x, factor", d(j, x, val(f, form([[2, x]]))), dOf(j, f, form([[2, x]])), false],
  // Scales
  ["V(N u)", d(j, x, val(V, scaled)), mul(N, dOf(j, V, scaled)), true],
  ["V(N u), factor", d(j, x, val(V, scaled)), dOf(j, V, scaled), false],
  ["V(N u), Laplacian", lap(x, val(V, scaled)), mul(pow(N, 2), lapOf(V, scaled)), true],
  ["V(N u), Laplacian, factor", lap(x, val(V, scaled)), mul(N, lapOf(V, scaled)), false],
  // Deltas and operators
  ["[da, a*]", comm(d(j, x, an(a, x)), cr(a, y)), d(j, x, delta(x, y)), true],
  ["[da, a*], sign", comm(d(j, x, an(a, x)), cr(a, y)), d(j, y, delta(x, y)), false],
  ["d of delta", d(j, x, delta(x, y)), neg(d(j, y, delta(x, y))), true],
  ["d of delta f", mul(F, d(j, x, delta(x, y))), sub(mul(val(f, y), d(j, x, delta(x, y))), mul(val(f, y), 0)), false],
  ["f d delta", mul(F, d(j, x, delta(x, y))), sub(mul(val(f, y), d(j, x, delta(x, y))), mul(d(j, x, F), delta(x, y))), true],
  ["f d delta, sign", mul(F, d(j, x, delta(x, y))), add(mul(val(f, y), d(j, x, delta(x, y))), mul(d(j, x, F), delta(x, y))), false],
  ["product rule with an operator", d(j, x, mul(F, an(a, x))), add(mul(d(j, x, F), an(a, x)), mul(F, d(j, x, an(a, x)))), true],
  ["product rule with an operator, sign", d(j, x, mul(F, an(a, x))), sub(mul(F, d(j, x, an(a, x))), mul(d(j, x, F), an(a, x))), false],
  ["density", d(j, x, mul(cr(a, x), an(a, x))), add(mul(d(j, x, cr(a, x)), an(a, x)), mul(cr(a, x), d(j, x, an(a, x)))), true],
  ["adjoint", dag(d(j, x, mul(F, an(a, x)))), d(j, x, mul(dag(F), cr(a, x))), true],
  ["kinetic energy", T(), neg(int([x], mul(cr(a, x), lap(x, an(a, x))))), true],
  ["kinetic energy, sign", T(), int([x], mul(cr(a, x), lap(x, an(a, x)))), false],
  ["kinetic energy, fermions", T(e), neg(int([x], mul(cr(e, x), lap(x, an(e, x))))), true],
  ["kinetic energy, fermions, sign", T(e), int([x], mul(cr(e, x), lap(x, an(e, x)))), false],
  ["kinetic energy is self-adjoint", dag(T()), T(), true],
  ["{de, e*}", comm(d(j, x, an(e, x)), cr(e, y), 1), d(j, x, delta(x, y)), true],
  ["{de, e*}, sign", comm(d(j, x, an(e, x)), cr(e, y), 1), d(j, y, delta(x, y)), false],
  ["de de", comm(d(j, x, an(e, x)), d(j, y, an(e, y)), 1), 0, true],
  ["[T, a]", comm(T(), an(a, z)), lap(z, an(a, z)), true],
  ["[T, a], sign", comm(T(), an(a, z)), neg(lap(z, an(a, z))), false],
  ["[T, a*]", comm(T(), cr(a, z)), neg(lap(z, cr(a, z))), true],
  ["[T, e]", comm(T(e), an(e, z)), lap(z, an(e, z)), true],
  ["[T, a*(f)]", comm(T(), int([y], mul(val(f, y), cr(a, y)))), neg(int([y], mul(lap(y, val(f, y)), cr(a, y)))), true],
  [
    "[T + V, a]",
    comm(add(T(), VV), an(a, z)),
    sub(lap(z, an(a, z)), int([y], mul(val(V, minus(z, y)), cr(a, y), an(a, y), an(a, z)))),
    true,
  ],
  [
    "[T + V, a], factor",
    comm(add(T(), VV), an(a, z)),
    sub(lap(z, an(a, z)), mul(2, int([y], mul(val(V, minus(z, y)), cr(a, y), an(a, y), an(a, z))))),
    false,
  ],
  ["continuity", comm(T(), mul(cr(a, z), an(a, z))), sub(mul(cr(a, z), lap(z, an(a, z))), mul(lap(z, cr(a, z)), an(a, z))), true],
  [
    "one-body potential",
    comm(T(), int([y], mul(val(r, y), cr(a, y), an(a, y)))),
    neg(int([y], add(mul(lap(y, val(r, y)), cr(a, y), an(a, y)), mul(2, cr(a, y), grad2(y, val(r, y), y, an(a, y)))))),
    true,
  ],
  [
    "one-body potential, factor",
    comm(T(), int([y], mul(val(r, y), cr(a, y), an(a, y)))),
    neg(int([y], add(mul(lap(y, val(r, y)), cr(a, y), an(a, y)), mul(cr(a, y), grad2(y, val(r, y), y, an(a, y)))))),
    false,
  ],
  ["vacuum", vev(mul(d(j, x, an(a, x)), cr(a, y))), d(j, x, delta(x, y)), true],
  ["pairs of labels", comm(d(j, x, an(w, m, x)), cr(w, n, y)), mul(delta(m, n), d(j, x, delta(x, y))), true],
  ["pairs of labels, one delta lost", comm(d(j, x, an(w, m, x)), cr(w, n, y)), d(j, x, delta(x, y)), false],
  ["kernel", d(j, x, int([y], mul(val(k, x, y), cr(a, y)))), int([y], mul(d(j, x, val(k, x, y)), cr(a, y))), true],
  [
    "pair generator",
    comm(T(), int([x, y], mul(val(k, x, y), cr(a, x), cr(a, y)))),
    mul(-2, int([x, y], mul(lap(x, val(k, x, y)), cr(a, x), cr(a, y)))),
    true,
  ],
  [
    "pair generator, factor",
    comm(T(), int([x, y], mul(val(k, x, y), cr(a, x), cr(a, y)))),
    neg(int([x, y], mul(lap(x, val(k, x, y)), cr(a, x), cr(a, y)))),
    false,
  ],
  ["part", part(d(j, x, mul(an(a, x), cr(a, y))), { total: 0 }), d(j, x, delta(x, y)), true],
];

describe("derivatives in space", () => {
  test.each(rows)("%s", (_, left, right, expected) => {
    expect(verdict(left, right)).toBe(String(expected));
  });
});

describe("definitions and unitaries", () => {
  const A = definition("A", [x], mul(F, an(a, x)));
  const W = unitary("W", int([x], sub(mul(val(f, x), cr(a, x)), mul(dag(val(f, x)), an(a, x)))));

  test("a definition is differentiated in its label", () => {
    expect(verdict(d(j, y, call(A, y)), add(mul(d(j, y, val(f, y)), an(a, y)), mul(val(f, y), d(j, y, an(a, y)))))).toBe("true");
    expect(verdict(d(j, y, call(A, y)), mul(val(f, y), d(j, y, an(a, y))))).toBe("false");
  });

  test("a Weyl operator shifts a gradient", () => {
    const shifted = mul(uni(W, true), d(j, y, an(a, y)), uni(W));
    expect(verdict(shifted, add(d(j, y, an(a, y)), d(j, y, val(f, y))))).toBe("true");
    expect(verdict(shifted, sub(d(j, y, an(a, y)), d(j, y, val(f, y))))).toBe("false");
  });

  test("and the kinetic energy", () => {
    const linear = int([x], mul(lap(x, F), cr(a, x)));
    const right = (sign: number): Expression => add(T(), mul(sign, add(linear, dag(linear))), int([x], grad2(x, dag(F), x, F)));
    expect(verdict(mul(uni(W, true), T(), uni(W)), right(-1))).toBe("true");
    expect(verdict(mul(uni(W, true), T(), uni(W)), right(1))).toBe("false");
  });
});

describe("assumptions", () => {
  const motion = (sign: number): Assumption =>
    assume(mul(I, dt(val(f, x))), add(mul(sign, lap(x, val(f, x))), mul(val(V, x), val(f, x))), {
      symbol: f,
      arguments: [x],
      order: 1,
      coefficient: I,
    });
  const lambda = parameter("l", "real");
  const fs = symbol("F", [space], { real: true, symmetries: [even] });
  const scattering = assume(lapOf(fs, x), sub(mul(frac(1, 2), val(V, x), val(fs, x)), mul(lambda, val(fs, x))));

  test("the Schroedinger equation conserves the norm", () => {
    const norm = int([x], mul(dag(F), F));
    expect(verdict(dt(norm), 0, [motion(-1)])).toBe("true");
    expect(verdict(dt(norm), 1, [motion(-1)])).toBe("false");
    // The current: d|f|^2/dt = i div (conj f grad f - f grad conj f).
    const current = mul(I, sub(mul(dag(F), lap(x, F)), mul(F, lap(x, dag(F)))));
    expect(verdict(dt(mul(dag(F), F)), current, [motion(-1)])).toBe("true");
    expect(verdict(dt(mul(dag(F), F)), current, [motion(1)])).toBe("false");
  });

  test("a coherent state follows the Hartree equation", () => {
    const W = unitary("W", int([x], sub(mul(F, cr(a, x)), mul(dag(F), an(a, x)))));
    const hartree = (sign: number): Assumption =>
      assume(mul(I, dt(F)), add(neg(lap(x, F)), mul(sign, int([y], mul(val(V, minus(x, y)), dag(val(f, y)), val(f, y))), F)), {
        symbol: f,
        arguments: [x],
        order: 1,
        coefficient: I,
      });
    const generator = add(mul(I, dt(uni(W, true)), uni(W)), mul(uni(W, true), add(T(), VV), uni(W)));
    expect(verdict(part(generator, { total: 1 }), 0, [hartree(1)])).toBe("true");
    expect(verdict(part(generator, { total: 1 }), 0, [hartree(2)])).toBe("false");
    const free = add(mul(I, dt(uni(W, true)), uni(W)), mul(uni(W, true), T(), uni(W)));
    expect(verdict(part(free, { total: 1 }), 0, [motion(-1)])).toBe("false");
    expect(
      verdict(part(free, { total: 1 }), neg(int([x], mul(val(V, x), add(mul(F, cr(a, x)), mul(dag(F), an(a, x)))))), [motion(-1)]),
    ).toBe("true");
  });

  test("the scattering equation", () => {
    expect(verdict(lapOf(fs, x), sub(mul(frac(1, 2), val(V, x), val(fs, x)), mul(lambda, val(fs, x))), [scattering])).toBe("true");
    expect(verdict(lapOf(fs, x), add(mul(frac(1, 2), val(V, x), val(fs, x)), mul(lambda, val(fs, x))), [scattering])).toBe("false");
    expect(verdict(lapOf(fs, x), sub(mul(val(V, x), val(fs, x)), mul(lambda, val(fs, x))), [scattering])).toBe("false");
    // int V f g = 2 int f (Delta g + lambda g)
    const left = int([x], mul(val(V, x), val(fs, x), G));
    expect(verdict(left, mul(2, int([x], mul(val(fs, x), add(lap(x, G), mul(lambda, G))))), [scattering])).toBe("true");
    expect(verdict(left, mul(2, int([x], mul(val(fs, x), sub(lap(x, G), mul(lambda, G))))), [scattering])).toBe("false");
    // At N(x-y): Delta_x f(N(x-y)) = N^2 (V f / 2 - lambda f)(N(x-y))
    const at = (power: number): Expression => mul(pow(N, power), val(fs, scaled), sub(mul(frac(1, 2), val(V, scaled)), lambda));
    expect(verdict(lap(x, val(fs, scaled)), at(2), [scattering])).toBe("true");
    expect(verdict(lap(x, val(fs, scaled)), at(1), [scattering])).toBe("false");
  });
});

describe("exponentials beside derivatives are power series to order 4", () => {
  const real = val(r, x);
  const turn = unitary("U", int([x], mul(I, real, cr(a, x), an(a, x))));
  const turned = (of: Expression): Expression => mul(uni(turn, true), of, uni(turn));
  const expF = fun("exp", F);
  const rows: Row[] = [
    ["chain rule", d(j, x, expF), mul(expF, d(j, x, F)), true],
    ["chain rule, sign", d(j, x, expF), neg(mul(expF, d(j, x, F))), false],
    ["a local phase", turned(d(j, x, an(a, x))), d(j, x, mul(fun("exp", mul(I, real)), an(a, x))), true],
    ["its gradient forgotten", turned(d(j, x, an(a, x))), mul(fun("exp", mul(I, real)), d(j, x, an(a, x))), false],
  ];
  test.each(rows)("%s", (_, left, right, holds) => expect(verdict(left, right)).toBe(String(holds)));

  test("which does not decide everything", () => {
    // exp(F) without its powers from the fifth on.
    const short = add(1, F, mul(frac(1, 2), pow(F, 2)), mul(frac(1, 6), pow(F, 3)), mul(frac(1, 24), pow(F, 4)));
    const answer = compare(equation(d(j, x, expF), mul(short, d(j, x, F))), { seed: 7, trials: 3 });
    expect(answer).toMatchObject({ agree: true, exhaustive: false, order: 4 });
  });
});

describe("what the model refuses", () => {
  test("functions without a bound on their frequencies", () => {
    expect(verdict(d(j, x, pow(F, -1)), neg(mul(pow(F, -2), d(j, x, F))))).toMatch(/without a bound/);
    expect(verdict(d(j, x, mul(fun("exp", F), pow(G, -1))), 0)).toMatch(/without a bound/);
  });

  test("gradients that one dimension does not tell apart", () => {
    const two = (p: Expression, q: Expression, s: Expression, t: Expression): Expression => mul(grad2(x, p, x, q), grad2(x, s, x, t));
    const K = val(r, x);
    expect(verdict(two(F, G, H, K), two(F, H, G, K))).toMatch(/more than two derivatives/);
    expect(verdict(two(F, G, H, K), mul(2, two(F, H, G, K)))).toBe("false");
    expect(verdict(lap(x, lap(x, F)), neg(lap(x, F)))).toBe("false");
    // A pair beside one component that is not summed over.
    expect(verdict(mul(d(j, x, F), lap(x, G)), grad2(x, F, x, d(j, x, G)))).toMatch(/more than two derivatives/);
  });

  test("too many factors", () => {
    expect(verdict(d(j, x, pow(F, 40)), mul(40, pow(F, 39), d(j, x, F)))).toMatch(/too many/);
  });
});

/** Numbers in [0, 1) from a seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

describe("random laws", () => {
  const functions = [f, g, h, r, V];

  /** d(F_1 ... F_m) = sum_i F_1 ... dF_i ... F_m, factors at x, at x-y and operators among them. */
  test.each([1, 2, 3, 4, 5, 6, 7, 8])("Leibniz, seed %i", (seed) => {
    const random = generator(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const factors = Array.from({ length: 2 + Math.floor(3 * random()) }, (): Expression => {
      const s = pick(functions);
      const one = pick([val(s, x), val(s, minus(x, y)), dag(val(s, x)), val(k, x, y)]);
      return random() < 0.25 ? pick([an(a, x), cr(a, x), an(e, x)]) : one;
    });
    const terms = factors.map((_, i) => mul(...factors.map((factor, other) => (other === i ? d(j, x, factor) : factor))));
    const left = d(j, x, mul(...factors));
    expect(verdict(left, add(...terms))).toBe("true");
    const wrong = Math.floor(random() * terms.length);
    expect(verdict(left, add(...terms.map((t, i) => (i === wrong ? mul(frac(1, 2), t) : t))))).toBe("false");
  });

  /** int A d(B C) = -int dA B C, and the same with two derivatives on the whole. */
  test.each([11, 12, 13, 14])("by parts, seed %i", (seed) => {
    const random = generator(seed);
    const pick = (): Expression => {
      const s = functions[Math.floor(random() * functions.length)] as SymbolInfo;
      return random() < 0.5 ? val(s, x) : val(s, minus(y, x));
    };
    const [A, B, C] = [pick(), mul(pick(), pick()), mul(pick(), an(a, x))];
    const right = int([x], add(mul(A, B, lap(x, C)), mul(A, grad2(x, B, x, C))));
    expect(verdict(neg(int([x], grad2(x, mul(A), x, C, B))), right)).toBe("true");
    expect(verdict(int([x], grad2(x, mul(A), x, C, B)), right)).toBe("false");
  });
});

describe("closed assumptions", () => {
  const normed = assume(int([x], mul(dag(F), F)), 1);
  test("a norm", () => {
    expect(verdict(mul(int([x], mul(dag(F), F)), T()), T(), [normed])).toBe("true");
    expect(verdict(mul(int([x], mul(dag(F), F)), T()), mul(2, T()), [normed])).toBe("false");
    expect(verdict(int([x], mul(dag(F), d(j, x, F))), neg(int([x], mul(F, d(j, x, dag(F))))), [normed])).toBe("true");
  });
});

describe("a quadratic unitary", () => {
  const small = frac(1, 2);
  const Q = int([x, y], mul(small, sub(mul(val(k, x, y), cr(a, x), cr(a, y)), mul(dag(val(k, x, y)), an(a, x), an(a, y)))));
  const B = unitary("B", Q);
  const conjugated = (of: Expression): Expression => mul(uni(B, true), of, uni(B));

  test("derivatives pass it", () => {
    expect(verdict(conjugated(d(j, x, an(a, x))), d(j, x, conjugated(an(a, x))))).toBe("true");
    expect(verdict(conjugated(d(j, x, an(a, x))), neg(d(j, x, conjugated(an(a, x)))))).toBe("false");
    expect(verdict(conjugated(T()), neg(int([x], mul(conjugated(cr(a, x)), lap(x, conjugated(an(a, x)))))))).toBe("true");
    expect(verdict(conjugated(T()), T())).toBe("false");
  });
});

test("every choice of random numbers says the same", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const result = compare(equation(T(), neg(int([x], mul(cr(a, x), lap(x, an(a, x)))))), { seed, trials: 1 });
    expect(result).toMatchObject({ agree: true, exact: true });
  }
});

test("on more points too", () => {
  for (const points of [5, 7, 9]) {
    const result = compare(equation(T(), neg(int([x], mul(cr(a, x), lap(x, an(a, x)))))), { seed: 1, trials: 2, points });
    expect(result).toMatchObject({ agree: true, exact: true });
  }
});
