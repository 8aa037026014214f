import { describe, expect, test } from "vitest";
import { markdownMath, paperTables } from "../../src/check/paper.js";
import type { ClaimReport } from "../../src/check/report.js";
import type { ElaboratedDocument } from "../../src/elaborate/document.js";
import { checkLatex } from "../../src/render/katex.js";

const text = `% A preamble.
boson a_x

claim (1.1): a_x = a_x
% The sign of the second term is wrong.
refute (1.2): a_x
  + a_y = a_x | b_x |
claim (1.2 corrected): a_x - a_y = a_x
% Lost in the conversion: a bar over \\phi.
refute (1.3): \\phi = 1
show (x): a_x
`;

/** Only what the tables read of a document: its text, and where its statements are. */
function document(): ElaboratedDocument {
  const statements = [...text.matchAll(/^(claim|refute|show) \(([^)]*)\)[^\n]*(?:\n {2}[^\n]*)*/gm)].map((m) => ({
    kind: m[1],
    name: m[2],
    span: { start: m.index, end: m.index + m[0].length },
  }));
  return { source: { path: "1.wick", text }, statements, faulty: [], diagnostics: [] } as unknown as ElaboratedDocument;
}

function claim(
  kind: "claim" | "refute",
  name: string,
  line: number,
  status: ClaimReport["status"],
  more: Partial<ClaimReport> = {},
): ClaimReport {
  const numeric = { trials: status === "refuted" ? 1 : 3, residual: 0, exact: true, exhaustive: true, seed: 1, points: 5 };
  return {
    kind,
    name,
    line,
    column: 1,
    status,
    passes: true,
    symbolic: status === "proved",
    numeric,
    residual: null,
    milliseconds: 9,
    ...more,
  };
}

const report = {
  path: "/somewhere/else/1.wick",
  diagnostics: [],
  statements: [
    claim("claim", "1.1", 4, "proved"),
    claim("refute", "1.2", 6, "refuted", { residual: "2 a_y", residualTerms: 1 }),
    claim("claim", "1.2 corrected", 8, "verified"),
    claim("refute", "1.3", 10, "refuted"),
  ],
};
const tables = paperTables("two|component", [{ name: "1.wick", document: document(), report }]);

describe("a paper's tables", () => {
  test("every equation in order, with what became of it", () => {
    const rows = tables["equations.md"].split("\n").filter((line) => line.startsWith("| ("));
    expect(rows).toEqual([
      "| (1.1) | 1.wick | $a_x = a_x$ | proved |",
      "| (1.2) | 1.wick | $a_x + a_y = a_x \\vert b_x \\vert$ | false as printed |",
      "| (1.2 corrected) | 1.wick | $a_x - a_y = a_x$ | verified |",
      "| (1.3) | 1.wick | $\\phi = 1$ | false as converted |",
    ]);
    expect(tables["equations.md"]).toContain("4 equations: 1 proved, 1 verified numerically, 1 false as printed, 1 false as converted.");
  });

  test("errata: what is wrong, the correction, how both were established", () => {
    const found = tables["errata.md"];
    expect(found).toContain("The sign of the second term is wrong.");
    expect(found).toContain("False: both sides differ in 1 random trial, exactly over a finite field, and so do their normal forms.");
    expect(found).toContain("Corrected: $a_x - a_y = a_x$");
    expect(found).toContain("Left side minus right side: $2 a_y$");
    expect(found.indexOf("(1.3)")).toBeGreaterThan(found.indexOf("Lost in the conversion"));
    expect(found).toContain("No correction is recorded.");
  });

  test("neither times nor places of this machine", () => {
    for (const table of Object.values(tables)) expect(table).not.toMatch(/milliseconds|somewhere|\b9 ms/);
  });

  test("LaTeX files are balanced, and their formulas typeset", () => {
    for (const name of ["equations.tex", "errata.tex"] as const) {
      const file = tables[name];
      expect(file.match(/\\begin\{/g)?.length).toBe(file.match(/\\end\{/g)?.length);
      const formulas = [...file.matchAll(/\$([^$]+)\$/g)].map((m) => m[1] as string);
      expect(formulas.length).toBeGreaterThan(2);
      for (const formula of formulas) expect([formula, checkLatex(formula)]).toEqual([formula, null]);
    }
  });

  test.each([
    ["\\{a, b\\}\\,|c| \\|d\\|", "$\\lbrace a, b\\rbrace \\thinspace \\vert c\\vert \\Vert d\\Vert$"],
    ["a^* < b", "$a^\\ast \\lt b$"],
  ])("%s is safe in a Markdown table", (latex, expected) => {
    const written = markdownMath({ latex, text: "" });
    expect(written).toBe(expected);
    expect(checkLatex(written.slice(1, -1))).toBeNull();
  });
});
