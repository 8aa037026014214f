import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ClaimReport, check } from "../../src/index.js";

const preamble = `param s in R, t in R
param \\alpha, \\beta
boson c, d
unitary D = \\exp(\\alpha c^* - \\overline{\\alpha} c)
unitary E = \\exp(\\beta c^* - \\overline{\\beta} c)
unitary F = \\exp(\\beta d^* - \\overline{\\beta} d)
unitary R = \\exp(i t c^* c)
unitary B = \\exp(s (c^* d - d^* c))
unitary S = \\exp(\\frac{s}{2} (c^2 - c^{*2}))
`;
const statuses = (claims: readonly string[]): readonly string[] =>
  check(preamble + claims.map((claim, i) => `claim (${i}): ${claim}\n`).join(""), { slips: "none" }).statements.map(
    (one) => `${claims[Number(one.name)]}: ${(one as ClaimReport).status}`,
  );
const proved = (claims: readonly string[]): readonly string[] => claims.map((claim) => `${claim}: proved`);

/** The adjoint of a word of unitaries and ladder operators. */
const adjoint = (word: readonly string[]): string =>
  word
    .toReversed()
    .map((one) => (one.endsWith("^*") ? one.slice(0, -2) : `${one}^*`))
    .join(" ");

describe("laws of products of unitaries, on random words", () => {
  const seed = 11;
  const draws = (from: readonly string[], least: number, most: number, count: number): readonly (readonly string[])[] =>
    fc.sample(fc.array(fc.constantFrom(...from), { minLength: least, maxLength: most, size: "max" }), { seed, numRuns: count });
  const conserving = ["D", "E", "F", "R", "B", "D^*", "E^*", "R^*", "B^*"];

  test("<w A> is the conjugate of <A^* w^*>", () => {
    const operators = draws(["c", "c^*", "d", "d^*"], 0, 2, 25);
    const behind = draws(conserving, 0, 1, 25);
    const claims = draws(conserving, 1, 3, 25).map((first, i) => {
      const word = [...first, ...(operators[i] ?? []), ...(behind[i] ?? [])];
      return `\\langle ${word.join(" ")} \\rangle = \\overline{\\langle ${adjoint(word)} \\rangle}`;
    });
    expect(statuses(claims)).toEqual(proved(claims));
  });

  test("A w = w (w^* A w), and a sign is refuted", () => {
    const words = draws([...conserving, "S", "S^*"], 1, 3, 15);
    const claims = words.map((w) => `c d^* ${w.join(" ")} = ${w.join(" ")} (${adjoint(w)} c d^* ${w.join(" ")})`);
    expect(statuses(claims)).toEqual(proved(claims));
    const wrong = words.slice(0, 5).map((w) => `c d^* ${w.join(" ")} = -${w.join(" ")} (${adjoint(w)} c d^* ${w.join(" ")})`);
    expect(statuses(wrong)).toEqual(wrong.map((claim) => `${claim}: refuted`));
  });
});

describe("a product of unitaries that commutes with everything is a number", () => {
  test.each([
    ["R R^* = 1", "proved"],
    ["D E D^* E^* = \\exp(\\alpha \\overline{\\beta} - \\overline{\\alpha} \\beta)", "proved"],
    ["D E D^* E^* = \\exp(\\overline{\\alpha} \\beta - \\alpha \\overline{\\beta})", "refuted"],
    ["D F = F D", "proved"],
    ["D E = E D", "refuted"],
    ["B R B^* = R", "refuted"],
  ])("%s", (claim, status) => expect(statuses([claim])).toEqual([`${claim}: ${status}`]));
});
