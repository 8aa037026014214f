import type { Checkable, Equation, Expression } from "../src/core/expression.js";
import { elaborateExpression, loadDocument } from "../src/elaborate/document.js";
import type { Scope } from "../src/elaborate/scope.js";
import { difference, expandFinite, isZero, normalOrder, type Sum } from "../src/rewrite/engine.js";
import { parseExpression } from "../src/syntax/parse.js";

/** Every diagnostic throws here, so that no test can pass on a typo. */
function load(text: string): ReturnType<typeof loadDocument> {
  const document = loadDocument({ path: "test.wick", text }, () => ({ error: "no other documents here" }));
  const [first] = document.diagnostics;
  if (first !== undefined) throw new Error(`${first.code}: ${first.message}`);
  return document;
}

/** What a document declares. */
export const declared = (text: string): Scope => load(text).scope;

/** An expression in the names of a document. */
export function readIn(scope: Scope, text: string): Expression {
  const { tree, diagnostics } = parseExpression(text, scope.labelNames);
  if (tree === undefined || diagnostics.length > 0) throw new Error(`${text}: ${diagnostics.map(({ message }) => message).join("; ")}`);
  return elaborateExpression(tree, scope);
}

/** The equations of a document of claims, in order. */
export function equations(text: string): readonly Equation[] {
  return load(text).statements.flatMap((s: Checkable) => (s.kind === "show" ? [] : s.equations));
}

/** The normal form of an expression under a preamble of declarations. */
export function normal(preamble: string, expression: string): Sum {
  const [equation] = equations(`${preamble}\nclaim: ${expression} = 0\n`);
  if (equation === undefined) throw new Error("no equation");
  return normalOrder(equation.left, { assumptions: equation.assumptions });
}

/** Whether two normal forms are one, finite sums written out where that is needed. */
export function sameForm(a: Sum, b: Sum): boolean {
  const rest = difference(a, b);
  return isZero(rest) || isZero(expandFinite(rest));
}

/** What the engine alone says of an equation. */
export function holds({ left, right, assumptions }: Equation): boolean {
  return sameForm(normalOrder(left, { assumptions }), normalOrder(right, { assumptions }));
}
