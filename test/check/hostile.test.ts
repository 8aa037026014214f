import { describe, expect, test } from "vitest";
import { check } from "../../src/check/check.js";

const preamble = "index x, y in R^3\nboson a_x\nboson c\nparam s\n";

/** Seconds that any input may take before it is answered. */
const patience = 25;

function answered(text: string, more: Parameters<typeof check>[1] = {}): ReturnType<typeof check> {
  const started = performance.now();
  const report = check(text, more);
  expect(performance.now() - started).toBeLessThan(patience * 1000);
  return report;
}

describe("hostile documents end in a clear message", () => {
  test.each([
    ["10,000 nested parentheses", `claim (1): ${"(".repeat(10_000)}c${")".repeat(10_000)} = c`],
    ["10,000 nested braces", `claim (1): ${"{".repeat(10_000)}c${"}".repeat(10_000)} = c`],
    ["10,000 open brackets", `claim (1): ${"[".repeat(10_000)} = c`],
    ["10,000 nested commutators", `claim (1): ${"[c,".repeat(10_000)}c${"]".repeat(10_000)} = c`],
    ["10,000 nested fractions", `claim (1): ${"\\frac{1}{".repeat(10_000)}s${"}".repeat(10_000)} = s`],
    ["half a claim", "claim (1): \\int \\overline{a_x"],
    ["NUL bytes", "claim (1): c\u0000 = c"],
    ["a power of a sum beyond reach", "claim (1): (c + c^*)^{10000} = 1"],
    ["a tower of powers", "claim (1): s^{10^{10^{10}}} = 1"],
    ["nothing after the keyword", "claim"],
    ["an operator beside nothing", "claim (1): + = -"],
    ["no statement at all", ")]}\\$&%"],
  ])("%s", { timeout: 60_000 }, (_, text) => {
    const report = answered(`${preamble}${text}\n`);
    const errors = report.diagnostics.filter((d) => d.severity === "error");
    if (report.statements.some((s) => s.passes)) return;
    expect(errors.length).toBeGreaterThan(0);
    for (const { message } of errors) {
      expect(message.length).toBeLessThan(600);
      expect(message).not.toMatch(/internal|undefined|NaN|at .*\.[jt]s/);
    }
  });

  test.each([
    ["a number of 10,000 digits", `claim (1): ${"7".repeat(10_000)} c = ${"7".repeat(10_000)} c`, "proved"],
    ["two such numbers that differ", `claim (1): ${"7".repeat(10_000)} c = ${"7".repeat(9_999)}8 c`, "refuted"],
    ["a hundred commuting factors", `claim (1): ${"c^* ".repeat(100)} = (c^*)^{100}`, "proved"],
  ])("%s is simply checked", { timeout: 60_000 }, (_, text, status) => {
    expect(answered(`${preamble}${text}\n`).statements[0]?.status).toBe(status);
  });

  test("a line of a megabyte", { timeout: 60_000 }, () => {
    const { statements, diagnostics } = answered(
      `${preamble}claim (1): ${Array.from({ length: 250_000 }, () => "c").join(" + ")} = 250000 c\n`,
    );
    expect(statements[0]?.passes === true || /too (large|deep)|deeply|more than/.test(diagnostics[0]?.message ?? "")).toBe(true);
  });

  test("a thousand faulty statements are a thousand messages", { timeout: 60_000 }, () => {
    const report = answered(`${preamble}${Array.from({ length: 1000 }, (_, i) => `claim (${i}): q_{${i}} = \n`).join("")}`);
    expect(report.diagnostics).toHaveLength(1000);
    expect(report.statements.map((s) => s.status)).toEqual(Array(1000).fill("error"));
  });
});
