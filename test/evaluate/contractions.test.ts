import { describe, expect, test } from "vitest";
import { regular, totallyUnimodular } from "../../src/evaluate/regular.js";
import { check } from "../../src/index.js";

/** All minors by their definition. */
function minors(m: readonly (readonly number[])[], size: number): number[] {
  const choose = (n: number, k: number): number[][] =>
    k === 0 ? [[]] : Array.from({ length: n }, (_, i) => choose(i, k - 1).map((c) => [...c, i])).flat();
  const det = (a: readonly (readonly number[])[]): number =>
    a.length === 0
      ? 1
      : (a[0] as number[]).reduce((s, c, j) => s + (j % 2 ? -c : c) * det(a.slice(1).map((r) => r.filter((_, i) => i !== j))), 0);
  return choose(m.length, size).flatMap((rows) =>
    choose(m[0]?.length ?? 0, size).map((columns) => det(rows.map((r) => columns.map((c) => (m[r] as number[])[c] as number)))),
  );
}

describe("matrices", () => {
  let seed = 7;
  const next = (): number => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  const draw = (rows: number, columns: number): number[][] =>
    Array.from({ length: rows }, () => Array.from({ length: columns }, () => (next() < 0.5 ? 0 : next() < 0.5 ? 1 : -1)));

  test("totally unimodular as all minors say", () => {
    const seen = [0, 0];
    for (let i = 0; i < 1500; i++) {
      const m = draw(1 + (i % 4), 1 + (i % 5));
      const wanted = Array.from({ length: Math.min(m.length, (m[0] as number[]).length) }, (_, k) => minors(m, k + 1)).flat();
      const answer = wanted.every((d) => Math.abs(d) <= 1);
      seen[answer ? 1 : 0] = (seen[answer ? 1 : 0] ?? 0) + 1;
      expect(totallyUnimodular(m), JSON.stringify(m)).toBe(answer);
    }
    expect(Math.min(...seen)).toBeGreaterThan(100);
  });

  test("regular as the minors of full size say", () => {
    const seen = [0, 0];
    for (let i = 0; i < 1500; i++) {
      const m = draw(3 + (i % 3), 2 + (i % 2));
      const full = minors(m, (m[0] as number[]).length);
      if (full.every((d) => d === 0)) continue;
      const answer = full.every((d) => Math.abs(d) <= 1);
      seen[answer ? 1 : 0] = (seen[answer ? 1 : 0] ?? 0) + 1;
      expect(regular(m), JSON.stringify(m)).toBe(answer);
    }
    expect(Math.min(...seen)).toBeGreaterThan(100);
  });
});

const preamble = `index p, q, k, l, r in Z^3
index x, y, u in R^3
boson a_p
boson b_x
function f(p), g(p), h(p), F(x), G(x)
function w(k) real even
let X_k = \\sum_p f(p+k) a_p
let Z = \\sum_{p,q} f(p+q) a_p a_q
let M = \\sum_{p,q} f(p+q) a_p^* a_q
let Y_x = \\int F(x+y) b_y dy
let V = \\sum_{k,p,q} w(k) a_{p+k}^* a_{q-k}^* a_q a_p
`;
const status = (equation: string): string | undefined => {
  const [claim] = check(`${preamble}claim (1): ${equation}\n`, { slips: "none" }).statements;
  return claim === undefined || claim.kind === "show" ? undefined : claim.status;
};

// On Z^3 the left side has only arguments whose sum is even, and on R^3 the Jacobian 2^{-3}; a cyclic group of odd order has neither.
describe("contractions that make a determinant 2", () => {
  test.each([
    ["at the negative of a label", "\\sum_{p,k,l} f(p+k) g(k+l) [a_p, a_{-l}^*] = \\sum_p f(p) \\sum_q g(q)"],
    ["between copies of one definition", "\\langle \\sum_k X_k X_{-k}^* \\rangle = \\sum_p f(p) \\sum_q \\overline{f(q)}"],
    ["between sums", "\\sum_{p,q,k,l} f(p+q) g(k+l) h(p) [a_{p+k}, a_{q+l}^*] = \\sum_p f(p) \\sum_q g(q) \\sum_r h(r)"],
    ["around a triangle", "\\langle Z M Z^* \\rangle = 4 (\\sum_p f(p))^2 \\sum_q \\overline{f(q)}"],
    ["in space", "\\langle \\int Y_x Y_{-x}^* dx \\rangle = \\int F(x) dx \\int \\overline{F(y)} dy"],
  ])("%s are not confirmed", (_, equation) => {
    expect(["refuted", "error"]).toContain(status(equation));
  });
});

describe("an operator is contracted once", () => {
  test.each([
    "[V, \\sum_r a_r^* a_r] = 0",
    "[V, \\sum_r a_{r+k}^* a_r] = 0",
    "[[V, \\sum_r f(r) a_r^* a_r], \\sum_r a_r^* a_r] = 0",
    "V^* = V",
  ])("%s is proved", (equation) => {
    expect(status(equation)).toBe("proved");
  });

  test("what is not conserved is refuted", () => {
    expect(status("[V, \\sum_r f(r) a_r^* a_r] = 0")).toBe("refuted");
  });
});
