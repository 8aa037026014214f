import { describe, expect, test } from "vitest";
import { parseExpression } from "../../src/syntax/parse.js";
import { sexp } from "./sexp.js";

const labels = new Set(["x", "y", "z", "u", "X", "m", "n", "p", "q", "i", "j", "\\xi", "\\mathbf{k}"]);

function read(text: string): string {
  const { tree, diagnostics } = parseExpression(text, labels);
  return tree === undefined ? diagnostics.map(({ code, message }) => `${code}: ${message}`).join("; ") : sexp(tree);
}

/** `<...>` is a product, `sum(...)` a sum, `int[x](...)` an integral; see `sexp`. */
const tables: Record<string, [string, string][]> = {
  arithmetic: [
    ["A + B", "sum(+A +B)"],
    ["A - B + C", "sum(+A -B +C)"],
    ["A B C", "<A B C>"],
    ["A \\cdot B", "<A B>"],
    ["A \\times B", "<A B>"],
    ["A / s", "quot(A, s)"],
    ["1/2 x", "<quot(1, 2) x>"],
    ["a b / c d", "<quot(<a b>, c) d>"],
    ["a / b / c", "quot(quot(a, b), c)"],
    ["\\frac{A}{s}", "quot(A, s)"],
    ["\\frac12 a", "<quot(1, 2) a>"],
    ["\\tfrac 1 2", "quot(1, 2)"],
    ["\\dfrac1N", "quot(1, N)"],
    ["\\frac123", "<quot(1, 2) 3>"],
    ["A^2", "A^2"],
    ["N^{-1/2}", "N^sum(-quot(1, 2))"],
    ["2^{-1}", "2^sum(-1)"],
    ["\\sqrt{N}", "root(N)"],
    ["\\sqrt2", "root(2)"],
    ["\\sqrt N k", "<root(N) k>"],
    ["\\sqrt[3]{A}", "root(A, 3)"],
    ["\\pi 2 0.5", "<\\pi 2 0.5>"],
    ["-A", "sum(-A)"],
    ["- a - b", "sum(-a -b)"],
    ["(-a)[a, -b]", "<(sum(-a)) [a, sum(-b)]>"],
    ["{A}^2", "{A}^2"],
    ["(c+c^*)^n", "(sum(+c +c^*))^n"],
    ["[A,B]^2", "[A, B]^2"],
    ["A\t\r\n B % remark\n C", "<A B C>"],
  ],
  names: [
    ["\\mathrm{i} t", "<\\mathrm{i} t>"],
    ["\\mathrm i", "\\mathrm{i}"],
    ["\\tilde{\\phi} \\tilde\\phi \\tilde \\phi", "<\\tilde{\\phi} \\tilde{\\phi} \\tilde{\\phi}>"],
    ["\\hat a \\check{a} \\vec x", "<\\hat{a} \\check{a} \\vec{x}>"],
    ["\\mathcal G_N \\mathcal{G}_{N}", "<\\mathcal{G}_N \\mathcal{G}_N>"],
    [
      "\\mathbf{k} \\boldsymbol k \\bm{k} \\mathfrak h \\mathbb{1}",
      "<\\mathbf{k} \\boldsymbol{k} \\boldsymbol{k} \\mathfrak{h} \\mathbb{1}>",
    ],
    ["\\hat{\\mathcal{H}}_N", "\\hat{\\mathcal{H}}_N"],
    ["x' x'' x^\\prime x^{\\prime\\prime}", "<x' x'' x' x''>"],
    ["x_1' a_x'", "<x'_1 a'_x>"],
    ["\\ch(k) ch(k) \\mathrm{ch}(k) \\operatorname{ch}(k)", "<ch (k) ch (k) ch (k) ch (k)>"],
    ["ch(2k) sh\\left(k\\right)", "<ch (<2 k>) sh (k)>"],
    ["c h s h", "<c h s h>"],
    ["d\\Gamma(A) \\mathrm{d}\\Gamma(A) \\text{d}\\Gamma\\left(A\\right)", "<d\\Gamma (A) d\\Gamma (A) d\\Gamma (A)>"],
    ["d\\Gamma_c(A) d \\Gamma(A) d\\Gamma", "<d\\Gamma_c (A) d \\Gamma (A) d \\Gamma>"],
    ["\\cos s \\operatorname{Re}(z) \\Im z", "<cos s Re (z) Im z>"],
    ["\\operatorname{tr} k \\mathrm{Tr} k \\tr(k)", "<tr k tr k tr (k)>"],
    ["\\cosh s \\sinh s \\exp s cosh(s)", "<cosh s sinh s exp s cosh (s)>"],
    ["part_n(A) part_{m,n}(A)", "<part_n (A) part_{m,n} (A)>"],
    ["p a r t", "<p a r t>"],
    ["i \\partial_t W^*", "<i \\partial_t W^*>"],
  ],
  scripts: [
    ["a_x a_x^* a^*_x", "<a_x a_x^* a_x^*>"],
    ["a_x^\\dagger a^{\\dag} a^\\ast a^{*}", "<a_x^\\dagger a^\\dagger a^* a^*>"],
    ["c^{*2} c^{\\dagger n}", "<c^{*,2} c^{\\dagger,n}>"],
    ["a_{(1,x)}", "a_(1, x)"],
    ["a_{x,y}", "a_{x,y}"],
    ["a_{x}", "a_x"],
    ["\\tilde{\\phi}_{1,t}^{(N)}", "\\tilde{\\phi}_{1,t}^(N)"],
    ["k^\\top k^{\\top}", "<k^\\top k^\\top>"],
    ["J_+ J_- J_{+}", "<J_+ J_- J_+>"],
    ["G_3^{(1)} V_{12}", "<G_3^(1) V_12>"],
    ["a_\\mathbf{k}^*", "a_\\mathbf{k}^*"],
    ["|\\phi(x)|^2", "abs(<\\phi (x)>)^2"],
    ["e^{-i t}", "e^sum(-<i t>)"],
    ["\\overline k_x", "bar(k)_x"],
  ],
  brackets: [
    ["[A, B] \\{A, B\\}", "<[A, B] \\{A, B\\}>"],
    ["[A] \\{A\\} (A) {A}", "<[A] \\{A\\} (A) {A}>"],
    ["\\overline{f(x)} \\bar f", "<bar(<f (x)>) bar(f)>"],
    ["\\dot{k} \\ddot\\phi", "<dot1(k) dot2(\\phi)>"],
    ["\\Nor{A} \\Nor(A) :A: \\mathrm{Nor}\\{A\\} \\text{Nor}\\{A\\}", "<nor(A) nor(A) nor(A) nor(A) nor(A)>"],
    ["2 :A: B", "<2 nor(A) B>"],
    ["\\langle A \\rangle", "angle(A)"],
    ["\\langle f, k g \\rangle", "angle(f, <k g>)"],
    ["\\langle f | g \\rangle \\langle f \\mid g\\rangle", "<angle(f, g) angle(f, g)>"],
    ["\\langle f | A + B | g \\rangle", "angle(f, <(sum(+A +B)) g>)"],
    ["\\langle |\\phi(x)|^2 \\rangle", "angle(abs(<\\phi (x)>)^2)"],
    ["\\langle f, k |g|^2 \\rangle", "angle(f, <k abs(g)^2>)"],
    ["\\langle c |s|^2 c \\rangle", "angle(<c abs(s)^2 c>)"],
    ["\\langle f | k |g|^2 \\rangle", "angle(f, <k abs(g)^2>)"],
    ["|f\\rangle\\langle g| h", "<ketbra(f, g) h>"],
    ["|\\langle f, g \\rangle|^2", "abs(angle(f, g))^2"],
    ["\\|f\\|^2 |x| 2|y|", "<norm(f)^2 abs(x) 2 abs(y)>"],
    ["||x|+1|", "abs(sum(+abs(x) +1))"],
    ["\\left| x \\right| \\lvert x \\rvert \\bigl|x\\bigr|", "<abs(x) abs(x) abs(x)>"],
    ["C(A, B)", "<C (A, B)>"],
    ["(i \\partial_t W^*) W", "<(<i \\partial_t W^*>) W>"],
    ["(\\nabla w)(x-y)", "<(<\\nabla w>) (sum(+x -y))>"],
    ["\\begin{pmatrix} A & B \\\\ C & D \\end{pmatrix}", "matrix(A & B; C & D)"],
    ["\\begin{bmatrix} A & \\int f dx \\\\ \\sum_m C & -D \\\\ \\end{bmatrix}^* x", "<matrix(A & int[x](f); sum[m](C) & sum(-D))^* x>"],
  ],
  "values and functions": [
    ["V(N(x-y))", "<V (<N (sum(+x -y))>)>"],
    ["V(N \\cdot)", "<V (<N ·>)>"],
    ["V(\\cdot) V(\\cdot - y)", "<V (·) V (sum(+· -y))>"],
    ["V * f", "conv(V, f)"],
    ["f g * h \\otimes k", "tensor(conv(<f g>, h), k)"],
    ["A + V * f", "sum(+A +conv(V, f))"],
    ["k^* f \\otimes g", "tensor(<k^* f>, g)"],
    ["\\delta(x-y) \\delta_{m,n} \\delta_{p+q,r}", "<\\delta (sum(+x -y)) \\delta_{m,n} \\delta_{sum(+p +q),r}>"],
  ],
  "h.c.": [
    ["A + h.c.", "sum(+A +h.c.)"],
    ["A + B + \\mathrm{h.c.}", "sum(+A +B +h.c.)"],
    ["(A + \\text{ h.c.}) B", "<(sum(+A +h.c.)) B>"],
    ["A - h.c.", "sum(+A -h.c.)"],
    ["A + h.c. + B", "sum(+A +h.c. +B)"],
  ],
  "closed integrals": [
    ["\\int E dx dy", "int[x,y](E)"],
    ["\\iint E dx dy", "int[x,y](E)"],
    ["\\iiint E dx dy dz", "int[x,y,z](E)"],
    ["\\int A + B dx", "int[x](sum(+A +B))"],
    ["\\int A dx B", "<int[x](A) B>"],
    ["\\int A dx + \\int B dy", "sum(+int[x](A) +int[y](B))"],
    ["\\int f(x) \\int g(y) dy dx", "int[x](<f (x) int[y](<g (y)>)>)"],
    ["\\int \\int E dx dy", "int[y](int[x](E))"],
    ["\\int \\int \\int E dx dy dz", "int[z](int[y](int[x](E)))"],
    ["\\int \\iint E dx dy dz", "int[z](int[x,y](E))"],
    ["\\iint \\int E dx dy dz", "int[y,z](int[x](E))"],
    ["\\int \\int E dx F dy", "int[y](<int[x](E) F>)"],
    ["\\int (\\int E dx dy) dz", "int[z]((int[x,y](E)))"],
    ["[\\int A dx, \\int B dy]", "[int[x](A), int[y](B)]"],
    ["\\int_{\\mathbb{R}^3} E dx", "int[x](E)"],
    ["\\iint_{\\R^3 \\times \\R^3} E dx dy F", "<int[x,y](E) F>"],
    ["\\int f \\,\\mathrm{d}x \\, \\dd y \\mathrm d z \\dd{u}", "int[x,y,z,u](f)"],
    ["\\int f dx' dx_1 dx_{2}", "int[x',x_1,x_2](f)"],
    ["\\int f d\\xi d\\mathbf{k} dX", "int[\\xi,\\mathbf{k},X](f)"],
    ["\\int d d_x dx", "int[x](<d d_x>)"],
    ["a_d x", "<a_d x>"],
    ["a_dx", "<a_d x>"],
  ],
  "sums with conditions": [
    ["\\sum_{p \\neq 0} E", "sum[|p\\ne0](E)"],
    ["\\sum_{p \\ne q} E F + G", "sum(+sum[|p\\neq](<E F>) +G)"],
    ["\\sum_{p \\not= 0} E", "sum[|p\\ne0](E)"],
    ["\\sum_{p, q \\neq 0} E", "sum[p|p,q\\ne0](E)"],
    ["\\sum_{p \\neq 0, q} E", "sum[q|p\\ne0](E)"],
    ["\\sum_{p, q, p + q \\neq k} E", "sum[p,q|p,q,sum(+p +q)\\nek](E)"],
    ["\\sum_{m, n: m \\neq n} E", "sum[m,n|:m\\nen](E)"],
    ["\\sum_{m, n | m \\neq n, m \\neq 1} E", "sum[m,n|:m\\nen|:m\\ne1](E)"],
    ["\\sum_{m \\mid m \\neq n} E", "sum[m|:m\\nen](E)"],
    ["\\sum_{\\substack{p, q \\\\ p \\neq q \\\\}} E", "sum[p,q|p\\neq](E)"],
    ["\\sum_{\\substack{p \\\\ q \\neq 0}} E", "sum[p|q\\ne0](E)"],
    ["\\sum_{p \\in \\mathbb{Z}^3 \\setminus \\{0\\}} E", "sum[p in Z3|:p\\ne0](E)"],
    ["\\sum_{m, n \\in \\{1..4\\} \\setminus \\{1, 2\\}} E", "sum[m,n in {1,2,3,4}|:m\\ne1|:m\\ne2|:n\\ne1|:n\\ne2](E)"],
    ["\\sum_{i < j} E", "sum[|i<j](E)"],
    ["\\sum_{1 \\leq i < j \\le 4} E", "sum[|1\\lei|i<j|j\\le4](E)"],
    ["\\sum_{i \\geqslant j} E", "sum[|i\\gej](E)"],
    ["\\sum_{p, q: p + q = k} E", "sum[p,q|:sum(+p +q)=k](E)"],
    ["\\int_x \\sum_{p \\neq 0} E", "int[x](sum[|p\\ne0](E))"],
    ["\\int \\sum_{p \\neq 0} f dx E", "<int[x](sum[|p\\ne0](f)) E>"],
    [":\\sum_{p: p \\neq 0} A:", "nor(sum[p|:p\\ne0](A))"],
    [
      "\\sum_{m \\neq n \\neq l} E",
      "condition: found a chain with \\neq under a sum, which does not say whether the outer two are different",
    ],
    ["\\sum_{m: n} E", "condition: found no condition behind the colon under a sum; expected one such as p \\neq 0"],
    ["\\sum_{m: m \\neq n: n \\neq 1} E", 'condition: found a second ":" under a sum; conditions are separated by commas'],
    ["\\sum_{m \\neq} E", 'unexpected-token: found "}"; expected an expression'],
    ["\\sum_{p \\in Z^3 \\setminus 0} E", 'unexpected-token: found "0"; expected "\\{"'],
    ["\\int_{p \\neq 0} E", "integral-limits: found a condition under an integral sign; only a sum takes one"],
  ],
  "prefix forms": [
    ["\\int_{x,y} E F + G", "sum(+int[x,y](<E F>) +G)"],
    ["\\int_x E", "int[x](E)"],
    ["\\sum_{m,n} E F - G", "sum(+sum[m,n](<E F>) -G)"],
    ["\\sum_m A \\sum_p B C = ", 'unexpected-token: found "="; expected an operator, a factor or the end of the expression'],
    ["\\sum_m A \\sum_p B C", "sum[m](<A sum[p](<B C>)>)"],
    ["(\\sum_m A) B", "<(sum[m](A)) B>"],
    ["[\\sum_m A, B]", "[sum[m](A), B]"],
    ["\\sum_{p \\in Z^3} E", "sum[p in Z3](E)"],
    ["\\sum_{p,q \\in \\mathbb{Z}^{3}} E", "sum[p,q in Z3](E)"],
    ["\\sum_{i,j=1}^2 E", "sum[i,j in {1,2}](E)"],
    ["\\sum_{m=1}^{p} E", "sum[m in {1..p}](E)"],
    ["\\sum_{m \\in \\{1,2\\}} E", "sum[m in {1,2}](E)"],
    ["\\sum_{p \\in Z^3, m} E", "sum[p in Z3,m](E)"],
    ["\\sum_{p, q \\in Z^3, m \\in \\{1,2\\}} E", "sum[p,q in Z3,m in {1,2}](E)"],
    ["\\sum\\limits_{m} E", "sum[m](E)"],
    ["\\int dx\\, f(x) g + h", "sum(+int[x](<f (x) g>) +h)"],
    ["\\int dx dy \\, E", "int[x,y](E)"],
    ["\\int dx \\int dy E", "int[x](int[y](E))"],
    ["\\int\\int dx dy E", "int[y](int[x](E))"],
    ["\\int \\int dx E dy", "int[y](int[x](E))"],
    ["\\int_{\\R^3} dx E", "int[x](E)"],
    ["\\int \\sum_m a_{x,m} dx B", "<int[x](sum[m](a_{x,m})) B>"],
    ["\\int \\sum_m A + B dx", "int[x](sum(+sum[m](A) +B))"],
    ["\\sum_m \\int f + g dx h + k", "sum(+sum[m](<int[x](sum(+f +g)) h>) +k)"],
    ["|\\sum_m A|", "abs(sum[m](A))"],
    [":\\sum_m A:", "nor(sum[m](A))"],
    ["\\sum_m f * g", "sum[m](conv(f, g))"],
  ],
  "pasted LaTeX": [
    ["\\frac{1}{2N} \\int V(x-y)\\, a_x^* a_y^*\\; a_y a_x \\, dx dy", "<quot(1, <2 N>) int[x,y](<V (sum(+x -y)) a_x^* a_y^* a_y a_x>)>"],
    ["\\begin{aligned} A & + B \\\\ & + C \\nonumber \\end{aligned}", "sum(+A +B +C)"],
    ["\\left( A \\right) \\big[ B \\big] \\Bigl\\{ C \\Bigr\\} \\left. D \\right.", "<(A) [B] \\{C\\} D>"],
    ["A \\qquad B ~ C \\! D \\label{eq:1}", "<A B C D>"],
    ["\\displaystyle \\sum_m A \\\\[2pt] B", "sum[m](<A B>)"],
    ["\\int dx dy & V \\\\ & a_x", "int[x,y](<V a_x>)"],
  ],
};

for (const [title, rows] of Object.entries(tables))
  describe(title, () => {
    test.each(rows)("%s", (text, expected) => expect(read(text)).toBe(expected));
  });

describe("spans", () => {
  const spanned = (text: string): string => {
    const { tree } = parseExpression(text, labels);
    return tree === undefined ? "" : text.slice(tree.span.start, tree.span.end);
  };
  // The tree covers its text without what stands around it.
  test.each([
    "\\frac{a}{b}",
    "\\frac12",
    "\\overline{a}",
    "\\sqrt[3]{a}",
    "\\int f dx_{1}",
    "\\int dx f(x)",
    "\\sum_{m=1}^{2} a_m^{*}",
    "\\Nor{a}",
    ":a:",
    "|f\\rangle\\langle g|",
    "\\begin{pmatrix} a \\end{pmatrix}",
    "x_1'",
    "- a + h.c.",
    "a_x^*",
  ])("%s", (text) => expect(spanned(`  ${text} % end`)).toBe(text));
  test("each part has its own", () => {
    const text = "a + \\int b_y \\overline{c} dy";
    const { tree } = parseExpression(text, labels);
    const names: string[] = [];
    JSON.stringify(tree, (_key, value) => {
      if (value?.span !== undefined) names.push(text.slice(value.span.start, value.span.end));
      return value;
    });
    expect(names).toEqual([
      "a + \\int b_y \\overline{c} dy",
      "a",
      "a",
      "+ \\int b_y \\overline{c} dy",
      "\\int b_y \\overline{c} dy",
      "y",
      "b_y \\overline{c}",
      "b_y",
      "b",
      "y",
      "y",
      "y",
      "\\overline{c}",
      "c",
    ]);
  });
});

describe("a script with nothing in it", () => {
  test.each(["a^{}_x", "a^{\\vphantom{*}}_x", "a_{x}^{\\phantom{*}}"])("%s is none", (text) => {
    const { tree } = parseExpression(text, labels);
    expect(tree?.kind === "script" && tree.sup).toBe(undefined);
    expect(tree?.kind === "script" && tree.sub?.text).toBe("x");
  });
});

describe("the text of a script", () => {
  const script = (text: string): string | undefined => {
    const { tree } = parseExpression(text, labels);
    return tree?.kind === "script" ? (tree.sub ?? tree.sup)?.text : undefined;
  };
  test.each([
    ["a_x", "x"],
    ["a_{x}", "x"],
    ["a_{x, y}", "x,y"],
    ["a^{( N )}", "(N)"],
    ["a^\\dag", "\\dagger"],
    ["a^{\\ast}", "*"],
    ["a_{1 , t}", "1,t"],
    ["a_\\tilde x", "\\tilde{x}"],
    ["a^{-1/2}", "-1/2"],
  ])("%s", (text, expected) => expect(script(text)).toBe(expected));
});
