import { atomOf } from "../algebra/atom.js";
import { adjoint, bind } from "../algebra/bind.js";
import { freeLabel } from "../algebra/label.js";
import { gauss, invert, multiply as times } from "../algebra/number.js";
import { add, constant, difference, type Sum, scale, zeroSum } from "../algebra/sum.js";
import { multiply, multiplyNormal } from "../algebra/wick.js";
import type { Expression, Unitary } from "../core/expression.js";
import { fail } from "../source/diagnostic.js";
import { argument, hasUnitary, substituteScaled } from "./arguments.js";
import { bracket, degreeOf, scalarPart } from "./bracket.js";
import type { Context, Transformation } from "./context.js";
import { closedOrEnding, displaced } from "./ending.js";
import { settle } from "./function.js";
import { conjugateBy, rateOf, transformation } from "./gaussian.js";
import { located } from "./located.js";
import { gathered, type Standing, standing, vacuum } from "./standing.js";
import { differentiate } from "./time.js";

/**
 * Conjugation by W = exp(E), E linear and skew-adjoint, derived from its generator:
 *   W^* a W = a + [a, E],  (d/dt W) W^* = E' + 1/2 [E, E'],
 * both series end because [a, E] and [E, E'] are scalars.  Source: Baker-Campbell-Hausdorff.
 */
interface Factor {
  readonly unitary: Unitary;
  readonly inverse: boolean;
  readonly at: Expression;
}
type Item = Sum | Factor;
/** Items in their order; a sum of words stands for an expression that holds unitaries. */
type Word = readonly Item[];

const isFactor = (item: Item): item is Factor => "unitary" in item;

function generator(factor: Factor, context: Context): Sum {
  const known = context.generators.get(factor.unitary);
  if (known !== undefined) return known;
  const sum = context.lower(factor.unitary.generator, { ...context, normal: false });
  for (const term of sum.values()) {
    let degree = 0;
    let fermions = 0;
    for (let i = 0; i < term.mono.length; i += 2) {
      const atom = atomOf(term.mono[i] as number);
      degree += (atom.creators + atom.annihilators) * (term.mono[i + 1] as number);
      fermions += atom.fermions * (term.mono[i + 1] as number);
    }
    if (fermions % 2 === 1)
      fail(
        "unsupported",
        factor.at.span,
        `the generator of ${factor.unitary.name} has an odd number of fermions, so it is no even operator`,
      );
    if (degree > 2)
      fail(
        "unsupported",
        factor.at.span,
        `the generator of ${factor.unitary.name} has degree ${degree} in the ladder operators, expected at most 2`,
      );
  }
  const { exponent } = factor.unitary;
  if (exponent !== undefined && add(sum, adjoint(sum)).size > 0)
    fail(
      "not-skew-adjoint",
      factor.at.span,
      `the exponential of ${exponent} is not understood, because ${exponent} is not skew-adjoint`,
      "known are e^{D} and matrices of blocks D, k, \\overline{k}, \\overline{D} with D(x,y) = -\\overline{D(y,x)}, as e^{i h} with h hermitian",
    );
  if (add(sum, adjoint(sum)).size > 0)
    fail(
      "not-skew-adjoint",
      factor.at.span,
      `the generator of ${factor.unitary.name} is not skew-adjoint, so ${factor.unitary.name} is not unitary`,
      "write E with E^* = -E, such as a^*(f) - a(f)",
    );
  context.generators.set(factor.unitary, sum);
  return sum;
}

/** The action of a unitary with a quadratic generator; undefined when the generator is linear. */
function transformationOf(factor: Factor, e: Sum, context: Context): Transformation | undefined {
  const known = context.transformations.get(factor.unitary);
  if (known !== undefined) return known;
  if (degreeOf(e) < 2) return undefined;
  const found = located(factor.at, () => transformation(e, factor.unitary, context));
  context.transformations.set(factor.unitary, found);
  return found;
}

/** Whether a sum is a number times the generator, which commutes with its exponential. */
function isMultiple(sum: Sum, generator: Sum): boolean {
  const [first] = generator;
  const own = first && sum.get(first[0]);
  if (first === undefined || own === undefined || sum.size !== generator.size) return false;
  return difference(sum, scale(generator, times(own.coefficient, invert(first[1].coefficient)))).size === 0;
}

/** U^{-1} S U, or U S U^{-1} when `left` is U itself. */
function conjugate(sum: Sum, left: Factor, context: Context): Sum {
  const e = generator(left, context);
  return closedOrEnding(() => conjugateClosed(sum, left, e, context), sum, left.inverse ? e : scale(e, -1), context);
}

function conjugateClosed(sum: Sum, left: Factor, e: Sum, context: Context): Sum {
  const quadratic = transformationOf(left, e, context);
  if (quadratic !== undefined) return isMultiple(sum, e) ? sum : conjugateBy(sum, quadratic, !left.inverse, context);
  return displaced(sum, left.inverse ? e : scale(e, -1), context);
}

/** Appends an item, multiplying neighbours, cancelling U U^{-1} and conjugating what stands between. */
function push(word: Item[], item: Item, context: Context): void {
  const top = word[word.length - 1];
  if (top === undefined) {
    word.push(item);
    return;
  }
  if (!isFactor(item)) {
    if (isFactor(top)) word.push(item);
    else word[word.length - 1] = context.normal ? multiplyNormal(top, item) : multiply(top, item, {}, context.limit);
    return;
  }
  if (isFactor(top)) {
    if (top.unitary === item.unitary && top.inverse !== item.inverse) word.pop();
    else word.push(item);
    return;
  }
  const below = word[word.length - 2];
  if (below !== undefined && isFactor(below) && below.unitary === item.unitary && below.inverse !== item.inverse) {
    word.length -= 2;
    push(word, conjugate(top, below, context), context);
    return;
  }
  word.push(item);
}

function join(words: readonly Word[], more: readonly Word[], context: Context): Word[] {
  const result: Word[] = [];
  for (const a of words)
    for (const b of more) {
      const word = [...a];
      for (const item of b) push(word, item, context);
      result.push(word);
    }
  if (result.length > 2000)
    fail("too-large", (more[0]?.[0] as Factor | undefined)?.at?.span ?? { start: 0, end: 0 }, "too many products with unitaries");
  return result;
}

function scaleWord(word: Word, by: number): Word {
  return [constant(by), ...word];
}

/** Inverts the order of a word and takes adjoints. */
function adjointWord(word: Word): Word {
  return word
    .slice()
    .reverse()
    .map((item) => (isFactor(item) ? { ...item, inverse: !item.inverse } : adjoint(item)));
}

/** (d/dt U) U^{-1} for U = W or W^{-1}. */
function rate(factor: Factor, context: Context): Sum {
  const e = generator(factor, context);
  const quadratic = transformationOf(factor, e, context);
  if (quadratic !== undefined) return rateOf(quadratic, factor.inverse, context);
  const x = factor.inverse ? scale(e, -1) : e;
  const dot = differentiate(x, context);
  return add(dot, scale(bracket(x, dot, -1, { ...context, normal: false }), gauss(1, 0, 2)));
}

function derivative(word: Word, context: Context): Word[] {
  const result: Word[] = [];
  word.forEach((item, at) => {
    const [before, after] = [word.slice(0, at), word.slice(at + 1)];
    const by: Word = isFactor(item) ? [rate(item, context), item] : [differentiate(item, context)];
    const whole: Item[] = [];
    for (const one of [...before, ...by, ...after]) push(whole, one, context);
    result.push(whole);
  });
  return result;
}

/** Words without unitaries as one: what cancels between them, such as two \delta(x-y), has done so before labels are put in. */
const united = (all: readonly Word[], e: Expression): readonly Word[] => (isClosed(all) ? [[settle(resolve(all, e))]] : all);

const isClosed = (all: readonly Word[]): boolean => !all.some((word) => word.some(isFactor));

function words(e: Expression, context: Context): readonly Word[] {
  if (!hasUnitary(e)) return [[context.lower(e, context)]];
  return located(e, () => {
    switch (e.kind) {
      case "unitary":
        return [[{ unitary: e.unitary, inverse: e.inverse, at: e }]];
      case "sum":
        return united(
          e.terms.flatMap((term) => words(term, context)),
          e,
        );
      case "product":
        return e.factors.reduce<readonly Word[]>((done, factor) => join(done, words(factor, context), context), [[]]);
      case "power": {
        if (e.exponent.d !== 1n || e.exponent.n < 0n || e.exponent.n > 12n)
          fail("not-understood", e.span, "this power of a unitary is not understood", "write the inverse of W as W^*");
        const base = words(e.base, context);
        let result: readonly Word[] = [[]];
        for (let k = 0n; k < e.exponent.n; k++) result = join(result, base, context);
        return result;
      }
      case "adjoint":
        return words(e.of, context).map(adjointWord);
      case "derivative":
        return words(e.of, context).flatMap((word) => derivative(word, context));
      case "commutator": {
        const [a, b] = [words(e.left, context), words(e.right, context)];
        // Where all unitaries have cancelled, what commutes is not multiplied out: [a_x, T^* a_y T] has no \delta(0) at x = y.
        if (isClosed(a) && isClosed(b)) return [[bracket(resolve(a, e.left), resolve(b, e.right), e.sign, context)]];
        return [...join(a, b, context), ...join(b, a, context).map((word) => scaleWord(word, e.sign))];
      }
      case "bind":
        return [[bind(resolve(words(e.body, context), e), e.labels.map(freeLabel))]];
      case "call": {
        const known = context.calls.get(e.definition);
        const inner = known === undefined ? united(words(e.definition.body, context), e.definition.body) : [[known]];
        const [whole, ...others] = inner;
        if (known === undefined && others.length === 0 && whole?.length === 1 && isClosed(inner))
          context.calls.set(e.definition, whole[0] as Sum);
        if (e.arguments.length === 0) return inner;
        const map = new Map(
          e.definition.parameters.map((label, i) => [freeLabel(label), argument(e.arguments[i] as (typeof e.arguments)[number])]),
        );
        return inner.map((word) => word.map((item) => (isFactor(item) ? item : substituteScaled(item, map))));
      }
      default:
        return fail("not-understood", e.span, "a unitary is not understood here", "conjugate an operator with it: W^* A W");
    }
  });
}

function resolve(all: readonly Word[], e: Expression): Sum {
  const parts: Sum[] = [];
  for (const word of all) {
    const left = word.find(isFactor);
    if (left !== undefined)
      fail(
        "not-understood",
        left.at.span === undefined ? e.span : left.at.span,
        `${left.unitary.name} does not stand in a conjugation here`,
        `write ${left.unitary.name}^* A ${left.unitary.name}, or an equation: a claim and \`wick equal\` compare products of unitaries`,
      );
    let value: Sum | undefined;
    for (const item of word) if (!isFactor(item)) value = value === undefined ? item : multiply(value, item);
    parts.push(value ?? constant(1));
  }
  return parts.length === 0 ? zeroSum : add(...parts);
}

function reducedWords(e: Expression, context: Context): readonly Word[] {
  return words(e, context).map((word) => {
    const again: Item[] = [];
    for (const item of word) push(again, item, context);
    return again;
  });
}

/** Lowers an expression that holds unitaries: everything must reduce to conjugations. */
export function conjugated(e: Expression, context: Context): Sum {
  return settle(resolve(reducedWords(e, context), e));
}

/** A word with its unitaries in front, whether they cancel or not. */
function inFront(word: Word, context: Context): Standing {
  const items = word.map((item) => {
    if (!isFactor(item)) return { sum: item };
    const e = generator(item, context);
    return { exponent: item.inverse ? scale(e, -1) : e, name: item.unitary.name };
  });
  return standing(items, context);
}

/** The terms of an expression, each a product of unitaries and a normal form behind it; equal products are put together. */
export function standingForms(e: Expression, context: Context): readonly Standing[] {
  return located(e, () =>
    gathered(
      reducedWords(e, context).map((word) => inFront(word, context)),
      context,
    ),
  );
}

/** The vacuum expectation of an expression that holds unitaries. */
export function vacuumOf(e: Expression, context: Context): Sum {
  const parts = reducedWords(e, context).map((word) => {
    if (!word.some(isFactor)) return scalarPart(resolve([word], e));
    return vacuum(inFront(word, context), context) ?? resolve([word], e);
  });
  return settle(parts.length === 0 ? zeroSum : add(...parts));
}
