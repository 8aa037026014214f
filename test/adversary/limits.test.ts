import { describe, expect, test } from "vitest";
import { check } from "../../src/index.js";

/**
 * What is true in the models that are tried and false beyond them: on few points, in small index sets, within rounding, on one side
 * of the cut of a root. Each is refuted or has no answer; beside each stands why it is false.
 */
const preamble = `index x, y in R^3
index p, q, r, l, k in Z^3
param N > 0, M > 0
param g in R
param s, t
param P > 0
index m, n in {1..P}
boson a_x, c
boson b_m
fermion e_p
function f(x), w(p), v(x) real, \\tau(p) real even
kernel K(x,y), S(x,y) symmetric
let n_e = \\sum_p e_p^* e_p
let b = \\sqrt{N-2} c
unitary U = \\exp(\\sqrt{2+g} (c^* - c))
`;

function status(equation: string): string {
  const { statements, diagnostics } = check(`${preamble}claim (1): ${equation}\n`, { slips: "none" });
  const [claim] = statements;
  if (claim === undefined || claim.kind === "show") throw new Error(diagnostics.map((d) => d.message).join("; "));
  return claim.status;
}

const factorial = (n: number): bigint => (n < 2 ? 1n : BigInt(n) * factorial(n - 1));
const range = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);

function partitions(n: number, most = n): readonly (readonly number[])[] {
  if (n === 0) return [[]];
  return range(Math.min(n, most)).flatMap((i) => partitions(n - i - 1, i + 1).map((rest) => [i + 1, ...rest]));
}

/** Newton: the elementary symmetric polynomial e_n in the power sums, which is zero for fewer than n numbers. */
function elementary(n: number, sum: (power: number) => string): string {
  return partitions(n)
    .map((parts) => {
      const counts = new Map<number, number>();
      for (const part of parts) counts.set(part, (counts.get(part) ?? 0) + 1);
      const z = [...counts].reduce((product, [part, count]) => product * BigInt(part) ** BigInt(count) * factorial(count), 1n);
      return `${(n - parts.length) % 2 === 0 ? "+" : "-"} \\frac{1}{${z}} ${parts.map(sum).join(" ")}`;
    })
    .join(" ")
    .replace(/^\+/, "");
}

const vandermonde = (names: readonly string[], difference: (a: string, b: string) => string): string =>
  names.flatMap((a, i) => names.slice(i + 1).map((b) => difference(a, b))).join(" ");

/** The Taylor polynomial, which is no exponential. */
const taylor = (terms: number, term: (n: number) => string): string => range(terms).map(term).join(" + ");

const few: readonly (readonly [string, string])[] = [
  ["eight numbers have a product", `${elementary(8, (n) => `(\\sum_p w(p)^{${n}})`)} = 0`],
  [
    "twelve numbers have a product; the rest is true",
    `\\delta_{p+q+r,0} \\delta_{p,q} \\delta_{q,r} = \\delta_{p,0} \\delta_{q,0} \\delta_{r,0} + ${elementary(12, (n) => `(\\sum_l w(l)^{${n}})`)}`,
  ],
  ["a kernel may have eight eigenvalues", `${elementary(8, (n) => `(\\operatorname{tr} K^{${n}})`)} = 0`],
  [
    "there may be ten fermions",
    `${range(10)
      .map((n) => `(n_e - ${n})`)
      .join(" ")} = 0`,
  ],
  ["five momenta may be different", `${vandermonde(["p", "q", "r", "l", "k"], (a, b) => `(1-\\delta_{${a},${b}})`)} = 0`],
  [
    "five values of an even function may be different",
    `${vandermonde(["p", "q", "r", "l", "k"], (a, b) => `(\\tau(${a})-\\tau(${b}))`)} = 0`,
  ],
];

const sizes: readonly (readonly [string, string])[] = [
  [
    "P = 8",
    `${range(6)
      .map((n) => `(P-${n + 2})`)
      .join("")} \\sum_m b_m^* b_m = 0`,
  ],
  [
    "P = 10",
    `${range(8)
      .map((n) => `(\\sum_m 1 - ${n + 2})`)
      .join("")} = 0`,
  ],
  [
    "P = 50",
    `${range(48)
      .map((n) => `(P-${n + 2})`)
      .join("")} \\sum_m 1 = 0`,
  ],
  [
    "P = 8, with roots",
    `${range(6)
      .map((n) => `(\\sqrt{P}-\\sqrt{${n + 2}})`)
      .join("")} \\sum_m 1 = 0`,
  ],
  [
    "P = 8, with an exponential",
    `\\exp(s) ${range(6)
      .map((n) => `(P-${n + 2})`)
      .join("")} \\sum_m 1 = 0`,
  ],
  ["P = 4", "\\exp(P) (P-2)(P-3) \\sum_m b_m = \\exp(2 P) (P-2)(P-3) \\sum_m b_m"],
];

const rounding: readonly (readonly [string, string])[] = [
  ...[12, 13, 16, 40].flatMap((n): (readonly [string, string])[] => [
    ["the number is not zero", `\\exp(s) + 10^{-${n}} = \\exp(s)`],
    ["the number is not zero", `\\sqrt{s} + 10^{-${n}} = \\sqrt{s}`],
    ["the number is not zero", `ch(S) + 10^{-${n}} S \\overline{S} = ch(S)`],
  ]),
  [
    "a product of small numbers is not zero",
    `\\exp(s) + ${range(20)
      .map(() => "\\frac{1}{10}")
      .join(" ")} = \\exp(s)`,
  ],
  ["exp(-50) is not zero", "\\exp(s) + \\exp(-50) = \\exp(s)"],
  ["the first 20 terms", `\\exp(s) = ${taylor(20, (n) => `\\frac{1}{${factorial(n)}} s^{${n}}`)}`],
  [
    "Horner's way",
    `\\exp(s) = ${range(20)
      .map((n) => `1 + \\frac{s}{${n + 1}} (`)
      .join("")} 1 ${")".repeat(20)}`,
  ],
  ["the first 10 terms", `sh(S) = S + ${taylor(9, (n) => `\\frac{1}{${factorial(2 * n + 3)}} (S \\overline{S})^{${n + 1}} S`)}`],
  ["an integer up to 7e-13", "\\exp(\\pi \\sqrt{163}) = 262537412640768744"],
  ["digits of pi", "\\sqrt{s} \\pi = 3.14159265358979323846 \\sqrt{s}"],
];

const cuts: readonly (readonly [string, string])[] = [
  ["s = 2 pi i", "\\sqrt{\\exp(s)} = \\exp(s/2)"],
  ["g = 2 pi", "\\sqrt{\\exp(i g)} = \\exp(i g/2)"],
  ["s = 2 pi i: 3 of them", "(\\exp(s))^{1/3} = \\exp(s/3)"],
  ["g = pi", "\\sqrt{\\cosh(i g)^2} = \\cosh(i g)"],
  ["g = -3", "\\sqrt{(2+g)^2} = 2+g"],
  ["g = -1001", "\\sqrt{(1000+g)^2} = 1000+g"],
  ["g = 5", "\\sqrt{((g-5)^2-1/10000)^2} = (g-5)^2 - 1/10000"],
  ["N = 3", "\\sqrt{(2-N)^2} = 2-N"],
  ["N = 6", "\\sqrt{N^2 - 10 N + 25} = 5 - N"],
  ["f(x) = -4", "\\sqrt{(3+f(x))^2} = 3+f(x)"],
  ["v(x) = -4 at some x", "\\int \\sqrt{(3+v(x))^2} dx = \\int (3+v(x)) dx"],
  ["s = t = -11", "\\sqrt{(10+s)(10+t)} = \\sqrt{10+s} \\sqrt{10+t}"],
  ["s = -6", "\\sqrt{1/(5+s)} = 1/\\sqrt{5+s}"],
  ["g = -6", "\\overline{\\sqrt{5+g}} = \\sqrt{5+g}"],
  ["g = -6", "(\\sqrt{5+g} c)^* = \\sqrt{5+g} c^*"],
  ["g = -6", "|\\sqrt{5+g}|^2 = 5+g"],
  ["N = 1", "b^* = \\sqrt{N-2} c^*"],
  ["N = 1: 1 and -1", "\\sqrt{N-2} \\sqrt{N-3} = \\sqrt{(N-2)(N-3)}"],
  ["g = -3: U is no unitary", "U^* c U = c + \\sqrt{2+g}"],
];

describe.each([
  ["few points", few],
  ["few sizes of an index set", sizes],
  ["within rounding", rounding],
  ["one side of a cut", cuts],
])("what holds in %s only", (_, list) => {
  test.each(list)("%s: %s", { timeout: 60_000 }, (_, equation) => {
    expect(["refuted", "error"]).toContain(status(equation));
  });
});

describe("what is true all the same", () => {
  test.each([
    "\\sqrt{(N+2)^2} = N+2",
    "\\sqrt{1+N} \\sqrt{1+M} = \\sqrt{(1+N)(1+M)}",
    "\\sqrt{\\frac{N-1}{N}} = \\frac{\\sqrt{N-1}}{\\sqrt{N}}",
    "\\sqrt{-(N+1)} = i \\sqrt{N+1}",
    "\\sqrt{\\exp(g)} = \\exp(g/2)",
    "\\sqrt{\\cosh(g)^2} = \\cosh(g)",
    "|\\sqrt{5+g^2}|^2 = 5+g^2",
    "\\sqrt{5 + 2\\sqrt{6}} = \\sqrt{2} + \\sqrt{3}",
    "\\cosh(N) = \\sqrt{1 + \\sinh(N)^2}",
    "\\exp(s) (P-2)(P-3) = \\exp(s) (P^2 - 5P + 6)",
    "\\langle (\\sum_m b_m b_m)^3 (\\sum_n b_n^* b_n^*)^3 \\rangle = 48 P^3 + 288 P^2 + 384 P",
    "\\sqrt{P^2} \\sum_m 1 = P^2",
    "\\sqrt{P}^3 \\sum_m 1 = P^{5/2}",
  ])("%s", (equation) => {
    expect(["proved", "verified"]).toContain(status(equation));
  });
});

test("too many derivatives have an answer", () => {
  expect(["refuted", "error"]).toContain(status("\\Delta_x \\Delta_x \\Delta_x \\Delta_x \\Delta_x \\Delta_x f(x) = 0"));
});
