import { children } from "../core/children.js";
import type { Component, Expression } from "../core/expression.js";
import { fail } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";

/**
 * Gradients are vectors: an expression may have one open component j, that of `\nabla_x E`. Two of them in a
 * product are paired, and the terms of a sum share theirs.
 */

let count = 0;
export const newComponent = (dimension: number): Component => ({ id: ++count, dimension });

const memo = new WeakMap<Expression, Component | null>();

/** The open component of an expression, undefined for a scalar one. */
export function openComponent(e: Expression): Component | undefined {
  if (count === 0) return undefined;
  const known = memo.get(e);
  if (known !== undefined) return known ?? undefined;
  let found: Component | undefined;
  switch (e.kind) {
    case "partial":
      found = e.component;
      break;
    case "components":
      break;
    case "value": {
      // A component that occurs twice is summed over elsewhere.
      const [first] = e.partials ?? [];
      found = e.partials?.length === 1 ? first?.component : undefined;
      break;
    }
    case "call":
      found = openComponent(e.definition.body);
      break;
    default:
      for (const part of children(e)) found ??= openComponent(part);
  }
  memo.set(e, found ?? null);
  return found;
}

/** The same expression with another name for its open component. */
export function renamed(e: Expression, from: Component, to: Component): Expression {
  if (from === to) return e;
  const go = (one: Expression): Expression => {
    if (openComponent(one) !== from) return one;
    switch (one.kind) {
      case "value":
        return { ...one, partials: (one.partials ?? []).map((p) => ({ ...p, component: p.component === from ? to : p.component })) };
      case "partial":
        return { ...one, component: one.component === from ? to : one.component, of: go(one.of) };
      case "sum":
        return { ...one, terms: one.terms.map(go) };
      case "product":
        return { ...one, factors: one.factors.map(go) };
      case "power":
        return { ...one, base: go(one.base) };
      case "bind":
        return { ...one, body: go(one.body) };
      case "commutator":
      case "contraction":
        return { ...one, left: go(one.left), right: go(one.right) };
      case "call":
        return { ...one, definition: { ...one.definition, body: go(one.definition.body) } };
      case "adjoint":
      case "normal":
      case "expectation":
      case "part":
      case "derivative":
      case "components":
        return { ...one, of: go(one.of) };
      default:
        return one;
    }
  };
  return go(e);
}

/** A product with its gradients paired. */
export function paired(factors: readonly Expression[], span: Span, make: (factors: readonly Expression[]) => Expression): Expression {
  if (count === 0) return make(factors);
  const open = factors.map(openComponent);
  const at = open.flatMap((component, i) => (component ? [i] : []));
  if (at.length < 2) return make(factors);
  if (at.length > 2)
    fail(
      "three-gradients",
      span,
      `found ${at.length} gradients in one product, expected two`,
      "put parentheses around the pairs that belong together",
    );
  const [first, second] = at as [number, number];
  const component = open[first] as Component;
  if (component.dimension !== open[second]?.dimension)
    fail("wrong-kind", span, `found gradients in R^${component.dimension} and in R^${open[second]?.dimension} in one product`);
  const body = make(factors.map((factor, i) => (i === second ? renamed(factor, open[second] as Component, component) : factor)));
  return { kind: "components", component, of: body, span };
}

/** The same for what is linear in two expressions: a commutator, a contraction. */
export const pairedTwo = (
  left: Expression,
  right: Expression,
  span: Span,
  make: (left: Expression, right: Expression) => Expression,
): Expression => paired([left, right], span, ([one, two]) => make(one as Expression, two as Expression));

/** The terms of a sum with one open component. */
export function aligned(terms: readonly Expression[], span: Span): readonly Expression[] {
  if (count === 0) return terms;
  const open = terms.map(openComponent);
  const first = open.find((component) => component !== undefined);
  if (first === undefined) return terms;
  return terms.map((term, i) => {
    const own = open[i];
    if (own === undefined) {
      if (term.kind === "number" && term.value.n === 0n) return term;
      return fail(
        "vector-and-scalar",
        term.span ?? span,
        "found a scalar beside a gradient; the two cannot be added or compared",
        "pair the gradient with another one",
      );
    }
    return renamed(term, own, first);
  });
}
