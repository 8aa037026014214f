import { describe, expect, test } from "vitest";
import type { Message, Report } from "../../src/check/report.js";
import { diagnostic, palette, table, total } from "../../src/cli/print.js";
import { protect } from "../../src/cli/run.js";

const plain = palette(false);
const message: Message = { severity: "error", code: "c", line: 2, column: 3, length: 2, message: "what", hint: "do" };

describe("diagnostics", () => {
  test("place, source, caret, hint", () => {
    expect(diagnostic("p.wick", ["one", "abcdef"], message)).toBe("p.wick:2:3: error: what\n  2 | abcdef\n    |   ^^\n  hint: do\n");
  });
  test("a line of a million characters is cut around the place", () => {
    const text = diagnostic("p", ["", "x".repeat(1_000_000)], { ...message, column: 500_000, length: 400_000 });
    expect(text.length).toBeLessThan(500);
    expect(text).toContain("…");
  });
  test("control characters do not reach the terminal", () => {
    const text = diagnostic("p", ["", "\u001b[2Jx\u0007"], { ...message, message: "\u001b]0;t\u0007" });
    expect(["\u001b", "\u0007"].some((c) => text.includes(c))).toBe(false);
  });
});

test("expressions that begin with a minus sign are no options", () => {
  expect(protect(["normal", "-a a^*", "--json"])).toEqual(["normal", "--json", "--", "-a a^*"]);
  expect(protect(["normal", "--with", "f.wick", "--", "--a"])).toEqual(["normal", "--with", "f.wick", "--", "--a"]);
  expect(protect(["equal", "-a", "-", "--seed", "-3"])).toEqual(["equal", "--seed", "-3", "--", "-a", "-"]);
  expect(protect(["check", "-x"])).toEqual(["check", "-x"]);
  expect(protect(["normal", "--help"])).toEqual(["normal", "--help"]);
  expect(protect([])).toEqual([]);
});

test("a table has a line for each statement, and reasons for those that fail", () => {
  const common = { line: 3, column: 1, milliseconds: 1.23, symbolic: false, numeric: null, residual: "x" } as const;
  const report: Report = {
    path: "p.wick",
    diagnostics: [],
    statements: [
      { ...common, kind: "claim", name: "1.1", status: "proved", passes: true, symbolic: true, residual: null },
      {
        ...common,
        kind: "claim",
        name: "1.2",
        status: "refuted",
        passes: false,
        residualText: "2 a_x",
        words: ["the printed right side lacks 2 a_x"],
        suggestion: { slip: "sign", side: "right", line: 4, column: 2, message: "the sign of B is wrong", repaired: "A + B" },
      },
      { ...common, kind: "refute", name: "1.3", status: "proved", passes: false },
      { kind: "show", name: "G", status: "shown", passes: true, line: 9, column: 1, milliseconds: 2, latex: "a", text: "a_x", terms: 1 },
    ],
  };
  expect(table(report, plain, false)).toBe(`p.wick
  proved       claim (1.1)   line 3        1.2 ms
  refuted      claim (1.2)   line 3        1.2 ms  fails
      left - right = 2 a_x
      the printed right side lacks 2 a_x
      sign (4:2): the sign of B is wrong
      did you mean: ... = A + B
  proved       refute (1.3)  line 3        1.2 ms  fails
      the equation is true (proved), though it was to be refuted
  shown        show (G)      line 9        2.0 ms
      G = a_x
`);
  expect(table(report, palette(true), false)).toContain("\u001b[31m");
});

test("the last line counts", () => {
  expect(total({ claims: 1, passes: 1, fails: 0, errors: 0 }, 1, "seed 1", plain)).toBe("1 claim in 1 document: 1 pass (seed 1)\n");
  expect(total({ claims: 5, passes: 2, fails: 2, errors: 1 }, 2, "seed 1", plain)).toBe(
    "5 claims in 2 documents: 2 pass, 2 fail, 1 error (seed 1)\n",
  );
});
