import { describe, expect, it } from "vitest";
import type { Form } from "../../src/algebra/form.js";
import { rational } from "../../src/core/rational.js";
import { latexForm, shortLatex, shortText, textForm } from "../../src/render/form.js";
import { checkLatex } from "../../src/render/katex.js";
import {
  affine,
  at1,
  bar,
  delta,
  even,
  fermion,
  finite,
  form,
  label,
  lattice,
  lower,
  minus,
  pairLabel,
  parameter,
  pool,
  scalar,
  space,
  species,
  star,
  symbol,
  symmetric,
  value,
} from "./build.js";

const a = species("a");
const b = species("b");
const c = species("c", []);
const e = fermion("e", [lattice]);
const z = species("z", [finite, space], [[0, 1]]);
const N = parameter("N");
const lambda = parameter("\\lambda", "complex");
const V = symbol("V", [space], { real: true, symmetries: [even] });
const W = symbol("W", [space], { real: true });
const phi = symbol("\\phi", [space], { sub: "1" });
const tilde = symbol("\\tilde{\\phi}", [space], { sub: "1", sup: "(N)" });
const k = symbol("k", [space, space], { symmetries: [symmetric] });
const K = symbol("k", [finite, space, finite, space], {
  runs: [
    [0, 1],
    [2, 3],
  ],
});
const tau = symbol("\\tau", [lattice], { real: true });
const x = label("x");
const y = label("y");
const [p, q, r] = [label("p", lattice), label("q", lattice), label("r", lattice)];
const [m, n] = [label("m", finite), label("n", finite)];
// Bound labels have the engine's names.
const [s, t, u, v] = [label("?1"), label("?2"), label("?3"), label("?4")];
const half = rational(1, 2);
const [S1, S2] = pairLabel("S");
const [T1, T2] = pairLabel("T");
const [X1, X2] = pairLabel("X");

const table: readonly (readonly [Form, latex: string, text?: string])[] = [
  [form(), "0", "0"],
  [form({}), "1", "1"],
  [form({ re: -1 }), "-1", "-1"],
  [form({ re: rational(-1, 2) }), "-\\frac{1}{2}", "-1/2"],
  [form({ im: 1 }), "i", "i"],
  [form({ im: rational(-3, 2) }), "-\\frac{3 i}{2}", "-3/2 i"],
  [form({ re: 1, im: 2 }), "(1 + 2 i)", "(1 + 2 i)"],
  [form({ re: half, im: rational(-1, 3) }), "\\frac{3 - 2 i}{6}", "1/6 (3 - 2 i)"],
  [form({ scalars: [scalar(N, half)] }), "\\sqrt{N}", "\\sqrt{N}"],
  [form({ re: -1, scalars: [scalar(N, rational(-1, 2))] }), "-\\frac{1}{\\sqrt{N}}", "-N^{-1/2}"],
  [form({ re: half, scalars: [scalar(N, rational(3, 2))] }), "\\frac{1}{2} N^{3/2}", "1/2 N^{3/2}"],
  [form({ re: half, scalars: [scalar(N, -2)] }), "\\frac{1}{2 N^2}", "1/2 N^{-2}"],
  [
    form({
      scalars: [
        { kind: "number", base: 2n, exponent: half },
        { kind: "pi", exponent: rational(1) },
      ],
    }),
    "\\sqrt{2} \\pi",
    "\\sqrt{2} \\pi",
  ],
  [form({ scalars: [{ kind: "number", base: 2n, exponent: rational(-1, 2) }] }), "\\frac{1}{\\sqrt{2}}", "1/2 \\sqrt{2}"],
  [form({ scalars: [scalar(lambda), scalar(lambda, 1, true)] }), "|\\lambda|^2"],
  [form({ scalars: [scalar(lambda, 2, true)] }), "\\overline{\\lambda}^2"],
  [form({ operators: [star(a, x), lower(a, y)] }), "a_x^* a_y", "a_x^* a_y"],
  [
    form({
      operators: [
        { ...star(c), exponent: 2 },
        { ...lower(c), exponent: 13 },
      ],
    }),
    "(c^*)^2 c^{13}",
    "(c^*)^2 c^{13}",
  ],
  [form({ factors: [delta(minus(y, x))] }), "\\delta(x-y)", "\\delta(x-y)"],
  [form({ factors: [delta(n, m), delta(m, 1)] }), "\\delta_{m,1} \\delta_{m,n}"],
  [
    form({
      factors: [
        delta(
          affine([
            [-1, p],
            [1, r],
            [-1, q],
          ]),
        ),
      ],
    }),
    "\\delta_{p+q,r}",
  ],
  [
    form({
      factors: [
        delta(
          affine([
            [-1, p],
            [-1, q],
          ]),
        ),
      ],
    }),
    "\\delta_{p+q,0}",
  ],
  [form({ bound: [s], operators: [star(a, s), lower(a, s)] }), "\\int a_x^* a_x \\, dx", "\\int a_x^* a_x dx"],
  [form({ bound: [s], factors: [at1(phi, s)], operators: [star(a, s), lower(b, x)] }), "\\int \\phi_1(y) a_y^* b_x \\, dy"],
  [
    form({ re: half, bound: [s, t], factors: [at1(V, minus(t, s))], operators: [star(a, s), star(a, t), lower(a, s), lower(a, t)] }),
    "\\frac{1}{2} \\iint V(x-y) a_x^* a_y^* a_y a_x \\, dx \\, dy",
    "1/2 \\iint V(x-y) a_x^* a_y^* a_y a_x dx dy",
  ],
  [form({ bound: [s, t, u], factors: [at1(W, minus(t, s)), at1(W, minus(u, s))] }), "\\iiint W(x-y) W(z-y) \\, dx \\, dy \\, dz"],
  [form({ bound: [s, t, u, v], factors: [at1(k, s, t), at1(k, u, v)] }), "\\int k(x,y) k(z,x') \\, dx \\, dy \\, dz \\, dx'"],
  [form({ bound: [s, t], factors: [at1(k, t, y), at1(k, t, s)] }), "\\iint k(y,x) k(x,z) \\, dx \\, dz"],
  [
    form({
      scalars: [scalar(N, rational(5, 2))],
      bound: [s, t],
      factors: [at1(phi, t), at1(V, minus(s, t, N))],
      operators: [star(a, s), star(a, t), lower(a, s)],
    }),
    "\\frac{1}{\\sqrt{N}} \\iint N^3 V(N(x-y)) \\phi_1(y) a_x^* a_y^* a_x \\, dx \\, dy",
  ],
  [form({ scalars: [scalar(N, 2)], bound: [s], factors: [at1(V, minus(s, x, N))] }), "\\int N^2 V(N(x-y)) \\, dy"],
  [form({ bound: [s], factors: [at1(phi, s), bar(phi, s)] }), "\\int |\\phi_1(x)|^2 \\, dx", "\\int |\\phi_1(x)|^2 dx"],
  [form({ factors: [value(phi, [x], { exponent: rational(2) }), bar(phi, x)] }), "|\\phi_1(x)|^2 \\phi_1(x)"],
  [form({ factors: [value(phi, [x], { exponent: rational(2) })] }), "\\phi_1(x)^2"],
  [form({ factors: [bar(tilde, x)] }), "\\overline{\\tilde{\\phi}_1^{(N)}(x)}"],
  [
    form({ factors: [value(tilde, [x], { dots: 1 }), value(phi, [y], { dots: 2, bar: true })] }),
    "\\overline{\\ddot{\\phi}_1(y)} \\dot{\\tilde{\\phi}}_1^{(N)}(x)",
  ],
  [form({ factors: [value(phi, [x], { dots: 3 })] }), "\\left( \\partial_t \\ddot{\\phi}_1(x) \\right)"],
  [form({ factors: [value(tau, [p], { exponent: half })] }), "\\sqrt{\\tau(p)}"],
  [form({ bound: [p], factors: [value(tau, [affine([[-1, p]])])], operators: [star(e, p), lower(e, q)] }), "\\sum_p \\tau(-p) e_p^* e_q"],
  [form({ bound: [m, n, s], factors: [at1(K, m, s, n, x)], operators: [star(z, m, s)] }), "\\sum_m \\int k(X,(m,x)) z_X^* \\, dX"],
  [
    form({ bound: [S1, S2, T1, T2], factors: [at1(K, S1, S2, T1, T2)], operators: [star(z, S1, S2), star(z, T1, T2)] }),
    "\\iint k(X,Y) z_X^* z_Y^* \\, dX \\, dY",
    "\\iint k(X,Y) z_X^* z_Y^* dX dY",
  ],
  [form({ bound: [S1, S2], factors: [at1(K, S1, S2, X1, X2)], operators: [star(z, S1, S2)] }), "\\int k(Y,X) z_Y^* \\, dY"],
  [form({ factors: [at1(K, 1, x, 2, y)] }), "k_{12}(x,y)"],
  [form({ factors: [at1(K, 1, x, n, y)] }), "k((1,x),(n,y))"],
  [form({ operators: [star(z, 1, x)] }), "z_{(1,x)}^*"],
  [form({ factors: [{ kind: "power", of: form({ scalars: [scalar(N)] }, { re: -1 }), exponent: half }] }), "\\sqrt{N - 1}"],
  [
    form({
      factors: [{ kind: "power", of: form({ scalars: [scalar(N)] }, { re: -1 }), exponent: rational(-1, 2) }],
      operators: [lower(c)],
    }),
    "\\frac{1}{\\sqrt{N - 1}} c",
    "(N - 1)^{-1/2} c",
  ],
  [
    form({ factors: [{ kind: "exp", of: form({ re: rational(-1, 2), bound: [s], factors: [at1(phi, s), bar(phi, s)] }) }] }),
    "\\exp\\left( -\\frac{1}{2} \\int |\\phi_1(x)|^2 \\, dx \\right)",
    "\\exp(-1/2 \\int |\\phi_1(x)|^2 dx)",
  ],
  [
    form({ bound: [s], factors: [{ kind: "exp", of: form({ bound: [t], factors: [at1(k, t, s)] }) }, at1(phi, s)] }),
    "\\int \\phi_1(x) \\exp\\left( \\int k(x,y) \\, dy \\right) \\, dx",
  ],
  [
    form(
      { factors: [{ kind: "exp", of: form({ factors: [at1(tau, p)] }) }] },
      { factors: [{ kind: "exp", of: form({ re: -1, factors: [at1(tau, p)] }) }] },
    ),
    "2 \\cosh\\left( \\tau(p) \\right)",
  ],
  [
    form(
      { re: half, factors: [{ kind: "exp", of: form({ re: -1, factors: [at1(tau, p)] }) }] },
      { re: rational(-1, 2), factors: [{ kind: "exp", of: form({ factors: [at1(tau, p)] }) }] },
    ),
    "-\\sinh\\left( \\tau(p) \\right)",
  ],
  [
    form(
      { bound: [s], factors: [at1(phi, s)], operators: [star(a, s)] },
      { re: -2, bound: [s], factors: [at1(tilde, s)], operators: [star(a, s)] },
    ),
    "\\int \\left( \\phi_1(x) - 2 \\tilde{\\phi}_1^{(N)}(x) \\right) a_x^* \\, dx",
    "\\int \\phi_1(x) a_x^* dx - 2 \\int \\tilde{\\phi}_1^{(N)}(x) a_x^* dx",
  ],
];

describe("a form", () => {
  it.each(table.map(([of, latex, text]) => ({ of, latex, text })))("$latex", ({ of, latex, text }) => {
    expect(latexForm(of, { names: pool })).toBe(latex);
    if (text !== undefined) expect(textForm(of, { names: pool })).toBe(text);
    expect(checkLatex(latex)).toBe(null);
    expect(checkLatex(textForm(of, { names: pool }))).toBe(null);
  });
});

describe("names", () => {
  it("avoids free labels and declared symbols", () => {
    const of = form({ bound: [s, t], factors: [at1(k, s, t), at1(phi, x)] });
    expect(latexForm(of, { names: { indices: [{ kinds: [space], names: ["x", "y"] }], taken: new Set(["x'"]) } })).toBe(
      "\\iint k(y,y') \\phi_1(x) \\, dy \\, dy'",
    );
  });
  it("goes on with numbers", () => {
    const labels = Array.from({ length: 5 }, (_, i) => label(`?${i}`));
    const of = form({ bound: labels, factors: labels.map((each) => at1(phi, each)) });
    expect(textForm(of, { names: { indices: [{ kinds: [space], names: ["x", "y"] }], taken: new Set() } })).toContain("dx dy dx' dy' dx_1");
  });
  it("writes the imaginary unit upright where i is an index", () => {
    expect(textForm(form({ im: 2 }), { names: { indices: [{ kinds: [finite], names: ["i", "j"] }], taken: new Set() } })).toBe(
      "2 \\mathrm{i}",
    );
  });
  it("falls back to the names of the command line", () => {
    expect(textForm(form({ bound: [s, m, p], operators: [star(z, m, s), lower(a, s), lower(e, p)] }))).toBe(
      "\\sum_{m,p} \\int z_{(m,x)}^* a_x e_p dx",
    );
  });
});

describe("adjoint pairs", () => {
  const linear = { bound: [s], scalars: [scalar(N, half)], factors: [at1(phi, s)], operators: [star(a, s)] };
  const adjoint = { bound: [s], scalars: [scalar(N, half)], factors: [bar(phi, s)], operators: [lower(a, s)] };
  const number = { bound: [s], operators: [star(a, s), lower(a, s)] };
  it("stand for both", () => {
    expect(latexForm(form(adjoint, linear), { names: pool, adjointOf: [1, 0] })).toBe(
      "\\sqrt{N} \\int \\phi_1(x) a_x^* \\, dx + \\text{h.c.}",
    );
  });
  it("leave self-adjoint terms outside", () => {
    expect(latexForm(form(adjoint, number, linear), { names: pool, adjointOf: [2, 1, 0] })).toBe(
      "\\int a_x^* a_x \\, dx + \\left( \\sqrt{N} \\int \\phi_1(x) a_x^* \\, dx + \\text{h.c.} \\right)",
    );
  });
  it("break into aligned lines", () => {
    const latex = latexForm(form(adjoint, number, linear), { names: pool, adjointOf: [2, 1, 0], lines: "aligned", width: 10 });
    expect(latex).toBe(
      "\\begin{aligned} & \\int a_x^* a_x \\, dx \\\\ & + \\big( \\sqrt{N} \\int \\phi_1(x) a_x^* \\, dx + \\text{h.c.} \\big) \\end{aligned}",
    );
    expect(checkLatex(latex)).toBe(null);
  });
});

describe("a long sum", () => {
  const long = form(
    ...Array.from({ length: 12 }, (_, i) => ({
      re: i % 2 === 0 ? i + 1 : -i,
      factors: [at1(phi, label(`x_{${i}}`))],
      operators: [star(a, y)],
    })),
  );
  it("is broken where it is too wide", () => {
    const latex = latexForm(long, { names: pool, width: 60 });
    expect(latex.startsWith("\\begin{aligned} & ")).toBe(true);
    expect(checkLatex(latex)).toBe(null);
  });
  it("is counted where it is cut", () => {
    expect(shortText(long, 1)).toBe("\\phi_1(x_{0}) a_y^* + 11 more terms");
    expect(shortLatex(long, 1)).toBe("\\phi_1(x_{0}) a_y^* + \\text{11 more terms}");
    expect(checkLatex(shortLatex(long, 1))).toBe(null);
  });
});
