import { describe, expect, test } from "vitest";
import type { Expression, KernelFunction, SymbolInfo } from "../../src/core/expression.js";
import { type Rational, rational } from "../../src/core/rational.js";
import { compare } from "../../src/evaluate/evaluate.js";
import { parse } from "../../src/index.js";
import { add, dag, delta, dt, ex, frac, fun, I, int, mul, neg, pow, sub, val } from "./build.js";
import { finite, label, labels, lattice, parameter, space, species, swap, symbol } from "./declare.js";
import { an, comm, cr, part, uni, unitary, vev } from "./operator.js";
import { verdict } from "./verdict.js";

const seeds = [1, 2, 3];

/** Equations of a document by the name of their claim, decided by the finite model alone. */
function decided(preamble: string, table: readonly (readonly [string, boolean])[]): void {
  const text = preamble + table.map(([claim], i) => `claim (${i}): ${claim}\n`).join("");
  const { statements, diagnostics } = parse(text);
  test("reads", () => expect(diagnostics).toEqual([]));
  test.each(table.map(([claim, expected], i) => [claim, expected, i] as const))("%s: %s", (_, expected, i) => {
    const statement = statements.find((s) => s.name === String(i));
    if (statement === undefined || statement.kind === "show") throw new Error("no such claim");
    for (const seed of seeds)
      for (const one of statement.equations) {
        const result = compare(one, { seed, trials: 2 });
        expect("unsupported" in result ? result.unsupported.message : result.agree).toBe(expected);
        if (expected && !("unsupported" in result)) expect(result.residual).toBeLessThan(1e-13);
      }
  });
}

describe("one mode and two: any textbook on quantum optics", () => {
  decided(
    `param r in R, s
boson c, d
fermion e, f
unitary S = \\exp(\\frac12 (r c^* c^* - r c c))
unitary S_2 = \\exp(r c^* d^* - r c d)
unitary S_3 = \\exp(r c^* d - r d^* c)
unitary S_4 = \\exp(i r c^* c)
unitary W = \\exp(s c^* - \\overline{s} c)
unitary B = \\exp(\\frac12 (r c^* c^* - r c c) + s c^* - \\overline{s} c)
unitary R = \\exp(r (e^* f^* - f e))
`,
    [
      ["S^* c S = \\cosh(r) c + \\sinh(r) c^*", true],
      ["S^* c S = \\cosh(r) c - \\sinh(r) c^*", false],
      ["S c S^* = \\cosh(r) c - \\sinh(r) c^*", true],
      ["S^* c^* c S = (\\cosh(r)^2 + \\sinh(r)^2) c^* c + \\sinh(r) \\cosh(r) (c^* c^* + c c) + \\sinh(r)^2", true],
      ["S^* c^* c S = (\\cosh(r)^2 + \\sinh(r)^2) c^* c + \\sinh(r) \\cosh(r) (c^* c^* + c c) + \\cosh(r)^2", false],
      ["\\langle S^* c^* c S \\rangle = \\sinh(r)^2", true],
      ["\\langle S^* c^* c S \\rangle = \\cosh(r)^2", false],
      ["(S^2)^* c S^2 = \\cosh(2 r) c + \\sinh(2 r) c^*", true],
      ["S^* S^* c S S = \\cosh(r) c + \\sinh(r) c^*", false],
      ["S_2^* c S_2 = \\cosh(r) c + \\sinh(r) d^*", true],
      ["S_2^* c S_2 = \\cosh(r) c + \\sinh(r) c^*", false],
      ["\\langle S_2^* c d S_2 \\rangle = \\sinh(r) \\cosh(r)", true],
      ["S_3^* c S_3 = \\cosh(i r) c - i \\sinh(i r) d", true],
      ["S_3^* c S_3 = \\cosh(i r) c + i \\sinh(i r) d", false],
      ["S_4^* c S_4 = \\exp(i r) c", true],
      ["S_4^* c S_4 = \\exp(-i r) c", false],
      // A generator of both degrees: e^{-Q} c e^Q with ad_Q(c) = -(r c^* + s).
      ["r (B^* c B) = r (\\cosh(r) c + \\sinh(r) c^*) + \\sinh(r) s + (\\cosh(r) - 1) \\overline{s}", true],
      ["r (B^* c B) = r (\\cosh(r) c + \\sinh(r) c^*) + \\sinh(r) s - (\\cosh(r) - 1) \\overline{s}", false],
      ["S^* W^* c W S = \\cosh(r) c + \\sinh(r) c^* + s", true],
      ["W^* S^* c S W = \\cosh(r) (c + s) + \\sinh(r) (c^* + \\overline{s})", true],
      ["W^* S^* c S W = \\cosh(r) c + \\sinh(r) c^* + s", false],
      ["S^* W^* S c S^* W S = c + \\cosh(r) s - \\sinh(r) \\overline{s}", true],
      ["S^* W^* S c S^* W S = c + \\cosh(r) s + \\sinh(r) \\overline{s}", false],
      // Fermions turn: cos r and sin r.
      ["R^* e R = \\cosh(i r) e - i \\sinh(i r) f^*", true],
      ["R^* e R = \\cosh(i r) e + i \\sinh(i r) f^*", false],
      ["\\{R^* e R, R^* e^* R\\} = 1", true],
      ["\\langle R^* e^* e R \\rangle = -\\sinh(i r)^2", true],
      ["\\langle R^* e^* e R \\rangle = \\sinh(i r)^2", false],
      // A unitary that stands alone on both sides.
      ["S c = (\\cosh(r) c - \\sinh(r) c^*) S", true],
      ["S c = (\\cosh(r) c + \\sinh(r) c^*) S", false],
      ["S^* [c, S] = S^* c S - c", true],
      ["S^* [c, S] = c - S^* c S", false],
    ],
  );
});

describe("momenta on a torus", () => {
  decided(
    `index p, q in Z^3
boson l_p
function \\tau(p) real even
function \\sigma(p) even
unitary L = \\exp(\\frac12 \\sum_p \\tau(p) (l_p^* l_{-p}^* - l_p l_{-p}))
unitary M = \\exp(\\frac12 \\sum_p (\\sigma(p) l_p^* l_{-p}^* - \\overline{\\sigma(p)} l_p l_{-p}))
`,
    [
      ["L^* l_p L = \\cosh(\\tau(p)) l_p + \\sinh(\\tau(p)) l_{-p}^*", true],
      ["L^* l_p L = \\cosh(\\tau(p)) l_p + \\sinh(\\tau(p)) l_p^*", false],
      ["L^* l_p L = \\cosh(2 \\tau(p)) l_p + \\sinh(2 \\tau(p)) l_{-p}^*", false],
      ["[M^* l_p M, M^* l_q^* M] = \\delta_{p,q}", true],
      ["[M^* l_p M, M^* l_q^* M] = 2 \\delta_{p,q}", false],
      ["[M^* l_p M, M^* l_q M] = 0", true],
      ["\\langle L^* \\sum_p l_p^* l_p L \\rangle = \\sum_p \\sinh(\\tau(p))^2", true],
      ["(i \\partial_t L^*) L = -\\frac{i}{2} \\sum_p (\\partial_t \\tau(p)) (l_p^* l_{-p}^* - l_p l_{-p})", true],
      ["(i \\partial_t L^*) L = \\frac{i}{2} \\sum_p (\\partial_t \\tau(p)) (l_p^* l_{-p}^* - l_p l_{-p})", false],
      ["(i \\partial_t L^*) L = -i \\sum_p (\\partial_t \\tau(p)) (l_p^* l_{-p}^* - l_p l_{-p})", false],
      ["\\partial_t (L^* l_p L) = (\\partial_t \\tau(p)) (\\sinh(\\tau(p)) l_p + \\cosh(\\tau(p)) l_{-p}^*)", true],
      ["\\partial_t (L^* l_p L) = (\\partial_t \\tau(p)) (\\sinh(\\tau(p)) l_p - \\cosh(\\tau(p)) l_{-p}^*)", false],
      ["\\partial_t (M^* l_p^* l_q M) = [(\\partial_t M^*) M, M^* l_p^* l_q M]", true],
      ["\\partial_t (M^* l_p^* l_q M) = [M^* \\partial_t M, M^* l_p^* l_q M]", false],
      ["\\partial_t \\partial_t (M^* M) = 0", true],
      ["M^* (\\partial_t \\partial_t M) = \\partial_t (M^* \\partial_t M) + (M^* \\partial_t M)^2", true],
      ["M^* (\\partial_t \\partial_t M) = \\partial_t (M^* \\partial_t M) - (M^* \\partial_t M)^2", false],
    ],
  );
});

describe("pair kernels", () => {
  decided(
    `index x, y, z, u in R^3
index X, Y, Z in {1,2} * R^3
param p > 0
param N > 0
index m, n, l in {1..p}
boson a_x, b_x
boson z_X
boson c_m
function h(x), j(x)
function w(x) real even
function \\phi(x)
kernel k(x,y) symmetric
kernel K(X,Y) symmetric
kernel A(m,n) symmetric
kernel V(x,y) symmetric real
let o(x,y) = -N w(N(x-y)) \\phi(x) \\phi(y)
unitary T = \\exp(\\frac12 \\int (k(x,y) a_x^* a_y^* - \\overline{k(x,y)} a_x a_y) dx dy)
unitary T_2 = \\exp(\\frac12 \\int (K(X,Y) z_X^* z_Y^* - \\overline{K(X,Y)} z_X z_Y) dX dY)
unitary T_3 = \\exp(\\int (k(x,y) a_x^* b_y^* - \\overline{k(x,y)} a_x b_y) dx dy)
unitary T_4 = \\exp(\\frac12 \\sum_{m,n} (A(m,n) c_m^* c_n^* - \\overline{A(m,n)} c_m c_n))
unitary O = \\exp(\\frac12 \\int (o(x,y) a_x^* a_y^* - \\overline{o(x,y)} a_x a_y) dx dy)
unitary W = \\exp(\\int (h(x) a_x^* - \\overline{h(x)} a_x) dx)
`,
    [
      ["T^* a_x T = \\int ch(k)(x,y) a_y dy + \\int sh(k)(x,y) a_y^* dy", true],
      ["T^* a_x T = \\int ch(k)(x,y) a_y dy - \\int sh(k)(x,y) a_y^* dy", false],
      ["T^* a_x T = \\int \\overline{ch(k)(x,y)} a_y dy + \\int sh(k)(x,y) a_y^* dy", false],
      ["T^* a_x T = \\int ch(k)(x,y) a_y dy + \\int \\overline{sh(k)(x,y)} a_y^* dy", false],
      ["T^* a_x T = a_x + \\int k(x,y) a_y^* dy", false],
      ["T_2^* z_X T_2 = \\int ch(K)(X,Y) z_Y dY + \\int sh(K)(X,Y) z_Y^* dY", true],
      ["T_2^* z_X T_2 = \\int ch(K)(Y,X) z_Y dY + \\int sh(K)(X,Y) z_Y^* dY", false],
      ["T_3^* a_x T_3 = \\int ch(k)(x,y) a_y dy + \\int sh(k)(x,y) b_y^* dy", true],
      ["T_3^* a_x T_3 = \\int ch(k)(x,y) a_y dy + \\int sh(k)(x,y) a_y^* dy", false],
      ["T_4^* c_m T_4 = \\sum_n ch(A)(m,n) c_n + \\sum_n sh(A)(m,n) c_n^*", true],
      ["T_4^* c_m T_4 = \\sum_n ch(A)(m,n) c_n - \\sum_n sh(A)(m,n) c_n^*", false],
      ["O^* a_x O = \\int ch(o)(x,y) a_y dy + \\int sh(o)(x,y) a_y^* dy", true],
      ["O^* a_x O = \\int ch(o)(x,y) a_y dy + \\int o(x,y) a_y^* dy", false],
      ["T^* W^* a_x W T = T^* a_x T + h(x)", true],
      ["W^* T^* a_x T W = T^* a_x T + h(x)", false],
      ["W^* T^* a_x T W = T^* a_x T + \\int ch(k)(x,y) h(y) dy + \\int sh(k)(x,y) \\overline{h(y)} dy", true],
      ["[T^* a_x T, T^* a_y^* T] = \\delta(x-y)", true],
      ["[T^* a_x T, T^* a_y T] = 0", true],
      ["[T_2^* z_X T_2, T_2^* z_Y^* T_2] = \\delta(X-Y)", true],
      ["[T^* a_x T, a_y^*] = \\delta(x-y)", false],
      ["T^* a_x^* a_y T = T^* a_x^* T T^* a_y T", true],
      ["T^* a_x^* a_y T = T^* a_y T T^* a_x^* T - \\delta(x-y)", true],
      ["T^* a_x^* a_y T = T^* a_y T T^* a_x^* T", false],
      ["\\langle T^* a_x^* a_y T \\rangle = \\int \\overline{sh(k)(x,z)} sh(k)(z,y) dz", true],
      ["\\langle T^* a_x^* a_y T \\rangle = \\int sh(k)(x,z) \\overline{sh(k)(z,y)} dz", false],
      ["part_0(T^* a_x^* a_y^* T) = \\int \\overline{sh(k)(x,z)} ch(k)(z,y) dz", true],
      ["part_0(T^* a_x^* a_y^* T) = \\int \\overline{sh(k)(x,z)} \\overline{ch(k)(z,y)} dz", false],
      ["\\partial_t (T^* a_x T) = \\int (\\partial_t ch(k)(x,y)) a_y dy + \\int (\\partial_t sh(k)(x,y)) a_y^* dy", true],
      ["\\partial_t (T^* a_x T) = \\int (\\partial_t ch(k)(x,y)) a_y dy - \\int (\\partial_t sh(k)(x,y)) a_y^* dy", false],
      ["((i \\partial_t T^*) T)^* = (i \\partial_t T^*) T", true],
      ["((i \\partial_t T^*) T)^* = -(i \\partial_t T^*) T", false],
      ["\\int ch(k)(x,z) ch(k)(z,y) dz = \\frac12 \\delta(x-y) + \\frac12 ch(2k)(x,y)", true],
      ["\\int ch(k)(x,z) ch(k)(z,y) dz = \\frac12 ch(2k)(x,y)", false],
      ["\\int ch(k)(x,z) sh(k)(z,y) dz = \\frac12 sh(2k)(x,y)", true],
      ["\\int sh(k)(x,z) ch(k)(z,y) dz = \\frac12 sh(2k)(x,y)", false],
      ["\\int sh(k)(x,z) \\overline{sh(k)(z,y)} dz = \\frac12 ch(2k)(x,y) - \\frac12 \\delta(x-y)", true],
      ["\\int sh(k)(x,z) sh(k)(z,y) dz = \\frac12 ch(2k)(x,y) - \\frac12 \\delta(x-y)", false],
      ["ch(-k)(x,y) = ch(k)(x,y)", true],
      ["sh(-k)(x,y) = -sh(k)(x,y)", true],
      ["sh(k)(x,y) = sh(k)(y,x)", true],
      ["ch(k)(x,y) = ch(k)(y,x)", false],
      ["ch(k)(x,y) = \\overline{ch(k)(y,x)}", true],
    ],
  );
});

describe("a quartic operator, on six and on twelve modes", () => {
  const preamble = `index x, y in R^3
index X, Y in {1,2} * R^3
boson z_X, w_X
kernel V(x,y) symmetric real
kernel H(X,Y) symmetric
kernel J(X,Y) symmetric
unitary T = \\exp(\\frac12 \\int (H(X,Y) z_X^* z_Y^* - \\overline{H(X,Y)} z_X z_Y + J(X,Y) w_X^* w_Y^* - \\overline{J(X,Y)} w_X w_Y) dX dY)
unitary U = \\exp(\\frac12 \\int (H(X,Y) z_X^* z_Y^* - \\overline{H(X,Y)} z_X z_Y) dX dY + \\int (J(X,Y) z_X^* w_Y^* - \\overline{J(X,Y)} z_X w_Y) dX dY)
`;
  const four = (t: string, a: string): string =>
    `T^* \\int V(x,y) z_{(1,x)}^* ${a}_{(2,y)}^* ${a}_{(2,y)} z_{(1,x)} dx dy T`.replaceAll("T", t);
  const apart = (t: string, a: string, m: number): string =>
    `\\int V(x,y) T^* z_{(1,x)}^* T T^* ${a}_{(2,y)}^* T T^* ${a}_{(${m},y)} T T^* z_{(1,x)} T dx dy`.replaceAll("T", t);
  const { statements } = parse(
    `${preamble}claim (a): ${four("T", "z")} = ${apart("T", "z", 2)}\nclaim (b): ${four("T", "z")} = ${apart("T", "z", 1)}
claim (c): ${four("U", "w")} = ${apart("U", "w", 2)}\nclaim (d): ${four("U", "w")} = ${apart("U", "w", 1)}\n`,
  );
  test.each([
    ["a", true],
    ["b", false],
    ["c", true],
    ["d", false],
  ])("%s: %s", (name, expected) => {
    const [statement] = statements.filter((s) => s.name === name);
    if (statement === undefined || statement.kind === "show") throw new Error("no such claim");
    const [one] = statement.equations;
    const before = process.cpuUsage().user;
    const result = compare(one as NonNullable<typeof one>, { seed: 3, trials: 3 });
    expect("unsupported" in result ? result.unsupported.message : result.agree).toBe(expected);
    // Measured: 0.1 s on six modes, 0.7 s on twelve (three trials, both sides).
    expect((process.cpuUsage().user - before) / 1e6).toBeLessThan(8);
  });
});

describe("a squeezed mode whose angle and phase depend on time", () => {
  // S = exp((xi a^* a^* - conj(xi) a a)/2), xi = rho e^{i phi}. As S(xi) = R S(rho) R^*, R = exp(i phi a^* a / 2),
  //   S^* dS/dt = (i phi'/2) (S^* a^* a S - a^* a) + (rho'/2) (e^{i phi} a^* a^* - e^{-i phi} a a),
  //   S^* a^* a S = (cosh^2 + sinh^2) a^* a + sinh^2 + cosh sinh (e^{i phi} a^* a^* + e^{-i phi} a a).
  const one = finite(1, 2);
  const a = species("a", [one]);
  const [rho, phi] = [symbol("rho", [one], { real: true }), symbol("phi", [one], { real: true })];
  const [r, f] = [val(rho, 1), val(phi, 1)];
  const [up, down] = [fun("exp", mul(I, f)), fun("exp", neg(mul(I, f)))];
  const [c, s] = [fun("cosh", r), fun("sinh", r)];
  const S = unitary("S", mul(frac(1, 2), r, sub(mul(up, cr(a, 1), cr(a, 1)), mul(down, an(a, 1), an(a, 1)))));
  const pairs = (sign: number): Expression => add(mul(up, cr(a, 1), cr(a, 1)), mul(sign, down, an(a, 1), an(a, 1)));
  const rate = (constant: Expression): Expression =>
    add(
      mul(frac(1, 2), I, dt(f), add(mul(2, pow(s, 2), cr(a, 1), an(a, 1)), constant, mul(c, s, pairs(1)))),
      mul(frac(1, 2), dt(r), pairs(-1)),
    );
  test.each(seeds)("S^* dS/dt, its constant too (seed %i)", (seed) => {
    expect(verdict(mul(uni(S, true), dt(uni(S))), rate(pow(s, 2)), [], { seed })).toBe("true");
    expect(verdict(mul(uni(S, true), dt(uni(S))), rate(pow(c, 2)), [], { seed })).toBe("false");
    expect(verdict(mul(uni(S, true), dt(uni(S))), rate(ex(0)), [], { seed })).toBe("false");
    expect(verdict(mul(dt(uni(S, true)), uni(S)), neg(rate(pow(s, 2))), [], { seed })).toBe("true");
    expect(verdict(mul(dt(uni(S, true)), uni(S)), rate(pow(s, 2)), [], { seed })).toBe("false");
    expect(verdict(vev(mul(uni(S, true), dt(uni(S)))), mul(frac(1, 2), I, dt(f), pow(s, 2)), [], { seed })).toBe("true");
    expect(verdict(vev(mul(uni(S, true), dt(uni(S)))), mul(I, dt(f), pow(s, 2)), [], { seed })).toBe("false");
  });
  test("a conjugated derivative: S (d/dt S^*) is S (S^* dS/dt)^* S^*", () => {
    expect(verdict(mul(uni(S), dt(uni(S, true))), mul(uni(S), dag(mul(uni(S, true), dt(uni(S)))), uni(S, true)))).toBe("true");
    expect(verdict(mul(dt(uni(S)), uni(S, true)), mul(uni(S, true), dt(uni(S))))).toBe("false");
  });
});

describe("kernels given by a body", () => {
  let number = 2 ** 30;
  const [x, y, z] = labels("x y z") as [ReturnType<typeof label>, ReturnType<typeof label>, ReturnType<typeof label>];
  const made = (name: KernelFunction["name"], multiple: Rational, first: typeof x, second: typeof x, body: Expression): SymbolInfo => ({
    ...symbol(name, [first.kind, second.kind]),
    id: number++,
    of: { name, multiple, kernel: { name: "k", first: [first], second: [second], body } },
  });
  const [u, v] = labels("u v") as [typeof x, typeof x];
  const [f, g] = [symbol("f", [space]), symbol("g", [space])];

  test("of rank one: sh(f f) = sinh(n)/n f f with n = int |f|^2", () => {
    const body = mul(val(f, u), val(f, v));
    const [ch, sh, p] = (["ch", "sh", "p"] as const).map((name) => made(name, rational(1), u, v, body)) as [
      SymbolInfo,
      SymbolInfo,
      SymbolInfo,
    ];
    const norm = int([z], mul(val(f, z), dag(val(f, z))));
    const outer = mul(val(f, x), dag(val(f, y)));
    for (const seed of seeds) {
      expect(verdict(mul(norm, val(sh, x, y)), mul(fun("sinh", norm), val(f, x), val(f, y)), [], { seed })).toBe("true");
      expect(verdict(mul(norm, val(p, x, y)), mul(sub(fun("cosh", norm), 1), outer), [], { seed })).toBe("true");
      expect(verdict(val(ch, x, y), add(delta(x, y), val(p, x, y)), [], { seed })).toBe("true");
      expect(verdict(val(ch, x, y), val(p, x, y), [], { seed })).toBe("false");
      expect(verdict(mul(norm, val(p, x, y)), mul(fun("cosh", norm), outer), [], { seed })).toBe("false");
      expect(verdict(mul(norm, val(p, x, y)), mul(sub(fun("cosh", norm), 1), dag(outer)), [], { seed })).toBe("false");
    }
  });
  test("times a rational number: sh(3/2 f f)", () => {
    const sh = made("sh", rational(3, 2), u, v, mul(val(f, u), val(f, v)));
    const norm = int([z], mul(val(f, z), dag(val(f, z))));
    expect(verdict(mul(norm, val(sh, x, y)), mul(fun("sinh", mul(frac(3, 2), norm)), val(f, x), val(f, y)))).toBe("true");
    expect(verdict(mul(norm, val(sh, x, y)), mul(fun("sinh", norm), val(f, x), val(f, y)))).toBe("false");
  });
  test("on momenta: k(p,q) = tau(p) delta(p,-q) is cosh and sinh of the angle", () => {
    const [p, q, a, b] = labels("p q a b", lattice) as [typeof x, typeof x, typeof x, typeof x];
    const tau = symbol("tau", [lattice], { real: true, symmetries: [{ permutation: [0], negated: [true], sign: 1, conjugated: false }] });
    const minus = {
      kind: "affine",
      of: lattice,
      scale: { number: rational(1), parameters: [] },
      terms: [{ label: b, coefficient: rational(-1) }],
    } as const;
    const opposite = { ...minus, terms: [{ label: q, coefficient: rational(-1) }] };
    const body = mul(val(tau, a), delta(a, minus));
    expect(verdict(val(made("sh", rational(1), a, b, body), p, q), mul(fun("sinh", val(tau, p)), delta(p, opposite)))).toBe("true");
    expect(verdict(val(made("ch", rational(1), a, b, body), p, q), mul(fun("cosh", val(tau, p)), delta(p, q)))).toBe("true");
    expect(verdict(val(made("ch", rational(1), a, b, body), p, q), mul(fun("cosh", val(tau, p)), delta(p, opposite)))).toBe("false");
  });
  test("a series that is cut off late is not the whole", () => {
    const k = symbol("k", [space, space], { symmetries: [swap] });
    const sh = made("sh", rational(1), u, v, val(k, u, v));
    const word = (n: number): Expression => {
      const inner = Array.from({ length: 2 * n }, (_, i) => label(`t${i}`));
      const points = [x, ...inner, y];
      return int(
        inner,
        mul(...points.slice(1).map((to, i) => (i % 2 === 0 ? val(k, points[i] as typeof x, to) : dag(val(k, points[i] as typeof x, to))))),
      );
    };
    let factorial = 1;
    const terms = [0, 1, 2, 3, 4, 5, 6].map((n) => {
      if (n > 0) factorial *= 2 * n * (2 * n + 1);
      const one: Expression = {
        kind: "number",
        value: rational(1, factorial),
        span: sh.of?.kernel.body.span ?? { start: 0, end: 0 },
      } as Expression;
      return mul(one, n === 0 ? val(k, x, y) : word(n));
    });
    expect(verdict(val(sh, x, y), add(...terms))).toBe("false");
  });
  test("only of symmetric kernels", () => {
    expect(verdict(val(made("sh", rational(1), u, v, mul(val(f, u), val(g, v))), x, y), 0)).toMatch(/neither symmetric nor antisymmetric/);
  });
});

describe("what is refused", () => {
  const c = species("c");
  const s = parameter("s", "complex");
  test("a unitary that does not cancel", () => {
    const S = unitary("S", sub(mul(s, cr(c), cr(c)), mul(dag(s), an(c), an(c))));
    const left = /left over/;
    expect(verdict(part(mul(uni(S), an(c)), { total: 1 }), an(c))).toMatch(left);
    // Otherwise it is applied, see fock.test.ts.
    expect(verdict(uni(S), 1)).toBe("false");
    expect(verdict(vev(uni(S)), 1)).toBe("false");
    expect(verdict(mul(uni(S), an(c)), an(c))).toBe("false");
    expect(verdict(comm(uni(S), an(c)), 0)).toBe("false");
  });
  test("no unitary, or of too high a degree", () => {
    const bad = unitary("B", mul(s, cr(c), cr(c)));
    expect(verdict(mul(uni(bad, true), an(c), uni(bad)), an(c))).toMatch(/not skew-adjoint/);
    const cubic = unitary("C", sub(pow(cr(c), 3), pow(an(c), 3)));
    expect(verdict(mul(uni(cubic, true), an(c), uni(cubic)), an(c))).toMatch(/degree 3/);
  });
});

describe("an index up to a parameter", () => {
  decided("param p > 0\nindex m, n in {1..p}\nboson c_m\nfunction f(m)\n", [
    ["\\sum_m \\sum_n \\delta_{m,n} = p", true],
    ["\\sum_m \\sum_n \\delta_{m,n} = 2", false],
    ["\\sum_m \\sum_n \\delta_{m,n} = 3", false],
    ["\\sum_m \\sum_n f(m) = p \\sum_m f(m)", true],
    ["\\sum_m \\sum_n f(m) = 2 \\sum_m f(m)", false],
    ["[\\sum_m c_m, \\sum_n c_n^*] = p", true],
    ["[\\sum_m c_m, \\sum_n c_n^*] = 3", false],
  ]);
});
