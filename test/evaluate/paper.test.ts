import { describe, expect, test } from "vitest";
import type { Assumption, Equation, Expression, Label, SymbolInfo } from "../../src/core/expression.js";
import { compare } from "../../src/evaluate/evaluate.js";
import { add, assume, dag, dt, equation, frac, I, int, mul, pow, sub, val } from "./build.js";
import { even, form, label, parameter, space, species, swap, symbol } from "./declare.js";
import { an, cr, part, uni, unitary } from "./operator.js";

/** The fluctuation generator of a two-component Bose gas: W^* H W for a Weyl operator in two species, and (i d/dt W^*) W. */
const N = parameter("N");
const a = species("a", [space]);
const b = species("b", [space]);
const f1 = symbol("phi_1", [space]);
const f2 = symbol("phi_2", [space]);
const T = symbol("T", [space, space], { real: true, symmetries: [swap] });
const potential = (name: string): SymbolInfo => symbol(name, [space], { real: true, symmetries: [even] });
const [V1, V2, V12] = [potential("V_1"), potential("V_2"), potential("V_{12}")];
type L = Label;
const x = (): L => label("x");
const scaled = (V: SymbolInfo, l: L, m: L): Expression =>
  mul(
    pow(N, 2),
    val(
      V,
      form(
        [
          [1, l],
          [-1, m],
        ],
        [[N, 1]],
      ),
    ),
  );
const hc = (e: Expression): Expression => add(e, dag(e));

function kinetic(s: typeof a): Expression {
  const [l, m] = [x(), x()];
  return int([l, m], mul(val(T, l, m), cr(s, l), an(s, m)));
}
function interaction(V: SymbolInfo, s: typeof a, t: typeof a, c: Expression): Expression {
  const [l, m] = [x(), x()];
  return mul(c, int([l, m], mul(scaled(V, l, m), cr(s, l), cr(t, m), an(t, m), an(s, l))));
}
const H = add(
  kinetic(a),
  kinetic(b),
  interaction(V1, a, a, frac(1, 2)),
  interaction(V2, b, b, frac(1, 2)),
  interaction(V12, a, b, frac(1, 1)),
);
const generator = (): Expression => {
  const [l, m] = [x(), x()];
  return mul(
    pow(N, 1, 2),
    add(
      int([l], sub(mul(val(f1, l), cr(a, l)), mul(dag(val(f1, l)), an(a, l)))),
      int([m], sub(mul(val(f2, m), cr(b, m)), mul(dag(val(f2, m)), an(b, m)))),
    ),
  );
};
const W = unitary("W", generator());
const WHW = mul(uni(W, true), H, uni(W));
const abs2 = (f: SymbolInfo, l: L): Expression => mul(val(f, l), dag(val(f, l)));

/** The cubic part, (3.6) and (3.7). */
function cubic(V: SymbolInfo, f: SymbolInfo, outer: typeof a, inner: typeof a): Expression {
  const [l, m] = [x(), x()];
  return mul(pow(N, -1, 2), int([l, m], mul(N, scaled(V, l, m), val(f, m), cr(outer, m), cr(inner, l), an(inner, l))));
}
const G3 = hc(add(cubic(V1, f1, a, a), cubic(V2, f2, b, b), cubic(V12, f2, b, a), cubic(V12, f1, a, b)));

/** The quadratic part that the interaction makes, (3.4) and (3.5), with the slips of the printed formula on demand. */
function G2(slip: boolean): Expression {
  const term = (V: SymbolInfo, c: Expression, body: (l: L, m: L) => Expression): Expression => {
    const [l, m] = [x(), x()];
    return mul(c, int([l, m], mul(N, scaled(V, l, m), body(l, m))));
  };
  const half = frac(1, 2);
  const intra = (V: SymbolInfo, W: SymbolInfo, f: SymbolInfo, g: SymbolInfo, s: typeof a): Expression[] => [
    term(W, half, (l, m) => mul(abs2(g, m), cr(s, l), an(s, l))),
    term(V, half, (l, m) => mul(val(f, l), dag(val(f, m)), cr(s, l), an(s, m))),
    term(V, half, (l, m) => mul(val(f, l), val(f, m), cr(s, l), cr(s, m))),
  ];
  return hc(
    add(
      ...intra(V1, V1, f1, f1, a),
      ...intra(V2, slip ? V1 : V2, f2, slip ? f1 : f2, b),
      term(V12, half, (l, m) => mul(abs2(f2, m), cr(a, l), an(a, l))),
      term(V12, half, (l, m) => mul(abs2(f1, m), cr(b, l), an(b, l))),
      term(V12, frac(1, 1), (l, m) => mul(val(f1, l), dag(val(f2, m)), cr(a, l), an(b, m))),
      term(V12, frac(1, 1), (l, m) => mul(val(f1, l), val(f2, m), cr(a, l), cr(b, m))),
    ),
  );
}

/** i d/dt phi = T phi + N^3 V * |phi|^2 phi, for both components: the assumption under which the linear part vanishes. */
function flow(f: SymbolInfo, V: SymbolInfo, g: SymbolInfo): Assumption {
  const l = x();
  const rest = (W: SymbolInfo, h: SymbolInfo): Expression => {
    const m = x();
    return mul(int([m], mul(N, scaled(W, l, m), abs2(h, m))), val(f, l));
  };
  const m = x();
  const right = add(int([m], mul(val(T, l, m), val(f, m))), rest(V, f), rest(V12, g));
  return assume(mul(I, dt(val(f, l))), right, { symbol: f, arguments: [l], order: 1, coefficient: I });
}
const flows = [flow(f1, V1, f2), flow(f2, V2, f1)];

const kineticPart = add(kinetic(a), kinetic(b));
const rows: [string, Equation, boolean][] = [
  ["(3.6) and (3.7): part_3", equation(part(WHW, { total: 3 }), G3), true],
  ["part_3 without an h.c.", equation(part(WHW, { total: 3 }), add(cubic(V1, f1, a, a), cubic(V2, f2, b, b))), false],
  ["(3.4) and (3.5): part_2", equation(part(WHW, { total: 2 }), add(kineticPart, G2(false))), true],
  ["(3.4) as printed", equation(part(WHW, { total: 2 }), add(kineticPart, G2(true))), false],
  ["part_1 vanishes on solutions", equation(part(add(mul(I, dt(uni(W, true)), uni(W)), WHW), { total: 1 }), 0, flows), true],
  ["part_1 does not vanish in general", equation(part(add(mul(I, dt(uni(W, true)), uni(W)), WHW), { total: 1 }), 0), false],
  ["the whole of W^* H W", equation(WHW, add(H, G3, G2(false), part(WHW, { total: 1 }), part(WHW, { total: 0 }))), true],
  ["the whole without the constant", equation(WHW, add(H, G3, G2(false), part(WHW, { total: 1 }))), false],
];

describe("a two-component gas", () => {
  test.each(rows)("%s", (_, eq, holds) => {
    const result = compare(eq, { seed: 1, trials: 3 });
    expect(result).toMatchObject({ agree: holds, exact: true, points: 3 });
  });
  test("is compared within two seconds", () => {
    const eq = (rows[6] as [string, Equation, boolean])[1];
    compare(eq, { seed: 2, trials: 3 });
    const start = performance.now();
    compare(eq, { seed: 3, trials: 3 });
    const took = performance.now() - start;
    expect(took).toBeLessThan(2000);
  });
});
