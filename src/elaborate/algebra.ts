import { difference, freeLabels, sameKinds } from "../core/argument.js";
import type { Argument, Expression, Kind } from "../core/expression.js";
import { sameKind } from "../core/expression.js";
import type { Rational } from "../core/rational.js";
import { divide, isInteger, rational } from "../core/rational.js";
import { fail } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import { asArguments, closedCall, freshGroups } from "./environment.js";
import { describeAll, describeGroups } from "./kinds.js";
import type { Env, Mapping, Plain, Simple } from "./meaning.js";
import {
  adjointOf,
  bindOf,
  exchange,
  flat,
  isZero,
  lift,
  negative,
  numberAt,
  pointwise,
  powerOf,
  productOf,
  scalar,
  sortName,
  spend,
  sumOf,
} from "./meaning.js";

/**
 * Functions and kernels without arguments, as operators on functions: every operation here is carried out on
 * the values, so that expressions of the core only ever have values with arguments.
 */

/** A kernel that composition may be repeated for. */
const mostPower = 1_000n;

export interface Factor {
  readonly meaning: Simple;
  readonly span: Span;
}

/** The identity kernel times a scalar: `s \delta(x - y)`, over pairs a product of deltas. */
export function identity(env: Env, kinds: readonly Kind[], coefficient: Expression): Mapping {
  return {
    sort: "map",
    groups: [kinds, kinds],
    operator: false,
    at: (list, span) => {
      spend(env, span);
      const deltas = kinds.map((_, k) => deltaOf(list[k] as Argument, list[k + kinds.length] as Argument, span));
      const trivial = coefficient.kind === "number" && coefficient.value.n === 1n && coefficient.value.d === 1n;
      return productOf(trivial ? deltas : [coefficient, ...deltas], span);
    },
  };
}

/** The delta of two arguments of one kind; of two constants, 0 or 1. */
export function deltaOf(left: Argument, right: Argument, span: Span): Expression {
  if (left.kind === "constant" && right.kind === "constant") return numberAt(rational(left.value === right.value ? 1 : 0), span);
  return { kind: "delta", left, right, span };
}

/**
 * A scalar where a function or kernel like `model` is expected: zero, a multiple of the identity kernel, or a
 * constant function.
 */
export function coerce(env: Env, found: Plain, model: Mapping, span: Span, beside?: Span): Mapping {
  const { expression } = found;
  const { groups } = model;
  const [first, second] = groups;
  if (isZero(found)) return { sort: "map", groups, operator: false, at: (_, at) => numberAt(rational(0), at) };
  // A coefficient such as \mu_m may stand beside a function of x; f(x) beside f is a slip, and so is k(x,y) beside k.
  const kinds = flat(groups);
  const own = kinds.some((kind) => kind.kind !== "finite") ? kinds.filter((kind) => kind.kind !== "finite") : kinds;
  const among = beside && !found.operator && groups.length <= 2 ? freeLabels(expression) : [];
  const loose = among.find((label) => own.some((kind) => sameKind(label.kind, kind)));
  if (loose && beside)
    fail(
      "mixed-sorts",
      span,
      groups.length === 1
        ? `found${quoted(env, span)} with its label \`${loose.name}\` beside${quoted(env, beside)}, a function without its argument; a number and a function cannot be added or compared`
        : `found${quoted(env, span)} with its label \`${loose.name}\` beside${quoted(env, beside)}, a kernel without its arguments; a number stands for a multiple of the identity there`,
      groups.length === 1 ? "give both their labels, as in f(x), or neither" : "give both their labels, as in (k l)(x,y), or neither",
    );
  if (!found.operator && groups.length === 2 && first && second && sameKinds(first, second)) return identity(env, first, expression);
  if (!found.operator && groups.length === 1) return { sort: "map", groups, operator: false, at: () => expression };
  return fail(
    "mixed-sorts",
    span,
    `found ${sortName(found)} beside ${sortName(model)}; the two cannot be added or compared`,
    "give the function its labels, as in f(x)",
  );
}

/** What stands there in the document, for a message. */
function quoted(env: Env, span: Span): string {
  const text = env.site ? "" : env.source.text.slice(span.start, span.end).replace(/\s+/g, " ").trim();
  return text === "" ? " something" : ` \`${text}\``;
}

/** All of one shape: scalars beside functions become functions. */
export function alike(env: Env, factors: readonly Factor[]): readonly Factor[] {
  let model: (Factor & { meaning: Mapping }) | undefined;
  for (const factor of factors)
    if (factor.meaning.sort === "map") {
      model = factor as Factor & { meaning: Mapping };
      break;
    }
  if (!model) return factors;
  const shape = model.meaning;
  const beside = model.span;
  return factors.map(({ meaning, span }) => {
    if (meaning.sort === "plain") return { meaning: coerce(env, meaning, shape, span, beside), span };
    if (meaning.groups.length !== shape.groups.length || !sameKinds(flat(meaning.groups), flat(shape.groups)))
      fail(
        "mixed-kinds",
        span,
        `found ${sortName(meaning)} over ${describeGroups(meaning.groups)} beside one over ${describeGroups(shape.groups)}; the two cannot be added or compared`,
      );
    return { meaning, span };
  });
}

/** Whether the two arguments of a kernel are at one point of space. */
function coincide(list: readonly Argument[]): boolean {
  const half = list.length / 2;
  return list.some((a, i) => {
    const b = list[i + half];
    return i < half && a.of.kind === "space" && b !== undefined && sameKind(a.of, b.of) && isOrigin(difference(a, b));
  });
}

const isOrigin = (argument: Argument | undefined): boolean => argument?.kind === "affine" && argument.terms.length === 0;

/** Functions beside kernels in a sum, as in `-\Delta + V`: operators of multiplication, f(x) \delta(x-y). */
function asOperators(env: Env, factors: readonly Factor[]): readonly Factor[] {
  const model = factors.find(({ meaning }) => meaning.sort === "map" && meaning.groups.length === 2)?.meaning as Mapping | undefined;
  const kinds = model?.groups[0];
  if (model === undefined || kinds === undefined || !sameKinds(kinds, model.groups[1] as readonly Kind[])) return factors;
  return factors.map((factor) => {
    const { meaning } = factor;
    if (meaning.sort !== "map" || meaning.groups.length !== 1 || !sameKinds(kinds, flat(meaning.groups))) return factor;
    const at = (list: readonly Argument[], span: Span): Expression =>
      identity(env, kinds, meaning.at(list.slice(0, kinds.length), span)).at(list, span);
    return { ...factor, meaning: { sort: "map", groups: model.groups, operator: meaning.operator, at } };
  });
}

/** A sum with signs. */
export function add(env: Env, parts: readonly (Factor & { readonly sign: 1 | -1 })[], span: Span): Simple {
  if (parts.length === 1 && parts[0]?.sign === 1) return parts[0].meaning;
  const terms = alike(env, asOperators(env, parts));
  const signed = (values: readonly Expression[], where: Span): Expression =>
    sumOf(
      values.map((value, k) => ((parts[k] as { sign: number }).sign < 0 ? negative(value, value.span) : value)),
      where,
    );
  const [first] = terms;
  if (first?.meaning.sort === "map") {
    const maps = terms.map((term) => term.meaning as Mapping);
    const { groups } = first.meaning;
    return {
      sort: "map",
      groups,
      operator: maps.some((map) => map.operator),
      at: (list, where) => {
        spend(env, where, maps.length);
        const at = (places: readonly Argument[]): Expression =>
          signed(
            maps.map((map) => map.at(places, where)),
            where,
          );
        if (!coincide(list)) return at(list);
        // At one point \delta(x-y) has no value: `(ch(k) - 1)(x,x)` is `(ch(k) - 1)(x,y)` without its deltas, taken there.
        const labels = freshGroups(env, groups);
        return closedCall(env, "sum", labels, at(asArguments(labels)), list, where) ?? at(list);
      },
    };
  }
  const values = terms.map((term) => (term.meaning as Plain).expression);
  return { sort: "plain", expression: signed(values, span), operator: terms.some((term) => term.meaning.operator) };
}

export const negated = (env: Env, meaning: Simple, span: Span): Simple => lift(env, meaning, span, negative);

/** The product in the written order: of operators, of functions point by point, of kernels as operators on functions. */
export function multiply(env: Env, factors: readonly Factor[], span: Span): Simple {
  if (factors.every((factor) => factor.meaning.sort === "plain"))
    return {
      sort: "plain",
      expression: productOf(
        factors.map((factor) => (factor.meaning as Plain).expression),
        span,
      ),
      operator: factors.some((factor) => factor.meaning.operator),
    };
  let whole = (factors[0] as Factor).meaning;
  for (const next of factors.slice(1)) whole = times(env, whole, next.meaning, next.span);
  return whole;
}

function times(env: Env, left: Simple, right: Simple, span: Span): Simple {
  if (left.sort === "plain" && right.sort === "plain")
    return { sort: "plain", expression: productOf([left.expression, right.expression], span), operator: left.operator || right.operator };
  if (left.sort === "plain")
    return {
      ...scaled(env, right as Mapping, (value, at) => productOf([left.expression, value], at)),
      operator: left.operator || right.operator,
    };
  if (right.sort === "plain")
    return { ...scaled(env, left, (value, at) => productOf([value, right.expression], at)), operator: left.operator || right.operator };
  const arity = `${left.groups.length} ${right.groups.length}`;
  if (arity === "1 1") {
    if (left.applied)
      fail(
        "ambiguous-product",
        span,
        "found a function after a kernel that is already applied to one",
        "write `(k f) g` or `k (f g)`, whichever is meant",
      );
    if (!sameKinds(flat(left.groups), flat(right.groups))) mismatch(left, right, span, "multiplied point by point");
    return {
      sort: "map",
      groups: left.groups,
      operator: left.operator || right.operator,
      at: (list, at) => {
        spend(env, at);
        return productOf([left.at(list, at), right.at(list, at)], at);
      },
    };
  }
  if (left.groups.length === 2 && right.groups.length <= 2) return compose(env, left, right, span);
  return fail(
    "bad-product",
    span,
    `found ${sortName(right)} after ${sortName(left)}; this product has no meaning`,
    arity === "1 2" ? "give both their labels, as in f(x) k(x,y)" : undefined,
  );
}

const scaled = (env: Env, map: Mapping, change: (value: Expression, span: Span) => Expression): Mapping => {
  const result = pointwise(env, map, change);
  return map.applied ? { ...result, applied: true } : result;
};

function mismatch(left: Mapping, right: Mapping, span: Span, what: string): never {
  return fail(
    "wrong-kind",
    span,
    `found ${sortName(right)} over ${describeGroups(right.groups)}, to be ${what} with one over ${describeGroups(left.groups)}`,
  );
}

/** `k f` and `k l`: (k l)(x,y) = \int k(x,z) l(z,y) dz. */
function compose(env: Env, left: Mapping, right: Mapping, span: Span): Mapping {
  const [outer, inner] = left.groups as readonly [readonly Kind[], readonly Kind[]];
  const [first, ...rest] = right.groups as readonly [readonly Kind[], ...(readonly Kind[])[]];
  if (!sameKinds(inner, first))
    fail(
      "wrong-kind",
      span,
      `a kernel that acts on functions over ${describeAll(inner)} was given ${sortName(right)} over ${describeGroups(right.groups)}`,
    );
  return {
    sort: "map",
    groups: [outer, ...rest],
    operator: left.operator || right.operator,
    ...(rest.length === 0 ? { applied: true } : {}),
    at: (list, at) => {
      spend(env, at, 3);
      const labels = freshGroups(env, [inner]);
      const middle = asArguments(labels);
      const value = productOf(
        [left.at([...list.slice(0, outer.length), ...middle], at), right.at([...middle, ...list.slice(outer.length)], at)],
        at,
      );
      return bindOf(labels, value, at);
    },
  };
}

/** `V * f`: (V*f)(x) = \int V(x-y) f(y) dy; for a kernel V, its application. */
export function convolve(env: Env, left: Mapping, right: Mapping, span: Span): Mapping {
  if (left.groups.length === 2) return compose(env, left, right, span);
  if (left.groups.length !== 1 || right.groups.length !== 1)
    fail("bad-product", span, `found \`*\` between ${sortName(left)} and ${sortName(right)}, expected two functions`);
  const kinds = flat(left.groups);
  if (!sameKinds(kinds, flat(right.groups))) mismatch(left, right, span, "convolved");
  if (kinds.some((kind) => kind.kind === "finite"))
    fail("wrong-kind", span, `a convolution needs differences of labels, and the labels in ${describeAll(kinds)} have none`);
  return {
    sort: "map",
    groups: left.groups,
    operator: left.operator || right.operator,
    at: (list, at) => {
      spend(env, at, 3);
      const labels = freshGroups(env, [kinds]);
      const inner = asArguments(labels);
      const shifted = list.map((argument, k) => shift(argument, inner[k] as Argument, at));
      return bindOf(labels, productOf([left.at(shifted, at), right.at(inner, at)], at), at);
    },
  };
}

function shift(argument: Argument, by: Argument, span: Span): Argument {
  return (
    difference(argument, by) ??
    fail(
      "unsupported",
      span,
      "a convolution at a scaled argument is not supported yet",
      "write the integral out, as in \\int V(N(x-y)) f(y) dy",
    )
  );
}

/** `f \otimes g`: (f \otimes g)(x,y) = f(x) g(y). */
export function tensor(env: Env, left: Mapping, right: Mapping, span: Span): Mapping {
  // A kernel that is itself a tensor product of functions goes on as one of three functions.
  if (right.groups.length !== 1 || left.groups.length < 1)
    fail("unsupported", span, "`\\otimes` between kernels is not supported yet", "write the values out, as in k(x,y) l(z,u)");
  const cut = flat(left.groups).length;
  return {
    sort: "map",
    groups: [...left.groups, ...right.groups],
    operator: left.operator || right.operator,
    at: (list, at) => {
      spend(env, at);
      return productOf([left.at(list.slice(0, cut), at), right.at(list.slice(cut), at)], at);
    },
  };
}

/** `|f\rangle\langle g|`: the kernel f(x) \overline{g(y)}. */
export const dyad = (env: Env, ket: Mapping, bra: Mapping, span: Span): Mapping => tensor(env, ket, pointwise(env, bra, adjointOf), span);

/** `\langle f, g \rangle`: \int \overline{f(x)} g(x) dx, over all arguments. */
export function inner(env: Env, left: Mapping, right: Mapping, span: Span): Plain {
  if (!sameKinds(flat(left.groups), flat(right.groups))) mismatch(left, right, span, "paired");
  const labels = freshGroups(env, left.groups);
  const list = asArguments(labels);
  spend(env, span, 3);
  const value = productOf([adjointOf(left.at(list, span), span), right.at(list, span)], span);
  return { sort: "plain", expression: bindOf(labels, value, span), operator: left.operator || right.operator };
}

/** `\operatorname{tr} k`: \int k(x,x) dx. */
export function trace(env: Env, map: Mapping, span: Span): Plain {
  const [first, second] = map.groups;
  if (!first || !second || map.groups.length !== 2 || !sameKinds(first, second))
    return fail(
      "wrong-kind",
      span,
      `found ${sortName(map)} over ${describeGroups(map.groups)} in a trace, expected a kernel with two arguments of one kind`,
    );
  const labels = freshGroups(env, [first]);
  const list = asArguments(labels);
  spend(env, span, 2);
  return { sort: "plain", expression: bindOf(labels, map.at([...list, ...list], span), span), operator: map.operator };
}

/** `\overline{E}`: the adjoint or conjugate; of a function or kernel, value by value. */
export const conjugate = (env: Env, meaning: Simple, span: Span): Simple => lift(env, meaning, span, adjointOf);

/** `E^*`: the adjoint; of a kernel, its values conjugated and its arguments exchanged. */
export function adjoint(env: Env, meaning: Simple, span: Span): Simple {
  if (meaning.sort === "plain" || meaning.groups.length === 1) return conjugate(env, meaning, span);
  return conjugate(env, transpose(env, meaning, span), span);
}

/** `k^\top`. */
export function transpose(env: Env, meaning: Simple, span: Span): Mapping {
  if (meaning.sort === "plain" || meaning.groups.length !== 2)
    return fail(
      "not-a-kernel",
      span,
      `found ${sortName(meaning)}, expected a kernel with two arguments`,
      "for a kernel with more arguments, write its values out",
    );
  const [first, second] = meaning.groups as readonly [readonly Kind[], readonly Kind[]];
  const groups = [second, first];
  const { operator } = meaning;
  return {
    sort: "map",
    groups,
    operator,
    at: (list, at) => {
      spend(env, at);
      return meaning.at(exchange(meaning, list), at);
    },
  };
}

/** `E^n`: repeated product of operators and kernels, of functions point by point; of scalars any rational power. */
export function power(env: Env, meaning: Simple, exponent: Rational, span: Span): Simple {
  if (meaning.sort === "plain") {
    if (meaning.operator && meaning.expression.kind !== "unitary" && (!isInteger(exponent) || exponent.n < 0n))
      fail("bad-power", span, "found a negative or broken power of an operator, expected a natural number as its exponent");
    if (isZero(meaning) && exponent.n < 0n) fail("division-by-zero", span, "found a negative power of zero");
    return { ...meaning, expression: powerOf(meaning.expression, exponent, span) };
  }
  if (meaning.groups.length === 1) return pointwise(env, meaning, (value, at) => powerOf(value, exponent, at));
  if (meaning.groups.length > 2 || !isInteger(exponent) || exponent.n < 0n)
    return fail(
      "bad-power",
      span,
      "found this power of a kernel, expected a natural number as the exponent of a kernel with two arguments",
    );
  if (exponent.n > mostPower) return fail("too-large", span, `found the power ${exponent.n} of a kernel, expected at most ${mostPower}`);
  if (exponent.n === 0n) return scalar(numberAt(rational(1), span));
  let whole: Mapping = meaning;
  for (let n = 1n; n < exponent.n; n++) whole = compose(env, meaning, whole, span);
  return whole;
}

/** `A / s` and `\frac{A}{s}`. */
export function quotient(env: Env, over: Simple, under: Simple, span: Span): Simple {
  if (under.sort === "map" || under.operator)
    return fail(
      "bad-division",
      span,
      `found ${sortName(under)} as a divisor, expected a scalar`,
      "write its inverse, if it has one, as a symbol of its own",
    );
  if (isZero(under)) return fail("division-by-zero", span, "found a division by zero");
  const by = under.expression;
  return lift(env, over, span, (value, at) => {
    if (value.kind === "number" && by.kind === "number") return numberAt(divide(value.value, by.value), at);
    const inverse = powerOf(by, rational(-1), at);
    if (value.kind === "number" && value.value.n === value.value.d) return inverse;
    return productOf([value, inverse], at);
  });
}

/** A function or kernel at some of its arguments: `at(whole)` puts the free ones back among the given. */
export function partial(env: Env, map: Mapping, given: readonly (Argument | undefined)[], groups: readonly (readonly Kind[])[]): Mapping {
  return {
    sort: "map",
    groups,
    operator: map.operator,
    at: (list, at) => {
      spend(env, at);
      let next = 0;
      return map.at(
        given.map((argument) => argument ?? (list[next++] as Argument)),
        at,
      );
    },
  };
}
