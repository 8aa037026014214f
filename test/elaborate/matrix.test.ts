import { describe, expect, it } from "vitest";
import { faults, load, summary } from "./print.js";

/** Two-component operators: every expected value below is the product or sum of 2 x 2 matrices, done by hand. */
const preamble = String.raw`index x, y in R^3
index m, n in {1, 2}
index X, Y in {1, 2} * R^3
param N > 0, s
boson a_x, b_x, w_X
function f(x), g(x), F(X)
kernel A(x,y), B(x,y), C(x,y), D(x,y), k(x,y) symmetric, P(X,Y) symmetric, h(X,Y) hermitian
kernel k_1(x,y) symmetric, k_2(x,y) symmetric, k_{12}(x,y)
let M = \begin{pmatrix} A & B \\ C & D \end{pmatrix}
let S = \begin{pmatrix} \mathbf{1} & 0 \\ 0 & -\mathbf{1} \end{pmatrix}
let K = \begin{pmatrix} 0 & k \\ \overline{k} & 0 \end{pmatrix}
let \mathbf{k} = \begin{pmatrix} k_1 & k_{12} \\ k_{12}^\top & k_2 \end{pmatrix}
let \mathbf{K} = \begin{pmatrix} \mathbf{0} & \mathbf{k} \\ \overline{\mathbf{k}} & \mathbf{0} \end{pmatrix}
let z_x = \begin{pmatrix} a_x \\ b_x \end{pmatrix}
let T(x,y) = \begin{pmatrix} A(x,y) & 1 \\ 0 & D(y,x) \end{pmatrix}
let E(L) = \iint (z_x^*)^\top L(x,y) z_y dx dy
let U(L) = L_{12} L_{21}
let \mathrm{p}(k) = ch(k) - 1
let V(A)(x,y) = \begin{pmatrix} s A_{11}(x,y) & 0 \\ 0 & A_{22}(y,x) \end{pmatrix}
`;
const lines = preamble.split("\n").length;

/** The equations that `claim: text` gives, or its faults. */
function claimed(text: string): readonly string[] {
  const document = load(`${preamble}claim: ${text}\n`);
  const messages = faults(document);
  return messages.length > 0 ? messages : (summary(document)[0] ?? "").split(" ; ");
}

/** The left sides of the entries, with calls of the matrix's own entries as they are. */
const entries = (text: string): readonly string[] => claimed(`${text} = 0`).map((one) => one.replace(/ = 0$/, ""));

const matrix = (...rows: string[]): string => String.raw`\begin{pmatrix} ${rows.join(String.raw` \\ `)} \end{pmatrix}`;

describe("entries", () => {
  it.each([
    ["written", matrix("A & B", "C & D"), ["A(x,y)", "B(x,y)", "C(x,y)", "D(x,y)"]],
    [
      "sum",
      `${matrix("A & B", "C & D")} - ${matrix("B & 0", "0 & A")}`,
      ["(+ A(x,y) (* -1 B(x,y)))", "B(x,y)", "C(x,y)", "(+ D(x,y) (* -1 A(x,y)))"],
    ],
    [
      "plus the identity",
      `${matrix("A & B", "C & D")} + 2`,
      ["(+ A(x,y) (* 2 delta(x,y)))", "B(x,y)", "C(x,y)", "(+ D(x,y) (* 2 delta(x,y)))"],
    ],
    ["multiple", `s ${matrix("A & 0", "C & D")}`, ["(* s A(x,y))", "(* s C(x,y))", "(* s D(x,y))"]],
    ["quotient", String.raw`\frac{1}{2} ${matrix("A & 0", "0 & D")} / N`, ["(* 1/2 A(x,y) (^ N -1))", "(* 1/2 D(x,y) (^ N -1))"]],
    ["transpose", `${matrix("A & B", "C & D")}^\\top`, ["A(y,x)", "C(y,x)", "B(y,x)", "D(y,x)"]],
    ["adjoint", `${matrix("A & B", "C & D")}^*`, ["(adj A(y,x))", "(adj C(y,x))", "(adj B(y,x))", "(adj D(y,x))"]],
    ["conjugate", String.raw`\overline{${matrix("A & B", "C & D")}}`, ["(adj A(x,y))", "(adj B(x,y))", "(adj C(x,y))", "(adj D(x,y))"]],
    ["time derivative", String.raw`\partial_t ${matrix("A & 0", "0 & D")}`, ["(dt A(x,y))", "(dt D(x,y))"]],
    [
      "product with numbers",
      `${matrix("1 & 0", "0 & -1")} ${matrix("A & B", "C & D")}`,
      ["A(x,y)", "B(x,y)", "(* -1 C(x,y))", "(* -1 D(x,y))"],
    ],
    ["numbers", `${matrix("1 & 2", "0 & 3")} ${matrix("1 & 0", "s & 1")}`, ["(+ 1 (* 2 s))", "2", "(* 3 s)", "3"]],
    ["column", `${matrix("A & B", "C & D")} ${matrix("f", "0")}`, ["(bind x~2 (* A(x,x~2) f(x~2)))", "(bind x~2 (* C(x,x~2) f(x~2)))"]],
    ["named", "M", ["(M)_{11}<x,y>", "(M)_{12}<x,y>", "(M)_{21}<x,y>", "(M)_{22}<x,y>"]],
    ["values", "M(x,y)", ["(M)_{11}<x,y>", "(M)_{12}<x,y>", "(M)_{21}<x,y>", "(M)_{22}<x,y>"]],
    ["with labels", "T(x,y)", ["(T)_{11}<x,y>", "(T)_{12}<x,y>", "(T)_{22}<x,y>"]],
    ["ladder operators", "z_x", ["(z)_{1}<x>", "(z)_{2}<x>"]],
    ["their adjoints", "z_x^*", ["(adj (z)_{1}<x>)", "(adj (z)_{2}<x>)"]],
    ["blocks", matrix(`${matrix("A & B", "C & D")} & 0`, "0 & 1"), ["A(x,y)", "B(x,y)", "C(x,y)", "D(x,y)", "delta(x,y)"]],
    ["conjugation", `a_x ${matrix("a_y & 0", "0 & b_y")}`, ["(* a[x] a[y])", "(* a[x] b[y])"]],
    [
      "commutator",
      `[a_x, ${matrix("a_y^* & b_y^*")}]`,
      ["(+ (* a[x] a^*[y]) (* -1 a^*[y] a[x]))", "(+ (* a[x] b^*[y]) (* -1 b^*[y] a[x]))"],
    ],
  ])("%s", (_, text, expected) => expect(entries(text)).toEqual(expected));

  it("are products of rows and columns", () => {
    const one = (left: string, right: string) => `(bind x~2 (* ${left}(x,x~2) ${right}(x~2,y)))`;
    const product = `${matrix("A & B", "C & D")} ${matrix("D & C", "B & A")}`;
    expect(entries(product)).toEqual([
      `(+ ${one("A", "D")} ${one("B", "B")})`,
      `(+ ${one("A", "C")} ${one("B", "A")})`,
      `(+ ${one("C", "D")} ${one("D", "B")})`,
      `(+ ${one("C", "C")} ${one("D", "A")})`,
    ]);
    expect(entries(`${matrix("A & B", "C & D")}^2`)[1]).toBe(`(+ ${one("A", "B")} ${one("B", "D")})`);
    expect(entries(`[${matrix("A & 0", "0 & B")}, ${matrix("0 & C", "0 & 0")}]`)).toEqual([`(+ ${one("A", "C")} (* -1 ${one("C", "B")}))`]);
  });

  it("are found by their place", () => {
    expect(claimed("M_{12}(x,y) = 0")).toEqual(["(M)_{12}<x,y> = 0"]);
    expect(claimed(String.raw`(M^\top)_{12} = M_{21}`)).toEqual(["(M)_{21}<y,x> = (M)_{21}<x,y>"]);
    expect(claimed("(\\mathbf{K}_{12})_{12}(x,y) = 0")).toEqual(["((\\mathbf{K})_{12})_{12}<x,y> = 0"]);
    expect(claimed("K_{11}(x,y) = 0")).toEqual(["0 = 0"]);
    expect(claimed("U(M) = 0")).toEqual(["(bind x~2 (* (M)_{12}<x,x~2> (M)_{21}<x~2,y>)) = 0"]);
  });

  it("of a definition with a matrix as its parameter are kernels where its labels are left out", () => {
    expect(entries("V(M)(x,y)")).toEqual(["(* s (M)_{11}<x,y>)", "(M)_{22}<y,x>"]);
    expect(entries("V(M)")).toEqual(["(* s (M)_{11}<x,y>)", "(M)_{22}<y,x>"]);
    expect(entries(`V(M) ${matrix("f", "0")}`)).toEqual(["(bind x~2 (* s (M)_{11}<x,x~2> f(x~2)))"]);
    expect(entries("V(P)(x,y)")).toEqual(["(* s P(1,x,1,y))", "P(2,y,2,x)"]);
  });

  it("of rows and columns of operators make one operator", () =>
    expect(claimed("E(M) = 0")).toEqual([
      "(bind x,y (+ (* (+ (* (adj (z)_{1}<x>) (M)_{11}<x,y>) (* (adj (z)_{2}<x>) (M)_{21}<x,y>)) (z)_{1}<y>) " +
        "(* (+ (* (adj (z)_{1}<x>) (M)_{12}<x,y>) (* (adj (z)_{2}<x>) (M)_{22}<x,y>)) (z)_{2}<y>))) = 0",
    ]));

  it("are compared in claims, conjugated by unitaries and integrated", () => {
    expect(claimed(`M(x,y) = ${matrix("A(x,y) & B(x,y)", "C(x,y) & D(x,y)")}`)).toHaveLength(4);
    expect(claimed(`${matrix("A & 0", "0 & D")} = ${matrix("D & 0", "0 & A")}`)).toEqual(["A(x,y) = D(x,y)", "D(x,y) = A(x,y)"]);
    expect(claimed(`${matrix("A & 0", "0 & 1")} = 1`)).toEqual(["A(x,y) = delta(x,y)", "delta(x,y) = delta(x,y)"]);
    expect(entries(String.raw`\int ${matrix("f(x) a_x^* & 0", "0 & g(x) b_x")} dx`)).toEqual([
      "(bind x (* f(x) a^*[x]))",
      "(bind x (* g(x) b[x]))",
    ]);
  });

  it("have traces, norms and inner products", () => {
    expect(claimed(String.raw`\operatorname{tr}(${matrix("A & B", "C & D")}) = 0`)).toEqual(["(+ (bind x A(x,x)) (bind x D(x,x))) = 0"]);
    expect(claimed(String.raw`\langle ${matrix("f", "g")}, ${matrix("g", "0")} \rangle = 0`)).toEqual(["(bind x (* (adj f(x)) g(x))) = 0"]);
    expect(claimed(String.raw`\|${matrix("A & 0", "0 & B")}\|_{HS}^2 = 0`)).toEqual([
      "(+ (bind x,y (* (adj A(x,y)) A(x,y))) (bind x,y (* (adj B(x,y)) B(x,y)))) = 0",
    ]);
    expect(claimed(String.raw`|${matrix("A(x,y)", "s")}|_{\mathbb{F}}^2 = 0`)).toEqual(["(+ (* (adj A(x,y)) A(x,y)) (* (adj s) s)) = 0"]);
  });
});

describe("as kernels over {1, 2} * R^3", () => {
  it.each([
    ["M((1,x),(2,y)) = 0", "(M)_{12}<x,y> = 0"],
    [
      "M(X,Y) = 0",
      "(+ (* delta(X.0,1) delta(Y.0,1) (M)_{11}<X.1,Y.1>) (* delta(X.0,1) delta(Y.0,2) (M)_{12}<X.1,Y.1>) " +
        "(* delta(X.0,2) delta(Y.0,1) (M)_{21}<X.1,Y.1>) (* delta(X.0,2) delta(Y.0,2) (M)_{22}<X.1,Y.1>)) = 0",
    ],
    ["M_{1n}(x,y) = 0", "(+ (* delta(n,1) (M)_{11}<x,y>) (* delta(n,2) (M)_{12}<x,y>)) = 0"],
    ["P_{12}(x,y) = 0", "P(1,x,2,y) = 0"],
    [`w^*(${matrix("f", "g")}) = 0`, "(bind X.0,X.1 (* (+ (* delta(X.0,1) f(X.1)) (* delta(X.0,2) g(X.1))) w^*[X.0,X.1])) = 0"],
    ["ch(\\mathbf{k})((1,x),(2,y)) = 0", "ch(\\mathbf{k})(1,x,2,y) = 0"],
    ["ch(2\\mathbf{k})_{12}(x,y) = 0", "ch(2\\mathbf{k})(1,x,2,y) = 0"],
    ["\\mathrm{p}(2\\mathbf{k})_{12}(x,y) = 0", "(+ ch(2\\mathbf{k})(1,x,2,y) (* -1 0 delta(x,y))) = 0"],
    ["(h ch(\\mathbf{k}))(X,Y) = 0", "(bind X.0~2,X.1~2 (* h(X.0,X.1,X.0~2,X.1~2) ch(\\mathbf{k})(X.0~2,X.1~2,Y.0,Y.1))) = 0"],
    [
      "S P = 0",
      "(bind X.0~2,X.1~2 (* (+ (* delta(X.0,1) delta(X.0~2,1) delta(X.1,X.1~2)) (* delta(X.0,2) delta(X.0~2,2) -1 delta(X.1,X.1~2))) P(X.0~2,X.1~2,Y.0,Y.1))) = 0",
    ],
  ])("%s", (text, expected) => expect(claimed(text)).toEqual([expected]));

  it("and the other way round", () => {
    expect(claimed(`P = ${matrix("A & B", "C & D")}`)).toEqual([
      "P(1,x,1,y) = A(x,y)",
      "P(1,x,2,y) = B(x,y)",
      "P(2,x,1,y) = C(x,y)",
      "P(2,x,2,y) = D(x,y)",
    ]);
    expect(claimed(`F = ${matrix("f", "g")}`)).toEqual(["F(1,x) = f(x)", "F(2,x) = g(x)"]);
    expect(entries("P(x,y)")).toEqual(["P(1,x,1,y)", "P(1,x,2,y)", "P(2,x,1,y)", "P(2,x,2,y)"]);
  });
});

describe("exponentials", () => {
  const expected = (name: string, multiple: string, at: string) => [
    `ch(${multiple}${name})(${at})`,
    `sh(${multiple}${name})(${at})`,
    `(adj sh(${multiple}${name})(${at}))`,
    `(adj ch(${multiple}${name})(${at}))`,
  ];
  it.each([
    [String.raw`\exp(${matrix("0 & k", "\\overline{k} & 0")})`, expected("k", "", "x,y")],
    [String.raw`e^{2 ${matrix("0 & k", "\\overline{k} & 0")}}`, expected("k", "2", "x,y")],
    [String.raw`e^{${matrix("0 & -k", "-\\overline{k} & 0")}}`, expected("k", "-", "x,y")],
    [String.raw`e^{${matrix("0 & k", "k^* & 0")}}`, expected("k", "", "x,y")],
    [String.raw`e^{${matrix("0 & P", "\\overline{P} & 0")}}`, expected("P", "", "X.0,X.1,Y.0,Y.1")],
    [String.raw`e^{\mathbf{K}}`, expected("\\mathbf{k}", "", "X.0,X.1,Y.0,Y.1")],
  ])("%s", (text, all) => expect(entries(text)).toEqual(all));

  it("agree with ch and sh of the same kernel", () => {
    const sides = claimed(
      String.raw`e^{-\mathbf{K}} = ${matrix("ch(-\\mathbf{k}) & sh(-\\mathbf{k})", "\\overline{sh(-\\mathbf{k})} & \\overline{ch(-\\mathbf{k})}")}`,
    );
    expect(sides).toHaveLength(4);
    for (const side of sides) expect(side.split(" = ")[0]).toBe(side.split(" = ")[1]);
  });
});

describe("what makes no sense", () =>
  it.each([
    [`claim: ${matrix("A & B", "C")} = 0`, "ragged-matrix", "1 entry"],
    [`claim: ${matrix("A & B")} ${matrix("A & B")} = 0`, "wrong-size", "1 x 2", "2 rows"],
    [`claim: ${matrix("A & B")} + ${matrix("A", "B")} = 0`, "wrong-size", "1 x 2", "2 x 1"],
    [`claim: ${matrix("A & B")} = 1`, "wrong-size", "square"],
    [`claim: ${matrix("A & B")}^2 = 0`, "bad-power", "square"],
    [`claim: M^{-1} = 0`, "bad-power"],
    [`claim: 1/M = 0`, "bad-division"],
    [`claim: ${matrix("A & P", "0 & 0")} = 0`, "mixed-kinds", "{1, 2} * R^3"],
    [`claim: ${matrix("A & f", "0 & 0")} = 0`, "mixed-kinds", "function"],
    [`claim: ${matrix("A & a_x", "0 & 0")} = 0`, "mixed-sorts", "operator"],
    [`claim: ${matrix(`${matrix("A & B", "C & D")} & f`, "0 & 0")} = 0`, "wrong-size", "2 x 1"],
    [
      `claim: ${matrix(`${matrix("A", "B")} & ${matrix("A & B", "C & D")}`, `${matrix("A & B")} & 1`)} = 0`,
      "wrong-size",
      "different sizes",
    ],
    ["claim: M = a_x", "mixed-sorts", "block matrix"],
    ["claim: M = A", "mixed-sorts", "block matrix"],
    ["claim: M + A = 0", "mixed-sorts", "matrix of size 2 x 2"],
    ["claim: M A = 0", "bad-product", "block matrix"],
    ["claim: M f = 0", "bad-product", "block matrix"],
    ["claim: M_{13} = 0", "bad-subscript", "2 rows"],
    ["claim: M_{1} = 0", "bad-subscript"],
    ["claim: z_x^* M(x,y) z_y = 0", "wrong-size", "2 x 2", "2 x 1"],
    ["claim: a_x(M) = 0", ""],
    ["claim: ch(M) = 0", ""],
    [`claim: ch(${matrix("f", "g")}) = 0`, "not-a-kernel", "function"],
    [`claim: ch(${matrix("k & A")}) = 0`, "wrong-kind", "{1}"],
    ["claim: \\exp(M) = 0", "unsupported", "lower right"],
    [`claim: e^{${matrix("0 & k", "k & 0")}} = 0`, "unsupported", "conjugate"],
    [`claim: e^{${matrix("0 & k", "-\\overline{k} & 0")}} = 0`, "unsupported", "conjugate"],
    [`claim: e^{${matrix("0 & A", "\\overline{A} & 0")}} = 0`, "not-symmetric", "`A`"],
    ["claim: \\cosh(M) = 0", "misplaced-matrix"],
    ["claim: \\langle M \\rangle = 0", "misplaced-matrix", "expectation"],
    ["claim: :M: = 0", "misplaced-matrix"],
    ["show: M", "misplaced-matrix", "2 x 2"],
    ["assume M = 0", "misplaced-matrix", "one equation is expected"],
    ["unitary R = \\exp(M)", "misplaced-matrix", "generator"],
    ["claim: \\sqrt{M} = 0", "misplaced-matrix"],
    [`claim: ${matrix("a_x & b_x", "b_x & a_x")}^* = 0`, "unsupported", "adjoint of a matrix of operators"],
    ["claim: |M|^2 = 0", "ambiguous-product"],
  ])("%s", (text, code, ...words) => {
    const found = faults(load(`${preamble}${text}\n`));
    if (code === "") return;
    const [message = "", ...others] = found;
    expect(others).toEqual([]);
    expect(message).toMatch(new RegExp(`^${lines}:\\d+ ${code} `));
    for (const word of words) expect(message).toContain(word);
  }));
