import { replaceVertices } from "../algebra/bind.js";
import { normalise } from "../algebra/diagram.js";
import { headOf } from "../algebra/head.js";
import { gauss } from "../algebra/number.js";
import { add, constant, fromProduct, type Sum, scale, zeroSum } from "../algebra/sum.js";
import { degrees, multiply, multiplyNormal } from "../algebra/wick.js";
import { Fault } from "../source/diagnostic.js";
import { ladder } from "./block.js";
import { bracket, degreeOf, isScalar, scalarPart } from "./bracket.js";
import type { Context } from "./context.js";
import { closedOrEnding, displaced } from "./ending.js";
import { exponential, settle } from "./function.js";
import { conjugateBy, transformation } from "./gaussian.js";
import { placeholders } from "./hyperbolic.js";

/**
 * Products with unitaries that do not cancel, as \exp(G_1) \exp(G_2) ... A with the unitaries in front and A a normal form:
 *   A U = U (U^{-1} A U),   \exp(A) \exp(B) = \exp(A + B) \exp(1/2 [A, B]) where [A, B] is a number,
 *   \exp(E) U = U \exp(U^{-1} E U),   U \exp(B) U^{-1} = \exp(U B U^{-1}).
 * Source: Baker-Campbell-Hausdorff. Two sums of such products are equal if they are so term by term, for products of unitaries
 * that are found to be the same up to a number; that they differ is never concluded.
 */
export interface Standing {
  /** Skew-adjoint generators G_1, G_2, ..., in the order of the product. */
  readonly head: readonly Sum[];
  readonly rest: Sum;
}

/** \exp(G), and what it is called. */
interface Exponential {
  readonly exponent: Sum;
  readonly name: string;
}

/** What messages call a product of unitaries that are put together. */
const product = "a product of unitaries";

const isLinear = (g: Sum): boolean => degreeOf(g) <= 1;

/** \exp(-G) A \exp(G). */
function pulled(sum: Sum, g: Sum, context: Context, name = product): Sum {
  if (!isLinear(g))
    return closedOrEnding(() => conjugateBy(sum, transformation(g, { name, passing: true }, context), false, context), sum, g, context);
  return displaced(sum, g, context);
}

const negated = (g: Sum): Sum => scale(g, -1);

/** Whether every term of G has an even number of ladder operators. */
function isEven(g: Sum): boolean {
  for (const term of g.values()) {
    const [creators, annihilators] = degrees(term.mono);
    if ((creators + annihilators) % 2 === 1) return false;
  }
  return true;
}

/** Whether \exp(G) leaves the vacuum as it is but for a number: no term of G has creators alone or annihilators alone. */
function isPassive(g: Sum): boolean {
  for (const term of g.values()) {
    const [creators, annihilators] = degrees(term.mono);
    if (creators !== annihilators) return false;
  }
  return true;
}

/** Whether \exp(G) commutes with all ladder operators, as \exp(2 \pi i c^* c) does: then it is a number, its value at the vacuum. */
function isTrivial(g: Sum, context: Context): boolean {
  const found = known(() => transformation(g, { name: product, passing: true }, context));
  for (const [species, { forward }] of found?.images ?? []) {
    if (add(forward, negated(ladder(species, false, placeholders(species.slots)))).size > 0) return false;
  }
  return found !== undefined;
}

/** What is computed, or undefined where it is not understood. */
function known<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (problem) {
    if (problem instanceof Fault && problem.diagnostic.code === "not-understood") return undefined;
    throw problem;
  }
}

/** Rounds of rules; every one shortens the product or moves a linear exponent to the right. */
const mostRounds = 200;

/** A product of exponentials in a shorter form, and the number that comes out of it. */
function reduced(given: readonly Sum[], context: Context): { readonly head: readonly Sum[]; readonly factor: Sum } {
  let head = [...given];
  let factor = constant(1);
  for (let round = 0; round < mostRounds; round++) {
    const next = step(head, context);
    if (next === undefined) return { head, factor };
    head = next.head;
    if (next.exponent !== undefined) factor = settle(multiplyNormal(factor, exponential(next.exponent)));
  }
  return { head, factor };
}

function step(head: readonly Sum[], context: Context): { readonly head: Sum[]; readonly exponent?: Sum } | undefined {
  for (const [i, g] of head.entries()) if (isScalar(g)) return { head: [...head.slice(0, i), ...head.slice(i + 1)], exponent: g };
  for (const [i, g] of head.entries())
    if (isPassive(g) && isTrivial(g, context)) return { head: [...head.slice(0, i), ...head.slice(i + 1)], exponent: scalarPart(g) };
  const short = cancelled(head, context);
  if (short !== undefined) return { head: short };
  for (let i = 0; i + 1 < head.length; i++) {
    const [a, b] = [head[i], head[i + 1]] as [Sum, Sum];
    const [before, after] = [head.slice(0, i), head.slice(i + 2)];
    if (isLinear(a) !== isLinear(b)) {
      const moved = isLinear(a) ? known(() => pulled(a, b, context)) : undefined;
      if (moved !== undefined) return { head: [...before, b, moved, ...after] };
      continue;
    }
    const c = settle(bracket(a, b, -1, { ...context, normal: false }));
    if (isScalar(c)) return { head: [...before, settle(add(a, b)), ...after], exponent: scale(c, gauss(1, 0, 2)) };
  }
  return undefined;
}

/** A product without a unitary and its inverse behind it, what stands between being conjugated; best where that changes nothing. */
function cancelled(head: readonly Sum[], context: Context): Sum[] | undefined {
  let found: Sum[] | undefined;
  for (let i = 0; i < head.length; i++)
    for (let j = i + 1; j < head.length; j++) {
      const a = head[i] as Sum;
      // Conjugation by a linear exponent would make mixed ones.
      if ((j > i + 1 && isLinear(a)) || add(a, head[j] as Sum).size > 0) continue;
      const inside = head.slice(i + 1, j);
      const between = known(() => inside.map((b) => pulled(b, negated(a), context)));
      if (between === undefined) continue;
      const all = [...head.slice(0, i), ...between, ...head.slice(j + 1)];
      if (between.every((b, k) => add(b, negated(inside[k] as Sum)).size === 0)) return all;
      found ??= all;
    }
  return found;
}

/** A word of normal forms and exponents in the form with the unitaries in front. */
export function standing(word: readonly (Exponential | { readonly sum: Sum })[], context: Context): Standing {
  let rest: Sum = constant(1);
  const all: Sum[] = [];
  for (const item of word) {
    if ("exponent" in item) {
      all.push(item.exponent);
      rest = pulled(rest, item.exponent, context, item.name);
    } else rest = settle(multiply(rest, item.sum, {}, context.limit));
  }
  const { head, factor } = reduced(all, context);
  return { head, rest: settle(multiplyNormal(factor, rest)) };
}

/** Terms with one product of unitaries put together: their normal forms behind it. */
export function gathered(terms: readonly Standing[], context: Context): readonly Standing[] {
  const groups: { readonly head: readonly Sum[]; rest: Sum }[] = [];
  for (const { head, rest } of terms) {
    let found = false;
    for (const group of groups) {
      const quotient = reduced([...group.head.map(negated).reverse(), ...head], context);
      if (quotient.head.length > 0) continue;
      group.rest = settle(add(group.rest, multiplyNormal(quotient.factor, rest)));
      found = true;
      break;
    }
    if (!found) groups.push({ head, rest });
  }
  return groups;
}

/**
 * The vacuum expectation of a product; undefined where pairs are made by what is left. Unitaries that conserve numbers go at the
 * left, and with E = a^*(f) - a(f), \exp(E) = \exp(a^*(f)) \exp(-a(f)) \exp(-1/2 ||f||^2), so that
 *   <\exp(E) A> = \exp(-1/2 ||f||^2) <A with a_x^* - \overline{f(x)} for a_x^*>.
 */
export function vacuum({ head, rest: whole }: Standing, context: Context): Sum | undefined {
  // Annihilators have the vacuum behind them, and pairs leave odd numbers of operators without a partner.
  const even = head.every(isEven);
  const rest: Sum = new Map(
    [...whole].filter(([, term]) => {
      const [creators, annihilators] = degrees(term.mono);
      return annihilators === 0 && !(even && creators % 2 === 1);
    }),
  );
  if (rest.size === 0) return zeroSum;
  let factor = constant(1);
  let at = 0;
  while (at < head.length && isPassive(head[at] as Sum)) {
    factor = multiplyNormal(factor, exponential(scalarPart(head[at] as Sum)));
    at++;
  }
  const left = head.slice(at);
  if (left.length === 0) return settle(multiplyNormal(factor, scalarPart(rest)));
  const [e] = left as [Sum];
  if (left.length > 1 || !isLinear(e)) return undefined;
  const creation = new Map([...e].filter(([, term]) => degrees(term.mono)[0] === 1));
  const annihilation = new Map([...e].filter(([, term]) => degrees(term.mono)[1] === 1));
  const norm = bracket(creation, annihilation, -1, { ...context, normal: false });
  // [a_x^*, -a(f)] = \overline{f(x)}.
  const shifted = replaceVertices(
    rest,
    (vertex) => {
      const of = headOf(vertex.head);
      if (of.kind !== "ladder" || !of.creation) return undefined;
      const own = fromProduct(normalise({ kinds: [], vertices: [vertex] }));
      return add(own, negated(bracket(own, annihilation, -1, { ...context, normal: false })));
    },
    multiplyNormal,
  );
  // \exp(A) \exp(B) = \exp(A + B) \exp(1/2 [A, B]) for A = a^*(f), B = -a(f).
  const number = settle(add(scalarPart(e), scale(norm, gauss(-1, 0, 2))));
  return settle(multiplyNormal(multiplyNormal(factor, exponential(number)), scalarPart(shifted)));
}
