import { atomOf } from "../algebra/atom.js";
import { adjoint, bind, replaceVertices, substitute } from "../algebra/bind.js";
import { headOf } from "../algebra/head.js";
import { type Arg, freeLabel } from "../algebra/label.js";
import { fromRational, gauss } from "../algebra/number.js";
import { parameterBase, scalarEntries } from "../algebra/scalar.js";
import { type Accumulator, add, addTerm, constant, type Sum, scale, zeroSum } from "../algebra/sum.js";
import type { Vertex } from "../algebra/vertex.js";
import { multiplyNormal } from "../algebra/wick.js";
import type { Expression, KernelFunction, Kind, Parameter, Unitary } from "../core/expression.js";
import { fail } from "../source/diagnostic.js";
import { nowhere } from "../source/span.js";
import { bracket } from "./bracket.js";
import { freshContext } from "./context.js";
import { argumentOf, settle } from "./function.js";
import { kernelIn, placeholders } from "./hyperbolic.js";
import { lower } from "./lower.js";
import { type Blocks, matrixIn } from "./propagator.js";
import { differentiate } from "./time.js";

/**
 * Conjugation by T = exp(Q) order by order, the other way besides the closed form of `gaussian.ts`:
 *   T^* A T = \sum_n 1/n! [...[A, Q], ..., Q],   (\partial_t T^*) T = -\sum_n 1/(n+1)! [...[\dot Q, Q], ..., Q],
 * with commutators only. Orders are counted by a parameter \epsilon: `graded` puts it in front of the generator, and
 * `expanded` writes what a closed form has of ch, sh, blocks of e^M and exp as power series in it.
 * Source: Hadamard's lemma; Duhamel's formula; the power series of ch and sh.
 */

/** Counts orders; positive, so that roots of \epsilon^2 are \epsilon. */
export const order: Parameter = {
  id: -900_001,
  name: "\\epsilon",
  domain: "positive",
  layout: { base: "\\epsilon", subscript: [], superscript: [], arguments: [] },
};

/** T = exp(\epsilon Q). */
export function graded(unitary: Unitary): Unitary {
  const by: Expression = { kind: "parameter", parameter: order, span: nowhere };
  return { ...unitary, generator: { kind: "product", factors: [by, unitary.generator], span: nowhere } };
}

/** The power of \epsilon in a scalar. */
function orderOf(scalar: number): number {
  if (scalar === 0) return 0;
  const base = parameterBase(order, false);
  return scalarEntries(scalar).reduce((n, entry) => (entry.base === base ? n + entry.num / entry.den : n), 0);
}

/** The terms of order `most` at most. */
export function truncated(sum: Sum, most: number): Sum {
  const into: Accumulator = new Map();
  for (const term of sum.values()) if (orderOf(term.scalar) <= most) addTerm(into, term.coefficient, term.scalar, term.mono);
  return into;
}

/** [...[A, Q], ..., Q] with 0, 1, ..., `most` commutators. */
function nested(a: Sum, q: Sum, most: number): readonly Sum[] {
  const list = [a];
  const context = freshContext([], undefined, lower);
  for (let n = 1; n <= most; n++) list.push(settle(bracket(list[n - 1] as Sum, q, -1, context)));
  return list;
}

/** \sum_{n <= most} 1/n! [...[A, Q], ..., Q]: T^* A T for T = exp(Q). */
export function conjugationSeries(a: Sum, q: Sum, most: number): Sum {
  let factorial = 1;
  return add(
    ...nested(a, q, most).map((term, n) => {
      factorial *= Math.max(1, n);
      return scale(term, gauss(1, 0, factorial));
    }),
  );
}

/** -\sum_{n < most} 1/(n+1)! [...[\dot Q, Q], ..., Q]: (\partial_t T^*) T for T = exp(Q). */
export function rateSeries(q: Sum, dot: Sum, most: number): Sum {
  let factorial = 1;
  return add(
    ...nested(dot, q, most - 1).map((term, n) => {
      factorial *= n + 1;
      return scale(term, gauss(-1, 0, factorial));
    }),
  );
}

/** Labels for the values of a power of a kernel, and for its integrals. */
const labels = (kinds: readonly Kind[], from: number): number[] =>
  kinds.map((kind, i) => freeLabel({ id: -2_800_000_000 - from - i, name: `?${i}`, kind }));

/** k, k \overline{k}, k \overline{k} k, ... with `most` factors at most, at `labels(kinds, 0)` and `labels(kinds, 100)`. */
function powers(values: Sum, kinds: readonly Kind[], most: number): readonly Sum[] {
  const [x, y, z] = [labels(kinds, 0), labels(kinds, 100), labels(kinds, 200)];
  const to = (from: readonly number[], image: readonly number[]): [number, Arg][] => from.map((code, i) => [code, image[i] as number]);
  const [first, second] = [placeholders(kinds), placeholders(kinds, kinds.length)];
  const list = [substitute(values, new Map([...to(first, x), ...to(second, y)]))];
  const last = substitute(values, new Map([...to(first, z), ...to(second, y)]));
  for (let n = 2; n <= most; n++) {
    const before = substitute(list[n - 2] as Sum, new Map(to(y, z)));
    list.push(settle(bind(multiplyNormal(before, n % 2 === 0 ? adjoint(last) : last), z)));
  }
  return list;
}

/** The first rows of M, M^2, ..., M = (D, k; \overline{k}, \overline{D}): the block 11 of each, or the block 12. */
function matrixPowers({ passive, pair }: Blocks, kinds: readonly Kind[], most: number, block: 0 | 1): readonly Sum[] {
  const [x, y, z] = [labels(kinds, 0), labels(kinds, 100), labels(kinds, 200)];
  const to = (from: readonly number[], image: readonly number[]): [number, Arg][] => from.map((code, i) => [code, image[i] as number]);
  const [first, second] = [placeholders(kinds), placeholders(kinds, kinds.length)];
  const at = (values: Sum, u: readonly number[], w: readonly number[]): Sum =>
    substitute(values, new Map([...to(first, u), ...to(second, w)]));
  const rows: (readonly [Sum, Sum])[] = [[at(passive, x, y), at(pair, x, y)]];
  const [d, k] = [at(passive, x, z), at(pair, x, z)];
  for (let n = 2; n <= most; n++) {
    const [a, b] = (rows[n - 2] as readonly [Sum, Sum]).map((sum) => substitute(sum, new Map(to(x, z)))) as [Sum, Sum];
    const entry = (one: Sum, other: Sum): Sum => settle(bind(add(multiplyNormal(d, one), multiplyNormal(k, adjoint(other))), z));
    rows.push([entry(a, b), entry(b, a)]);
  }
  return rows.map((row) => row[block]);
}

/** What the series of a symbol is made of: powers of its kernel or matrix, with those that it does not have as zero. */
function seriesOf(of: KernelFunction, most: number) {
  if (of.group !== undefined) {
    const found = matrixIn(of);
    return found && { ...found, powers: matrixPowers(found.blocks, found.kinds, most, of.name === "r" ? 0 : 1) };
  }
  const found = kernelIn(of);
  return (
    found && {
      ...found,
      powers: powers(found.values, found.kinds, most).map((power, i) => (i % 2 === (of.name === "sh" ? 0 : 1) ? power : zeroSum)),
    }
  );
}

/** ch(mk) - 1, sh(mk), or a block of e^{mM} less the identity, to the order asked for, at its arguments. */
function kernelSeries(vertex: Vertex, most: number): Sum | undefined {
  const head = headOf(vertex.head);
  if (head.kind !== "value" || head.symbol.of === undefined) return undefined;
  const found = seriesOf(head.symbol.of, most);
  if (found === undefined || head.partials.length > 0)
    return fail("not-understood", nowhere, `the series of ${head.symbol.name} is not known`);
  const { kinds, multiple } = found;
  let by = { n: 1n, d: 1n };
  const parts = found.powers.map((power, i) => {
    by = { n: by.n * multiple.n, d: by.d * multiple.d * BigInt(i + 1) };
    return scale(power, fromRational(by.n, by.d));
  });
  let sum = add(...parts);
  for (let dots = 0; dots < head.dots; dots++) sum = differentiate(sum, freshContext([], undefined, lower));
  const at = substitute(
    sum,
    new Map([...labels(kinds, 0), ...labels(kinds, 100)].map((code, i): [number, Arg] => [code, vertex.args[i] as Arg])),
  );
  return truncated(head.conjugated ? adjoint(at) : at, most);
}

/** exp(s) where s is of higher order than 0. */
function exponentialSeries(vertex: Vertex, most: number): Sum | undefined {
  const head = headOf(vertex.head);
  if (head.kind !== "function" || head.name !== "exp") return undefined;
  const s = argumentOf(vertex.head, vertex.args);
  if ([...s.values()].some((term) => orderOf(term.scalar) <= 0)) return undefined;
  let power: Sum = constant(1);
  const parts = [power];
  for (let n = 1; n <= most; n++) {
    power = scale(settle(truncated(multiplyNormal(power, s), most)), gauss(1, 0, n));
    parts.push(power);
  }
  return add(...parts);
}

/**
 * A normal form with ch, sh and exp as power series in \epsilon, to an order. A factor 1/s takes one order away, so the
 * exponentials go as far beyond as there are such factors.
 */
export function expanded(sum: Sum, most: number): Sum {
  const beyond = Math.max(0, ...[...sum.values()].map((term) => -orderOf(term.scalar)), 0) + inverses(sum);
  const product = (a: Sum, b: Sum): Sum => settle(multiplyNormal(a, b));
  const made = replaceVertices(sum, (vertex) => kernelSeries(vertex, most) ?? exponentialSeries(vertex, most + beyond), product);
  return truncated(settle(made), most);
}

/** The largest number of factors of one term that are negative powers. */
function inverses(sum: Sum): number {
  let most = 0;
  for (const term of sum.values()) {
    let count = 0;
    for (let i = 0; i < term.mono.length; i += 2) {
      const exp = term.mono[i + 1] as number;
      if (exp < 0) count -= exp;
      for (const v of atomOf(term.mono[i] as number).vertices) {
        const head = headOf(v.head);
        if (head.kind === "function" && head.name === "power" && head.num * v.exp < 0) count += Math.abs(head.num * v.exp) * Math.abs(exp);
      }
    }
    most = Math.max(most, count);
  }
  return most;
}
