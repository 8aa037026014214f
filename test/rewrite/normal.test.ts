import { describe, expect, test } from "vitest";
import { type Coefficient, real } from "../../src/algebra/number.js";
import { reset } from "../../src/rewrite/engine.js";
import { Fault } from "../../src/source/diagnostic.js";
import { equations, holds, normal } from "../engine.js";

const preamble = `index x, y, z, u in R^3
index m, n in {1, 2}
index p, q, r, k in Z^3
param N > 0
param s in R, t_0
boson a_x, b_x
boson c
boson l_p
boson z_m
fermion e_p, f_m
function \\phi(x), \\chi(x)
function W(x) real even
function \\hat{W}(p) real even
kernel T(x,y)
kernel V(x,y,z,u) = V(y,x,z,u) = V(x,y,u,z)
unitary D = \\exp(a^*(\\phi) - a(\\phi))`;

/** Formulas of textbooks; none of them was printed by this program. */
const table: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  "one mode (Louisell 1973, ch. 3)": [
    ["c c^*", "c^* c + 1"],
    ["c (c^*)^5", "(c^*)^5 c + 5 (c^*)^4"],
    ["c^3 c^*", "c^* c^3 + 3 c^2"],
    ["(c^* c)^2", "(c^*)^2 c^2 + c^* c"],
    ["(c^* c)^4", "(c^*)^4 c^4 + 6 (c^*)^3 c^3 + 7 (c^*)^2 c^2 + c^* c"],
    ["c^3 (c^*)^3", "(c^*)^3 c^3 + 9 (c^*)^2 c^2 + 18 c^* c + 6"],
    ["[c, (c^* c)^2]", "2 c^* c^2 + c"],
    ["(c + c^*)^4", "(c^*)^4 + 4 (c^*)^3 c + 6 (c^*)^2 c^2 + 4 c^* c^3 + c^4 + 6 (c^*)^2 + 12 c^* c + 6 c^2 + 3"],
    ["\\langle (c + c^*)^8 \\rangle", "105"],
    ["\\langle c^4 (c^*)^4 \\rangle", "24"],
    ["\\langle (c + 2 c^*)^6 \\rangle", "120"],
    ["\\langle (a(\\phi) + a^*(\\phi))^4 \\rangle", "3 \\langle \\phi, \\phi \\rangle^2"],
  ],
  "fields (Fetter, Walecka 1971, ch. 1)": [
    ["a_x a_y a_z^*", "a_z^* a_x a_y + \\delta(x-z) a_y + \\delta(y-z) a_x"],
    ["[a_x^* a_y, a_z^* a_u]", "\\delta(y-z) a_x^* a_u - \\delta(x-u) a_z^* a_y"],
    ["[\\int a_x^* a_x dx, a_y^* a_z^*]", "2 a_y^* a_z^*"],
    ["[a_x, \\frac{1}{2} \\iint W(y-z) a_y^* a_z^* a_z a_y dy dz]", "\\int W(x-y) a_y^* a_y a_x dy"],
    ["\\langle a_x a_y a_z^* a_u^* \\rangle", "\\delta(x-z) \\delta(y-u) + \\delta(x-u) \\delta(y-z)"],
  ],
  fermions: [
    ["e_p e_q^*", "\\delta_{p,q} - e_q^* e_p"],
    ["e_p e_p", "0"],
    ["(f_1^* f_1)^2", "f_1^* f_1"],
    ["[e_p^* e_q, e_r^*]", "\\delta_{q,r} e_p^*"],
    ["\\langle e_p e_q e_r^* e_k^* \\rangle", "\\delta_{q,r} \\delta_{p,k} - \\delta_{p,r} \\delta_{q,k}"],
    ["e_p^* e_q^* e_q e_p", "e_q^* e_p^* e_p e_q"],
    ["[c, e_p]", "0"],
    ["\\{e_p, f_m^*\\}", "0"],
    ["(\\sum_p e_p^* e_p)^2", "\\sum_p e_p^* e_p + \\sum_{p,q} e_p^* e_q^* e_q e_p"],
  ],
  "momenta and affine labels": [
    ["\\sum_{p,q} \\hat{W}(p-q) l_p^* l_q", "\\sum_{p,q} \\hat{W}(q) l_{p+q}^* l_p"],
    ["\\sum_{p} \\delta_{p+q,r} l_p", "l_{r-q}"],
    ["[\\sum_{p,q,k} \\hat{W}(k) l_{p+k}^* l_{q-k}^* l_q l_p, \\sum_r l_r^* l_r]", "0"],
    ["\\sum_{p} l_p^* l_{-p}^*", "\\sum_q l_{-q}^* l_q^*"],
    ["\\sum_q \\hat{W}(q) l_{r+q}^* l_{p+q}", "\\sum_q \\hat{W}(q) l_{r-q}^* l_{p-q}"],
    ["\\sum_k \\hat{W}(k) l_{p-k} l_{q+k}", "\\sum_k \\hat{W}(k-p+q) l_{p-k} l_{q+k}"],
    ["\\int W(y) a_{x+y}^* a_{z+y} dy", "\\int W(y) a_{x-y}^* a_{z-y} dy"],
    ["\\int \\delta(x-y) \\delta(y-z) \\phi(y) dy", "\\delta(x-z) \\phi(z)"],
    ["\\delta(x-y) a_x^* a_y", "\\delta(x-y) a_y^* a_y"],
    ["\\delta_{m,1} z_m", "\\delta_{m,1} z_1"],
    ["\\sum_m z_m^* z_m", "z_1^* z_1 + z_2^* z_2"],
    ["\\delta_{m,1} + \\delta_{m,2}", "1"],
    ["\\delta_{p,q}^2", "\\delta_{p,q}"],
  ],
  "Weyl operators": [
    ["D^* a_x^* a_y D", "(a_x^* + \\overline{\\phi(x)}) (a_y + \\phi(y))"],
    ["D a_x D^*", "a_x - \\phi(x)"],
    ["D^* D", "1"],
    [
      "(\\partial_t D^*) D",
      "a(\\dot\\phi) - a^*(\\dot\\phi) + \\frac{1}{2} (\\langle \\dot\\phi, \\phi \\rangle - \\langle \\phi, \\dot\\phi \\rangle)",
    ],
    ["(\\partial_t D^*) D + D^* (\\partial_t D)", "0"],
  ],
  coefficients: [
    ["\\sqrt{8} \\sqrt{2}", "4"],
    ["\\sqrt{N} N^{-1/2}", "1"],
    ["\\sqrt{-4}", "2 i"],
    ["\\frac{1}{N (N+1)}", "\\frac{1}{N} - \\frac{1}{N+1}"],
    ["\\sqrt{2 N} \\sqrt{N}", "\\sqrt{2} N"],
    ["\\overline{t_0 (1 + 2 i)}", "\\overline{t_0} (1 - 2 i)"],
    ["(\\cosh s + \\sinh s)^2", "\\exp(2 s)"],
    [
      "\\partial_t \\exp(\\langle \\phi, \\phi \\rangle)",
      "(\\langle \\dot\\phi, \\phi \\rangle + \\langle \\phi, \\dot\\phi \\rangle) \\exp(\\langle \\phi, \\phi \\rangle)",
    ],
  ],
};

for (const [group, rows] of Object.entries(table))
  describe(group, () => {
    for (const [left, right] of rows)
      test(`${left} = ${right}`, () => {
        const [equation] = equations(`${preamble}\nclaim: ${left} = ${right}\n`);
        expect(holds(equation as NonNullable<typeof equation>)).toBe(true);
      });
  });

// What has been worked on before decides which numbers things are interned under, and must decide nothing else.
describe("the normal form does not depend on earlier work", () => {
  const histories: readonly (readonly string[])[] = [
    [],
    ["e_p e_q^*"],
    ["e_p e_q", "e_p e_q^*", "\\sum_p e_p^* e_p"],
    ["\\sum_{p,q} \\hat{W}(p-q) e_p^* e_q", "l_p l_q^* l_r"],
    ["l_{p+q}^* l_{r-q}", "\\sum_q \\hat{W}(q) l_{r+q}^* l_{p+q}", "[l_p, l_q^*]"],
  ];
  const rows: readonly (readonly [string, string])[] = [
    ["[l_p, \\sum_{q,r,k} \\hat{W}(k) l_{q+k}^* l_{r-k}^* l_r l_q]", "2 \\sum_{q,k} \\hat{W}(k) l_{q+k}^* l_q l_{p+k}"],
    ["\\sum_{p,q} \\hat{W}(p+q) \\hat{W}(p-q) l_p", "\\sum_{p,q} \\hat{W}(q) \\hat{W}(q+2p) l_{-p}"],
    ["\\int W(x-y) \\phi(y) dx dy", "\\int W(x) dx \\int \\phi(y) dy"],
    ["\\int \\phi(2x) \\chi(3x) dx", "\\frac{1}{27} \\int \\phi(2x/3) \\chi(x) dx"],
    ["\\int N^3 W(N(x-y)) \\phi(y) W(N(y-z)) dx dz", "N^{-3} (\\int W(x) dx)^2 \\phi(y)"],
    ["\\langle a(\\psi) a^*(\\psi) \\rangle", "\\langle \\phi, \\phi \\rangle"],
    ["\\sum_p \\hat{V}(2p+q)", "\\sum_p \\hat{V}(2p+3q)"],
    ["\\sum_p \\hat{V}(p-q) \\delta_{2p,2r}", "\\hat{V}(r-q)"],
  ];
  test.each(rows)("%s = %s", (left, right) => {
    for (const history of histories) {
      reset();
      const own = `${preamble}\nfunction \\hat{V}(p)\nlet \\psi(x) = N^{3/2} \\phi(N x)`;
      const claims = [...history.map((e) => `claim: ${e} = 0`), `claim: ${left} = ${right}`];
      const list = equations(`${own}\n${claims.join("\n")}\n`);
      for (const equation of list.slice(0, -1)) holds(equation);
      expect(holds(list[list.length - 1] as (typeof list)[number]), history.join("; ")).toBe(true);
    }
  });
  test("sums that differ are told apart", () => {
    for (const [left, right] of [
      ["\\sum_p \\hat{W}(2p)", "\\sum_p \\hat{W}(p)"],
      ["\\sum_{p,q} \\hat{W}(p+q) \\hat{W}(p-q)", "\\sum_{p,q} \\hat{W}(p) \\hat{W}(q)"],
      ["\\int N^2 W(N x) dx", "\\int W(x) dx"],
      ["\\delta_{2p,q}", "\\delta_{p,q}"],
    ]) {
      const [equation] = equations(`${preamble}\nclaim: ${left} = ${right}\n`);
      expect(holds(equation as NonNullable<typeof equation>)).toBe(false);
    }
  });
});

function coefficientSum(sum: ReadonlyMap<string, { readonly coefficient: Coefficient }>): bigint {
  let total = 0n;
  for (const term of sum.values()) total += BigInt(real(term.coefficient));
  return total;
}

describe("known sizes of normal forms", () => {
  // Counted with other programs: FORM 4.3 and SeQuant.
  const power = (n: number): string => `(\\int_{x,y,z,u} V(x,y,z,u) a_x^* a_y^* a_z a_u)^${n}`;
  test.each([
    [2, 3, 7n],
    [3, 10, 87n],
    [4, 41, 1657n],
    [5, 198, 43833n],
  ])("E^%i has %i terms, coefficients %i", (n, terms, total) => {
    const sum = normal(preamble, power(n));
    expect(sum.size).toBe(terms);
    expect(coefficientSum(sum)).toBe(total);
  });
  test("five annihilators and five creators: 1,546 partial matchings", () => {
    const left = [1, 2, 3, 4, 5].map((i) => `a_{x_${i}}`).join(" ");
    const right = [1, 2, 3, 4, 5].map((i) => `a_{y_${i}}^*`).join(" ");
    expect(normal(preamble, `${left} ${right}`).size).toBe(1546);
  });
  test("H^2 in six modes: 19,489 terms, coefficients 47,761,313", () => {
    const terms: string[] = [];
    for (let i = 0; i < 6; i++)
      for (let j = 0; j < 6; j++) {
        terms.push(`${1 + ((i + 2 * j) % 5)} w_${i}^* w_${j}`);
        for (let k = 0; k < 6; k++)
          for (let l = 0; l < 6; l++) terms.push(`${1 + ((i + 2 * j + 3 * k + 5 * l) % 7)} w_${i}^* w_${j}^* w_${k} w_${l}`);
      }
    const sum = normal(`index j in {0..5}\nboson w_j`, `(${terms.join(" + ")})^2`);
    expect(sum.size).toBe(19489);
    expect(coefficientSum(sum)).toBe(47761313n);
  });
});

describe("what makes no sense is a fault, never a value", () => {
  const faults: readonly (readonly [string, string])[] = [
    ["\\overline{\\sqrt{s}}", "not-understood"],
    ["a_x a_x^*", "delta-zero"],
    ["\\delta(x-y)^2", "delta-zero"],
    ["\\delta(x-y) \\delta(y-x)", "delta-zero"],
    ["\\int a_x a_x^* dx", "delta-zero"],
    ["\\int 1 dx", "divergent"],
    ["\\sum_p 1", "divergent"],
    ["D a_x", "not-understood"],
    ["(c + c^*)^{10000}", "too-large"],
    ["(1 + c^* c)^{20000}", "too-large"],
    ["\\frac{1}{N - N}", "division-by-zero"],
  ];
  test.each(faults)("%s: %s", (expression, code) => {
    let found = "nothing";
    try {
      normal(preamble, expression);
    } catch (problem) {
      found = problem instanceof Fault ? problem.diagnostic.code : String(problem);
    }
    expect(found).toBe(code);
  });
});

describe("roots keep to the principal branch", () => {
  const unequal: readonly (readonly [string, string])[] = [
    ["\\sqrt{-s}", "i \\sqrt{s}"],
    ["\\sqrt{t_0^2}", "t_0"],
    ["\\sqrt{s t_0}", "\\sqrt{s} \\sqrt{t_0}"],
    ["\\sqrt{\\phi(x)^2}", "\\phi(x)"],
  ];
  test.each(unequal)("%s is not %s", (left, right) => {
    const [equation] = equations(`${preamble}\nclaim: ${left} = ${right}\n`);
    expect(holds(equation as NonNullable<typeof equation>)).toBe(false);
  });
});
