import { describe, expect, it } from "vitest";
import type { Definition, Expression, Label, Species, SymbolInfo, Unitary } from "../../src/core/expression.js";
import { rational } from "../../src/core/rational.js";
import { latexExpression, textExpression } from "../../src/render/expression.js";
import { checkLatex } from "../../src/render/katex.js";
import { nowhere } from "../../src/source/span.js";
import { affine, at, even, finite, label, layout, minus, pairLabel, parameter, pool, space, species, symbol } from "./build.js";

const span = nowhere;
const number = (n: number, d = 1): Expression => ({ kind: "number", value: rational(n, d), span });
const product = (...factors: readonly Expression[]): Expression => ({ kind: "product", factors, span });
const sum = (...terms: readonly Expression[]): Expression => ({ kind: "sum", terms, span });
const bind = (labels: readonly Label[], body: Expression): Expression => ({ kind: "bind", labels, body, span });
const value = (of: SymbolInfo, ...places: Parameters<typeof at>[0][]): Expression => ({
  kind: "value",
  symbol: of,
  arguments: places.map(at),
  span,
});
const lower = (of: Species, ...places: Parameters<typeof at>[0][]): Expression => ({
  kind: "ladder",
  species: of,
  creation: false,
  arguments: places.map(at),
  span,
});
const star = (of: Species, ...places: Parameters<typeof at>[0][]): Expression => ({
  kind: "ladder",
  species: of,
  creation: true,
  arguments: places.map(at),
  span,
});
const adjoint = (of: Expression): Expression => ({ kind: "adjoint", of, span });
const power = (base: Expression, n: number, d = 1): Expression => ({ kind: "power", base, exponent: rational(n, d), span });
const derivative = (of: Expression): Expression => ({ kind: "derivative", of, span });
const i: Expression = { kind: "imaginary", span };

const a = species("a");
const c = species("c", []);
const z = species("z", [finite, space], [[0, 1]]);
const n: Expression = { kind: "parameter", parameter: parameter("N"), span };
const V = symbol("V", [space], { real: true, symmetries: [even] });
const phi = symbol("\\phi", [space], { sub: "1" });
const [x, y, x2] = [label("x"), label("y"), label("x")];
const [m, n2] = [label("m", finite), label("n", finite)];
const [X1, X2] = pairLabel("X");
const W: Unitary = { id: 1, name: "W", generator: lower(c), layout: layout("W") };
const w = (inverse: boolean): Expression => ({ kind: "unitary", unitary: W, inverse, span });
const H: Definition = { id: 2, name: "H", parameters: [], body: product(star(c), lower(c)), layout: layout("H") };
const h: Expression = { kind: "call", definition: H, arguments: [], span };
const G: Expression = { kind: "call", definition: { ...H, id: 3, layout: layout("G", ["3"], [], ["(1)"]) }, arguments: [], span };

const table: readonly (readonly [Expression, string])[] = [
  [number(0), "0"],
  [number(-1, 2), "-\\frac{1}{2}"],
  [sum(), "0"],
  [sum(lower(a, x), product(number(-1), star(a, y))), "a_x - a_y^*"],
  [sum(product(number(-2), lower(c)), number(1)), "-2 c + 1"],
  [sum(lower(c), sum(product(number(-1), star(c)), number(1))), "c - c^* + 1"],
  [product(sum(lower(c), number(1)), star(c)), "\\left( c + 1 \\right) c^*"],
  [product(number(-1), sum(lower(c), number(1))), "-\\left( c + 1 \\right)"],
  [product(number(2), number(3)), "2 \\cdot 3"],
  [product(lower(c), product(star(c), lower(c))), "c c^* c"],
  [product(number(1, 2), n, lower(c)), "\\frac{1}{2} N c"],
  [power(sum(lower(c), star(c)), 4), "\\left( c + c^* \\right)^4"],
  [power(lower(c), 3), "c^3"],
  [power(star(c), 3), "\\left( c^* \\right)^3"],
  [power(n, 1, 2), "\\sqrt{N}"],
  [power(n, -1, 2), "\\frac{1}{\\sqrt{N}}"],
  [power(n, -3, 2), "\\frac{1}{N^{3/2}}"],
  [power(value(phi, x), 2), "\\phi_1(x)^2"],
  [power(power(n, 2), 3), "\\left( N^2 \\right)^3"],
  [product(adjoint(value(phi, x)), value(phi, x)), "|\\phi_1(x)|^2"],
  [adjoint(value(phi, x)), "\\overline{\\phi_1(x)}"],
  [adjoint(sum(n, i)), "\\overline{N + i}"],
  [adjoint(lower(a, x)), "a_x^*"],
  [adjoint(star(a, x)), "\\left( a_x^* \\right)^*"],
  [adjoint(h), "H^*"],
  [adjoint(G), "\\left( G_3^{(1)} \\right)^*"],
  [adjoint(product(lower(c), h)), "\\left( c H \\right)^*"],
  [product(w(true), h, w(false)), "W^* H W"],
  [product(derivative(w(true)), w(false)), "\\left( \\partial_t W^* \\right) W"],
  [product(i, derivative(value(phi, x))), "i \\dot{\\phi}_1(x)"],
  [derivative(derivative(derivative(value(phi, x)))), "\\partial_t \\ddot{\\phi}_1(x)"],
  [derivative(product(n, h)), "\\partial_t \\left( N H \\right)"],
  [{ kind: "commutator", sign: -1, left: lower(a, x), right: sum(h, G), span }, "\\left[ a_x, H + G_3^{(1)} \\right]"],
  [{ kind: "commutator", sign: 1, left: lower(a, x), right: star(a, y), span }, "\\left\\{ a_x, a_y^* \\right\\}"],
  [{ kind: "normal", of: sum(lower(c), star(c)), span }, "\\Nor{c + c^*}"],
  [{ kind: "expectation", of: product(lower(c), star(c)), span }, "\\left\\langle c c^* \\right\\rangle"],
  [{ kind: "contraction", left: lower(c), right: star(c), span }, "C\\left( c, c^* \\right)"],
  [{ kind: "part", total: 3, of: h, span }, "\\operatorname{part}_3\\left( H \\right)"],
  [{ kind: "part", creators: 1, annihilators: 2, of: h, span }, "\\operatorname{part}_{1,2}\\left( H \\right)"],
  [{ kind: "function", name: "exp", of: product(number(-1, 2), n), span }, "\\exp\\left( -\\frac{1}{2} N \\right)"],
  [{ kind: "delta", left: at(x), right: at(y), span }, "\\delta(x-y)"],
  [{ kind: "delta", left: minus(x, y), right: affine([], undefined, space), span }, "\\delta(x-y)"],
  [{ kind: "delta", left: at(m), right: at(1), span }, "\\delta_{m,1}"],
  [bind([x], product(value(phi, x), star(a, x))), "\\int \\phi_1(x) a_x^* \\, dx"],
  [bind([x], sum(value(phi, x), number(1))), "\\int \\left( \\phi_1(x) + 1 \\right) \\, dx"],
  [bind([x, y], value(V, minus(x, y))), "\\iint V(x-y) \\, dx \\, dy"],
  [bind([x], bind([y], value(V, minus(x, y)))), "\\iint V(x-y) \\, dx \\, dy"],
  [bind([x], product(value(phi, x), bind([y], value(V, minus(x, y))))), "\\int \\phi_1(x) \\left( \\int V(x-y) \\, dy \\right) \\, dx"],
  [product(bind([x], lower(a, x)), lower(a, y)), "\\int a_x \\, dx a_y"],
  [product(bind([m], lower(z, m, y)), lower(a, y)), "\\left( \\sum_m z_{(m,y)} \\right) a_y"],
  [product(lower(a, y), bind([m, n2], lower(z, m, y))), "a_y \\sum_{m,n} z_{(m,y)}"],
  [bind([X1, X2], lower(z, X1, X2)), "\\int z_X \\, dX"],
  [power(bind([x], lower(a, x)), 2), "\\left( \\int a_x \\, dx \\right)^2"],
  // Capture: the bound x must not swallow the free one.
  [bind([x2], product(value(phi, x), star(a, x2))), "\\int \\phi_1(x) a_y^* \\, dy"],
  [bind([y], bind([x2], product(value(phi, x), star(a, x2), lower(a, y)))), "\\iint \\phi_1(x) a_z^* a_y \\, dy \\, dz"],
];

describe("an expression", () => {
  it.each(table.map(([e, latex]) => ({ e, latex })))("$latex", ({ e, latex }) => {
    expect(latexExpression(e, { names: pool })).toBe(latex);
    expect(checkLatex(latex)).toBe(null);
    expect(checkLatex(textExpression(e, { names: pool }))).toBe(null);
  });

  it("that is nested too deeply gives a message", () => {
    let e: Expression = lower(c);
    for (let depth = 0; depth < 20_000; depth++) e = sum(product(e, lower(c)), number(1));
    expect(() => latexExpression(e)).toThrow("nested too deeply");
  });
});
