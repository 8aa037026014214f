import { describe, expect, test } from "vitest";
import { type Heard, withSeries } from "../../src/check/series.js";
import type { Equation } from "../../src/core/expression.js";
import { check, parse } from "../../src/index.js";

const preamble = `index x, y, z in R^3
param r in R
boson c
kernel k(x,y) symmetric
unitary S = \\exp(\\frac12 (r c^* c^* - r c c))
`;
const pythagoras = "\\int ch(k)(x,z) ch(k)(z,y) dz = \\delta(x-y) + \\int sh(k)(x,z) \\overline{sh(k)(z,y)} dz";

/** The report of one claim. */
function reported(claim: string): unknown {
  const { statements, diagnostics } = check(`${preamble}claim: ${claim}\n`, { slips: "none" });
  expect(diagnostics).toEqual([]);
  return statements[0];
}

describe("what floating point cannot tell", () => {
  // Differences below rounding: c is conjugated to cosh(r) c + sinh(r) c^*, and ch^2 - sh \overline{sh} = 1.
  test.each([
    `${pythagoras} + 10^{-13} \\int k(x,z) \\overline{k(z,y)} dz`,
    "S^* c S = (\\cosh(r) + \\frac{1}{10^{14}} r^2) c + \\sinh(r) c^*",
    "\\sqrt{1 + \\sinh(r)^2} = \\cosh(r) + \\frac{1}{10^{15}} r^5",
  ])("is refuted by the power series: %s", (claim) => {
    expect(reported(claim)).toMatchObject({ status: "refuted", numeric: { exact: true, residual: 1, order: 6 } });
  });

  test("has its order in the report where it is true", () => {
    expect(reported("S^* c S = \\sqrt{1 + \\sinh(r)^2} c + \\sinh(r) c^*")).toMatchObject({
      status: "verified",
      numeric: { exact: false, order: 6 },
    });
  });

  test("is left alone where the normal forms agree", () => {
    const report = reported(pythagoras);
    expect(report).toMatchObject({ status: "proved" });
    expect(report).not.toHaveProperty("numeric.order");
  });
});

describe("a second look", () => {
  const equation = (claim: string): Equation => {
    const [statement] = parse(`${preamble}claim: ${claim}\n`).statements;
    if (statement === undefined || statement.kind === "show") throw new Error("no claim");
    return statement.equations[0] as Equation;
  };
  const said = (agree: boolean, residual: number): Heard => ({
    numerical: { kind: "compared", agree, exhaustive: true },
    numeric: { trials: 3, agree, exact: false, residual, exhaustive: true, seed: 1, points: 3, errorBound: -50 },
  });
  const look = (claim: string, agree: boolean, residual: number): Heard =>
    withSeries(equation(claim), { seed: 1 }, false, said(agree, residual));

  test("does not believe a difference like rounding where the series agree", () => {
    const { numerical, numeric } = look(pythagoras, false, 3e-11);
    expect(numerical).toMatchObject({ kind: "compared", agree: true, exhaustive: false, why: expect.stringContaining("3.0e-11") });
    expect(numeric).toMatchObject({ order: 12 });
  });

  test("believes a difference that is well above rounding", () => {
    for (const residual of [1e-8, 1e-3]) expect(look(pythagoras, false, residual).numerical).toMatchObject({ agree: false });
  });

  test("makes a small difference an exact one", () => {
    const late = "sh(k)(x,y) = \\frac12 sh(2k)(x,y)";
    expect(look(late, false, 1e-10)).toMatchObject({ numerical: { agree: false }, numeric: { exact: true, order: 6 } });
  });

  test("goes to a higher order before it calls a difference rounding", () => {
    // cosh r = sum_n r^{2n} / (2n)!
    const cut = "\\cosh(r) = 1 + \\frac{r^2}{2} + \\frac{r^4}{24} + \\frac{r^6}{720} + \\frac{r^8}{40320}";
    expect(look(cut, false, 5e-10)).toMatchObject({ numerical: { agree: false }, numeric: { exact: true, order: 12 } });
  });

  test("says nothing where there is no series", () => {
    const heard = said(true, 1e-15);
    expect(withSeries(equation("\\sqrt{r^2} = r"), { seed: 1 }, false, heard)).toBe(heard);
  });
});
