import { describe, expect, test } from "vitest";
import { check, evaluate, explain, normalOrder, parse, toLatex } from "../../src/index.js";

const document = "index x, y in R^3\nboson a_x\n";

describe("the public functions work on texts", () => {
  test("parse", () => {
    const { statements, diagnostics } = parse(`${document}claim (1): [a_x, a_y^*] = \\delta(x-y)\nclaim (2): (\n`);
    expect(statements).toMatchObject([{ kind: "claim", name: "1" }]);
    expect(diagnostics).toMatchObject([{ severity: "error", line: 4 }]);
  });
  test("parse with another document", () => {
    const read = (path: string) => (path === "p.wick" ? { path, text: document } : { error: "no such document" });
    expect(parse('use "p.wick"\nclaim (1): a_x = a_x\n', { read }).diagnostics).toEqual([]);
    expect(parse('use "q.wick"\n', { read }).diagnostics[0]?.message).toMatch(/no such document/);
    expect(parse('use "p.wick"\n').diagnostics[0]?.message).toMatch(/can be read here/);
  });
  test("normalOrder", () => {
    expect(normalOrder("a_x a_y^*")).toMatchObject({ ok: true, value: { text: "a_y^* a_x + \\delta(x-y)", terms: 2 } });
    expect(normalOrder("a_x a_y^*", { with: { path: "d.wick", text: document } })).toMatchObject({ ok: true, value: { terms: 2 } });
    expect(normalOrder("a_x +")).toMatchObject({ ok: false, diagnostics: [{ line: 1, column: 6 }] });
    expect(normalOrder("a_x", { with: { path: "d.wick", text: "boson (\n" } })).toMatchObject({ ok: false });
    expect(normalOrder("a_x a_x^*")).toMatchObject({ ok: false, diagnostics: [{ code: "delta-zero" }] });
  });
  test("toLatex", () => {
    expect(toLatex("[a_x, a_y^*]")).toMatchObject({ ok: true, value: "\\delta(x-y)" });
  });
  test("evaluate", () => {
    expect(evaluate("[a_x, a_y^*]", "\\delta(x-y)", { seed: 7 })).toMatchObject({
      ok: true,
      value: { status: "proved", numeric: { seed: 7, residual: 0 } },
    });
    expect(evaluate("a_x", "a_y")).toMatchObject({ ok: true, value: { status: "refuted", residual: "a_x - a_y" } });
    expect(evaluate("a_x", "(")).toMatchObject({ ok: false });
  });
  test("explain", () => {
    expect(explain("a_x a_y^*")).toMatchObject({ ok: true, value: expect.stringContaining("ccr") });
    expect(explain("a_x a_x^*")).toMatchObject({ ok: false });
  });
  test("check", () => {
    expect(check(`${document}claim (1): [a_x, a_y^*] = \\delta(x-y)\n`).statements).toMatchObject([{ status: "proved" }]);
  });
});
