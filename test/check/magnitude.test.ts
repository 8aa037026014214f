import { expect, test } from "vitest";
import { check } from "../../src/index.js";

/** Kernels with large numbers in front are drawn smaller in the finite model until the series of ch and sh converge. */
test.each([1, 16, 64, 4000])("ch and sh of %i times a kernel", (factor) => {
  const text = String.raw`index x, y in R^3
function f(x)
let k(x,y) = ${factor} f(x) f(y)
claim (1): ch(k) ch(k) - sh(k) \overline{sh(k)} = 1
claim (2): ch(k) ch(k) + sh(k) \overline{sh(k)} = 1
`;
  for (let seed = 1; seed <= 6; seed++) {
    const { statements } = check(text, { seed, slips: "none" });
    expect([seed, ...statements.map((s) => s.status)]).toEqual([seed, "proved", "refuted"]);
  }
});
