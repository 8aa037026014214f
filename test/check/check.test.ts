import { describe, expect, test } from "vitest";
import { check } from "../../src/check/check.js";
import type { ClaimReport } from "../../src/check/report.js";
import { exitStatus, summary, toJson } from "../../src/check/report.js";

const preamble = `index x, y, z, u in R^3
index m, n in {1, 2}
param N > 0
param s
boson a_x, b_x
boson c
function \\phi(x), \\phi_1(x), \\phi_2(x)
function V(x) real even
kernel k(x, y) symmetric
`;

function claims(body: string): readonly ClaimReport[] {
  return check(preamble + body).statements.filter((s) => s.kind !== "show") as ClaimReport[];
}

describe("statuses", () => {
  test.each([
    ["claim (ccr): [a_x, a_y^*] = \\delta(x-y)", "proved", true],
    ["refute (ccr): [a_x, a_y^*] = \\delta(x-y)", "proved", false],
    ["claim (sign): [a_x^*, a_y] = \\delta(x-y)", "refuted", false],
    ["refute (sign): [a_x^*, a_y] = \\delta(x-y)", "refuted", true],
    ["claim (species): [a_x, b_y^*] = 0", "proved", true],
    ["claim (point): a_x a_x^* = a_x^* a_x", "error", false],
    ["refute (point): a_x a_x^* = a_x^* a_x", "error", false],
    ["claim (chain): [c, c^*] = 1 = c c^* - c^* c", "proved", true],
    ["claim (chain): [c, c^*] = 1 = c c^*", "refuted", false],
    ["refute (chain): [c, c^*] = 1 = c c^*", "refuted", true],
    ["claim (undeclared): a_x q = 0", "error", false],
    ["claim (syntax): a_x + = 0", "error", false],
    ["claim (integral): [\\int \\overline{\\phi(x)} a_x dx, a_y^*] = \\overline{\\phi(y)}", "proved", true],
  ])("%s is %s", (text, status, passes) => {
    const [claim] = claims(text);
    expect(claim).toMatchObject({ status, passes, name: /\(([^)]*)\)/.exec(text)?.[1], line: 10 });
    expect(claim?.milliseconds).toBeGreaterThanOrEqual(0);
  });

  test("a chain says which of its equations fails", () => {
    const [claim] = claims("claim (chain): [c, c^*] = 1 = c c^* = 3");
    expect(claim?.equation).toBe(2);
  });

  test("a proved claim shows the numbers that agree with it", () => {
    const [claim] = claims("claim (1): [c, c^*] = 1");
    expect(claim).toMatchObject({ symbolic: true, residual: null, numeric: { residual: 0, exact: true, seed: 1 } });
    expect(claim?.numeric?.trials).toBeGreaterThanOrEqual(3);
  });

  test("seed and trials are the caller's", () => {
    const report = check(`${preamble}claim (1): [c, c^*] = 1\n`, { seed: 77, trials: 5 });
    expect(report.statements[0]).toMatchObject({ numeric: { seed: 77, trials: 5 } });
  });

  test("a faulty statement leaves the others alone", () => {
    const report = check(`${preamble}claim (1): [c, c^*] = 1\nclaim (2): [c, = 1\nclaim (3): [c, c] = 0\n`);
    expect(report.statements.map((s) => [(s as ClaimReport).name, s.status])).toEqual([
      ["1", "proved"],
      ["2", "error"],
      ["3", "proved"],
    ]);
    expect(report.diagnostics).toHaveLength(1);
    expect(report.diagnostics[0]).toMatchObject({ severity: "error", line: 11 });
    expect(exitStatus([report])).toBe(2);
    expect(summary([report])).toEqual({ claims: 3, passes: 2, fails: 0, errors: 1 });
  });

  test("what shows print can be read back", () => {
    const report = check(`${preamble}show (s): a_x a_y^*\n`);
    const [shown] = report.statements;
    expect(shown).toMatchObject({ kind: "show", name: "s", status: "shown", passes: true, terms: 2 });
    const again = check(`${preamble}claim (s): a_x a_y^* = ${shown?.kind === "show" ? shown.text : ""}\n`);
    expect(again.statements[0]).toMatchObject({ status: "proved" });
  });

  test("an error that comes from the algebra is a diagnostic at its place, too", () => {
    const report = check(`${preamble}claim (p):\n  a_x a_x^* = 0\n`);
    expect(report.diagnostics).toHaveLength(1);
    expect(report.diagnostics[0]?.line).toBe(11);
    expect(report.diagnostics[0]?.message).toMatch(/delta|point/);
  });
});

describe("the JSON of the contract", () => {
  const json = toJson([check(`${preamble}claim (4.13): [c, c^*] = 1\nrefute (5): c = 0\nboson\n`)]) as {
    readonly version: number;
    readonly files: readonly {
      readonly path: string;
      readonly diagnostics: readonly Record<string, unknown>[];
      readonly statements: readonly Record<string, unknown>[];
    }[];
    readonly summary: Record<string, number>;
  };
  const file = json.files[0];
  test("has every field", () => {
    expect(json.version).toBe(1);
    expect(Object.keys(file ?? {})).toEqual(["path", "diagnostics", "statements"]);
    expect(file?.diagnostics[0]).toMatchObject({ severity: "error", line: 12, column: expect.any(Number), message: expect.any(String) });
    expect(file?.statements[0]).toMatchObject({
      kind: "claim",
      name: "4.13",
      line: 10,
      status: "proved",
      passes: true,
      symbolic: true,
      numeric: { trials: expect.any(Number), residual: 0, exact: true },
      residual: null,
      milliseconds: expect.any(Number),
    });
    expect(file?.statements[1]).toMatchObject({ kind: "refute", status: "refuted", passes: true, symbolic: false, residual: "c" });
    expect(json.summary).toEqual({ claims: 2, passes: 2, fails: 0, errors: 1 });
  });
});

test("a residual is written where it is wanted: of all that is refuted, or of what fails", () => {
  // c c^* - c^* c = 1, not 0.
  const text = `${preamble}refute (1): c c^* = c^* c\nclaim (2): c c^* = c^* c\n`;
  const residuals = (which?: "all" | "failing") =>
    check(text, { slips: "none", ...(which === undefined ? {} : { residuals: which }) }).statements.map(
      (s) => s.kind !== "show" && s.residual,
    );
  expect(residuals()).toEqual(["1", "1"]);
  expect(residuals("all")).toEqual(["1", "1"]);
  expect(residuals("failing")).toEqual([null, "1"]);
});

describe("unitaries are looked at where they are declared", () => {
  const said = (text: string) =>
    check(`${preamble}${text}`).diagnostics.map(({ line, column, code, message }) => ({ line, column, code, message }));
  // E is skew-adjoint when E^* = -E, and (c^2)^* = (c^*)^2.
  test.each([
    ["unitary W = \\exp(\\int (\\phi(x) a_x^* - \\overline{\\phi(x)} a_x) dx)"],
    ["unitary W = \\exp(i c^* c)"],
    ["unitary W = \\exp(c^2 - c^{*2})"],
    ["unitary W = \\exp(s c - \\overline{s} c^*)"],
    ["unitary W = \\exp(\\iint k(x,y) a_x^* a_y^* dx dy - h.c.)"],
    ["assume \\overline{s} = -s\nunitary W = \\exp(s c^* c)"],
  ])("%s", (text) => expect(said(`${text}\n`)).toEqual([]));
  test.each([
    ["unitary W = \\exp(c + c^*)", 18, "not-skew-adjoint", "2 c^* + 2 c"],
    ["unitary W = \\exp(s c^* - s c)", 18, "not-skew-adjoint", "W"],
    ["unitary W = \\exp(c^* c)", 18, "not-skew-adjoint", "2 c^* c"],
    ["unitary W = \\exp(c^3 - c^{*3})", 18, "bad-generator", "degree 3"],
    ["unitary W = \\exp(c - c^*) \\exp(c)", 32, "not-skew-adjoint", "c^* + c"],
  ])("%s", (text, column, code, words) => {
    const found = said(`${text}\nclaim: c = c\n`);
    expect(found).toMatchObject([{ line: 10, column, code }]);
    expect(found[0]?.message).toContain(words);
  });
});

describe("symbols as values of finite sets", () => {
  // The spin operators of fermions obey su(2): [S^z, S^+] = S^+, [S^+, S^-] = 2 S^z.
  const spins = `index p, q in Z^3
index \\sigma in {\\uparrow, \\downarrow}
fermion e_{p,\\sigma}
let S_+ = \\sum_p e_{p\\uparrow}^* e_{p\\downarrow}
let S_z = \\frac{1}{2} \\sum_p (e_{p\\uparrow}^* e_{p\\uparrow} - e_{p\\downarrow}^* e_{p\\downarrow})
`;
  test.each([
    ["\\{e_{p\\uparrow}, e_{q\\uparrow}^*\\} = \\delta_{p,q}", "proved"],
    ["\\{e_{p\\uparrow}, e_{q\\downarrow}^*\\} = 0", "proved"],
    ["\\{e_{p\\sigma}, e_{q\\downarrow}^*\\} = \\delta_{p,q} \\delta_{\\sigma,\\downarrow}", "proved"],
    ["\\sum_\\sigma e_{p\\sigma}^* e_{p\\sigma} = e_{p\\uparrow}^* e_{p\\uparrow} + e_{p\\downarrow}^* e_{p\\downarrow}", "proved"],
    ["[S_z, S_+] = S_+", "proved"],
    ["[S_+, S_+^*] = 2 S_z", "proved"],
    ["[S_z, S_+^*] = S_+^*", "refuted"],
    ["\\delta_{\\uparrow,\\downarrow} = 0", "proved"],
  ])("%s", (text, status) => expect(claims(`${spins}claim: ${text}\n`)).toMatchObject([{ status }]));

  test("are printed by name, and read back", () => {
    const { statements } = check(`${preamble}${spins}show: [e_{q\\sigma}, e_{p\\sigma}^* e_{q\\downarrow}^* e_{p\\uparrow}]\n`);
    const [shown] = statements as readonly { readonly text?: string }[];
    expect(shown?.text).toContain("\\downarrow");
    expect(claims(`${spins}claim: [e_{q\\sigma}, e_{p\\sigma}^* e_{q\\downarrow}^* e_{p\\uparrow}] = ${shown?.text}\n`)).toMatchObject([
      { status: "proved" },
    ]);
  });

  test("pairs with a value at one side of a delta", () => {
    const pairs = "index X in {1, 2} * R^3\nboson z_X\n";
    expect(claims(`${pairs}claim: [z_{(1,x)}, z_X^*] = \\delta_{(1,x),X}\nclaim: \\delta_{(1,x),(2,y)} = 0\n`)).toMatchObject([
      { status: "proved" },
      { status: "proved" },
    ]);
  });
});

describe("messages", () => {
  test("cut long formulas", () => {
    const long = `f_{${"1".repeat(5000)}}`;
    const { diagnostics } = check(`claim: ${long} = 0\nclaim: ${"N ".repeat(4000)} = 0\n`);
    for (const { message, hint } of diagnostics) expect(message.length + (hint?.length ?? 0)).toBeLessThan(2000);
  });
  test("a product at one point is to be normal ordered", () => {
    const { diagnostics } = check(`${preamble}claim: a_x a_x^* = 1\n`);
    expect(diagnostics[0]?.hint).toContain("\\Nor{A}");
  });
});
