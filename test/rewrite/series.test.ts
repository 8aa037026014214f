import { describe, expect, test } from "vitest";
import type { Expression, Unitary } from "../../src/core/expression.js";
import { normalOrder } from "../../src/rewrite/engine.js";
import { conjugationSeries, expanded, graded, rateSeries, truncated } from "../../src/rewrite/series.js";
import { nowhere } from "../../src/source/span.js";
import { declared, readIn, sameForm } from "../engine.js";
import { dag, dot, mul } from "../random.js";

/** The closed form of a conjugation, expanded in powers of the kernel, against the series of nested commutators. */

const scope = declared(String.raw`
index x, y, z in R^3
index X, Y in {1, 2} * R^3
index p, q in Z^3
param s
boson a_x, b_x
boson z_X
boson c_p
boson d
function f(x)
function \tau(p) real even
function \lambda(p)
kernel k(x,y) symmetric
kernel k_{11}(x,y) symmetric
kernel k_{22}(x,y) symmetric
kernel k_{12}(x,y)
kernel K(X,Y) symmetric
kernel V(x,y) real symmetric
unitary T = \exp(\frac12 \int (k(x,y) a_x^* a_y^* - h.c.) dx dy)
unitary U = \exp(-\frac12 \int (k_{11}(x,y) a_x^* a_y^* + k_{22}(x,y) b_x^* b_y^* + 2 k_{12}(x,y) a_x^* b_y^* - h.c.) dx dy)
unitary P = \exp(\frac12 \int (K(X,Y) z_X^* z_Y^* - h.c.) dX dY)
unitary S = \exp(\frac12 (s d^{*2} - \overline{s} d^2))
function \sigma(p) even
unitary R = \exp(\frac12 \sum_p (\sigma(p) c_p^* c_{-p}^* - h.c.))
kernel h(x,y) hermitian
kernel g(x,y) real symmetric
kernel H(X,Y) hermitian
kernel n(x,y) antisymmetric
fermion e_x
unitary A = \exp(i \int h(x,y) a_x^* a_y dx dy)
unitary B = \exp(i \int h(x,y) a_x^* a_y dx dy + \frac12 \int (k(x,y) a_x^* a_y^* - h.c.) dx dy)
unitary C = \exp(i \int g(x,y) e_x^* e_y dx dy + \frac12 \int (n(x,y) e_x^* e_y^* - h.c.) dx dy)
unitary D = \exp(\int (k_{12}(x,y) a_x^* b_y - h.c.) dx dy + i \int h(x,y) b_x^* b_y dx dy)
unitary E = \exp(i \int H(X,Y) z_X^* z_Y dX dY + \frac12 \int (K(X,Y) z_X^* z_Y^* - h.c.) dX dY)
unitary F = \exp(\frac12 \int (n(x,y) e_x^* e_y^* - h.c.) dx dy)
unitary G = \exp(i \int g(x,y) a_x^* a_y dx dy)
unitary L = \exp(\frac12 (s d^{*2} - \overline{s} d^2) + s^2 d^* - \overline{s}^2 d)
unitary O = \exp(\frac12 \sum_p \tau(p) (c_p^* c_{-p}^* - c_p c_{-p}) + \sum_p (\lambda(p) c_p^* - \overline{\lambda(p)} c_p))
unitary M = \exp(\frac12 \sum_p \tau(p) (c_p^* c_{-p}^* - c_p c_{-p}))
`);
const read = (text: string): Expression => readIn(scope, text);

/** The unitary of a name with a parameter that counts orders before its generator. */
function unitary(name: string): Unitary {
  const e = read(name);
  if (e.kind !== "unitary") throw new Error(`${name} is no unitary`);
  return graded(e.unitary);
}

const uni = (u: Unitary, inverse: boolean): Expression => ({ kind: "unitary", unitary: u, inverse, span: nowhere });

const conjugations: readonly (readonly [string, string, number])[] = [
  ["T", "a_x", 5],
  ["T", "a_x^*", 5],
  ["T", "a_x^* a_y", 5],
  ["T", "a_x a_y", 5],
  ["T", "\\int f(x) a_x^* a_x dx", 5],
  ["T", "\\int V(x,y) a_x^* a_y^* a_y a_x dx dy", 5],
  ["U", "a_x", 5],
  ["U", "b_x^*", 5],
  ["U", "a_x^* b_y", 4],
  ["P", "z_X", 5],
  ["P", "z_X^* z_Y", 3],
  ["S", "d", 5],
  ["S", "d^* d", 5],
  ["M", "c_p", 5],
  ["M", "c_p^* c_q", 4],
  ["R", "c_p", 5],
  ["L", "d", 5],
  ["L", "d^* d", 4],
  ["O", "c_p", 5],
  ["O", "c_p c_q^*", 3],
  ["A", "a_x", 5],
  ["A", "a_x^* a_y", 5],
  ["G", "a_x a_y^*", 4],
  ["B", "a_x", 5],
  ["B", "a_x^*", 5],
  ["B", "a_x^* a_y", 4],
  ["B", "\\int V(x,y) a_x^* a_y^* a_y a_x dx dy", 2],
  ["C", "e_x", 5],
  ["C", "e_x^* e_y", 4],
  ["D", "a_x", 5],
  ["D", "b_x^* a_y", 3],
  ["E", "z_X", 4],
  ["E", "z_X^* z_Y", 2],
  ["F", "e_x", 5],
  ["F", "e_x^* e_y", 4],
  ["F", "\\int V(x,y) e_x^* e_y^* e_y e_x dx dy", 3],
];

describe("T^* A T in closed form is the series of commutators, order by order", () => {
  test.each(conjugations)(
    "%s, %s to order %i",
    (name, text, most) => {
      const u = unitary(name);
      const a = read(text);
      const closed = expanded(normalOrder(mul(uni(u, true), a, uni(u, false))), most);
      const series = conjugationSeries(normalOrder(a), normalOrder(u.generator), most);
      expect(sameForm(closed, series)).toBe(true);
      // The last order is there, and counts.
      expect(sameForm(closed, truncated(series, most - 1))).toBe(truncated(series, most).size === truncated(series, most - 1).size);
      // The inverse has the signs of odd orders changed.
      if (most > 1) {
        const other = conjugationSeries(normalOrder(a), normalOrder(mul(read("-1"), u.generator)), most);
        expect(sameForm(closed, other)).toBe(false);
        expect(sameForm(expanded(normalOrder(mul(uni(u, false), a, uni(u, true))), most), other)).toBe(true);
      }
    },
    60_000,
  );
});

describe("(\\partial_t T^*) T in closed form is its series", () => {
  test.each([
    ["T", 4],
    ["U", 3],
    ["P", 3],
    ["A", 4],
    ["B", 3],
    ["C", 3],
    ["D", 3],
    ["E", 2],
    ["F", 4],
    ["G", 4],
  ])(
    "%s to order %i",
    (name, most) => {
      const u = unitary(name as string);
      const closed = expanded(normalOrder(mul(dot(uni(u, true)), uni(u, false))), most as number);
      const series = rateSeries(normalOrder(u.generator), normalOrder(dot(u.generator)), most as number);
      expect(closed.size).toBeGreaterThan(1);
      expect(sameForm(closed, series)).toBe(true);
      expect(sameForm(closed, truncated(series, (most as number) - 1))).toBe(false);
    },
    60_000,
  );
});

test("generators that commute with their derivatives have a rate of the first order", () => {
  const u = unitary("M");
  const rate = normalOrder(mul(dot(uni(u, true)), uni(u, false)));
  expect(sameForm(rate, rateSeries(normalOrder(u.generator), normalOrder(dot(u.generator)), 1))).toBe(true);
});

test("functions of a kernel as power series", () => {
  const u = unitary("T");
  // ch^2 - sh \overline{sh} = 1 as the CCR of the images, in which the products are summed before they are expanded.
  const image = (e: Expression): Expression => mul(uni(u, true), e, uni(u, false));
  const [a, b] = [expanded(normalOrder(image(read("a_x"))), 6), expanded(normalOrder(image(read("a_y"))), 6)];
  expect(a.size).toBe(7);
  expect(b.size).toBe(7);
  expect(
    sameForm(expanded(normalOrder(dag(image(read("a_x")))), 6), conjugationSeries(normalOrder(read("a_x^*")), normalOrder(u.generator), 6)),
  ).toBe(true);
});
