import { children } from "./children.js";
import type { Argument, Expression, Kind, Label, Parameter, Scale } from "./expression.js";
import { sameKind } from "./expression.js";
import type { Rational } from "./rational.js";
import { add, equals, isInteger, multiply, negate, one, zero } from "./rational.js";

/**
 * Algebra of arguments: linear combinations of labels, and their substitution in expressions. Nothing here
 * knows names; a label is its `id`.
 */

/** The scale 1. */
export const unit: Scale = { number: one, parameters: [] };

/** The product of two scales; parameters in the order of their ids, no zero exponents. */
export function timesScale(a: Scale, b: Scale): Scale {
  if (b.parameters.length === 0 && equals(b.number, one)) return a;
  if (a.parameters.length === 0 && equals(a.number, one)) return b;
  const exponents = new Map<number, { parameter: Parameter; exponent: number }>();
  for (const { parameter, exponent } of [...a.parameters, ...b.parameters]) {
    const old = exponents.get(parameter.id);
    exponents.set(parameter.id, { parameter, exponent: (old?.exponent ?? 0) + exponent });
  }
  const parameters = [...exponents.values()].filter((p) => p.exponent !== 0).sort((p, q) => p.parameter.id - q.parameter.id);
  return { number: multiply(a.number, b.number), parameters };
}

/** Whether the parameters agree, exponents too; numbers are left aside. */
export function sameParameters(a: Scale, b: Scale): boolean {
  return (
    a.parameters.length === b.parameters.length &&
    a.parameters.every((p, at) => p.parameter.id === b.parameters[at]?.parameter.id && p.exponent === b.parameters[at]?.exponent)
  );
}

/** The origin of a space or a lattice. */
export const origin = (of: Kind): Argument => ({ kind: "affine", of, scale: unit, terms: [] });

/** Identifiers of labels that documents have are positive. */
const unitId = -5_000_000_000;

/** Kinds whose labels can be shifted by whole numbers: Z. */
export const hasNumbers = (kind: Kind): boolean => kind.kind === "lattice" && kind.dimension === 1;

/** The number 1 of Z, which stands among the labels of an argument. */
export const unitOf = (kind: Kind): Label => ({ id: unitId, name: "1", kind, unit: true });

/** A number of Z as an argument. */
export const numberIn = (of: Kind, value: Rational): Argument => affine(of, unit, [{ label: unitOf(of), coefficient: value }]);

/** The number in an argument: 1 in `j+1`. */
export function shiftOf(argument: Argument): Rational {
  const found = argument.kind === "affine" ? argument.terms.find((term) => term.label.unit) : undefined;
  return found && argument.kind === "affine" ? multiply(found.coefficient, argument.scale.number) : zero;
}

/** A label by itself. */
export function plain(label: Label): Argument {
  if (label.kind.kind === "finite") return { kind: "label", of: label.kind, label };
  return { kind: "affine", of: label.kind, scale: unit, terms: [{ label, coefficient: one }] };
}

/** The labels of an argument, in its order; none where it is a constant. */
export function argumentLabels(argument: Argument): readonly Label[] {
  if (argument.kind === "constant") return [];
  return argument.kind === "label" ? [argument.label] : argument.terms.flatMap(({ label }) => (label.unit ? [] : [label]));
}

/** The label that an argument is, with factor 1 and nothing else. */
export function asLabel(argument: Argument): Label | undefined {
  if (argument.kind === "label") return argument.label;
  if (argument.kind === "constant" || argument.scale.parameters.length > 0 || argument.terms.length !== 1) return undefined;
  const [term] = argument.terms;
  return term && !term.label.unit && equals(multiply(term.coefficient, argument.scale.number), one) ? term.label : undefined;
}

interface Term {
  readonly label: Label;
  readonly coefficient: Rational;
}

/**
 * `scale * sum coefficient label` in standard form: like labels collected, zeros dropped, the scale's number
 * moved into the coefficients, so that `scale.number` is 1.
 */
export function affine(of: Kind, scale: Scale, terms: readonly Term[]): Argument {
  const found = new Map<number, Term>();
  for (const { label, coefficient } of terms) {
    const old = found.get(label.id);
    found.set(label.id, { label, coefficient: old ? add(old.coefficient, coefficient) : coefficient });
  }
  const kept: Term[] = [];
  for (const { label, coefficient } of found.values()) {
    const whole = multiply(coefficient, scale.number);
    if (whole.n !== 0n) kept.push({ label, coefficient: whole });
  }
  return { kind: "affine", of, scale: kept.length === 0 ? unit : { number: one, parameters: scale.parameters }, terms: kept };
}

/** An argument of a space or lattice times a scale; `undefined` for a finite kind unless the scale is 1. */
export function rescale(argument: Argument, scale: Scale): Argument | undefined {
  if (argument.kind === "affine") return affine(argument.of, timesScale(argument.scale, scale), argument.terms);
  return scale.parameters.length === 0 && equals(scale.number, one) ? argument : undefined;
}

/**
 * `sum factor argument` of arguments of one kind. `undefined` where the result has no common scale, as in
 * `N x - y`, and for more than one argument of a finite kind.
 */
export function combine(parts: readonly { readonly argument: Argument; readonly factor: Rational }[]): Argument | undefined {
  const [first] = parts;
  if (!first) return undefined;
  if (first.argument.kind !== "affine") return parts.length === 1 && equals(first.factor, one) ? first.argument : undefined;
  let scale: Scale | undefined;
  const terms: Term[] = [];
  for (const { argument, factor } of parts) {
    if (argument.kind !== "affine") return undefined;
    if (argument.terms.length === 0) continue;
    if (scale !== undefined && !sameParameters(scale, argument.scale)) return undefined;
    scale ??= argument.scale;
    const number = multiply(argument.scale.number, factor);
    for (const term of argument.terms) terms.push({ label: term.label, coefficient: multiply(term.coefficient, number) });
  }
  return affine(first.argument.of, { number: one, parameters: scale?.parameters ?? [] }, terms);
}

/** `a - b`. */
export const difference = (a: Argument, b: Argument): Argument | undefined =>
  combine([
    { argument: a, factor: one },
    { argument: b, factor: negate(one) },
  ]);

/** Whether every coefficient is an integer and no parameter scales: what an argument on a lattice must be. */
export const isIntegral = (argument: Argument): boolean =>
  argument.kind !== "affine" ||
  (argument.scale.parameters.length === 0 && argument.terms.every((t) => isInteger(multiply(t.coefficient, argument.scale.number))));

/** What replaces labels, by label id. */
export type Substitution = ReadonlyMap<number, Argument>;

/** Replaces labels in an argument; `undefined` where the result is not affine with one scale (`N x - y`). */
export function substitute(argument: Argument, by: Substitution): Argument | undefined {
  if (argument.kind === "constant") return argument;
  if (argument.kind === "label") return by.get(argument.label.id) ?? argument;
  if (!argument.terms.some((term) => by.has(term.label.id))) return argument;
  const sum = combine(argument.terms.map((term) => ({ argument: by.get(term.label.id) ?? plain(term.label), factor: term.coefficient })));
  return sum && rescale(sum, argument.scale);
}

/**
 * Replaces free labels throughout an expression. A binder of a replaced label hides it; as every binder has
 * labels of its own, nothing is captured. `undefined` where an argument would not be affine with one scale.
 */
export function substituteIn(expression: Expression, by: Substitution): Expression | undefined {
  if (by.size === 0) return expression;
  const all = (list: readonly Argument[]): readonly Argument[] | undefined => {
    const result: Argument[] = [];
    for (const one of list) {
      const next = substitute(one, by);
      if (!next) return undefined;
      result.push(next);
    }
    return result;
  };
  const each = (list: readonly Expression[]): readonly Expression[] | undefined => {
    const result: Expression[] = [];
    for (const one of list) {
      const next = substituteIn(one, by);
      if (!next) return undefined;
      result.push(next);
    }
    return result;
  };
  const e = expression;
  switch (e.kind) {
    case "number":
    case "imaginary":
    case "pi":
    case "parameter":
    case "unitary":
      return e;
    case "value":
    case "ladder": {
      const list = all(e.arguments);
      return list && { ...e, arguments: list };
    }
    case "call": {
      const list = all(e.arguments);
      return list && isCallable(e.definition.parameters, e.definition.body, list) ? { ...e, arguments: list } : undefined;
    }
    case "delta": {
      const list = all([e.left, e.right]);
      return list && { ...e, left: list[0] as Argument, right: list[1] as Argument };
    }
    case "sum": {
      const terms = each(e.terms);
      return terms && { ...e, terms };
    }
    case "product": {
      const factors = each(e.factors);
      return factors && { ...e, factors };
    }
    case "power": {
      const base = substituteIn(e.base, by);
      return base && { ...e, base };
    }
    case "bind": {
      let inner = by;
      if (e.labels.some((label) => by.has(label.id))) {
        const hidden = new Set(e.labels.map((label) => label.id));
        inner = new Map([...by].filter(([id]) => !hidden.has(id)));
      }
      const body = substituteIn(e.body, inner);
      return body && { ...e, body };
    }
    case "commutator":
    case "contraction": {
      const left = substituteIn(e.left, by);
      const right = substituteIn(e.right, by);
      return left && right && { ...e, left, right };
    }
    case "partial": {
      const of = substituteIn(e.of, by);
      const at = by.get(e.label.id);
      if (at === undefined) return of && { ...e, of };
      // The derivative at an argument that is no plain label would need the chain rule.
      const label = asLabel(at);
      return of && label && { ...e, label, of };
    }
    default: {
      const of = substituteIn(e.of, by);
      return of && { ...e, of };
    }
  }
}

/**
 * Whether a body makes sense with its parameters at these arguments. Only a parameter in the scale can spoil it
 * (`f(x - y)` at `x = N z`), so nothing is walked without one.
 */
export function isCallable(parameters: readonly Label[], body: Expression, list: readonly Argument[]): boolean {
  if (!list.some((argument) => argument.kind === "affine" && argument.scale.parameters.length > 0)) return true;
  return substituteIn(body, new Map(parameters.map((label, at) => [label.id, list[at] as Argument]))) !== undefined;
}

/** The labels free in an expression, in the order of their first occurrence. Bodies of definitions and generators are closed. */
export function freeLabels(expression: Expression): readonly Label[] {
  const found = new Map<number, Label>();
  const bound = new Map<number, number>();
  const note = (list: readonly Argument[]): void => {
    for (const one of list) for (const label of argumentLabels(one)) if ((bound.get(label.id) ?? 0) === 0) found.set(label.id, label);
  };
  const visit = (e: Expression): void => {
    switch (e.kind) {
      case "value":
      case "ladder":
      case "call":
        note(e.arguments);
        return;
      case "delta":
        note([e.left, e.right]);
        return;
      case "bind":
        for (const label of e.labels) bound.set(label.id, (bound.get(label.id) ?? 0) + 1);
        visit(e.body);
        for (const label of e.labels) bound.set(label.id, (bound.get(label.id) ?? 0) - 1);
        return;
      default:
        for (const part of children(e)) visit(part);
    }
  };
  visit(expression);
  return [...found.values()];
}

/** Whether two lists of kinds agree one by one. */
export const sameKinds = (a: readonly Kind[], b: readonly Kind[]): boolean =>
  a.length === b.length && a.every((kind, at) => sameKind(kind, b[at] as Kind));
