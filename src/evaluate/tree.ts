import { argumentLabels } from "../core/argument.js";
import { children as written } from "../core/children.js";
import type { Argument, Expression, Label, Parameter, SymbolInfo } from "../core/expression.js";

/** The immediate sub-expressions, a definition's body and a unitary's generator among them. */
export function children(e: Expression): readonly Expression[] {
  if (e.kind === "call") return [e.definition.body];
  return e.kind === "unitary" ? [e.unitary.generator] : written(e);
}

/** The arguments that stand in an expression itself. */
export const argumentsIn = (e: Expression): readonly Argument[] =>
  e.kind === "value" || e.kind === "ladder" || e.kind === "call" ? e.arguments : e.kind === "delta" ? [e.left, e.right] : [];

/** The symbols and parameters that occur, scales aside. */
export function collect(root: Expression): { readonly symbols: Map<number, SymbolInfo>; readonly parameters: Map<number, Parameter> } {
  const symbols = new Map<number, SymbolInfo>();
  const parameters = new Map<number, Parameter>();
  const seen = new Set<Expression>();
  const stack = [root];
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (seen.has(e)) continue;
    seen.add(e);
    if (e.kind === "value") symbols.set(e.symbol.id, e.symbol);
    if (e.kind === "parameter") parameters.set(e.parameter.id, e.parameter);
    stack.push(...children(e));
  }
  return { symbols, parameters };
}

/** True when an expression is a number rather than an operator; memoised in the map given. */
export function isScalar(e: Expression, known: Map<Expression, boolean>): boolean {
  const old = known.get(e);
  if (old !== undefined) return old;
  let answer: boolean;
  switch (e.kind) {
    case "ladder":
    case "unitary":
      answer = false;
      break;
    case "expectation":
    case "contraction":
      answer = true;
      break;
    default:
      answer = children(e).every((child) => isScalar(child, known));
  }
  known.set(e, answer);
  return answer;
}

/** Labels free in an expression, in order of first occurrence. */
export function freeLabels(root: Expression): readonly Label[] {
  const known = new Map<Expression, ReadonlyMap<number, Label>>();
  const of = (e: Expression): ReadonlyMap<number, Label> => {
    const old = known.get(e);
    if (old !== undefined) return old;
    const found = new Map<number, Label>();
    for (const a of argumentsIn(e)) for (const label of argumentLabels(a)) found.set(label.id, label);
    if (e.kind !== "call" && e.kind !== "unitary")
      for (const child of children(e)) for (const [id, label] of of(child)) found.set(id, label);
    if (e.kind === "bind") for (const label of e.labels) found.delete(label.id);
    known.set(e, found);
    return found;
  };
  return [...of(root).values()];
}
