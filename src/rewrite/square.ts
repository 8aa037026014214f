import { atomOf } from "../algebra/atom.js";
import { adjoint, bind, substitute } from "../algebra/bind.js";
import { headOf } from "../algebra/head.js";
import { type Arg, constantLabel } from "../algebra/label.js";
import { type Coefficient, denominator, gauss, imag, imaginary, real } from "../algebra/number.js";
import { scalarEntries, scalarMultiply, scalarPositive, scalarPower } from "../algebra/scalar.js";
import { add, constant, fromProduct, type Sum, scale, type Term, zeroSum } from "../algebra/sum.js";
import { multiplyNormal } from "../algebra/wick.js";
import type { Kind, Species } from "../core/expression.js";
import { applied, appliedTo, type Block, isShifted, ladder, second } from "./block.js";
import { casesOf } from "./cases.js";
import { choices, exponential, powerOfScalar, settle } from "./function.js";
import { identityAt, placeholders } from "./hyperbolic.js";

/**
 * e^M where M^2 = h is a function of the label, by cosh and sinh of its root, and what linear terms of the generator add,
 *   T^* a T = (e^M (a, a^*))_1 + (\phi(M) (f, \overline{f}))_1,   \phi(M) = \sum_n M^n / (n+1)! = \sinh r / r + (\cosh r - 1) / r^2 M,   r^2 = h.
 * Source: Duhamel's formula.
 */

/** The factor of a sum that is `f(first) \delta(first - second)`, undefined for others. */
function diagonal(values: Sum, kinds: readonly Kind[]): Sum | undefined {
  if (values.size === 0) return zeroSum;
  const [x, y] = [placeholders(kinds), placeholders(kinds, 100)];
  // Integrated against 1: what is left is f, if it was of that form.
  let f: Sum;
  try {
    f = bind(values, y);
  } catch {
    return undefined;
  }
  const again = multiplyNormal(f, identityAt(kinds, x, y));
  const rest = add(values, scale(again, -1));
  return rest.size === 0 ? f : undefined;
}

/** The square root, either of the two, of a function that may be a perfect square. */
function root(h: Sum): Sum {
  if (h.size === 1) {
    const [term] = [...h.values()] as [Term];
    const c = rootOfNumber(term.coefficient);
    const scalar = halfScalar(term.scalar);
    const atoms = term.mono.every((exp, i) => i % 2 === 0 || exp % 2 === 0);
    if (c !== undefined && scalar !== undefined && atoms) {
      let value: Sum = constant(c, scalar);
      for (let i = 0; i < term.mono.length; i += 2)
        value = multiplyNormal(value, fromProduct({ coefficient: 1, mono: [term.mono[i] as number, (term.mono[i + 1] as number) / 2] }));
      return value;
    }
  }
  // sqrt(-s) = i sqrt(s) for s > 0: either root will do, and this one can be conjugated.
  const negative = [...h.values()].every((term) => Number(imag(term.coefficient)) === 0 && Number(real(term.coefficient)) < 0);
  return negative ? scale(powerOfScalar(scale(h, -1), 1, 2), imaginary) : powerOfScalar(h, 1, 2);
}

/** Square roots of rationals of either sign that are rational up to a factor i. */
function rootOfNumber(c: Coefficient): Coefficient | undefined {
  if (Number(imag(c)) !== 0) return undefined;
  const [n, d] = [Number(real(c)), Number(denominator(c))];
  const [p, q] = [Math.round(Math.sqrt(Math.abs(n))), Math.round(Math.sqrt(d))];
  if (!Number.isSafeInteger(n) || !Number.isSafeInteger(d) || p * p !== Math.abs(n) || q * q !== d) return undefined;
  return n < 0 ? gauss(0, p, q) : gauss(p, 0, q);
}

function halfScalar(id: number): number | undefined {
  let value = 0;
  for (const { base, num, den } of scalarEntries(id)) {
    const one = num % 2 === 0 ? scalarPower(base, num / 2, den) : scalarPower(base, num, 2 * den);
    if (one.factor !== 1 || (num % 2 !== 0 && !scalarPositive(one.id))) return undefined;
    const product = scalarMultiply(value, one.id);
    if (product.factor !== 1) return undefined;
    value = product.id;
  }
  return value;
}

/** Values of the labels in finite sets that are looked at one by one. */
const mostCases = 64;

/**
 * h, a function of the label, and where it is that: with Kronecker deltas, as in r^2 \delta_{n,1} + r^2 \delta_{n,2}, one
 * function without them for each value of the labels in finite sets, or one for all where they agree, and for each case of the
 * deltas that are left, as in (1 - \delta_{p,0}) \tau(p)^2.
 */
function cases(h: Sum, s: Species): readonly { readonly square: Sum; readonly where: Sum }[] {
  const each = (square: Sum, where: Sum): { readonly square: Sum; readonly where: Sum }[] =>
    casesOf(square).map((one) => ({ square: one.value, where: multiplyNormal(where, one.where) }));
  const one = each(h, constant(1));
  const labels = placeholders(s.slots);
  const isDelta = (id: number): boolean => atomOf(id).vertices.some((v) => headOf(v.head).kind === "delta");
  if (![...h.values()].some((term) => term.mono.some((id, i) => i % 2 === 0 && isDelta(id)))) return one;
  const listed = s.slots.flatMap((kind, i) =>
    kind.kind === "finite" && kind.size === undefined ? [{ kind, label: labels[i] as number }] : [],
  );
  if (listed.length === 0 || listed.reduce((count, { kind }) => count * kind.values.length, 1) > mostCases) return one;
  const kinds = listed.map(({ kind }) => kind);
  const places = listed.map(({ label }) => label);
  const split = choices(listed.map(({ kind }) => kind.values)).map((values) => {
    const at = values.map((v, i) => constantLabel(kinds[i] as Kind, v));
    return { square: substitute(h, new Map(places.map((label, i) => [label, at[i] as Arg]))), where: identityAt(kinds, places, at) };
  });
  const [first, ...others] = split as [(typeof split)[number], ...typeof split];
  if (others.every(({ square }) => add(square, scale(first.square, -1)).size === 0)) return [{ square: first.square, where: constant(1) }];
  return split.flatMap(({ square, where }) => each(square, where));
}

/** e^M from M^2 = h. */
export function functional(block: Block): readonly { forward: Sum; backward: Sum }[] | undefined {
  const { species, passive, pair, shift } = block;
  const n = species.length;
  // M acts on rows (a, a^*): the block of row i, column j, upper and lower.
  const upper = (i: number, j: number, creation: boolean): Sum => ((creation ? pair : passive)[i] as Sum[])[j] as Sum;
  const entry = (i: number, bar: boolean, j: number, creation: boolean): Sum =>
    bar ? adjoint(upper(i, j, !creation)) : upper(i, j, creation);
  const squares: Sum[] = [];
  for (let i = 0; i < n; i++) {
    const s = species[i] as Species;
    for (let j = 0; j < n; j++)
      for (const creation of [false, true]) {
        const parts: Sum[] = [];
        for (let k = 0; k < n; k++) {
          const middle = species[k] as Species;
          const labels = placeholders(middle.slots, 200);
          for (const bar of [false, true]) {
            const left = entry(i, false, k, bar);
            const right = entry(k, bar, j, creation);
            if (left.size === 0 || right.size === 0) continue;
            const a = substitute(left, new Map(second(middle).map((code, at) => [code, labels[at] as number])));
            const b = substitute(right, new Map(placeholders(middle.slots).map((code, at) => [code, labels[at] as number])));
            parts.push(bind(multiplyNormal(a, b), labels));
          }
        }
        const whole = parts.length === 0 ? zeroSum : add(...parts);
        if (i === j && !creation) {
          const f = diagonal(whole, s.slots);
          if (f === undefined) return undefined;
          squares.push(f);
        } else if (whole.size > 0) return undefined;
      }
  }
  return species.map((s, i) => {
    const own = ladder(s, false, placeholders(s.slots));
    const parts = species.flatMap((t, j) =>
      [false, true].map((creation) => [upper(i, j, creation), t, j, creation] as const).filter(([values]) => values.size > 0),
    );
    // M (a, a^*) and, of the linear terms, f and M (f, \overline{f}).
    const linear = add(...parts.map(([values, t, , creation]) => applied(values, t, creation)));
    const f = shift[i] as Sum;
    const moved = isShifted(block)
      ? add(...parts.map(([values, t, j, creation]) => appliedTo(values, shift[j] as Sum, t, creation)))
      : zeroSum;
    const whole = cases(squares[i] as Sum, s).map(({ square, where }) => ({ where, ...functions(square, moved.size > 0) }));
    const row = (sign: 1 | -1): Sum =>
      settle(
        add(
          ...whole.map(({ where, cosh, over, less }) =>
            multiplyNormal(
              where,
              add(multiplyNormal(cosh, own), scale(multiplyNormal(over, add(linear, f)), sign), multiplyNormal(less, moved)),
            ),
          ),
        ),
      );
    return { forward: row(1), backward: row(-1) };
  });
}

/** \cosh r, \sinh r / r and, where it is asked for, (\cosh r - 1) / r^2 of a root r of h. */
function functions(h: Sum, third: boolean): { readonly cosh: Sum; readonly over: Sum; readonly less: Sum } {
  if (h.size === 0) return { cosh: constant(1), over: constant(1), less: constant(gauss(1, 0, 2)) };
  const r = root(h);
  const [plus, minus] = [exponential(r), exponential(scale(r, -1))];
  const cosh = scale(add(plus, minus), gauss(1, 0, 2));
  const sinh = scale(add(plus, scale(minus, -1)), gauss(1, 0, 2));
  return {
    cosh,
    over: multiplyNormal(sinh, powerOfScalar(r, -1, 1)),
    less: third ? multiplyNormal(add(cosh, constant(-1)), powerOfScalar(h, -1, 1)) : zeroSum,
  };
}
