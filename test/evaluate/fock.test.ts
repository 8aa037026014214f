import { describe, expect, test } from "vitest";
import { compare, type Numeric } from "../../src/evaluate/evaluate.js";
import { Fock, norm } from "../../src/evaluate/fock.js";
import { gaussian, metaplectic } from "../../src/evaluate/metaplectic.js";
import { annihilatorSymbol, creatorSymbol, type Monomial, Monomials, type Poly } from "../../src/evaluate/poly.js";
import { check, parse } from "../../src/index.js";

const bosons = new Monomials(() => false);
const up = creatorSymbol;
const down = annihilatorSymbol;

function poly(monomials: Monomials, terms: readonly (readonly [readonly number[], number, number?])[]): Poly {
  const out: Poly = new Map();
  for (const [symbols, re, im = 0] of terms) {
    let m: Monomial = monomials.unit;
    let sign = 1;
    for (const s of [...symbols].reverse()) {
      const step = monomials.raise(m, s);
      if (step.factor < 0) sign = -sign;
      m = step.to;
    }
    out.set(m, [sign * re, sign * im, Math.hypot(re, im)]);
  }
  return out;
}

/** s/2 (c^2 - c^{*2}) on mode 0. */
const squeezing = (s: number): Poly =>
  poly(bosons, [
    [[down(0), down(0)], s / 2],
    [[up(0), up(0)], -s / 2],
  ]);

/** <2n| exp(s/2 (c^2 - c^{*2})) |0> = (-tanh s)^n sqrt((2n)!) / (2^n n! sqrt(cosh s)) */
function amplitude(s: number, n: number): number {
  let value = 1 / Math.sqrt(Math.cosh(s));
  for (let k = 1; k <= n; k++) value *= -Math.tanh(s) * Math.sqrt((2 * k - 1) / (2 * k));
  return value;
}

describe("a truncated Fock space", () => {
  test.each([
    [0.1, 10],
    [0.3, 10],
    [0.3, 30],
    [0.8, 20],
    [0.8, 60],
    [1.5, 40],
    [2.5, 30],
  ])("the bound holds for squeezing by %f with %i bosons", (s, cutoff) => {
    const space = new Fock([0], () => false, cutoff);
    const start = space.vector(poly(bosons, [[[], 1]])) as Float64Array;
    const { vector, error } = space.exponential(space.matrix(squeezing(s)), 1, start, 1e9);
    let square = 0;
    for (let n = 0; n < 4000; n++) {
      const found = 2 * n <= cutoff ? (vector[4 * n] as number) : 0;
      square += (found - amplitude(s, n)) ** 2;
    }
    const difference = Math.sqrt(square);
    expect(difference).toBeLessThanOrEqual(error);
    // A bound that says something.
    expect(error).toBeLessThan(200 * difference + 1e-12);
    expect(norm(vector)).toBeCloseTo(1, 12);
  });

  test("displacement: exp(b a^*) |0> cut off", () => {
    const space = new Fock([0], () => false, 12);
    const found = space.displaced(poly(bosons, [[[up(0)], 2]]), new Map([[0, [0.3, 0.4, 0.5]]]));
    if (found === undefined) throw new Error("it has a place");
    let square = 0;
    // 2 sum_k b^k/k! zeta^{k+1}, |zeta^n| = sqrt(n!), |b| = 1/2
    for (let k = 12; k < 60; k++) square += (2 * 0.5 ** k) ** 2 * (k + 1) * factorial(k) ** -1;
    expect(found.error).toBeGreaterThanOrEqual(Math.sqrt(square));
    expect(found.error).toBeLessThan(10 * Math.sqrt(square));
    // <2| = 2 b sqrt(2)
    expect(found.vector[4]).toBeCloseTo(2 * 0.3 * Math.SQRT2, 14);
    expect(found.vector[5]).toBeCloseTo(2 * 0.4 * Math.SQRT2, 14);
  });

  test("pairs of fermions turn: all of Fock space, nothing is cut off", () => {
    const fermions = new Monomials(() => true);
    const space = new Fock([0, 1], () => true, 0);
    const q = space.matrix(
      poly(fermions, [
        [[up(0), up(1)], 0.7],
        [[down(1), down(0)], -0.7],
      ]),
    );
    const start = space.vector(poly(fermions, [[[], 1]])) as Float64Array;
    const { vector, error } = space.exponential(q, 1, start, 1e9);
    const out = space.poly(vector, fermions, 1);
    expect(error).toBeLessThan(1e-14);
    expect(out.get(fermions.unit)?.[0]).toBeCloseTo(Math.cos(0.7), 14);
    expect([...out.entries()].find(([m]) => m.creators === 2)?.[1][0]).toBeCloseTo(Math.sin(0.7), 14);
  });
});

describe("Gaussians", () => {
  /** Any generator of two modes, skew-adjoint, linear parts and a constant among it. */
  const generator = (x: readonly number[]): Poly => {
    const terms: [number[], number, number][] = [[[], 0, 20 * (x[0] as number)]];
    let i = 1;
    const next = (): number => x[i++ % x.length] as number;
    for (const [a, b] of [
      [0, 0],
      [0, 1],
      [1, 1],
    ] as const) {
      const [re, im] = [next(), next()];
      terms.push([[up(a), up(b)], re, im], [[down(a), down(b)], -re, im]);
    }
    const [re, im] = [next(), next()];
    terms.push([[up(0), down(1)], re, im], [[up(1), down(0)], -re, im], [[up(0), down(0)], 0, next()], [[up(1), down(1)], 0, next()]);
    for (const a of [0, 1]) {
      const [f, g] = [next(), next()];
      terms.push([[up(a)], f, g], [[down(a)], -f, g]);
    }
    return poly(bosons, terms);
  };

  test.each([1, 2, 3, 4, 5])("vacuum amplitudes of products agree with a large Fock space, generator %i", (seed) => {
    const x = Array.from({ length: 40 }, (_, i) => Math.sin(1000 * seed + 77 * i * i + i) * 0.06);
    const [p, q] = [generator(x), generator(x.slice(14))];
    const space = new Fock([0, 1], () => false, 26);
    const start = space.vector(poly(bosons, [[[], 1]])) as Float64Array;
    const first = space.exponential(space.matrix(q), -1, start, 1e9);
    const second = space.exponential(space.matrix(p), 1, first.vector, 1e9);
    const w = metaplectic(
      [0, 1],
      [
        { symbol: p, inverse: false },
        { symbol: q, inverse: true },
      ],
    );
    if (w === undefined) throw new Error("too far from the identity");
    const [re, im] = gaussian(w, [
      [0, 0],
      [0, 0],
    ]).factor;
    const error = first.error + second.error;
    expect(error).toBeLessThan(1e-5);
    expect(
      Math.hypot((second.vector[0] as number) - Math.exp(re) * Math.cos(im), (second.vector[1] as number) - Math.exp(re) * Math.sin(im)),
    ).toBeLessThan(error + 1e-12);
  });

  test("a rotation by 2 pi of the oscillator is -1: the root of the determinant follows the path", () => {
    const rotation = (angle: number): Poly =>
      poly(bosons, [
        [[up(0), down(0)], 0, angle],
        [[], 0, angle / 2],
      ]);
    for (const turns of [1, 2, 3, 7]) {
      const [re, im] = gaussian(metaplectic([0], [{ symbol: rotation(2 * Math.PI * turns), inverse: false }]) as never, [[0, 0]]).factor;
      expect(Math.exp(re) * Math.cos(im)).toBeCloseTo((-1) ** turns, 10);
      expect(Math.exp(re) * Math.sin(im)).toBeCloseTo(0, 10);
    }
  });
});

const preamble = `index x, y in R^3
index n in {1..8}
param s in R, t in R, \\alpha
boson c, d, a_x
fermion e_n, f_n
function \\theta(n) real
kernel k(x,y) symmetric
unitary S = \\exp(\\frac{s}{2} (c^2 - c^{*2}))
unitary S' = \\exp(\\frac{s}{2} (1 + 10^{-6}) (c^2 - c^{*2}))
unitary S'' = \\exp(\\frac{s}{2} (1 + 10^{-9}) (c^2 - c^{*2}))
unitary Z = \\exp(10 s (c^2 - c^{*2}))
unitary Z' = \\exp(-10 s (c^2 - c^{*2}))
unitary U = \\exp(s (c d - c^* d^*))
unitary F = \\exp(\\sum_n \\theta(n) (e_n^* f_n^* - f_n e_n))
unitary T = \\exp(\\frac12 \\int (k(x,y) a_x^* a_y^* - \\overline{k(x,y)} a_x a_y) dx dy)
`;

function numeric(claim: string, options: { readonly seed?: number; readonly again?: boolean } = {}): Numeric {
  const { statements, diagnostics } = parse(`${preamble}claim (1): ${claim}\n`);
  expect(diagnostics).toEqual([]);
  const [statement] = statements;
  if (statement === undefined || statement.kind === "show") throw new Error("no such claim");
  return compare(statement.equations[0] as (typeof statement.equations)[number], { seed: 1, trials: 3, ...options });
}

describe("equations with a unitary alone", () => {
  test("the truncation error is reported once", () => {
    const first = numeric("\\langle S \\rangle^2 \\cosh s = 1");
    if ("unsupported" in first || first.truncation === undefined) throw new Error("it is reported");
    expect(first.agree).toBe(true);
    expect(first.truncation.error).toBeGreaterThan(0);
    expect(first.truncation.error).toBeLessThan(1e-10);
    expect(first.truncation.particles).toBeGreaterThan(10);
    expect(numeric("\\langle S \\rangle^2 \\cosh s = 1", { again: true })).not.toHaveProperty("truncation");
    expect(numeric("S^* c S = \\cosh(s) c - \\sinh(s) c^*")).not.toHaveProperty("truncation");
  });

  test("it is in the report", () => {
    const report = check(`${preamble}claim (1): \\langle U \\rangle \\cosh s = 1\nrefute (2): \\langle U \\rangle = 1\n`);
    const [first, second] = report.statements;
    expect(first).toMatchObject({ status: "verified", numeric: { exact: false, truncation: { particles: expect.any(Number) } } });
    expect(second).toMatchObject({ status: "refuted" });
    expect(second).not.toHaveProperty("numeric.truncation");
  });

  test.each([
    ["S = S'", false],
    ["\\langle S \\rangle = \\langle S' \\rangle", false],
    ["S S' = S' S", true],
    ["T^2 = T T", true],
    ["T S = S T", true],
    ["T = S", false],
    ["T = 1", false],
    ["S + S^* = 2 S", false],
    ["(S + S^*)^2 = S^2 + 2 + S^{*2}", true],
    ["(S + S^*)^2 = S^2 + 1 + S^{*2}", false],
    ["[c^*, S] = \\cosh(s) [c, S]", false],
    ["\\langle T \\rangle = \\langle T^* \\rangle", true],
    ["\\langle T S \\rangle = \\langle T \\rangle \\langle S \\rangle", true],
    ["\\langle T U \\rangle = \\langle T \\rangle \\langle S \\rangle", false],
    ["\\langle \\int a_x a_x dx T \\rangle = 0", false],
  ])("%s: %s", (claim, expected) => {
    for (const seed of [1, 2, 3]) {
      const result = numeric(claim, { seed });
      expect("unsupported" in result ? result.unsupported.message : result.agree).toBe(expected);
      if (expected && !("unsupported" in result)) expect(result.residual).toBeLessThan(1e-12);
    }
  });

  test.each([
    // Neither true nor false as far as rounding goes.
    ["S = S''", /may be rounding/],
    ["\\langle F \\rangle = 1", /few modes of fermions/],
    ["\\partial_t \\langle T \\rangle = 0", /only without derivatives/],
  ])("%s is not decided", (claim, message) => {
    const result = numeric(claim);
    expect("unsupported" in result ? result.unsupported.message : result).toMatch(message);
  });

  test("generators of any size: never refuted by rounding", () => {
    for (const seed of [1, 2, 3, 4]) {
      const result = numeric("Z Z' = 1", { seed });
      expect("unsupported" in result || result.agree).toBe(true);
      const other = numeric("Z Z = 1", { seed });
      expect("unsupported" in other || !other.agree).toBe(true);
    }
  });
});

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}
