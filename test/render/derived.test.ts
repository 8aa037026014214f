import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textForm } from "../../src/render/form.js";
import { form, normalOrder } from "../../src/rewrite/engine.js";
import { apart, read, world, writings } from "./world.js";

/** Derivatives in space, functions of kernels and sums over {1..p}: what is written is read back. */
const where = world(`index x, y, z, u in R^3
index X, Y, Z in {1,2} * R^3
index q, r in R^2
param N > 0
param p
index m, n in {1..p}
index s, t in {1, 2}
boson a_x, b_x
boson z_X
boson c_m
boson g_{m,x}
boson l_{s,x}
fermion e_x
function f(x), g(x), h(x)
function w(x) real even, V(x) real even, U(x) real odd
function F(X), G(X)
function \\phi_1(x), \\phi_m(x)
function o(q)
kernel k(x,y) symmetric, l(x,y), j(x,y) hermitian, j_0(x,y) real antisymmetric
kernel K(X,Y) symmetric
kernel \\mathbf{k}(X,Y) symmetric
kernel A(m,n) hermitian
kernel B(m,n) symmetric
let w_N(x) = w(N x)
let k_0(x,y) = k(x,y) + \\overline{f(x) f(y)}
let H = \\int \\nabla_x a_x^* \\nabla_x a_x dx
unitary T = \\exp(\\frac12 \\int (k(x,y) a_x^* a_y^* - \\overline{k(x,y)} a_x a_y) dx dy)
unitary T_2 = \\exp(\\frac12 \\int (K(X,Y) z_X^* z_Y^* - \\overline{K(X,Y)} z_X z_Y) dX dY)
unitary T_3 = \\exp(\\frac12 \\int (K_{11}(x,y) a_x^* a_y^* - \\overline{K_{11}(x,y)} a_x a_y) dx dy + \\frac12 \\int (K_{22}(x,y) b_x^* b_y^* - \\overline{K_{22}(x,y)} b_x b_y) dx dy + \\int (K_{12}(x,y) a_x^* b_y^* - \\overline{K_{12}(x,y)} a_x b_y) dx dy)
unitary W = \\exp(a^*(f) - a(f))
`);

const table: readonly string[] = [
  "sh(2k)(x,y)",
  "ch(k)(x,y) + \\overline{ch(k)(x,y)}",
  "sh(k)(x,y)^2 + \\overline{sh(k)(x,y)}^2 (ch(3k) - 1)(x,y)^3",
  "|sh(k)(x,y)|^2",
  "\\partial_t sh(k)(x,y)",
  "\\overline{\\partial_t ch(k)(x,y)}",
  "\\partial_t \\partial_t \\partial_t sh(k)(x,y)",
  "sh(\\frac12 k)(x,y) + ch(-\\frac23 k)(x,y)",
  "sh(K)((1,x),(2,y)) + sh(K)_{21}(x,y)",
  "ch(2K)_{12}(x,y) + ch(2K)_{11}(x,y)",
  "sh(K)(X,Y) + \\overline{ch(K)(X,Y)}",
  "sh(\\mathbf{k})((s,x),(t,y)) + \\overline{sh(\\mathbf{k})((s,x),(t,y))}^2",
  "\\sum_{s} \\int sh(\\mathbf{k})((s,x),(1,y)) z_{(s,x)}^* dx",
  "\\partial_t sh(K)_{12}(x,y)",
  "T^* a_x T",
  "T^* a_x^* a_y T",
  "T_2^* z_X T_2",
  "T_3^* a_x T_3",
  "T^* W^* a_x^* a_x W T",
  "C(T_3^* a_x T_3, T_3^* b_y T_3)",
  "sh(k_0)(x,y) + ch(\\overline{k})(x,y)",
  "sh(k \\overline{k} k)(x,y)",
  "sh(B)(m,n) + \\sum_m ch(B)(m,n) c_m^*",
  "\\sum_m \\int g_{m,x}^* g_{m,x} dx",
  "\\sum_{m,n} A(m,n) c_m^* c_n",
  "(i \\partial_t T^*) T",
  "\\nabla_x a_x",
  "\\nabla_x a_x^* \\nabla_x a_x",
  "\\int \\nabla_x a_x^* \\nabla_x a_x dx",
  "H",
  "H H",
  "[H, a_x^*]",
  "\\Delta_x a_x^*",
  "\\Delta_x e_x",
  "\\int \\nabla_x e_x^* \\nabla_x e_x dx",
  "(\\int \\nabla_x e_x^* \\nabla_x e_x dx) (\\int \\nabla_x e_x^* \\nabla_x e_x dx)",
  "(\\Delta w)(x-y)",
  "\\Delta \\phi_1(x)",
  "\\nabla f(x) \\nabla w(x-y)",
  "\\nabla w(x-y)",
  "\\nabla_x w(N(x-y))",
  "\\Delta_x w(N(x-y))",
  "\\nabla w_N(x-y) \\nabla f(x)",
  "\\nabla_x V(N x)",
  "\\int N^3 V(N(x-y)) \\nabla f(x) \\nabla f(y) dx dy",
  "(\\nabla f(x) \\nabla g(x)) (\\nabla h(y) \\nabla g(y))",
  "\\nabla f(x) \\nabla f(x)",
  "|\\nabla f(x)|^2",
  "|\\nabla w(x)|^2",
  "|\\Delta f(x)|^2",
  "|\\nabla f(x)|^2 |\\nabla g(x)|^2",
  "(\\Delta f(x))^2",
  "\\Delta_x (f(x) g(x))",
  "\\Delta_x \\Delta_x (f(x) g(x))",
  "\\Delta_x \\Delta_x \\Delta_x (f(x) g(x) h(x))",
  "\\Delta_x \\Delta_x f(x) + \\Delta_x \\Delta_x a_x",
  "\\nabla_x (\\nabla f(x) \\nabla g(x))",
  "\\nabla_x (\\nabla f(x) \\nabla_x a_x^*) \\nabla g(x)",
  "\\nabla_x \\delta(x-y)",
  "\\Delta_x \\delta(x-y)",
  "\\nabla_x \\delta(x-y) \\nabla f(x)",
  "\\nabla_x \\delta(x-y) \\nabla_u \\delta(u-z)",
  "\\nabla_x k(x,y)",
  "\\nabla_y k(x,y)",
  "\\nabla_x \\nabla_y k(x,y)",
  "\\nabla_x \\nabla_y l(x,y)",
  "\\Delta_x \\Delta_y l(x,y)",
  "\\nabla_x l(x,y) \\nabla_y l(x,y)",
  "\\Delta_x l(x,x)",
  "\\int l(x,y-z) \\Delta_y f(y) dy",
  "\\nabla_x l(z,x-y)",
  "\\nabla_z l(z-u,x-y) \\nabla f(u)",
  "\\nabla_x j(x,y) \\nabla f(x)",
  "\\overline{\\nabla f(x)} + \\partial_t \\nabla f(x)",
  "\\overline{\\partial_t \\nabla f(x)} \\nabla g(x)",
  "\\partial_t \\partial_t \\partial_t \\Delta f(x)",
  "\\Delta_x |f(x)|^2",
  "\\nabla U(x-y) \\nabla f(x)",
  "\\nabla_x F((1,x)) \\nabla_x G((2,x))",
  "\\nabla_x F((s,x))",
  "\\nabla_x K((s,x),(1,y))",
  "\\Delta_x K_{12}(x,y)",
  "\\Delta_x l_{s,x} + \\nabla_x l_{1,x}^* \\nabla_x l_{1,x}",
  "\\Delta_x z_{(1,x)}",
  "\\sum_s \\int \\nabla_x z_{(s,x)}^* \\nabla_x z_{(s,x)} dx",
  "\\int \\nabla w(x-y) f(x) f(y) \\nabla_x a_x^* a_y^* dx dy",
  "\\int w(x-y) \\nabla_x a_x^* \\nabla_y a_y^* a_y a_x dx dy",
  "\\int \\nabla_x a_x^* \\nabla_x a_y^* w(x-y) dx dy",
  "\\int w(x-y) (\\nabla_x a_x^* \\nabla_x a_x^*) (\\nabla_y a_y \\nabla_y a_y) dx dy",
  "\\int f(x) \\nabla_x a_x^* dx + h.c.",
  "\\int f(x) \\Delta_x a_x^* dx + h.c.",
  "\\nabla_x a_x + \\nabla_x a_x^*",
  "\\int \\nabla_x f(x) \\nabla_x a_x^* (\\nabla_y a_y^* \\nabla_y g(y)) dx dy",
  "\\nabla f(x) (\\nabla_y a_y^* \\nabla_y a_y)",
  "\\exp(\\Delta f(x)) \\nabla f(x)",
  "\\nabla_x \\exp(f(x))",
  "\\sqrt{\\Delta w(x)}",
  "(\\int |\\nabla f(x)|^2 dx)^2",
  "(\\int |\\nabla f(x)|^2 dx)^{-1}",
  "\\nabla_x (f(2x))",
  "\\nabla f(x+y) \\nabla w(x-2y)",
  "\\Delta o(q) + \\nabla_q o(q-r) \\nabla_q o(2q)",
  "(\\nabla (f g))(x-y)",
  "(\\Delta (f g))(N(x-y))",
  "(\\nabla (w * f))(x-y)",
  "(-\\Delta f)(x-y)",
  "\\langle f, -\\Delta g \\rangle",
  "(\\nabla \\overline{f})(x-y)",
  "\\nabla_x (f(x) a_x^*) \\nabla_x (g(x) a_x)",
  "\\nabla_x sh(k)(x,y)",
  "W^* \\nabla_x a_x W",
  "\\nabla_x a_x^2",
  "\\nabla_x a_x^* \\nabla_x a_x^*",
  "\\sum_m \\int \\nabla_x g_{m,x}^* \\nabla_x g_{m,x} dx",
  "\\nabla_x \\phi_m(x-y)",
  "\\nabla_x \\phi_m(2x-2y) \\nabla f(x)",
  "(ch(k) - 1)(x,x)^2 + (ch(K) - 1)_{11}(x,x) + \\partial_t ((ch(2k) - 1)(x,x))",
  "\\Delta_x ((ch(2k) - 1)(x,x))",
  "\\Delta_x (f(x) g(x)) - ((\\Delta f)(x) g(x) + \\nabla f(x) \\nabla g(x) + f(x) \\Delta g(x))",
  "[H, a_y^*] - \\Delta_y a_y^*",
  "\\nabla_x V(N(x-y)) - (\\nabla V)(N(x-y))",
  "[\\nabla_x a_x, a_y^*] + \\nabla_x \\delta(x-y)",
  "T^* a_x T - \\int (ch(k)(x,y) a_y - sh(k)(x,y) a_y^*) dy",
  "T^* a_x^* a_x T",
  "\\sum_m \\nabla_x \\phi_m(x) \\nabla_x \\overline{\\phi_m(x)} c_m",
  "(\\nabla \\dot{f})(x-y)",
  "\\sqrt{N} \\Delta_x w(N(x-y)) + N^{-3} \\Delta_x V(N(x-y))",
  "(\\Delta w)(N(x-y)) f(y)",
  "\\int f(x) (\\nabla_x a_x^* \\nabla_x g(x)) (\\nabla_x b_x^* \\nabla_x b_x) dx + h.c.",
  "\\overline{sh(K)_{12}(x,y)} \\nabla f(x) \\nabla g(y)",
  "\\sum_m B(m,m) + \\sum_{m,n} sh(B)(m,n) c_m^* c_n^* + h.c.",
];

describe("what is written reads back", () => {
  it.each(table)("%s", (text) => {
    const e = read(text, where);
    expect([...new Set(writings(e, where))].map((written) => apart(written, text, where)).filter((each) => each !== undefined)).toEqual([]);
  });
});

describe("as on paper", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["sh(2k)(x,y)", "sh(2k)(x,y)"],
    ["ch(2k)(x,y) - \\delta(x-y)", "(ch(2k) - 1)(x,y)"],
    ["\\overline{sh(\\frac12 k)(x,y)}^2", "\\overline{sh(1/2 k)(x,y)}^2"],
    ["sh(K)((1,x),(2,y))", "sh(K)_{12}(x,y)"],
    ["sh(K)((s,x),(t,y))", "sh(K)((s,x),(t,y))"],
    ["\\partial_t sh(k)(x,y)", "(\\partial_t sh(k)(x,y))"],
    // ch(2k) - 1 = 2 sh(k) \overline{sh(k)}.
    ["\\int |sh(k)(x,y)|^2 dy", "1/2 (ch(2k) - 1)(x,x)"],
    ["H", "\\int \\nabla_x a_x^* \\nabla_x a_x dx"],
    ["[H, a_x^*]", "-\\Delta_x a_x^*"],
    ["\\Delta_x w(x-y)", "(\\Delta w)(x-y)"],
    ["\\nabla_x w(N(x-y))", "N (\\nabla w)(N(x-y))"],
    ["\\Delta_x w(N(y-x))", "N^2 (\\Delta w)(N(x-y))"],
    ["\\nabla_x V(N x)", "\\nabla_x V(N x)"],
    ["\\Delta_x \\phi_1(x)", "\\Delta \\phi_1(x)"],
    ["\\Delta_x |f(x)|^2 - \\overline{f(x)} \\Delta f(x) - f(x) \\Delta_x \\overline{f(x)}", "2 |\\nabla f(x)|^2"],
    ["[\\nabla_x a_x, a_y^*]", "\\nabla_x \\delta(x-y)"],
    ["\\nabla_y U(x-y)", "-(\\nabla U)(x-y)"],
    ["(\\nabla f(x) \\nabla g(x)) (\\nabla f(y) \\nabla g(y))", "(\\nabla f(x) \\nabla g(x)) (\\nabla f(y) \\nabla g(y))"],
    ["\\sum_m c_m^* c_m", "\\sum_m c_m^* c_m"],
  ];
  it.each(cases)("%s", (text, written) => {
    expect(textForm(form(normalOrder(read(text, where))), { names: where.pool })).toBe(written);
  });
});

describe("random gradients read back", () => {
  const label = fc.constantFrom("x", "y");
  const leaf = fc.oneof(
    label.map((x) => `f(${x})`),
    label.map((x) => `\\overline{g(${x})}`),
    label.map((x) => `w(${x}-z)`),
    label.map((x) => `U(N(z-${x}))`),
    label.map((x) => `l(${x},z)`),
    label.map((x) => `\\overline{l(u-${x},${x})}`),
    label.map((x) => `a_${x}`),
    label.map((x) => `b_${x}^*`),
    label.map((x) => `e_${x}^*`),
    label.map((x) => `e_${x}`),
  );
  const pair = fc.tuple(label, leaf, label, leaf).map(([x, one, y, two]) => `(\\nabla_${x} ${one} \\nabla_${y} ${two})`);
  const outer = fc.constantFrom("", "\\Delta_x ", "\\Delta_y ", "\\nabla_x ", "\\nabla_x \\nabla_y ");
  const source = fc
    .tuple(outer, fc.array(fc.oneof(pair, leaf), { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([before, factors, integral]) => {
      const product = `${before}(${factors.join(" ")})`;
      return integral ? `\\int ${product} h(z) dz` : product;
    });

  it("with labels of several kinds of factors", () => {
    let done = 0;
    fc.assert(
      fc.property(source, (text) => {
        let written: readonly string[];
        try {
          written = writings(read(text, where), where);
        } catch (problem) {
          const code = (problem as { diagnostic?: { code: string } }).diagnostic?.code;
          if (code === "delta-zero" || code === "delta-at-zero") return;
          throw problem;
        }
        done++;
        expect([...new Set(written)].map((each) => apart(each, text, where)).filter((each) => each !== undefined)).toEqual([]);
      }),
      { numRuns: 80, seed: 11 },
    );
    expect(done).toBeGreaterThan(40);
  });
});
