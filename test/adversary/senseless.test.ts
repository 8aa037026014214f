import { describe, expect, test } from "vitest";
import { check } from "../../src/index.js";

/**
 * What has no answer: neither `proved` nor `refuted`, but an error with a position. Beside each stands why. An assumption that
 * contradicts what is declared, or that could not be read, leaves open whether the equation is false.
 */
const preamble = `index x, y in R^3
index q in R^2
index m in {1, 2}
param N, M > 0
param s
boson a_x, c, d
fermion o
function f(x), g(x), h(x), w(q)
function V(x) real even
kernel K(x,y), S(x,y) symmetric
`;

/** Status of each claim, and the lines of all diagnostics, counted from the first line behind the preamble. */
function judge(text: string): { readonly statuses: readonly string[]; readonly lines: readonly number[] } {
  const report = check(`${preamble}${text}\n`, { slips: "none" });
  const above = preamble.split("\n").length - 1;
  return {
    statuses: report.statements.map((one) => one.status),
    lines: report.diagnostics.map(({ line }) => line - above),
  };
}

describe("an equation without an answer", () => {
  test.each([
    ["0 a_x a_x^* = 0", "zero times delta(0)"],
    ["[c, d] a_x a_x^* = 0", "likewise"],
    ["\\langle a_x \\rangle a_y a_y^* = 0", "likewise"],
    ["o o a_x a_x^* = 0", "likewise"],
    ["a_x \\delta(x-y) a_y^* 0 = 0", "likewise"],
    ["\\int 0 a_x a_x^* dx = 0", "likewise"],
    ["0 / (1 - 1) = 0", "zero over zero"],
    ["0 \\frac{1}{N - N} = 0", "likewise"],
    ["0 \\int f(x) dx dy = 0", "zero times a volume"],
    ["\\int_{\\mathbb{R}^2} f(x) dx = \\int f(x) dx", "x is in R^3"],
    ["\\int_{\\mathbb{R}} f(x) dx = \\int f(x) dx", "x is in R^3"],
    ["\\int_{x \\in R^2} f(x) = \\int f(x) dx", "x is in R^3"],
    ["\\int_\\Omega f(x) dx = \\int f(x) dx", "of Omega nothing is known"],
    ["\\int_{\\Lambda} f(x) dx = \\int f(x) dx", "likewise"],
    ["\\iint_{\\mathbb{R}^5} f(x) g(y) dx dy = \\int f(x) dx \\int g(y) dy", "x and y together are in R^6"],
    ["\\iint_{\\mathbb{R}^3 \\times \\mathbb{R}^3} f(x) w(q) dx dq = \\int f(x) dx \\int w(q) dq", "q is in R^2"],
    ["c + h.c. c = c", "h.c. is no factor"],
    ["N^{10000000000} = N", "too many digits"],
  ])("%s (%s)", (equation) => {
    const { statuses, lines } = judge(`claim (1): ${equation}`);
    expect(statuses).toEqual(["error"]);
    expect(lines).toEqual([1]);
  });
});

describe("an assumption between operators is an error where it stands", () => {
  test.each([
    ["d = c^*", "[c, d] is 0 and cannot be 1"],
    ["c^* c = N", "then [c^* c, c] = 0, which is -c"],
    ["c = s", "then [c, c^*] = 0"],
    ["f(x) = a_x", "f is complex-valued"],
    ["s = c^* c", "so is s"],
    ["o = 0", "then \\{o, o^*\\} = 0"],
    ["[a(f), a^*(f)] = 1", "this is a number, and read where it is written as one"],
  ])("%s (%s)", (assumption) => {
    const { statuses, lines } = judge(`assume ${assumption}\nclaim (1): c = c`);
    expect(lines).toEqual([1]);
    expect(statuses).toEqual(["proved"]);
  });
});

/** A potential and what solves its equation. */
const well = "function U(x), u(x), v(x)\nassume -\\Delta u(x) + U(x) u(x) = N u(x)\n";

describe("what rests on an assumption is not refuted without it", () => {
  test.each([
    ["assume V(x) = f(x)", "\\overline{f(x)} = f(x)", "V is real"],
    ["assume V(x) = f(x)", "f(-x) = f(x)", "V is even"],
    ["assume S(x,y) = f(x) g(y)", "f(x) g(y) = f(y) g(x)", "S is symmetric"],
    ["assume \\int |f(x)|^2 dx = s", "\\overline{s} = s", "the integral is real"],
    ["assume g(x) = f(x)\nassume g(x) = 2 f(x)", "f(x) = 0", "both together"],
    ["assume V(x) = f(x) + h(x)\nassume h(x) = 0", "\\overline{f(x)} = f(x)", "through h"],
    ["assume \\partial_t V(x) = f(x)", "\\overline{f(x)} = f(x)", "the rate of a real function"],
    ["assume \\partial_t V(x) = f(x)", "f(-x) = f(x)", "of an even one"],
    ["assume i \\partial_t V(x) = f(x)", "V(x) \\overline{f(x)} = -V(x) f(x)", "V stands there too"],
    ["assume \\partial_t S(x,y) = f(x) g(y)", "f(x) g(y) = f(y) g(x)", "of a symmetric kernel"],
    ["assume \\partial_t g(x) = f(x)\nassume g(x) = h(x)", "\\partial_t h(x) = f(x)", "g is h, and so is its rate"],
    ["assume \\partial_t g(x) = f(x)\nassume \\int |g(x)|^2 dx = 1", "\\Re \\int \\overline{g(x)} f(x) dx = 0", "the norm is conserved"],
    [`${well}assume U(x) = f(x)`, "\\int f(x) u(x) dx = N \\int u(x) dx", "the integral of a Laplacian is 0"],
    [`${well}assume U(x) = f(x)`, "-\\Delta u(x) = (N - f(x)) u(x)", "U is f"],
    [`${well}assume -\\Delta v(x) + U(x) v(x) = M v(x)`, "N \\int u(x) v(x) dx = M \\int u(x) v(x) dx", "Green's formula"],
    ["assume K S = S K", "S K S = K S S", "the assumption is not read"],
    ["assume K K = K", "\\operatorname{tr} (K K) = \\operatorname{tr} K", "likewise"],
    ["let A_y = \\int K(x,y) f(x) dx\nassume A_x A_y = 0", "N = M", "nor is it known what it is about"],
    ["kernel R(x,y) = i R(y,x)", "R(x,y) = 0", "the symmetry is not read"],
    ["kernel R(x,y) symmetrik", "R(x,y) = R(y,x)", "likewise"],
    ["function G(m) even", "G(m) = 0", "likewise"],
  ])("%s: %s (%s)", (declarations, equation) => {
    for (const kind of ["claim", "refute"]) {
      const { statuses, lines } = judge(`${declarations}\n${kind} (1): ${equation}`);
      expect(statuses).toEqual(["error"]);
      expect(lines.length).toBeGreaterThan(0);
    }
  });

  test.each([
    ["assume g(x) = 2 f(x)", "f(x) = 0", "g is only a name for 2 f"],
    ["assume g(x) = 2 f(x)", "\\overline{f(x)} = f(x)", "likewise"],
    ["assume V(x) = f(x)", "g(x) = \\overline{g(x)}", "g is another function"],
    ["assume \\int |f(x)|^2 dx = \\frac{N}{M}", "N = M", "f may have any norm"],
    ["assume \\partial_t V(x) = f(x)", "g(x) = \\overline{g(x)}", "likewise"],
    ["assume \\partial_t g(x) = f(x)", "\\overline{f(x)} = f(x)", "g is complex-valued"],
    ["assume \\partial_t g(x) = f(x)", "\\partial_t g(x) = 2 f(x)", "f need not be 0"],
    [well, "U(x) = N", "u need not be harmonic"],
    ["assume K K = K", "\\operatorname{tr} (S S) = \\operatorname{tr} S", "S is another kernel"],
    ["kernel R(x,y) = i R(y,x)", "S(x,y) = 0", "likewise"],
  ])("%s: %s is false (%s)", (declarations, equation) => {
    expect(judge(`${declarations}\nclaim (1): ${equation}`).statuses).toEqual(["refuted"]);
  });

  test("an assumption with an error in another document", () => {
    const used = "index x in R^3\nfunction f(x)\nassume f f = f\n";
    const read = (): { path: string; text: string } => ({ path: "used.wick", text: used });
    const report = check('use "used.wick"\nclaim (1): f f f = f\n', { read });
    expect(report.statements.map((one) => one.status)).toEqual(["error"]);
    expect(report.diagnostics.at(-1)).toMatchObject({ code: "unread-assumption", line: 2, column: 12 });
    expect(report.diagnostics.at(-1)?.message).toContain("in used.wick, line 3");
  });

  // Whether the norm is conserved was asked only after an equation with a rate.
  test("claims before it change nothing", () => {
    const leibniz = "claim (1): \\partial_t (f(x) g(x)) = g(x) \\partial_t f(x) + f(x) \\partial_t g(x)";
    const text = `assume \\int |f(x)|^2 dx = 1\n${leibniz}\nrefute (2): f(x) = g(x)`;
    expect(judge(text).statuses).toEqual(["proved", "refuted"]);
  });

  test("an assumption about a name for something else is used both ways", () => {
    const text = "assume g(x) = 2 f(x)\nassume \\int |g(x)|^2 dx = 1\nclaim (1): \\int |f(x)|^2 dx = \\frac{1}{4}";
    expect(judge(text).statuses).toEqual(["proved"]);
  });
});
