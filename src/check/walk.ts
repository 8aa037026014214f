import { children, withChildren } from "../core/children.js";
import type { Expression } from "../core/expression.js";

export { children, withChildren };

/** Every node below and including `e`, parents first, in the written order, a shared node once. */
export function nodes(e: Expression): readonly Expression[] {
  const seen = new Set<Expression>();
  const stack: Expression[] = [e];
  while (stack.length > 0) {
    const next = stack.pop() as Expression;
    if (seen.has(next)) continue;
    seen.add(next);
    const kids = children(next);
    for (let i = kids.length - 1; i >= 0; i--) stack.push(kids[i] as Expression);
  }
  return [...seen];
}

/** Rebuilds `e` from its leaves; a node that occurs twice (as the terms before an `h.c.` do) is rebuilt once. */
export function rebuild(e: Expression, change: (node: Expression) => Expression): Expression {
  const done = new Map<Expression, Expression>();
  const visit = (node: Expression): Expression => {
    const known = done.get(node);
    if (known !== undefined) return known;
    const result = change(withChildren(node, children(node).map(visit)));
    done.set(node, result);
    return result;
  };
  return visit(e);
}

/** `e` with `target` (by identity, wherever it occurs) replaced. */
export function replace(e: Expression, target: Expression, by: Expression): Expression {
  const done = new Map<Expression, Expression>([[target, by]]);
  const visit = (node: Expression): Expression => {
    const known = done.get(node);
    if (known !== undefined) return known;
    const result = withChildren(node, children(node).map(visit));
    done.set(node, result);
    return result;
  };
  return visit(e);
}

/**
 * The part of `e` that is linear in `target`: at every sum above it, only the terms that contain it. Two such
 * parts, before and after a change of `target`, differ by exactly what the whole differs by. Under a power or a
 * function the sums stay whole.
 */
export function branch(e: Expression, target: Expression): Expression {
  const has = new Map<Expression, boolean>();
  const contains = (node: Expression): boolean => {
    const known = has.get(node);
    if (known !== undefined) return known;
    const answer = node === target || children(node).some(contains);
    has.set(node, answer);
    return answer;
  };
  const visit = (node: Expression): Expression => {
    if (node === target || !contains(node) || node.kind === "power" || node.kind === "function") return node;
    if (node.kind === "sum") {
      const kept = node.terms.filter(contains).map(visit);
      return kept.length === 1 ? (kept[0] as Expression) : { ...node, terms: kept };
    }
    const kids = children(node);
    // A product or commutator that has the target twice is not linear in it.
    if (kids.filter(contains).length > 1) return node;
    return withChildren(
      node,
      kids.map((kid) => (contains(kid) ? visit(kid) : kid)),
    );
  };
  return visit(e);
}
