import { describe, expect, test } from "vitest";
import type { Numerical, Symbolic } from "../../src/check/verdict.js";
import { passes, verdict, worst } from "../../src/check/verdict.js";
import { error } from "../../src/source/diagnostic.js";
import { nowhere } from "../../src/source/span.js";

const symbolic: Record<string, Symbolic> = {
  equal: { kind: "equal" },
  different: { kind: "different" },
  unknown: { kind: "unknown", diagnostic: error("not-understood", nowhere, "what is \\foo") },
  senseless: { kind: "senseless", diagnostic: error("delta-zero", nowhere, "\\delta(0)") },
};
const numerical: Record<string, Numerical> = {
  agree: { kind: "compared", agree: true, exhaustive: true },
  sampled: { kind: "compared", agree: true, exhaustive: false },
  disagree: { kind: "compared", agree: false, exhaustive: true },
  "disagree sampled": { kind: "compared", agree: false, exhaustive: false },
  unsupported: { kind: "unsupported", message: "no exponentials", span: { start: 3, end: 5 } },
};

const found = (a: string, b: string) => verdict(symbolic[a] as Symbolic, numerical[b] as Numerical, nowhere);

describe("the two ways together", () => {
  test.each([
    ["equal", "agree", "proved"],
    ["equal", "sampled", "proved"],
    ["equal", "disagree", "inconsistent"],
    ["equal", "unsupported", "error"],
    ["different", "agree", "verified"],
    ["different", "sampled", "error"],
    ["different", "disagree", "refuted"],
    ["different", "disagree sampled", "refuted"],
    ["different", "unsupported", "error"],
    ["unknown", "agree", "verified"],
    ["unknown", "sampled", "error"],
    ["unknown", "disagree", "refuted"],
    ["unknown", "unsupported", "error"],
    ["senseless", "agree", "error"],
    ["senseless", "disagree", "error"],
    ["senseless", "unsupported", "error"],
  ])("%s and %s: %s", (a, b, status) => {
    const { status: given, diagnostic } = found(a, b);
    expect(given).toBe(status);
    expect(diagnostic !== undefined).toBe(status === "error" || status === "inconsistent");
  });

  test("an error names the subterm that was not understood", () => {
    expect(found("unknown", "unsupported").diagnostic).toMatchObject({
      code: "not-evaluated",
      span: { start: 3, end: 5 },
      message: expect.stringMatching(/no exponentials.*what is \\foo/),
    });
  });

  test("the worst equation of a chain decides", () => {
    expect(worst(["proved", "verified"])).toBe("verified");
    expect(worst(["refuted", "proved"])).toBe("refuted");
    expect(worst(["refuted", "error", "proved"])).toBe("error");
    expect(worst(["error", "inconsistent"])).toBe("inconsistent");
  });

  test.each([
    ["claim", "proved", true],
    ["claim", "verified", true],
    ["claim", "refuted", false],
    ["claim", "error", false],
    ["claim", "inconsistent", false],
    ["refute", "refuted", true],
    ["refute", "proved", false],
    ["refute", "verified", false],
    ["refute", "error", false],
    ["refute", "inconsistent", false],
  ] as const)("a %s that is %s passes: %s", (kind, status, expected) => {
    expect(passes(kind, status)).toBe(expected);
  });
});
