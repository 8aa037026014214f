import { describe, expect, test } from "vitest";
import { check } from "../../src/check/check.js";
import type { ClaimReport } from "../../src/check/report.js";
import { normalOrder } from "../../src/index.js";

/**
 * Bogoliubov's transformation of bosons, a_p -> \cosh \tau(p) a_p + \sinh \tau(p) a_{-p}^*. The number of particles that it makes is
 * \sum_p \sinh^2 \tau(p) = \frac12 \sum_p (\cosh 2\tau(p) - 1): a sum that may converge, of two that do not.
 */
const preamble = `index p, q in Z^3
param s
boson a_p
function \\tau(p) real even
unitary T = \\exp(\\frac12 \\sum_p \\tau(p) (a_p^* a_{-p}^* - a_p a_{-p}))
unitary T_0 = \\exp(\\frac12 \\sum_{p \\neq 0} \\tau(p) (a_p^* a_{-p}^* - a_p a_{-p}))
let N = \\sum_p a_p^* a_p
let N_+ = \\sum_{p \\neq 0} a_p^* a_p
`;

function normal(text: string): string {
  const result = normalOrder(text, { with: { path: "preamble.wick", text: preamble } });
  return result.ok ? result.value.text : (result.diagnostics[0]?.message ?? "");
}

function judged(text: string): ClaimReport {
  return check(`${preamble}claim (1): ${text}\n`).statements[0] as ClaimReport;
}

describe("parts that diverge one by one are printed as one sum, and read back", () => {
  test.each([
    ["\\langle T^* N T \\rangle", "1/2 \\sum_p (\\cosh(2 \\tau(p)) - 1)"],
    ["\\sum_p \\cosh^2 \\tau(p)", "1/2 \\sum_p (\\cosh(2 \\tau(p)) + 1)"],
    ["s \\sum_p \\sinh^2 \\tau(p)", "1/2 s \\sum_p (\\cosh(2 \\tau(p)) - 1)"],
    ["\\sum_p (\\exp(\\tau(p)) - 1)", "\\sum_p (\\exp(\\tau(p)) - 1)"],
  ])("%s is %s", (text, expected) => {
    expect(normal(text)).toBe(expected);
    expect(normal(expected)).toBe(expected);
  });

  test("the transformed number operator is read back", () => {
    const text = normal("T_0^* N_+ T_0");
    expect(text).toContain("\\cosh(2 \\tau(p)) - 1");
    expect(normal(text)).toBe(text);
  });

  test.each(["\\sum_p 1", "\\sum_p (\\cosh(\\tau(p))^2 - \\sinh(\\tau(p))^2)", "\\sum_{p,q} \\sinh^2 \\tau(p)"])("%s diverges", (text) => {
    expect(normal(text)).toMatch(/diverge/);
  });
});

describe("a false equation with such sums shows its residual", () => {
  test.each([
    ["\\langle T^* N T \\rangle = 2 \\sum_p \\sinh^2 \\tau(p)", "-1/2 \\sum_p (\\cosh(2 \\tau(p)) - 1)"],
    // \sinh^2 - \cosh^2 = -1 at each p.
    ["\\langle T^* N T \\rangle = \\sum_p \\cosh^2 \\tau(p)", "-\\sum_p 1"],
  ])("%s", (text, residual) => {
    const report = judged(text);
    expect(report.status).toBe("refuted");
    expect(report.residualText).toBe(residual);
  });

  test("a residual that diverges says so", () => {
    const { words } = judged("\\langle T^* N T \\rangle = \\sum_p \\cosh^2 \\tau(p)");
    expect(words?.some((line) => line.includes(" diverge "))).toBe(true);
  });

  test("a factor is found: particles come in pairs, so that the variance is twice that of independent ones", () => {
    const variance = "\\langle T_0^* N_+^2 T_0 \\rangle - \\langle T_0^* N_+ T_0 \\rangle^2";
    expect(judged(`${variance} = 2 \\sum_{p \\neq 0} \\sinh^2 \\tau(p) \\cosh^2 \\tau(p)`).status).toBe("proved");
    const { status, suggestion } = judged(`${variance} = \\sum_{p \\neq 0} \\sinh^2 \\tau(p) \\cosh^2 \\tau(p)`);
    expect(status).toBe("refuted");
    expect(suggestion).toMatchObject({ slip: "factor", repaired: "2 \\sum_{p \\neq 0} \\sinh^2 \\tau(p) \\cosh^2 \\tau(p)" });
  });

  test("halves of a hyperbolic function are not shown apart", () => {
    const { words } = judged(
      "T^* N T = \\sum_p (\\cosh(2\\tau(p)) a_p^* a_p + \\sinh(2\\tau(p)) (a_p^* a_{-p}^* + h.c.) + \\sinh^2(\\tau(p)))",
    );
    expect(words?.join("\n")).not.toContain("\\exp");
  });
});

describe("an exponential of a sum over independent labels is a product", () => {
  test.each([
    "\\sum_{p,q} \\exp(\\tau(p) + \\tau(q)) = (\\sum_p \\exp(\\tau(p)))^2",
    "\\sum_p \\exp(\\tau(p) + s) = \\exp(s) \\sum_p \\exp(\\tau(p))",
    "\\sum_{p,q} \\cosh(\\tau(p) + \\tau(q)) = (\\sum_p \\cosh \\tau(p))^2 + (\\sum_p \\sinh \\tau(p))^2",
    "\\exp(\\tau(p) + \\tau(q)) \\exp(-\\tau(q)) = \\exp(\\tau(p))",
    "\\exp(\\tau(p) + \\tau(p) \\tau(q)) = \\exp(\\tau(p)) \\exp(\\tau(p) \\tau(q))",
  ])("%s", (text) => expect(judged(text).status).toBe("proved"));

  test("it is printed as one", () => {
    expect(normal("\\exp(\\tau(p)) \\exp(\\tau(q))")).toBe("\\exp(\\tau(p) + \\tau(q))");
    expect(normal("\\cosh(s + \\tau(p))")).toBe("\\cosh(s + \\tau(p))");
  });
});
