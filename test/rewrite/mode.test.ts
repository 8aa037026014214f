import { describe, expect, test } from "vitest";
import { openScope, readExpression } from "../../src/check/expressions.js";
import { difference, isZero, normalOrder } from "../../src/rewrite/engine.js";

/** Words in one mode go straight to their coefficients; the same words with a sum in them go the general way. */
const scope = openScope({ with: { path: "mode.wick", text: "boson c\n" } });
if (!scope.ok) throw new Error("the document is faulty");

function sumOf(text: string) {
  if (!scope.ok) throw new Error("no scope");
  const read = readExpression({ path: "expression", text }, scope.value);
  if (!read.ok) throw new Error(read.diagnostics.map(({ message }) => message).join("\n"));
  return normalOrder(read.value);
}

/** Each letter as a sum of its half with itself cannot be read as a word. */
const general = (word: string): string => word.replace(/c\^\*|c/g, (letter) => `(\\frac{1}{2} ${letter} + \\frac{1}{2} ${letter})`);

describe("words in one mode", () => {
  let seed = 20;
  const random = (n: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * n);
  };
  const words = Array.from({ length: 30 }, () => Array.from({ length: 2 + random(6) }, () => (random(2) === 0 ? "c" : "c^*")).join(" "));
  test.each(words)("%s", (word) => {
    expect(isZero(difference(sumOf(word), sumOf(general(word))))).toBe(true);
  });

  // Blasiak, Penson, Solomon, Phys. Lett. A 309, 198 (2003): (c^* c)^n has Stirling's numbers S(n, k).
  test("(c^* c)^4 = sum of S(4,k) (c^*)^k c^k, S = 1, 7, 6, 1", () => {
    const expected = "c^* c + 7 (c^*)^2 c^2 + 6 (c^*)^3 c^3 + (c^*)^4 c^4";
    expect(isZero(difference(sumOf("c^* c c^* c c^* c c^* c"), sumOf(expected)))).toBe(true);
  });

  test.each([
    ["(2 c - 3 c^*)^6", "(2 c - 3 c^*)^3 (2 c - 3 c^*)^3"],
    ["3 c^3 (c^*)^2 2 c^*", "6 c (c^2 (c^*)^3 + 0)"],
    ["(c + c^*)^7", "(c + c^*)^3 (c + c^*)^4"],
    ["\\Nor{c^2 c^* c}", "c^* c^3"],
  ])("%s = %s", (left, right) => {
    expect(isZero(difference(sumOf(left), sumOf(right)))).toBe(true);
  });
});
