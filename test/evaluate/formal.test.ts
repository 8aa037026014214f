import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rational } from "../../src/core/rational.js";
import { compare, type Numeric } from "../../src/evaluate/evaluate.js";
import { formalRing } from "../../src/evaluate/formal.js";
import { Singular, Transcendental } from "../../src/evaluate/limits.js";
import { exactRing, type Value } from "../../src/evaluate/ring.js";
import { parse } from "../../src/index.js";

/** A prime that is 3 mod 4. */
const p = 33554467;
const half = rational(1, 2);

describe("numbers with a formal epsilon", () => {
  const [order, depth] = [2, 3];
  const ring = formalRing(p, order, depth);
  const numbers = fc.array(fc.integer({ min: 0, max: p - 1 }), { minLength: ring.zero.length, maxLength: ring.zero.length });
  const nilpotent = numbers.map((v): Value => [0, 0, ...v.slice(2)]);

  /** The product of polynomials with integer complex coefficients, by its definition. */
  const product = (a: Value, b: Value): Value => {
    const out = ring.zero.map(() => 0n);
    const at = (v: Value, t: number, e: number, part: number): bigint => BigInt(v[2 * (t * (depth + 1) + e) + part] as number);
    for (let t = 0; t <= order; t++)
      for (let e = 0; e <= depth; e++)
        for (let s = 0; s <= t; s++)
          for (let d = 0; d <= e; d++) {
            const [x, y] = [at(a, s, d, 0), at(a, s, d, 1)];
            const [u, v] = [at(b, t - s, e - d, 0), at(b, t - s, e - d, 1)];
            const to = 2 * (t * (depth + 1) + e);
            out[to] = (out[to] as bigint) + x * u - y * v;
            out[to + 1] = (out[to + 1] as bigint) + x * v + y * u;
          }
    return out.map((n) => Number(((n % BigInt(p)) + BigInt(p)) % BigInt(p)));
  };

  test("multiply as polynomials do", () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        expect(ring.multiply(a, b)).toEqual(product(a, b));
      }),
    );
    fc.assert(
      fc.property(numbers, numbers, numbers, (a, b, c) => {
        const out = Float64Array.from([7, ...c]);
        ring.multiplyAdd(out, 1, Float64Array.from(a), 0, Float64Array.from([5, 6, ...b]), 2);
        expect([...out]).toEqual([7, ...ring.add(c, product(a, b))]);
      }),
    );
  });

  test("have inverses, exponentials, roots and derivatives", () => {
    fc.assert(
      fc.property(numbers, nilpotent, nilpotent, (a, x, y) => {
        if (a[0] !== 0) expect(ring.multiply(a, ring.invert(a))).toEqual(ring.one);
        expect(ring.multiply(ring.exp(x), ring.exp(y))).toEqual(ring.exp(ring.add(x, y)));
        const root = ring.root(ring.add(ring.one, x), half);
        expect(ring.multiply(root, root)).toEqual(ring.add(ring.one, x));
        expect(ring.multiply(ring.root(ring.add(ring.one, x), rational(-3, 2)), ring.multiply(root, ring.add(ring.one, x)))).toEqual(
          ring.one,
        );
        expect(ring.conj(ring.multiply(a, x))).toEqual(ring.multiply(ring.conj(a), ring.conj(x)));
        const lower = formalRing(p, order - 1, depth);
        const [da, db] = [lower.differentiate(a), lower.differentiate(x)];
        const leibniz = lower.add(lower.multiply(da, lower.resize(x)), lower.multiply(lower.resize(a), db));
        expect(lower.differentiate(ring.multiply(a, x))).toEqual(leibniz);
      }),
    );
  });

  test("are those of the exact mode where epsilon is cut off at once", () => {
    const [a, b] = [exactRing(p, 2), formalRing(p, 2, 0)];
    const series = fc.array(fc.integer({ min: 1, max: p - 1 }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(series, series, fc.integer({ min: -50, max: 50 }), (x, y, k) => {
        for (const name of ["add", "subtract", "multiply"] as const) expect(b[name](x, y)).toEqual(a[name](x, y));
        for (const name of ["negate", "conj", "invert"] as const) expect(b[name](x)).toEqual(a[name](x));
        expect(b.scale(x, k)).toEqual(a.scale(x, k));
        expect(b.exp([0, 0, ...x.slice(2)])).toEqual(a.exp([0, 0, ...x.slice(2)]));
      }),
    );
  });

  test("refuse what has no power series", () => {
    const epsilon: Value = ring.zero.map((_, i) => (i === 2 ? 1 : 0));
    expect(() => ring.invert(epsilon)).toThrow(Transcendental);
    expect(() => ring.invert(ring.zero)).toThrow(Singular);
    expect(() => ring.exp(ring.one)).toThrow(Transcendental);
    expect(() => ring.root(epsilon, half)).toThrow(Transcendental);
  });
});

const never = Number.POSITIVE_INFINITY;

/**
 * Claims with the order in which both sides first differ. They must agree exactly below it and differ from it on, and the floating mode,
 * which computes both sides as a whole, must tell the true ones from the false ones too.
 */
function differing(preamble: string, most: number, table: readonly (readonly [string, number])[]): void {
  const { statements, diagnostics } = parse(preamble + table.map(([claim], i) => `claim (${i}): ${claim}\n`).join(""));
  test("reads", () => expect(diagnostics).toEqual([]));
  const said = (result: Numeric): boolean | string => ("unsupported" in result ? result.unsupported.message : result.agree);
  test.each(table.map(([claim, first], i) => [claim, first, i] as const))("%s: %s", (_, first, i) => {
    const statement = statements.find((s) => s.name === String(i));
    if (statement === undefined || statement.kind === "show") throw new Error("no such claim");
    const [equation] = statement.equations;
    if (equation === undefined) throw new Error("no equation");
    const below = first === never ? most : first - 1;
    for (const seed of [1, 2]) {
      const agreeing = compare(equation, { seed, trials: 1, order: below });
      expect(said(agreeing)).toBe(true);
      expect(agreeing).toMatchObject({ exact: true, order: below, residual: 0 });
      if (first !== never) {
        const other = compare(equation, { seed, trials: 1, order: first });
        expect(said(other)).toBe(false);
        expect(other).toMatchObject({ exact: true, residual: 1 });
      }
      expect(said(compare(equation, { seed, trials: 1 }))).toBe(first === never);
    }
  });
}

describe("identities of ch and sh", () => {
  const [k, l] = ["k(x,z) \\overline{k(z,y)}", "k(x,z) \\overline{k(z,u)} k(u,v) \\overline{k(v,y)}"];
  differing(
    `index x, y, z, u, v in R^3
index X, Y, Z in {1,2} * R^3
param q > 0
index m, n, l in {1..q}
function w(x) real even
function \\phi(x)
param N > 0
kernel k(x,y) symmetric
kernel K(X,Y) symmetric
kernel A(m,n) symmetric
let o(x,y) = -N w(N(x-y)) \\phi(x) \\phi(y)
`,
    6,
    [
      [`ch(k)(x,y) = \\delta(x-y) + \\frac12 \\int ${k} dz`, 4],
      [`ch(k)(x,y) = \\delta(x-y) + \\frac12 \\int ${k} dz + \\frac1{24} \\int ${l} dz du dv`, 6],
      [`ch(k)(x,y) = \\delta(x-y) + \\frac12 \\int ${k} dz + \\frac1{12} \\int ${l} dz du dv`, 4],
      [`ch(k)(x,y) = \\delta(x-y) + \\frac12 \\int \\overline{k(x,z)} k(z,y) dz`, 2],
      ["sh(k)(x,y) = k(x,y)", 3],
      ["sh(k)(x,y) = k(x,y) + \\frac16 \\int k(x,z) \\overline{k(z,u)} k(u,y) dz du", 5],
      ["sh(k)(x,y) = k(x,y) + \\frac13 \\int k(x,z) \\overline{k(z,u)} k(u,y) dz du", 3],
      ["\\int ch(k)(x,z) ch(k)(z,y) dz = \\delta(x-y) + \\int sh(k)(x,z) \\overline{sh(k)(z,y)} dz", never],
      ["\\int ch(k)(x,z) sh(k)(z,y) dz = \\frac12 sh(2k)(x,y)", never],
      ["\\int ch(k)(x,z) sh(k)(z,y) dz = \\int sh(k)(x,z) \\overline{ch(k)(z,y)} dz", never],
      ["\\int ch(k)(x,z) sh(k)(z,y) dz = \\int \\overline{ch(k)(x,z)} sh(k)(z,y) dz", 3],
      ["\\int ch(k)(x,z) ch(k)(z,y) dz = \\frac12 (\\delta(x-y) + ch(2k)(x,y))", never],
      [`\\int ch(k)(x,z) ch(k)(z,y) dz = \\delta(x-y) + \\int ${k} dz`, 4],
      ["ch(k)(x,y) = \\overline{ch(k)(y,x)}", never],
      ["ch(k)(x,y) = ch(k)(y,x)", 2],
      ["\\int ch(K)(X,Z) ch(K)(Z,Y) dZ = \\delta(X-Y) + \\int sh(K)(X,Z) \\overline{sh(K)(Z,Y)} dZ", never],
      ["\\sum_l ch(A)(m,l) sh(A)(l,n) = \\frac12 sh(2A)(m,n)", never],
      ["\\sum_l ch(A)(m,l) sh(A)(l,n) = sh(A)(m,n)", 3],
      ["\\int ch(o)(x,z) sh(o)(z,y) dz = \\frac12 sh(2o)(x,y)", never],
      // Of first order in w, whatever its power of \phi.
      ["sh(o)(x,y) = o(x,y)", 3],
      ["sh(o)(x,y) = \\frac12 sh(2o)(x,y)", 3],
      ["\\partial_t sh(k)(x,y) = \\partial_t k(x,y)", 3],
    ],
  );
});

describe("conjugations", () => {
  differing(
    `index x, y, z, u, v in R^3
index p in Z^3
param r in R, s
param m > 0
boson c, d
fermion e, f, g_p, h_p
boson a_x, b_x
function j(x)
function \\theta(p) real even
kernel k(x,y) symmetric
kernel \\kappa(x,y) antisymmetric
fermion \\psi_x
unitary S = \\exp(\\frac12 (r c^* c^* - r c c))
unitary S_3 = \\exp(r c^* d - r d^* c)
unitary R = \\exp(r (e^* f^* - f e))
unitary B = \\exp(\\sum_p \\theta(p) (g_p^* h_{-p}^* - h_{-p} g_p))
unitary T = \\exp(\\frac12 \\int (k(x,y) a_x^* a_y^* - \\overline{k(x,y)} a_x a_y) dx dy)
unitary F = \\exp(\\frac12 \\int (\\kappa(x,y) \\psi_x^* \\psi_y^* - \\overline{\\kappa(x,y)} \\psi_y \\psi_x) dx dy)
unitary W = \\exp(\\int (j(x) a_x^* - \\overline{j(x)} a_x) dx)
unitary D = \\exp(r c^* - r c)
let Q = \\frac12 \\int (k(x,y) a_x^* a_y^* - \\overline{k(x,y)} a_x a_y) dx dy
`,
    5,
    [
      ["S^* c S = \\cosh(r) c + \\sinh(r) c^*", never],
      ["S^* c S = (1 + \\frac12 r^2) c + \\sinh(r) c^*", 4],
      ["S^* c S = \\cosh(r) c + (r + \\frac16 r^3) c^*", 5],
      ["S^* c S = \\sqrt{1 + \\sinh(r)^2} c + \\sinh(r) c^*", never],
      ["S c = (\\cosh(r) c - \\sinh(r) c^*) S", never],
      ["S c = (\\cosh(r) c - r c^*) S", 3],
      ["\\langle S^* c^* c S \\rangle = \\sinh(r)^2", never],
      ["\\langle S^* c^* c S \\rangle = r^2", 4],
      ["S_3^* c S_3 = \\cosh(i r) c - i \\sinh(i r) d", never],
      ["S_3^* c S_3 = (1 - \\frac12 r^2) c - i \\sinh(i r) d", 4],
      ["S_3^* c S_3 = \\cosh(i r) c + r d", 3],
      ["R^* e R = \\cosh(i r) e - i \\sinh(i r) f^*", never],
      ["R^* e R = \\cosh(i r) e + (r - \\frac16 r^3) f^*", 5],
      ["\\langle R^* e^* e R \\rangle = -\\sinh(i r)^2", never],
      ["\\langle R^* e^* e R \\rangle = \\sinh(r)^2", 4],
      ["B^* g_p B = \\cosh(i \\theta(p)) g_p - i \\sinh(i \\theta(p)) h_{-p}^*", never],
      ["B^* g_p B = \\cosh(\\theta(p)) g_p - i \\sinh(i \\theta(p)) h_{-p}^*", 2],
      ["B^* g_p B = \\cosh(i \\theta(p)) g_p + \\sinh(\\theta(p)) h_{-p}^*", 3],
      ["T^* a_x T = \\int ch(k)(x,y) a_y dy + \\int sh(k)(x,y) a_y^* dy", never],
      ["T^* a_x T = \\int ch(k)(x,y) a_y dy + \\int k(x,y) a_y^* dy", 3],
      ["T^* a_x T = a_x + \\int k(x,y) a_y^* dy", 2],
      ["T^* a_x T = a_x - [Q, a_x]", 2],
      ["T^* a_x T = a_x - [Q, a_x] + \\frac12 [Q, [Q, a_x]]", 3],
      ["T^* a_x T = a_x - [Q, a_x] + \\frac12 [Q, [Q, a_x]] - \\frac16 [Q, [Q, [Q, a_x]]]", 4],
      ["\\langle T^* a_x^* a_y T \\rangle = \\int \\overline{sh(k)(x,z)} sh(k)(z,y) dz", never],
      ["\\langle T^* a_x^* a_y T \\rangle = \\int \\overline{k(x,z)} k(z,y) dz", 4],
      ["T^* W^* a_x W T = T^* a_x T + j(x)", never],
      ["W^* T^* a_x T W = T^* a_x T + j(x)", 1],
      ["W^* T^* a_x T W = T^* a_x T + \\int ch(k)(x,y) j(y) dy + \\int sh(k)(x,y) \\overline{j(y)} dy", never],
      ["\\{F^* \\psi_x F, F^* \\psi_y^* F\\} = \\delta(x-y)", never],
      ["F^* \\psi_x F = \\psi_x + \\int \\kappa(x,y) \\psi_y^* dy", 2],
      ["F^* \\psi_x F = \\psi_x + \\int \\kappa(x,y) \\psi_y^* dy + \\frac12 \\int \\kappa(x,y) \\overline{\\kappa(y,z)} \\psi_z dy dz", 3],
      ["\\langle D \\rangle = \\exp(-\\frac12 r^2)", never],
      ["\\cosh(m)^2 = 1 + \\sinh(m)^2", never],
      ["\\cosh(m)^2 = 1 + m^2", 4],
      ["\\langle D \\rangle = \\exp(-\\frac12 r^2) + r^4", 2],
    ],
  );
});

/** U^{-1} dU/dt = sum_n (-1)^n ad_Q^n(dQ/dt) / (n+1)!, so cutting after the n-th commutator is an error of order n + 2. */
describe("(i dT^*/dt) T", () => {
  differing(
    `index x, y, z, u, v in R^3
index p in Z^3
boson a_x
boson l_p
function \\tau(p) real even
kernel k(x,y) symmetric
unitary T = \\exp(\\frac12 \\int (k(x,y) a_x^* a_y^* - \\overline{k(x,y)} a_x a_y) dx dy)
unitary L = \\exp(\\frac12 \\sum_p \\tau(p) (l_p^* l_{-p}^* - l_p l_{-p}))
let Q = \\frac12 \\int (k(x,y) a_x^* a_y^* - \\overline{k(x,y)} a_x a_y) dx dy
let P = \\frac12 \\int (\\partial_t k(x,y) a_x^* a_y^* - \\overline{\\partial_t k(x,y)} a_x a_y) dx dy
`,
    5,
    [
      ["(i \\partial_t L^*) L = -\\frac{i}{2} \\sum_p (\\partial_t \\tau(p)) (l_p^* l_{-p}^* - l_p l_{-p})", never],
      ["(i \\partial_t T^*) T = -i T^* \\partial_t T", never],
      ["(i \\partial_t T^*) T = -i P", 2],
      ["(i \\partial_t T^*) T = -i (P - \\frac12 [Q, P])", 3],
      ["(i \\partial_t T^*) T = -i (P - \\frac12 [Q, P] + \\frac16 [Q, [Q, P]])", 4],
      ["(i \\partial_t T^*) T = -i (P - \\frac12 [Q, P] + \\frac16 [Q, [Q, P]] - \\frac1{24} [Q, [Q, [Q, P]]])", 5],
      ["(i \\partial_t T^*) T = -i (P - \\frac12 [Q, P] + \\frac13 [Q, [Q, P]])", 3],
    ],
  );
});

/** T^* A B T = T^* A T T^* B T for random A and B, and the same with a term of a known order added. */
describe("random operators", () => {
  const letters = ["c", "c^*", "d", "d^*", "(c + s d^*)", "(c^* c - 2)"];
  const word = fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 2 }).map((list) => list.join(" "));
  const samples = fc.sample(fc.tuple(word, word, fc.integer({ min: 1, max: 5 }), fc.constantFrom("S", "S_2", "S_3", "B")), {
    seed: 11,
    numRuns: 16,
  });
  differing(
    `param r in R, s
boson c, d
unitary S = \\exp(\\frac12 (r c^* c^* - r c c))
unitary S_2 = \\exp(r c^* d^* - r c d)
unitary S_3 = \\exp(r c^* d - r d^* c)
unitary B = \\exp(r c^* d^* - r c d + r s c^* - r \\overline{s} c)
`,
    4,
    samples.flatMap(([a, b, first, u]) => {
      const [left, right] = [`${u}^* ${a} ${b} ${u}`, `${u}^* ${a} ${u} ${u}^* ${b} ${u}`];
      return [
        [`${left} = ${right}`, never],
        [`${left} = ${right} + r^${first} ${b}`, first],
      ] as const;
    }),
  );
});

describe("no series", () => {
  const why = (text: string): string => {
    const { statements, diagnostics } = parse(text);
    expect(diagnostics).toEqual([]);
    const [statement] = statements;
    if (statement === undefined || statement.kind === "show") throw new Error("no claim");
    const result = compare(statement.equations[0] as (typeof statement.equations)[0], { seed: 1, trials: 1, order: 4 });
    return "unsupported" in result ? result.unsupported.message : String(result.agree);
  };
  const names = "param r in R, s\nparam m > 0\nindex x, y, z in R^3\nboson c\nkernel k(x,y) symmetric\nfunction h(x)\n";

  test.each([
    ["nothing is exponentiated", "claim: [c, c^*] = 1", /no kernels in exponentials/],
    ["an exponent that does not vanish", "claim: \\exp(r + 1) = \\exp(1 + r)", /no kernels in exponentials/],
    ["a root of a parameter that vanishes", "claim: \\cosh(m) \\sqrt{m} = \\sqrt{m} \\cosh(m)", /no power series/],
    ["the root of a square", "claim: \\sqrt{\\sinh(r)^2} = \\sinh(r)", /no power series/],
    ["division by a kernel", "claim: \\frac{\\sinh(r)}{r} = \\frac{1}{r} \\sinh(r)", /no power series/],
    [
      "a norm that is given",
      "assume \\int \\overline{k(x,y)} k(x,y) dx dy = 1\nclaim: \\int \\overline{k(x,y)} sh(k)(x,y) dx dy = 1",
      /no kernels in exponentials/,
    ],
  ])("%s", (_, claim, expected) => {
    expect(why(`${names}${claim}\n`)).toMatch(expected);
  });

  test("what an assumption defines is of the order of what it is made of", () => {
    const text = (right: string): string => `${names}assume k(x,y) = h(x) h(y)\nclaim: sh(k)(x,y) = ${right}\n`;
    expect(why(text("h(x) h(y)"))).toBe("false");
    expect(why(text("h(x) sh(k)(y,x) \\frac1{h(x)}"))).toMatch(/no power series/);
    const cubic = "\\frac16 h(x) h(y) \\left(\\int \\overline{h(z)} h(z) dz\\right)^2";
    expect(why(text(`h(x) h(y) + ${cubic}`))).toBe("true");
    expect(why(text(`h(x) h(y) + 2 ${cubic}`))).toBe("false");
  });
});
