import { describe, expect, test } from "vitest";
import { splitStatements } from "../../src/syntax/parse.js";
import { readDocument } from "./document.js";
import { statement } from "./sexp.js";

const declarations = "index x, y, z, u in R^3\nindex m, n in {1,2}\nindex p, q in Z^3\nindex X, Y in {1,2} * R^3\n";

function read(text: string): string {
  const { statements, diagnostics } = readDocument(declarations + text);
  return [...statements.slice(4).map(statement), ...diagnostics.map(({ code }) => code)].join("\n");
}

const rows: [string, string][] = [
  ['use "preamble.wick"   % a comment', "use preamble.wick"],
  ["index x, y, z in R^3", "index x, y, z in R3"],
  ["index m, n in {1, 2}", "index m, n in {1,2}"],
  ["index m in {1..6}", "index m in {1,2,3,4,5,6}"],
  ["index m in \\{1, \\dots, 4\\}", "index m in {1,2,3,4}"],
  ["index m in {1, 2, ..., p}", "index m in {1..p}"],
  ["index s in {1..p}", "index s in {1..p}"],
  ["index p, q in \\mathbb{Z}^3", "index p, q in Z3"],
  ["index X, Y in {1, 2} * R^3", "index X, Y in {1,2}*R3"],
  ["index X \\in \\{1,2\\} \\times \\R^{3} \\times R", "index X in {1,2}*R3*R1"],
  ["index \\xi, \\mathbf{k} in R^2", "index \\xi, \\mathbf{k} in R2"],
  ["param N > 0", "param N positive"],
  ["param s in R, u", "param s real, u complex"],
  ["param N > 0, m > 0", "param N positive, m positive"],
  ["param s, t in R", "param s real, t real"],
  ["param \\lambda_1, J_+", "param \\lambda_1 complex, J_+ complex"],
  ["boson a_x, b_x", "boson a_x, b_x"],
  ["boson z_X", "boson z_X"],
  ["boson c", "boson c"],
  ["fermion e_p", "fermion e_p"],
  ["boson a_{m,x}", "boson a_{m,x}"],
  ["function \\phi_1(x), \\phi_2(x)", "function \\phi_1(x); \\phi_2(x)"],
  ["function V(x) real even, f(x)", "function V(x) real even; f(x)"],
  ["kernel k(X, Y) symmetric", "kernel k(X,Y) symmetric"],
  ["kernel t_{ij} hermitian, v_{ijkl} = v_{jilk}", "kernel t_<i j>() hermitian; v_<i j k l>() = v_<j i l k>"],
  ["function g_i, f(x), h_{1} real", "function g_i(); f(x); h_1() real"],
  ["kernel V(x,y,z,u) = V(y,x,z,u) = V(x,y,u,z)", "kernel V(x,y,z,u) = <V (y, x, z, u)> = <V (x, y, u, z)>"],
  ["kernel k(x,y) real = -\\overline{k(y,x)} hermitian", "kernel k(x,y) real hermitian = sum(-bar(<k (y, x)>))"],
  ["let A_x = \\int \\overline{k_1(y,x)} a_y dy", "let A_x = int[y](<bar(<k_1 (y, x)>) a_y>)"],
  [
    "let Z(f, g) = \\int (\\overline{f(x)} a_x + \\overline{g(x)} a_x^*) dx",
    "let Z(f,g) = int[x]((sum(+<bar(<f (x)>) a_x> +<bar(<g (x)>) a_x^*>)))",
  ],
  ["let F(A)(x,y) = V(x-y) A(x,y)", "let F(A)(x,y) = <V (sum(+x -y)) A (x, y)>"],
  ["let u(x) := 1", "let u(x) = 1"],
  ["assume i \\partial_t \\phi_1(x) = E", "assume <i \\partial_t \\phi_1 (x)> = E"],
  ["assume (1.17): A = B", "assume (1.17) A = B"],
  ["assume (A + B) C = D", "assume <(sum(+A +B)) C> = D"],
  ["unitary W = \\exp(E)", "unitary W = <exp (E)>"],
  ["claim (4.13): [A_y, a_x^*] = \\overline{k_1(x,y)}", "claim (4.13): [A_y, a_x^*] = bar(<k_1 (x, y)>)"],
  ["claim (3.4-2): A = B = C", "claim (3.4-2): A = B = C"],
  ["claim (3.4 corrected): A = B", "claim (3.4 corrected): A = B"],
  ["claim (3.4 (i)): A = B", "claim (3.4 (i)): A = B"],
  ["claim: A = B", "claim: A = B"],
  ["claim(4.13):A=B", "claim (4.13): A = B"],
  ["claim: A := B", "claim: A = B"],
  ["claim: A =: B", "claim: A = B"],
  ["claim: :a a^*: = B", "claim: nor(<a a^*>) = B"],
  ["claim: A =:B:", "claim: A = nor(B)"],
  ["refute (sign): [a_x^*, a_y] = \\delta(x-y)", "refute (sign): [a_x^*, a_y] = <\\delta (sum(+x -y))>"],
  ["show G_3: part_3(W^* H W)", "show (G_3): <part_3 (<W^* H W>)>"],
  ["show: E", "show: E"],
  ["show (name): E", "show (name): E"],
  ["show E", "show: E"],
  ["rule ccr: a_x a_y^* -> a_y^* a_x + \\delta(x-y)", "rule (ccr): <a_x a_y^*> -> sum(+<a_y^* a_x> +<\\delta (sum(+x -y))>)"],
  ["rule ccr: A \\to B", "rule (ccr): A -> B"],
  ["claim (1):\n  A\n% remark\n\n  = B % end\n  % last\n", "claim (1): A = B"],
  ["claim (1): A\r\n  = B\r\n", "claim (1): A = B"],
];

describe("statements", () => {
  test.each(rows)("%s", (text, expected) => expect(read(text)).toBe(expected));
});

test("a faulty statement leaves the others alone", () => {
  const { statements, diagnostics } = readDocument("claim (1): A = B\nclaim (2): A = = B\nclaim (3): A = B\n");
  expect(statements.map(statement)).toEqual(["claim (1): A = B", "claim (3): A = B"]);
  expect(diagnostics.map(({ code }) => code)).toEqual(["unexpected-token"]);
});

test("the span of a statement ends before trailing comments", () => {
  const text = "claim (1): A\n  = B  % end\n  % more\n\nshow: A\n";
  const { statements } = readDocument(text);
  expect(statements.map(({ span }) => text.slice(span.start, span.end))).toEqual(["claim (1): A\n  = B", "show: A"]);
});

test("each keyword starts a statement, and nothing else does", () => {
  const text = "claim: A\nclaims: A\n}\n\u0000\n  indented\nshow: B";
  const { statements, diagnostics } = splitStatements(text);
  expect(statements.map(({ start, end }) => text.slice(start, end))).toEqual(["claim: A", "show: B"]);
  expect(diagnostics.map(({ code, hint }) => [code, hint])).toEqual([
    ["unknown-keyword", "did you mean claim?"],
    ["not-a-statement", "lines that continue a statement are indented"],
    ["control-character", "remove it; a document is plain text"],
  ]);
});

test("indented text in front of all statements is not passed over", () => {
  const { statements, diagnostics } = splitStatements("% title\n  claim: A = B\n  more\nshow: A");
  expect(statements).toEqual([{ start: 30, end: 37 }]);
  expect(diagnostics.map(({ code, span }) => [code, span.start])).toEqual([["not-a-statement", 10]]);
});

test("a byte order mark and an empty document", () => {
  expect(splitStatements("")).toEqual({ statements: [], diagnostics: [] });
  expect(splitStatements("\ufeffshow: A").statements).toEqual([{ start: 1, end: 8 }]);
});
